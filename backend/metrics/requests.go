package metrics

import (
	"net/http"
	"strconv"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/prometheus/client_golang/prometheus"
)

// requests are the metrics of HTTP.
type requests struct {
	took   *prometheus.HistogramVec
	bytes  *prometheus.CounterVec
	flight prometheus.Gauge
}

func newRequests() requests {
	return requests{
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "monde_http_request_duration_seconds", Help: "Time until an answer was sent, streams apart.",
			Buckets: []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30},
		}, []string{"route", "method", "status"}),
		bytes:  counters("http_response_bytes_total", "Bytes of answers, as sent.", "route"),
		flight: gauge("http_requests_in_flight", "Requests that are being answered, with open streams."),
	}
}

func (q requests) all() []prometheus.Collector {
	return []prometheus.Collector{q.took, q.bytes, q.flight}
}

// Requests counts what next answers. It must be outside of what compresses answers and
// inside of no router but the one that chooses the route.
func (m *Metrics) Requests(next http.Handler) http.Handler {
	if m == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		seen, ok := w.(middleware.WrapResponseWriter)
		if !ok {
			seen = middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		}
		m.requests.flight.Inc()
		defer func() {
			m.requests.flight.Dec()
			m.requests.add(r, seen, time.Since(began))
		}()
		next.ServeHTTP(seen, r)
	})
}

// add counts a request that is over. A stream lasts as long as somebody watches, which
// says nothing about the server.
func (q requests) add(r *http.Request, w middleware.WrapResponseWriter, took time.Duration) {
	route := routeOf(r)
	q.bytes.WithLabelValues(route).Add(float64(w.BytesWritten()))
	if status := w.Status(); status != http.StatusSwitchingProtocols && status != 0 {
		q.took.WithLabelValues(route, methodOf(r), classOf(status)).Observe(took.Seconds())
	}
}

// routeOf returns the pattern that matched: paths are the client's to make up.
func routeOf(r *http.Request) string {
	if c := chi.RouteContext(r.Context()); c != nil {
		if p := c.RoutePattern(); p != "" && p != "/*" {
			return p
		}
	}
	return "other" // files of the page, and what is not there
}

func methodOf(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions:
		return r.Method
	default:
		return "other" // any word is a method
	}
}

func classOf(status int) string { return strconv.Itoa(status/100) + "xx" }
