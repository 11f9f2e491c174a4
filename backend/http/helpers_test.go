package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"go.uber.org/goleak"

	"monde/backend/job"
	"monde/backend/job/jobtest"
	"monde/backend/stream"
	"monde/core"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// simulateNothing has a report at once, which says what it was asked.
func simulateNothing(_ context.Context, s scenario.Scenario, _ probe.Probe) (report.Report, error) {
	return report.Report{Digest: "d", Title: s.Title}, nil
}

// simulateForever ends only when it is cancelled.
func simulateForever(ctx context.Context, _ scenario.Scenario, _ probe.Probe) (report.Report, error) {
	<-ctx.Done()
	return report.Report{}, ctx.Err()
}

// A site is an API under test.
type site struct {
	http.Handler
	server  *server
	routes  chi.Router
	catalog func() wire.Catalog
	log     *journal
}

// logTo writes JSON lines.
func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewJSONHandler(w, nil)) }

var quiet = slog.New(slog.DiscardHandler)

type simulate = func(context.Context, scenario.Scenario, probe.Probe) (report.Report, error)

func newSite(t testing.TB, simulate simulate, files fs.FS) site {
	t.Helper()
	rig := jobtest.New(t, t.TempDir(), func(c *job.Config) { c.Limits.Jobs = 2 })
	rig.Lead()
	rig.Worker(job.Simulator{Engine: core.Engine, Report: simulate, Point: jobtest.Real().Point}, 1)
	hub := stream.New(rig.Bus.JS, rig.Store, stream.DefaultLimits(), nil, quiet)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		hub.Close(ctx)
	})
	text := &journal{}
	server, routes := newServer(Config{Jobs: rig.Service, Hub: hub, Catalog: core.Catalog, Static: files, Log: logTo(text)})
	return site{routes, server, routes, core.Catalog, text}
}

// A journal is what was logged, by any number at once.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// String returns all of it.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

func (s site) ask(method, path, body string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(method, path, strings.NewReader(body)))
	return w
}

// into reads the body of an answer that must have a status.
func into[T any](t testing.TB, w *httptest.ResponseRecorder, status int) (v T) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
	return v
}

func start(t testing.TB, s site, body string) wire.RunState {
	t.Helper()
	return into[wire.RunState](t, s.ask("POST", "/api/v1/runs", body), http.StatusAccepted)
}

// await waits until a run is in one of the states that end it.
func await(t testing.TB, s site, id string) wire.RunState {
	t.Helper()
	for {
		state := into[wire.RunState](t, s.ask("GET", "/api/v1/runs/"+id, ""), http.StatusOK)
		switch state.State {
		case wire.StateQueued, wire.StateRunning:
			time.Sleep(time.Millisecond) // the test's own time limit ends it
		default:
			return state
		}
	}
}

func expectProblem(t testing.TB, w *httptest.ResponseRecorder, status int) huma.ErrorModel {
	t.Helper()
	p := into[huma.ErrorModel](t, w, status)
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("a problem of type %q", got)
	}
	if p.Status != status || p.Title == "" || p.Type != "about:blank" || p.Detail == "" ||
		p.Instance != "urn:request:"+w.Header().Get(requestID) {
		t.Errorf("problem is %+v", p)
	}
	later := status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable || status == http.StatusInsufficientStorage
	if later != (w.Header().Get("Retry-After") != "") {
		t.Errorf("status %d: Retry-After is %q", status, w.Header().Get("Retry-After"))
	}
	return p
}
