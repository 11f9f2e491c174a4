package metrics

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func text(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestRoutesAreCountedByTheirPatternWhateverIsAskedFor(t *testing.T) {
	m := New("v")
	r := chi.NewRouter()
	r.Use(m.Requests)
	r.Get("/runs/{id}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "four") })
	for i := range 50 {
		r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", fmt.Sprintf("/runs/%d", i), nil))
		r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", fmt.Sprintf("/%d", i), nil))
		r.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(fmt.Sprintf("M%d", i), "/x", nil))
	}
	got := text(t, m)
	if n := strings.Count(got, "\nmonde_http_request_duration_seconds_count"); n != 3 {
		t.Errorf("%d series, want 3", n)
	}
	for _, want := range []string{
		`monde_http_request_duration_seconds_count{method="GET",route="/runs/{id}",status="2xx"} 50`,
		`monde_http_request_duration_seconds_count{method="GET",route="other",status="4xx"} 50`,
		`monde_http_response_bytes_total{route="/runs/{id}"} 200`,
		"monde_http_requests_in_flight 0",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestARequestWhoseHandlerPanicsIsNotInFlightForEver(t *testing.T) {
	m := New("v")
	h := m.Requests(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("x") }))
	func() {
		defer func() { _ = recover() }()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	}()
	if !strings.Contains(text(t, m), "\nmonde_http_requests_in_flight 0\n") {
		t.Error("it is")
	}
}

func TestJobsAndStreamsAreCounted(t *testing.T) {
	m := New("v")
	m.Points(OK, 3)
	m.Points(Reused, 2)
	m.Piece(20 * time.Millisecond)
	m.Job("sweep", "done")
	m.QueueDepth(7)
	m.Workers(2)
	left := m.Watching()
	m.Watching()
	left()
	m.DroppedSlow()
	m.MessageDelay(time.Millisecond)
	got := text(t, m)
	for _, want := range []string{
		`monde_points_total{result="ok"} 3`, `monde_points_total{result="failed"} 0`, `monde_points_total{result="reused"} 2`,
		"monde_pieces_total 1", "monde_piece_seconds_count 1", `monde_jobs_total{kind="sweep",state="done"} 1`,
		"monde_queue_depth 7", "monde_workers 2", "monde_watchers 1", "monde_streams_dropped_slow_total 1",
		"monde_message_delay_seconds_count 1", `monde_build_info{engine="v"} 1`, "go_goroutines ", "process_open_fds ",
	} {
		if !strings.Contains(got, "\n"+want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}

func TestNamesAreAsPrometheusWantsThem(t *testing.T) {
	m := New("v")
	m.Job("run", "done")
	if bad, err := promlint.New(strings.NewReader(text(t, m))).Lint(); err != nil || len(bad) > 0 {
		t.Errorf("%v, %v", bad, err)
	}
}

func TestNoMetricsCountNothing(t *testing.T) {
	var m *Metrics
	m.Points(OK, 1)
	m.Piece(time.Second)
	m.Job("run", "done")
	m.QueueDepth(1)
	m.Workers(1)
	m.Watching()()
	m.DroppedSlow()
	m.MessageDelay(time.Second)
	w := httptest.NewRecorder()
	m.Requests(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	m.Handler().ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("status %d", w.Code)
	}
}
