package httpapi

//lint:file-ignore SA1019 See backend/stream/socket.go.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"nhooyr.io/websocket"

	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

func TestARunIsStartedWatchedAndRead(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	w := s.ask("POST", "/api/v1/runs", `{"title":"mine"}`)
	state := into[wire.RunState](t, w, http.StatusAccepted)
	if at := w.Header().Get("Location"); at != "/api/v1/runs/"+state.ID || state.Stream != at+"/stream" {
		t.Errorf("Location is %q, stream %q", at, state.Stream)
	}
	if got := await(t, s, state.ID); got.State != wire.StateDone || got.Digest != "d" {
		t.Errorf("state is %+v", got)
	}
	rep := into[report.Report](t, s.ask("GET", "/api/v1/runs/"+state.ID+"/report", ""), http.StatusOK)
	if rep.Title != "mine" {
		t.Errorf("the report is of %q", rep.Title)
	}
	if !strings.Contains(s.log.String(), `"run":"`+state.ID) {
		t.Error("the access log does not name the run")
	}
}

func TestEveryMistakeOfAScenarioIsNamedAtOnce(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	body := `{"workload":{"batch":0,"input_tokens":-1},"machine":{"link":{"bandwidth_bytes_per_s":0}}}`
	p := expectProblem(t, s.ask("POST", "/api/v1/runs", body), http.StatusUnprocessableEntity)
	found := map[string]bool{}
	for _, e := range p.Errors {
		found[e.Location] = e.Message != ""
	}
	for _, want := range []string{"workload.batch", "workload.input_tokens", "machine.link.bandwidth_bytes_per_s"} {
		if !found[want] {
			t.Errorf("no word about %s in %v", want, found)
		}
	}
}

func TestBodiesThatAreNoScenarioAreProblems(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	check := func(body string, status int) {
		t.Helper()
		expectProblem(t, s.ask("POST", "/api/v1/runs", body), status)
	}
	check(`{`, http.StatusUnprocessableEntity)
	check(`[]`, http.StatusUnprocessableEntity)
	check(`{"unknown":1}`, http.StatusUnprocessableEntity)
	check(``, http.StatusBadRequest)
	check(strings.Repeat(" ", scenario.MaxDocument+1), http.StatusRequestEntityTooLarge)
}

