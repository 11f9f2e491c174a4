package httpapi

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"monde/core/wire"
)

func TestTheGuideTellsOfEveryOperationAndLoadsNothingElse(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	w := get(s, "/docs")
	text := w.Body.String()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/html; charset=utf-8" || w.Header().Get("Content-Security-Policy") != policy {
		t.Fatalf("%d, %v", w.Code, w.Header())
	}
	each(s.server.api.OpenAPI(), func(op *huma.Operation) {
		if !strings.Contains(text, `id="`+op.OperationID+`"`) || !strings.Contains(text, "<code>"+op.Path+"</code>") {
			t.Errorf("no word about %s", op.OperationID)
		}
	})
	for _, bad := range []string{"<script", "<style", " style=", " onclick", "javascript:", "src=", "ZgotmplZ", "<no value>", "%!"} {
		if strings.Contains(text, bad) {
			t.Errorf("it has %s", bad)
		}
	}
	if sheet := get(s, "/docs/docs.css"); sheet.Code != http.StatusOK || !strings.HasPrefix(sheet.Header().Get("Content-Type"), "text/css") {
		t.Errorf("the sheet: %d, %v", sheet.Code, sheet.Header())
	}
	if again := get(s, "/docs", "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("again: %d", again.Code)
	}
}

var (
	anchor = regexp.MustCompile(` id="([^"]+)"`)
	link   = regexp.MustCompile(` href="([^"]+)"`)
)

func TestTheGuidesLinksLeadSomewhere(t *testing.T) {
	s := newSite(t, simulateNothing, page)
	text := get(s, "/docs").Body.String()
	there := map[string]bool{}
	for _, m := range anchor.FindAllStringSubmatch(text, -1) {
		if there[m[1]] {
			t.Errorf("two things have the id %s", m[1])
		}
		there[m[1]] = true
	}
	for _, m := range link.FindAllStringSubmatch(text, -1) {
		name, local := strings.CutPrefix(m[1], "#")
		switch {
		case local && !there[name]:
			t.Errorf("%s leads nowhere", m[1])
		case strings.HasPrefix(m[1], "/"):
			if w := get(s, m[1]); w.Code != http.StatusOK {
				t.Errorf("%s: %d", m[1], w.Code)
			}
		}
	}
}

var (
	command = regexp.MustCompile(`(?m)^curl -s[N]? (?:--compressed )?"?(?:\$MONDE|\$\{MONDE/http/ws\})(/[^\s"?]+)\S*(?:.*?--json '([^']+)')?`)
	naming  = strings.NewReplacer("$ID", "ID")
)

func TestTheGuidesExamplesWork(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	known := map[string]bool{}
	each(s.server.api.OpenAPI(), func(op *huma.Operation) { known[op.OperationID] = true })
	examples := examplesFor(known)
	if len(examples) < 2 {
		t.Fatalf("%d examples", len(examples))
	}
	id, commands := "", 0
	for _, e := range examples {
		for _, m := range command.FindAllStringSubmatch(e.Code, -1) {
			commands++
			path := strings.ReplaceAll(naming.Replace(m[1]), "ID", id)
			switch {
			case m[2] != "":
				id = into[struct{ ID string }](t, s.ask("POST", path, m[2]), http.StatusAccepted).ID
				for over := false; !over; {
					state := into[struct{ State wire.State }](t, s.ask("GET", path+"/"+id, ""), http.StatusOK).State
					over = state == wire.StateDone // the test's own time limit ends it
				}
			case strings.HasSuffix(path, "/stream"):
				expectProblem(t, s.ask("GET", path, ""), http.StatusUpgradeRequired) // it is there
			case strings.HasSuffix(path, "/results"):
				if w := s.ask("GET", path, ""); w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), "index,workload.batch,") {
					t.Errorf("%d: %s", w.Code, w.Body)
				}
			default:
				into[any](t, s.ask("GET", path, ""), http.StatusOK)
			}
		}
	}
	if commands < 5 {
		t.Errorf("only %d commands were tried", commands)
	}
}
