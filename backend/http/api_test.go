package httpapi

import (
	"net/http"
	"testing"

	"monde/core"
	"monde/core/wire"
)

func TestTheAPIDescribesEveryRoute(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	doc := into[struct {
		OpenAPI string
		Paths   map[string]map[string]any
	}](t, s.ask("GET", "/openapi.json", ""), http.StatusOK)
	for path, methods := range map[string][]string{
		"/api/v1/catalog":          {"get"},
		"/api/v1/runs":             {"get", "post"},
		"/api/v1/runs/{id}":        {"get", "delete"},
		"/api/v1/runs/{id}/report": {"get"},
		"/api/v1/runs/{id}/stream": {"get"},
		"/api/v1/traces":           {"put"},
	} {
		for _, m := range methods {
			if doc.Paths[path][m] == nil {
				t.Errorf("%s %s is not described", m, path)
			}
		}
	}
}

func TestTheCatalogIsTheEngines(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	got := into[wire.Catalog](t, s.ask("GET", "/api/v1/catalog", ""), http.StatusOK)
	if got.Engine != core.Engine || len(got.Scenarios) == 0 || len(got.Default) == 0 {
		t.Errorf("got %+v", got)
	}
}

func TestAServerThatClosesIsAliveButNotReady(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	check := func(path string, status int) {
		t.Helper()
		if w := s.ask("GET", path, ""); w.Code != status {
			t.Errorf("%s: status %d, want %d", path, w.Code, status)
		}
	}
	check("/healthz", http.StatusOK)
	check("/readyz", http.StatusOK)
	s.server.leaving.Store(true)
	check("/healthz", http.StatusOK)
	check("/readyz", http.StatusServiceUnavailable)
	expectProblem(t, s.ask("POST", "/api/v1/runs", "{}"), http.StatusServiceUnavailable)
}
