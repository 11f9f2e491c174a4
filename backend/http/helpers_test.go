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
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"go.uber.org/goleak"

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
	runs    *stream.Registry
	catalog func() wire.Catalog
	log     *strings.Builder
}

// logTo writes JSON lines.
func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewJSONHandler(w, nil)) }

var quiet = slog.New(slog.DiscardHandler)

func newSite(t testing.TB, simulate stream.Simulate, files fs.FS) site {
	t.Helper()
	limits := stream.DefaultLimits()
	limits.Workers, limits.Queue = 1, 1
	var text strings.Builder
	runs := stream.New(simulate, limits, quiet)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		runs.Close(ctx)
	})
	server, routes := newServer(Config{Runs: runs, Catalog: core.Catalog, Static: files, Log: logTo(&text)})
	return site{routes, server, routes, runs, core.Catalog, &text}
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
