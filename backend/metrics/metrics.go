// Package metrics counts what the server does, for Prometheus to read.
//
// Names begin with monde_ and carry their unit (prometheus.io/docs/practices/naming).
// Every label has a fixed set of values: a route is the pattern that matched, never the
// path that was asked for. It leaves out who the clients are, and keeps nothing between
// two starts of the server.
package metrics

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are those of one server. A nil *Metrics counts nothing, so that tests and
// programs without a server need none.
type Metrics struct {
	registry *prometheus.Registry
	requests requests
	jobs     jobs
	streams  streams
}

// New returns metrics that are all zero, of a program whose version is engine.
func New(engine string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry(), requests: newRequests(), jobs: newJobs(), streams: newStreams()}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "monde_build_info", Help: "1, with the engine's version.", ConstLabels: prometheus.Labels{"engine": engine},
	})
	build.Set(1)
	m.registry.MustRegister(build, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(m.requests.all()...)
	m.registry.MustRegister(m.jobs.all()...)
	m.registry.MustRegister(m.streams.all()...)
	return m
}

// Handler answers with all metrics, as text.
func (m *Metrics) Handler() http.Handler {
	if m == nil {
		return http.NotFoundHandler()
	}
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		MaxRequestsInFlight: 4, Timeout: 10 * time.Second, // whoever reads them must not be what slows the server
	})
}

func counter(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: "monde_" + name, Help: help})
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "monde_" + name, Help: help}, labels)
}

func gauge(name, help string) prometheus.Gauge {
	return prometheus.NewGauge(prometheus.GaugeOpts{Name: "monde_" + name, Help: help})
}

func histogram(name, help string, from, factor float64, count int) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "monde_" + name, Help: help, Buckets: prometheus.ExponentialBuckets(from, factor, count),
	})
}
