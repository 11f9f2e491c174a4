package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"monde/backend/job"
	"monde/core/fault"
)

func TestEveryErrorOfEveryPathIsAProblem(t *testing.T) {
	s := newSite(t, simulateNothing, page)
	check := func(status int, field, method, path, body string, headers ...string) {
		t.Helper()
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		p := expectProblem(t, w, status)
		if field == "" && len(p.Errors) > 0 || field != "" && (len(p.Errors) == 0 || p.Errors[0].Location != field) {
			t.Errorf("%s %s: errors are %+v, want one of %q", method, path, p.Errors, field)
		}
	}
	id := start(t, s, "{}").ID
	check(400, "body", "POST", "/api/v1/runs", "")
	check(403, "", "POST", "/api/v1/runs", "{}", "Origin", "https://elsewhere.example")
	check(404, "", "GET", "/api/v1/runs/x", "", "Accept", "json")
	check(404, "", "GET", "/api/v2", "")
	check(404, "", "GET", "/docs/nothing", "")
	check(404, "", "POST", "/nothing", "")
	check(405, "", "POST", "/api/v1/catalog", "")
	check(405, "", "DELETE", "/docs", "")
	check(405, "", "BREW", "/api/v1/runs", "")
	check(413, "body", "POST", "/api/v1/runs", strings.Repeat(" ", maxDocument+1))
	check(415, "Content-Type", "POST", "/api/v1/runs", "{}", "Content-Type", "text/csv")
	check(415, "Content-Type", "POST", "/api/v1/runs", "{}", "Content-Type", ";;")
	check(415, "Content-Encoding", "POST", "/api/v1/runs", "{}", "Content-Encoding", "gzip")
	check(415, "Content-Encoding", "PUT", "/api/v1/traces", "{}", "Content-Encoding", "br")
	check(416, "", "GET", "/assets/main.js", "", "Range", "bytes=99-")
	check(422, "id", "GET", "/api/v1/runs/"+strings.Repeat("a", 65), "")
	check(422, "workload.batch", "POST", "/api/v1/runs", `{"workload":{"batch":0}}`)
	check(422, "name", "PUT", "/api/v1/traces?name="+strings.Repeat("a", 257), "")
	check(422, "from", "GET", "/api/v1/runs/"+id+"/stream?from=-1", "")
	check(426, "", "GET", "/api/v1/runs/"+id+"/stream", "")
	check(403, "", "GET", "/api/v1/runs/"+id+"/stream", "", "Connection", "upgrade", "Upgrade", "websocket",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==", "Origin", "https://elsewhere.example")
}

func TestTheTableOfErrors(t *testing.T) {
	check := func(err error, status int, detail string) {
		t.Helper()
		w := httptest.NewRecorder()
		w.Header().Set(requestID, "r")
		writeProblem(w, problem(fmt.Errorf("while testing: %w", err)))
		if p := expectProblem(t, w, status); !strings.Contains(p.Detail, detail) || strings.Contains(p.Detail, "secret") {
			t.Errorf("%v: %+v", err, p)
		}
	}
	check(fault.At("a.b", "one"), 422, "mistakes")
	check(job.ErrUnknown, 404, "no such thing")
	check(job.ErrTaken, 409, "something else")
	check(job.ErrFull, 507, "no room")
	check(context.DeadlineExceeded, 503, "too long")
	check(context.Canceled, clientLeft, "left")
	check(errors.New("secret"), 500, ourFault)
}

// oneHandler is an API of one huma operation at /api/v1/runs/{id}.
func oneHandler(log *strings.Builder, within time.Duration, f func(context.Context) error) http.Handler {
	r := chi.NewRouter()
	r.Use(named, rescue(quiet))
	r.Group(func(r chi.Router) {
		r.Use(deadline(within), documents)
		api := humachi.New(r, describe("v", logTo(log)))
		huma.Register(api, getOf("x", "/api/v1/runs/{id}", "x"), func(ctx context.Context, _ *One) (*reply[string], error) {
			return nil, f(ctx)
		})
		r.Post("/api/v1/runs", func(http.ResponseWriter, *http.Request) {})
	})
	return r
}

func TestAnErrorThatNobodyForesawStaysInTheLog(t *testing.T) {
	var log strings.Builder
	h := oneHandler(&log, 0, func(context.Context) error { return errors.New("secret of the disk") })
	p := expectProblem(t, get(h, "/api/v1/runs/1", requestID, "my-id"), 500)
	if p.Detail != ourFault || len(p.Errors) > 0 || !strings.Contains(log.String(), "secret of the disk") || !strings.Contains(log.String(), "my-id") {
		t.Errorf("%+v, log %s", p, &log)
	}
}

func TestAnAnswerThatTakesTooLongIsGivenUp(t *testing.T) {
	h := oneHandler(&strings.Builder{}, time.Millisecond, func(ctx context.Context) error {
		<-ctx.Done()
		return problem(ctx.Err())
	})
	expectProblem(t, get(h, "/api/v1/runs/1"), 503)
}

func TestOnlyTransfersHaveNoDeadline(t *testing.T) {
	r := chi.NewRouter()
	r.Group(func(r chi.Router) {
		r.Use(deadline(0))
		has := func(w http.ResponseWriter, r *http.Request) {
			by, ok := r.Context().Deadline()
			_, _ = fmt.Fprint(w, ok && time.Until(by) <= answerBy)
		}
		r.Put("/api/v1/traces", has)
		r.Get("/api/v1/sweeps/{id}/results", has)
		r.Get("/api/v1/sweeps/{id}", has)
	})
	check := func(method, path, want string) {
		t.Helper()
		w := httptest.NewRecorder()
		if r.ServeHTTP(w, httptest.NewRequest(method, path, nil)); w.Body.String() != want {
			t.Errorf("%s %s has a deadline: %s, want %s", method, path, w.Body, want)
		}
	}
	check("PUT", "/api/v1/traces", "false")
	check("GET", "/api/v1/sweeps/1/results", "false")
	check("GET", "/api/v1/sweeps/1", "true")
}

// brokenOff is a body that ends too early.
type brokenOff struct{ err error }

func (b brokenOff) Read([]byte) (int, error) { return 0, b.err }

// late is what a read says after its deadline.
type late struct{ error }

func (late) Timeout() bool   { return true }
func (late) Temporary() bool { return true }

func TestABodyThatBreaksOffIsTheClients(t *testing.T) {
	h := oneHandler(&strings.Builder{}, 0, nil)
	ask := func(body io.Reader) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("POST", "/api/v1/runs", body))
		return w
	}
	expectProblem(t, ask(brokenOff{io.ErrUnexpectedEOF}), 400)
	expectProblem(t, ask(brokenOff{late{errors.New("i/o timeout")}}), 408)
}

func TestARequestHasOneNameEverywhere(t *testing.T) {
	check := func(given, want string) {
		t.Helper()
		s := newSite(t, simulateNothing, nil)
		w := get(s, "/api/v1/runs/x", requestID, given)
		p := expectProblem(t, w, 404)
		id := w.Header().Get(requestID)
		if want != "" && id != want || !sane(id) || p.Instance != "urn:request:"+id || !strings.Contains(s.log.String(), `"id":"`+id+`"`) {
			t.Errorf("%q is %q, problem %+v, log %s", given, id, p, s.log)
		}
		if want == "" && id == given {
			t.Errorf("%q was taken", given)
		}
	}
	check("trace-7.a_B", "trace-7.a_B")
	check("", "")
	check("a b", "")
	check("\"},{", "")
	check(strings.Repeat("a", 65), "")
}
