package httpapi

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// What the guide's template shows.
type (
	guideView struct {
		Title, Version, Text string
		Examples             []guideExample
		Groups               []guideGroup
		Types                []guideType
	}
	guideExample struct{ ID, Title, Text, Code string }
	guideGroup   struct {
		Name       string
		Operations []guideOperation
	}
	guideOperation struct {
		ID, Method, Path, Summary, Text string
		Params                          []guideField
		Body                            *guideBody
		Answers                         []guideAnswer
		Problems                        []string // "404 Not Found"
	}
	guideBody struct {
		Media, Text, Example string
		Kind                 guideKind
	}
	guideAnswer struct {
		Status, Text, Media string
		Kind                guideKind
		Headers             []string
	}
	guideField struct {
		Name, In, Text string
		Needed         bool
		Kind           guideKind
	}
	guideType struct {
		Name   string
		Kind   guideKind // of one that has no fields
		Fields []guideField
	}
	// guideKind is a type in words; Ref, if any, is a type of the page that they end with.
	guideKind struct{ Words, Ref string }
)

func viewOf(doc *huma.OpenAPI) guideView {
	v := guideView{Title: doc.Info.Title, Version: doc.Info.Version, Text: doc.Info.Description}
	known := map[string]bool{}
	at := map[string]int{}
	each(doc, func(op *huma.Operation) {
		known[op.OperationID] = true
		i, ok := at[op.Tags[0]]
		if !ok {
			i = len(v.Groups)
			at[op.Tags[0]] = i
			v.Groups = append(v.Groups, guideGroup{Name: op.Tags[0]})
		}
		v.Groups[i].Operations = append(v.Groups[i].Operations, operationView(op))
	})
	v.Examples = examplesFor(known)
	all := doc.Components.Schemas.Map()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		v.Types = append(v.Types, guideType{name, kindIn(all[name]), fieldsOf(all[name])})
	}
	return v
}

func operationView(op *huma.Operation) guideOperation {
	o := guideOperation{ID: op.OperationID, Method: op.Method, Path: op.Path, Summary: op.Summary, Text: op.Description}
	for _, p := range op.Parameters {
		o.Params = append(o.Params, guideField{p.Name, p.In, p.Description, p.Required, kindIn(p.Schema)})
	}
	if op.RequestBody != nil {
		for _, media := range slices.Sorted(maps.Keys(op.RequestBody.Content)) {
			m := op.RequestBody.Content[media]
			o.Body = &guideBody{media, op.RequestBody.Description, pretty(m.Example), kindIn(m.Schema)}
		}
	}
	for _, code := range slices.Sorted(maps.Keys(op.Responses)) {
		r := op.Responses[code]
		if code >= "400" && op.Tags[0] != aboutServer {
			o.Problems = append(o.Problems, problemText(code, r.Description))
			continue
		}
		o.Answers = append(o.Answers, answersOf(code, r)...)
	}
	return o
}

func problemText(code, text string) string {
	if code == "default" {
		return "any other"
	}
	return code + " " + text
}

func answersOf(code string, r *huma.Response) []guideAnswer {
	headers := slices.Sorted(maps.Keys(r.Headers))
	if len(r.Content) == 0 {
		return []guideAnswer{{Status: code, Text: r.Description, Headers: headers}}
	}
	var all []guideAnswer
	for _, media := range slices.Sorted(maps.Keys(r.Content)) {
		all = append(all, guideAnswer{code, r.Description, media, kindIn(r.Content[media].Schema), headers})
	}
	return all
}

func fieldsOf(s *huma.Schema) []guideField {
	var all []guideField
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		all = append(all, guideField{Name: name, Text: p.Description, Needed: slices.Contains(s.Required, name), Kind: kindIn(p)})
	}
	return all
}

// kindIn puts a schema in words.
func kindIn(s *huma.Schema) guideKind {
	switch {
	case s == nil:
		return guideKind{"any JSON", ""}
	case s.Ref != "":
		return guideKind{"", s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]}
	case s.Type == huma.TypeArray:
		k := kindIn(s.Items)
		return guideKind{strings.TrimSpace("list of " + k.Words), k.Ref}
	case len(s.AnyOf) > 0:
		var words []string
		for _, one := range s.AnyOf[1:] {
			words = append(words, kindIn(one).Words)
		}
		first := kindIn(s.AnyOf[0]) // a reference is the last word
		if first.Ref == "" {
			return guideKind{strings.Join(append([]string{first.Words}, words...), " or "), ""}
		}
		return guideKind{strings.Join(words, " or ") + " or", first.Ref}
	case len(s.Enum) == 1 && s.Enum[0] == nil:
		return guideKind{"null", ""}
	case s.Type == huma.TypeObject && s.Properties == nil:
		if m, ok := s.AdditionalProperties.(*huma.Schema); ok {
			k := kindIn(m)
			return guideKind{strings.TrimSpace("object of " + k.Words), k.Ref}
		}
		return guideKind{"object", ""}
	case s.Format == "binary":
		return guideKind{"bytes", ""}
	case s.Type == "":
		return guideKind{"any JSON", ""}
	default:
		return guideKind{s.Type, ""}
	}
}

func pretty(example any) string {
	text, ok := example.(json.RawMessage)
	if !ok {
		return ""
	}
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return string(text)
	}
	return b.String()
}

// Problem is an example for the page, of a mistake in a scenario.
func (guideView) Problem() (string, error) {
	p := whole(&huma.ErrorModel{
		Status: http.StatusUnprocessableEntity, Detail: "the request has mistakes",
		Errors: []*huma.ErrorDetail{{Location: "workload.batch", Message: "must be 1 to 4096, got 0"}},
	}, "V5XJ2QK4")
	text, err := json.MarshalIndent(p, "", "  ")
	return string(text), err
}
