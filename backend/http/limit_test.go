package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestAClientHasItsShareAMinuteAndItComesBackBitByBit(t *testing.T) {
	now := time.Unix(0, 0)
	p := newPace(3)
	p.now = func() time.Time { return now }
	check := func(client string, left int, wait time.Duration, ok bool) {
		t.Helper()
		gotLeft, gotWait, gotOK := p.take(client)
		if gotLeft != left || gotWait != wait || gotOK != ok {
			t.Errorf("at %v %s: %d, %v, %v, want %d, %v, %v", now.Sub(time.Unix(0, 0)), client, gotLeft, gotWait, gotOK, left, wait, ok)
		}
	}
	const each = 20 * time.Second
	check("a", 2, each, true)
	check("a", 1, each, true)
	check("a", 0, each, true)
	check("a", 0, each, false)
	check("b", 2, each, true)
	now = now.Add(15 * time.Second)
	check("a", 0, 5*time.Second, false)
	now = now.Add(5 * time.Second)
	check("a", 0, each, true)
	now = now.Add(time.Hour)
	check("a", 2, each, true)
}

func TestMadeUpClientsTakeNoMoreMemory(t *testing.T) {
	now := time.Unix(0, 0)
	p := newPace(2)
	p.now = func() time.Time { return now }
	for i := range maxClients + 10 {
		p.take(fmt.Sprint(i))
	}
	if n := len(p.whole); n > maxClients+1 {
		t.Errorf("%d are kept", n)
	}
	if _, _, ok := p.take("0"); !ok {
		t.Error("one who was there before pays for it")
	}
	if _, _, ok := p.take("new"); ok {
		t.Error("newcomers have more than one share")
	}
	now = now.Add(time.Hour)
	if _, _, ok := p.take("new"); !ok || len(p.whole) != 1 {
		t.Errorf("later: %v, %d are kept", ok, len(p.whole))
	}
}

func TestWhoStartsTooMuchHearsWhenToComeBack(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	h := New(Config{Jobs: s.server.Jobs, Hub: s.server.Hub, Catalog: s.catalog, Log: quiet, Starts: 2})
	ask := func(method, path, from string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader("{"))
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	for range 2 {
		w := ask("POST", "/api/v1/runs", "192.0.2.1:1")
		expectProblem(t, w, http.StatusUnprocessableEntity)
		if w.Header().Get("RateLimit-Policy") != `"starts";q=2;w=60` || !strings.HasPrefix(w.Header().Get("RateLimit"), `"starts";r=`) {
			t.Errorf("headers are %v", w.Header())
		}
	}
	w := ask("PUT", "/api/v1/traces", "192.0.2.1:2")
	expectProblem(t, w, http.StatusTooManyRequests)
	if got := w.Header().Get("Retry-After"); got != "30" {
		t.Errorf("Retry-After is %q", got)
	}
	expectProblem(t, ask("POST", "/api/v1/runs", "192.0.2.2:1"), http.StatusUnprocessableEntity)
	for range 5 {
		if w := ask("GET", "/api/v1/catalog", "192.0.2.1:1"); w.Code != http.StatusOK {
			t.Errorf("reading: status %d", w.Code)
		}
	}
}
