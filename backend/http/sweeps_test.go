package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"monde/core/scenario"
	"monde/core/sweep"
	"monde/core/wire"
)

// seeds is the document of a sweep over so many seeds.
func seeds(n int) string {
	return fmt.Sprintf(`{"scenario":{"fidelity":"analytic"},"sweep":{"method":"grid","axes":[{"path":"seed","from":1,"to":%d,"steps":%d}]}}`, n, n)
}

// swept starts a sweep, and waits until it is over.
func swept(t *testing.T, s site, body string) wire.SweepState {
	t.Helper()
	state := into[wire.SweepState](t, s.ask("POST", "/api/v1/sweeps", body), http.StatusAccepted)
	for state.Finished == "" { // the test's own time limit ends it
		state = into[wire.SweepState](t, s.ask("GET", "/api/v1/sweeps/"+state.ID, ""), http.StatusOK)
	}
	return state
}

func TestASweepsRowsAreReadByTheirNextPath(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	state := swept(t, s, seeds(300))
	if state.State != wire.StateDone || state.Done != 300 || len(state.Scenario) == 0 {
		t.Errorf("%+v", state)
	}
	next, path := 0, "/api/v1/sweeps/"+state.ID+"/rows?limit=130"
	for path != "" {
		page := into[wire.RowsPage](t, s.ask("GET", path, ""), http.StatusOK)
		for _, row := range page.Rows {
			if row.Index != next || row.Result == nil {
				t.Fatalf("row %d is %+v", next, row)
			}
			next++
		}
		path = page.Next
	}
	if next != 300 {
		t.Errorf("%d rows", next)
	}
}

func TestASweepIsDownloadedInEachFormat(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	path := swept(t, s, seeds(20)).Results
	check := func(format, kind string, whole func(body string) bool) {
		t.Helper()
		w := s.ask("GET", path+"?format="+format, "")
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) || !whole(w.Body.String()) ||
			!strings.Contains(w.Header().Get("Content-Disposition"), "."+format) || w.Header().Get("ETag") == "" {
			t.Errorf("%s: %d, %v, %.200s", format, w.Code, w.Header(), w.Body)
		}
	}
	check("csv", "text/csv", func(b string) bool { return strings.Count(b, "\n") == 21 && strings.HasPrefix(b, "index,seed,") })
	check("jsonl", "application/x-ndjson", func(b string) bool {
		var row sweep.Row
		return strings.Count(b, "\n") == 20 && json.Unmarshal([]byte(b[:strings.Index(b, "\n")]), &row) == nil && row.Result != nil
	})
	check("parquet", "application/vnd.apache.parquet", func(b string) bool { return strings.HasPrefix(b, "PAR1") && strings.HasSuffix(b, "PAR1") })
	p := expectProblem(t, s.ask("GET", path+"?format=xls", ""), http.StatusUnprocessableEntity)
	if p.Errors[0].Location != "format" {
		t.Errorf("%+v", p.Errors[0])
	}
}

func TestASweepThatWasCancelledKeepsItsRows(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	state := into[wire.SweepState](t, s.ask("POST", "/api/v1/sweeps", seeds(20_000)), http.StatusAccepted)
	into[wire.SweepState](t, s.ask("DELETE", "/api/v1/sweeps/"+state.ID, ""), http.StatusOK)
	got := into[wire.SweepState](t, s.ask("DELETE", "/api/v1/sweeps/"+state.ID, ""), http.StatusOK) // twice is once
	if got.State != wire.StateCancelled || got.Failed == nil {
		t.Errorf("%+v", got)
	}
	if w := s.ask("GET", got.Results, ""); w.Code != http.StatusOK || w.Header().Get("ETag") != "" {
		t.Errorf("%d, %v: its rows may still be added to", w.Code, w.Header())
	}
}

