package httpapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"monde/core/wire"
)

// finish adds to the document what huma cannot know of our handlers: which problems they
// answer with, what their bodies hold, and the routes that are not its own.
func finish(doc *huma.OpenAPI) {
	doc.AddOperation(lineOperation("healthz", "Say whether the server is alive", "It answers", nil))
	doc.AddOperation(lineOperation("readyz", "Say whether new work is taken", "It is", []int{http.StatusServiceUnavailable}))
	each(doc, func(op *huma.Operation) {
		op.Tags = []string{tagOf(op.Path)}
		describeBody(doc.Components.Schemas, op)
		if op.Tags[0] != aboutServer {
			addProblems(doc.Components.Schemas, op)
		}
	})
	all := doc.Components.Schemas.Map()
	if all["Value"] != nil {
		all["Value"] = valueSchema()
	}
	for name, s := range all {
		allowNull(doc.Components.Schemas.TypeFromRef("#/components/schemas/"+name), s)
	}
	prune(doc)
}

// allowNull lets fields be null that are pointers and always written: huma leaves that out
// where a type is referred to.
func allowNull(t reflect.Type, s *huma.Schema) {
	if t == nil || t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.Properties[name]
		if p == nil || p.Ref == "" || f.Type.Kind() != reflect.Pointer || strings.Contains(options, "omit") {
			continue
		}
		s.Properties[name] = &huma.Schema{AnyOf: []*huma.Schema{p, {Enum: []any{nil}}}}
		s.Properties[name].PrecomputeMessages()
	}
}

// valueSchema is of sweep.Value, which writes itself as JSON.
func valueSchema() *huma.Schema {
	s := &huma.Schema{Description: "What one field is set to", AnyOf: []*huma.Schema{
		{Type: huma.TypeNumber}, {Type: huma.TypeString}, {Type: huma.TypeBoolean},
	}}
	s.PrecomputeMessages()
	return s
}

// aboutServer is the tag of what is not part of the versioned API.
const aboutServer = "server"

// tagOf groups operations by what they are about.
func tagOf(path string) string {
	if rest, ok := strings.CutPrefix(path, "/api/v1/"); ok {
		name, _, _ := strings.Cut(rest, "/")
		return name
	}
	if strings.HasPrefix(path, "/s/") {
		return "links"
	}
	return aboutServer
}

// each calls f with every operation, by path and method.
func each(doc *huma.OpenAPI, f func(*huma.Operation)) {
	var paths []string
	for p := range doc.Paths {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	for _, p := range paths {
		item := doc.Paths[p]
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete, item.Patch} {
			if op != nil {
				f(op)
			}
		}
	}
}

// lineOperation is one that answers with a line of text.
func lineOperation(id, summary, fine string, others []int) *huma.Operation {
	line := map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}
	op := &huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: "/" + id, Summary: summary,
		Responses: map[string]*huma.Response{"200": {Description: fine, Content: line}},
	}
	for _, status := range others {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: line}
	}
	return op
}

// bodies are what requests hold that huma hands on as bytes, by operation, each with an
// example. The guide's examples and the tests send the same ones.
var bodies = map[string]struct {
	of      reflect.Type // nil: a scenario
	example string
}{
	"start-run":   {nil, exampleScenario},
	"put-link":    {nil, exampleScenario},
	"start-sweep": {reflect.TypeFor[wire.SweepAsk](), exampleSweep},
}

const (
	exampleScenario = `{"strategy": "MD+LB", "workload": {"batch": 4}}`
	exampleSweep    = `{"scenario": {"strategy": "MD+LB"}, ` +
		`"sweep": {"method": "grid", "axes": [{"path": "workload.batch", "values": [1, 4, 16]}]}}`
)

// describeBody writes the schema of a body that huma takes for bytes.
func describeBody(schemas huma.Registry, op *huma.Operation) {
	b, ok := bodies[op.OperationID]
	if !ok || op.RequestBody == nil {
		return
	}
	m := op.RequestBody.Content["application/json"]
	m.Schema = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
	if b.of != nil {
		m.Schema = schemas.Schema(b.of, true, "")
	}
	m.Example = json.RawMessage(b.example)
}

// addProblems names the problems that an operation may answer with.
func addProblems(schemas huma.Registry, op *huma.Operation) {
	schema := schemas.Schema(reflect.TypeFor[huma.ErrorModel](), true, "")
	for _, status := range problemsOf(op) {
		code := strconv.Itoa(status)
		if op.Responses[code] != nil {
			continue
		}
		op.Responses[code] = &huma.Response{Description: http.StatusText(status)}
	}
	op.Responses["default"] = &huma.Response{Description: "Any other problem"}
	for code, r := range op.Responses {
		if code < "400" {
			continue
		}
		r.Content = map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}
		if code == "429" || code == "503" || code == "507" {
			r.Headers = map[string]*huma.Param{"Retry-After": {
				Description: "Seconds until it may go better", Schema: &huma.Schema{Type: huma.TypeInteger},
			}}
		}
	}
}

func problemsOf(op *huma.Operation) []int {
	all := []int{http.StatusServiceUnavailable}
	if strings.Contains(op.Path, "{") {
		all = append(all, http.StatusNotFound)
	}
	if len(op.Parameters) > 0 || op.RequestBody != nil {
		all = append(all, http.StatusUnprocessableEntity)
	}
	if op.Method != http.MethodGet {
		all = append(all, http.StatusForbidden) // of a page of another origin
	}
	if op.RequestBody != nil {
		all = append(all, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge,
			http.StatusUnsupportedMediaType, http.StatusTooManyRequests)
	}
	return all
}

// prune drops schemas that nothing refers to.
func prune(doc *huma.OpenAPI) {
	paths, _ := json.Marshal(doc.Paths) // it is what is served
	all := doc.Components.Schemas.Map()
	used := map[string]bool{}
	follow(string(paths), all, used)
	for name := range all {
		if !used[name] {
			delete(all, name)
		}
	}
}

func follow(text string, all map[string]*huma.Schema, used map[string]bool) {
	for part := range strings.SplitSeq(text, `"#/components/schemas/`) {
		name, _, _ := strings.Cut(part, `"`)
		if s := all[name]; s != nil && !used[name] {
			used[name] = true
			inner, _ := json.Marshal(s)
			follow(string(inner), all, used)
		}
	}
}
