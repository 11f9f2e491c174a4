package httpapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"monde/core"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
)

// aboutItself are the routes that tell about the API, and are not part of it.
var aboutItself = []string{"/openapi.json", "/openapi.yaml", "/openapi-3.0.json", "/openapi-3.0.yaml", "/docs", "/docs/docs.css"}

func TestTheDocumentAndTheRoutesAreTheSame(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	var routes, described []string
	err := chi.Walk(s.routes, func(method, path string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !slices.Contains(aboutItself, path) {
			routes = append(routes, method+" "+path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	each(s.server.api.OpenAPI(), func(op *huma.Operation) { described = append(described, op.Method+" "+op.Path) })
	slices.Sort(routes)
	slices.Sort(described)
	if !slices.Equal(routes, described) {
		t.Errorf("routes are\n%s\nthe document has\n%s", strings.Join(routes, "\n"), strings.Join(described, "\n"))
	}
}

func TestEveryOperationIsDescribedInFull(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	seen := map[string]bool{}
	each(s.server.api.OpenAPI(), func(op *huma.Operation) {
		name := op.Method + " " + op.Path
		if op.OperationID == "" || seen[op.OperationID] || op.Summary == "" || len(op.Tags) != 1 {
			t.Errorf("%s: id %q, summary %q, tags %q", name, op.OperationID, op.Summary, op.Tags)
		}
		seen[op.OperationID] = true
		checkParams(t, name, op)
		checkBody(t, name, op)
		checkAnswers(t, name, op)
	})
}

var inPath = regexp.MustCompile(`\{(\w+)\}`)

func checkParams(t *testing.T, name string, op *huma.Operation) {
	t.Helper()
	var want, got []string
	for _, m := range inPath.FindAllStringSubmatch(op.Path, -1) {
		want = append(want, m[1])
	}
	for _, p := range op.Parameters {
		if p.Schema == nil || p.Schema.Type == "" {
			t.Errorf("%s: %s has no schema", name, p.Name)
		}
		if p.In == "path" {
			got = append(got, p.Name)
		} else if p.Description == "" {
			t.Errorf("%s: %s has no description", name, p.Name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: parameters of the path are %q", name, got)
	}
}

func checkBody(t *testing.T, name string, op *huma.Operation) {
	t.Helper()
	writes := op.Method == http.MethodPost || op.Method == http.MethodPut
	if op.RequestBody == nil {
		return
	}
	if !writes {
		t.Errorf("%s has a body", name)
	}
	for media, m := range op.RequestBody.Content {
		switch {
		case m.Schema == nil:
			t.Errorf("%s: no schema of %s", name, media)
		case media == "application/json" && m.Schema.Format == "binary":
			t.Errorf("%s: its body is not in the table bodies", name)
		case media == "application/json" && m.Example == nil && m.Schema.Ref == "":
			t.Errorf("%s: no example of its body", name)
		}
	}
	if op.Method == http.MethodPost && (op.MaxBodyBytes <= 0 || op.MaxBodyBytes > maxDocument) {
		t.Errorf("%s: up to %d bytes", name, op.MaxBodyBytes)
	}
}

func checkAnswers(t *testing.T, name string, op *huma.Operation) {
	t.Helper()
	fine, bad := 0, 0
	for code, r := range op.Responses {
		if r.Description == "" {
			t.Errorf("%s: %s has no description", name, code)
		}
		if code < "400" {
			fine++
			continue
		}
		bad++
		if op.Tags[0] != aboutServer && r.Content["application/problem+json"] == nil {
			t.Errorf("%s: %s is no problem", name, code)
		}
	}
	if fine == 0 || bad == 0 && op.OperationID != "healthz" {
		t.Errorf("%s: answers are %q", name, slices.Sorted(maps.Keys(op.Responses)))
	}
	takes := len(op.Parameters) > 0 || op.RequestBody != nil
	if takes && (op.Responses["422"] == nil) || strings.Contains(op.Path, "{") && op.Responses["404"] == nil {
		t.Errorf("%s: 404 or 422 is missing", name)
	}
}

func TestTheDocumentIsOpenAPI31AndRefersToWhatItHas(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	w := get(s, "/openapi.json")
	doc := into[struct {
		OpenAPI    string
		Info       struct{ Title, Version string }
		Paths      map[string]map[string]any
		Components struct{ Schemas map[string]any }
	}](t, w, http.StatusOK)
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") || doc.Info.Title == "" || doc.Info.Version != core.Engine || len(doc.Paths) == 0 {
		t.Errorf("it is %q of %+v, %d paths", doc.OpenAPI, doc.Info, len(doc.Paths))
	}
	refs := map[string]bool{}
	var all any
	if err := json.Unmarshal(w.Body.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	walkRefs(t, all, refs)
	for ref := range refs {
		name, ok := strings.CutPrefix(ref, "#/components/schemas/")
		if !ok || doc.Components.Schemas[name] == nil {
			t.Errorf("%s leads nowhere", ref)
		}
	}
	for name := range doc.Components.Schemas {
		if !refs["#/components/schemas/"+name] {
			t.Errorf("nothing refers to %s", name)
		}
	}
}

// walkRefs collects every $ref, and checks the types of schemas on the way.
func walkRefs(t *testing.T, v any, refs map[string]bool) {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			walkRefs(t, e, refs)
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			refs[ref] = true
		}
		if kind, ok := v["type"].(string); ok && !slices.Contains([]string{"object", "array", "string", "number", "integer", "boolean", "null"}, kind) {
			t.Errorf("there is no type %q", kind)
		}
		for _, e := range v {
			walkRefs(t, e, refs)
		}
	}
}

// holds checks an answer against what the document says about it.
func (s site) holds(t testing.TB, id string, w *httptest.ResponseRecorder) {
	t.Helper()
	each(s.server.api.OpenAPI(), func(op *huma.Operation) {
		if op.OperationID != id {
			return
		}
		r := op.Responses[strconv.Itoa(w.Code)]
		if r == nil {
			t.Errorf("%s: %d is not described", id, w.Code)
			return
		}
		media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
		m := r.Content[media]
		if m == nil {
			t.Errorf("%s: %d of type %q is not described", id, w.Code, media)
			return
		}
		var v any
		if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
			t.Errorf("%s: %v", id, err)
			return
		}
		res := &huma.ValidateResult{}
		huma.Validate(s.server.api.OpenAPI().Components.Schemas, m.Schema, huma.NewPathBuffer(nil, 0), huma.ModeReadFromServer, v, res)
		for _, err := range res.Errors {
			t.Errorf("%s: %d: %v", id, w.Code, err)
		}
	})
}

func simulateReally(ctx context.Context, s scenario.Scenario, p probe.Probe) (report.Report, error) {
	return core.Run(ctx, s, p)
}

func TestAnswersAreAsTheDocumentSays(t *testing.T) {
	s := newSite(t, simulateReally, nil)
	w := s.ask("POST", "/api/v1/runs", exampleScenario)
	s.holds(t, "start-run", w)
	id := await(t, s, into[struct{ ID string }](t, w, http.StatusAccepted).ID).ID
	s.holds(t, "catalog", s.ask("GET", "/api/v1/catalog", ""))
	s.holds(t, "list-runs", s.ask("GET", "/api/v1/runs", ""))
	s.holds(t, "get-run", s.ask("GET", "/api/v1/runs/"+id, ""))
	s.holds(t, "get-report", s.ask("GET", "/api/v1/runs/"+id+"/report", ""))
	s.holds(t, "cancel-run", s.ask("DELETE", "/api/v1/runs/"+id, ""))
	s.holds(t, "put-trace", s.ask("PUT", "/api/v1/traces?name=mine.csv", csv))
}

func TestProblemsAreAsTheDocumentSays(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	s.holds(t, "start-run", s.ask("POST", "/api/v1/runs", ""))
	s.holds(t, "start-run", s.ask("POST", "/api/v1/runs", `{"workload":{"batch":0},"x":1}`))
	s.holds(t, "start-run", s.ask("POST", "/api/v1/runs", strings.Repeat(" ", maxDocument+1)))
	s.holds(t, "get-run", s.ask("GET", "/api/v1/runs/x", ""))
	s.holds(t, "get-run", s.ask("GET", "/api/v1/runs/"+strings.Repeat("x", 65), ""))
	s.holds(t, "get-report", s.ask("GET", "/api/v1/runs/x/report", ""))
	s.holds(t, "cancel-run", s.ask("DELETE", "/api/v1/runs/x", ""))
	s.holds(t, "stream-run", s.ask("GET", "/api/v1/runs/x/stream", ""))
	s.holds(t, "put-trace", s.ask("PUT", "/api/v1/traces", "no trace"))
}