func TestMistakesOfASweepAreNamedWhereTheyAre(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	for body, want := range map[string]string{
		`{"scenario":{"workload":{"batch":0}},"sweep":{"method":"grid","axes":[{"path":"seed","values":[1]}]}}`: "scenario.workload.batch",
		`{"sweep":{"method":"grid","axes":[{"path":"seeed","values":[1]}]}}`:                                    "sweep.axes[0].path",
		`{"sweep":{"method":"all","axes":[{"path":"seed","values":[1]}]}}`:                                      "sweep.method",
		`{"sweep":{"method":"grid","axes":[]}}`:                                                                 "sweep.axes",
		`{"sweeps":{}}`:                                                                                         "sweeps",
		`{}`:                                                                                                    "sweep",
		`[]`:                                                                                                    "",
	} {
		p := expectProblem(t, s.ask("POST", "/api/v1/sweeps", body), http.StatusUnprocessableEntity)
		if len(p.Errors) == 0 || p.Errors[0].Location != want {
			t.Errorf("%s: %+v, want a mistake at %q", body, p.Errors, want)
		}
	}
}

func TestASweepThatIsTooLargeIsRefusedWithItsLimit(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	p := expectProblem(t, s.ask("POST", "/api/v1/sweeps", seeds(20_001)), http.StatusRequestEntityTooLarge)
	if p.Errors[0].Location != "sweep" || !strings.Contains(p.Errors[0].Message, "20000") {
		t.Errorf("%+v", p.Errors[0])
	}
}

func TestAListLeavesLongValuesOut(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	values := strings.TrimSuffix(strings.Repeat("1,2,3,4,", 50), ",")
	state := swept(t, s, `{"sweep":{"method":"list","axes":[{"path":"workload.batch","values":[`+values+`]}]}}`)
	list := into[wire.SweepList](t, s.ask("GET", "/api/v1/sweeps", ""), http.StatusOK)
	if len(list.Sweeps) != 1 || len(list.Sweeps[0].Sweep.Axes[0].Values) != 0 || len(state.Sweep.Axes[0].Values) != 200 {
		t.Errorf("%d values in the list, %d in the sweep", len(list.Sweeps[0].Sweep.Axes[0].Values), len(state.Sweep.Axes[0].Values))
	}
}

func TestARunIsNoSweepAndASweepIsNoRun(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	run, sweep := start(t, s, `{}`).ID, swept(t, s, seeds(2)).ID
	for _, path := range []string{"/api/v1/sweeps/" + run, "/api/v1/sweeps/" + run + "/rows", "/api/v1/sweeps/" + run + "/results", "/api/v1/runs/" + sweep, "/api/v1/runs/" + sweep + "/report"} {
		expectProblem(t, s.ask("GET", path, ""), http.StatusNotFound)
	}
}

func TestALinkIsTheSameForTheSameScenarioAndNeverChanges(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	first := into[wire.Link](t, s.ask("POST", "/api/v1/links", `{"seed":7}`), http.StatusOK)
	again := into[wire.Link](t, s.ask("POST", "/api/v1/links", `{"workload":{"batch":4},"seed":7}`), http.StatusOK) // the default, written out
	other := into[wire.Link](t, s.ask("POST", "/api/v1/links", `{"seed":8}`), http.StatusOK)
	if first != again || first.ID == other.ID || len(first.ID) != 11 {
		t.Errorf("%+v, %+v, %+v", first, again, other)
	}
	w := s.ask("GET", "/api/v1/links/"+first.ID, "")
	if got := into[wire.Link](t, w, http.StatusOK); got != first || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%+v, %v", got, w.Header())
	}
	_, doc, err := wire.DecodeLink(first.Fragment)
	if sc, bad := scenario.Decode(doc); err != nil || bad != nil || sc.Seed != 7 {
		t.Errorf("%s, %v, %v", doc, err, bad)
	}
	w = s.ask("GET", first.Path, "")
	if w.Code != http.StatusFound || w.Header().Get("Location") != "/"+first.Fragment {
		t.Errorf("%s leads to %q (%d)", first.Path, w.Header().Get("Location"), w.Code)
	}
	for _, path := range []string{"/s/AAAAAAAAAAA", "/api/v1/links/..", "/s/%00"} {
		if w := s.ask("GET", path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}