func TestAFullQueueSaysWhenToComeBack(t *testing.T) {
	s := newSite(t, simulateForever, nil)
	var w *httptest.ResponseRecorder
	for i := range 3 { // a client may have two
		w = s.ask("POST", "/api/v1/runs", fmt.Sprintf(`{"seed":%d}`, i))
	}
	expectProblem(t, w, http.StatusTooManyRequests)
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

func TestACancelledRunHasNoReport(t *testing.T) {
	s := newSite(t, simulateForever, nil)
	id := start(t, s, `{}`).ID
	expectProblem(t, s.ask("GET", "/api/v1/runs/"+id+"/report", ""), http.StatusConflict)
	into[wire.RunState](t, s.ask("DELETE", "/api/v1/runs/"+id, ""), http.StatusOK)
	if got := await(t, s, id); got.State != wire.StateCancelled {
		t.Errorf("state is %q", got.State)
	}
	expectProblem(t, s.ask("GET", "/api/v1/runs/"+id+"/report", ""), http.StatusConflict)
}

func TestRunsAreListedNewestFirst(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	first := start(t, s, `{}`).ID
	await(t, s, first)
	second := start(t, s, `{"seed":2}`).ID
	list := into[wire.RunList](t, s.ask("GET", "/api/v1/runs", ""), http.StatusOK).Runs
	if len(list) != 2 || list[0].ID != second || list[1].ID != first {
		t.Errorf("got %+v", list)
	}
}

func TestAListGoesOnWhereItsNextPathSays(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	var want []string
	for i := range 5 {
		id := start(t, s, fmt.Sprintf(`{"seed":%d}`, i)).ID
		await(t, s, id)
		want = append([]string{id}, want...)
	}
	var got []string
	for next := "/api/v1/runs?limit=2"; next != ""; {
		page := into[wire.RunList](t, s.ask("GET", next, ""), http.StatusOK)
		for _, r := range page.Runs {
			got = append(got, r.ID)
		}
		next = page.Next
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheSameKeyStartsOneRun(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	ask := func(body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("POST", "/api/v1/runs", strings.NewReader(body))
		r.Header.Set("Idempotency-Key", "mine")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	first := into[wire.RunState](t, ask(`{}`), http.StatusAccepted)
	again := into[wire.RunState](t, ask(`{"seed":1}`), http.StatusAccepted) // the default, written out
	if first.ID != again.ID {
		t.Errorf("%s and %s", first.ID, again.ID)
	}
	p := expectProblem(t, ask(`{"seed":2}`), http.StatusUnprocessableEntity)
	if p.Errors[0].Location != "Idempotency-Key" {
		t.Errorf("%+v", p.Errors[0])
	}
}

func TestAReportThatIsKnownIsThereAtOnce(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	await(t, s, start(t, s, `{}`).ID)
	if again := start(t, s, `{"title":"another"}`); again.State != wire.StateDone || !again.Reused {
		t.Errorf("%+v", again)
	}
}

func TestAReportIsNotSentAgainToWhomHasIt(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	id := start(t, s, `{}`).ID
	await(t, s, id)
	tag := s.ask("GET", "/api/v1/runs/"+id+"/report", "").Header().Get("ETag")
	r := httptest.NewRequest("GET", "/api/v1/runs/"+id+"/report", nil)
	r.Header.Set("If-None-Match", tag)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusNotModified || tag == "" || w.Body.Len() != 0 {
		t.Errorf("status %d with %d bytes, ETag %s", w.Code, w.Body.Len(), tag)
	}
}

func TestWhatIsNotThereIsAProblem(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	for _, path := range []string{"/api/v1/runs/x", "/api/v1/runs/x/report", "/api/v1/runs/x/stream", "/api/v1/nothing", "/nothing"} {
		expectProblem(t, s.ask("GET", path, ""), http.StatusNotFound)
	}
}

func TestAPathSaysWhichMethodsItKnows(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	w := s.ask("PATCH", "/api/v1/runs", "")
	expectProblem(t, w, http.StatusMethodNotAllowed)
	if got := w.Header().Values("Allow"); !slices.Equal(got, []string{"GET", "POST"}) {
		t.Errorf("Allow is %q", got)
	}
}

func TestAPageOfAnotherOriginCannotStartRuns(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	r := httptest.NewRequest("POST", "/api/v1/runs", strings.NewReader(`{}`))
	r.Header.Set("Origin", "https://elsewhere.example")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	expectProblem(t, w, http.StatusForbidden)
}

func TestAStreamBeginsAfterTheMessageThatWasSeen(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	server := httptest.NewServer(s)
	defer server.Close()
	state := start(t, s, `{}`)
	await(t, s, state.ID)
	url := strings.Replace(server.URL, "http", "ws", 1) + state.Stream
	conn, _, err := websocket.Dial(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	var first wire.Message
	if _, text, err := conn.Read(t.Context()); err != nil || json.Unmarshal(text, &first) != nil {
		t.Fatal(err)
	}
	_ = conn.CloseNow()
	conn, _, err = websocket.Dial(t.Context(), fmt.Sprint(url, "?from=", first.Seq), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, text, err := conn.Read(t.Context())
	if err != nil || !strings.Contains(string(text), `"kind":"end"`) {
		t.Errorf("got %s, %v", text, err)
	}
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
}

func TestANumberThatTheRunNeverSentIsAMistake(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	state := start(t, s, `{}`)
	await(t, s, state.ID)
	stop := watched(t, s, state)
	defer stop()
	for _, from := range []string{"-1", "999999999", "x", "9999999999999999999"} {
		p := expectProblem(t, s.ask("GET", state.Stream+"?from="+from, ""), http.StatusUnprocessableEntity)
		if p.Errors[0].Location != "from" {
			t.Errorf("%s: %+v", from, p.Errors[0])
		}
	}
}

// watched has somebody watch a run, so that the server knows what was said of it.
func watched(t *testing.T, s site, state wire.RunState) (stop func()) {
	t.Helper()
	server := httptest.NewServer(s)
	conn, _, err := websocket.Dial(t.Context(), strings.Replace(server.URL, "http", "ws", 1)+state.Stream, nil)
	for kind := ""; err == nil && !strings.Contains(kind, `"kind":"end"`); {
		var text []byte
		_, text, err = conn.Read(t.Context())
		kind = string(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = conn.Close(websocket.StatusNormalClosure, ""); server.Close() }
}

func FuzzPostRun(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"workload":{"batch":1e308}}`, `{"model":{"base":"x"}}`, `{"model":"\u0000"}`, `[[[[`, "\xff",
		`{"seed":18446744073709551616}`, `{"workload":{"routing":{"source":"counts","counts":[[-1]]}}}`,
		`{"machine":{"base":{}}}`, `{"strategy":null,"workload":null,"machine":null,"model":null}`,
	} {
		f.Add(seed)
	}
	s := newSite(f, simulateNothing, nil)
	f.Fuzz(func(t *testing.T, body string) {
		w := s.ask("POST", "/api/v1/runs", body)
		switch w.Code {
		case http.StatusAccepted, http.StatusTooManyRequests:
		case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
			expectProblem(t, w, w.Code)
		default:
			t.Errorf("status %d for %q: %s", w.Code, body, w.Body)
		}
	})
}
