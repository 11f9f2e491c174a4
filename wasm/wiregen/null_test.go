package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"monde/core"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/wire"
)

// nulls returns the path of every list in v that would be null in JSON although
// its TypeScript type is a list.
func nulls(v reflect.Value, path string, field string) (found []string) {
	if strings.HasSuffix(typed[field], "| null") || v.Type() == reflect.TypeFor[json.RawMessage]() {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return nulls(v.Elem(), path, "")
		}
	case reflect.Slice:
		if v.IsNil() {
			return []string{path}
		}
		for i := range v.Len() {
			found = append(found, nulls(v.Index(i), fmt.Sprintf("%s[%d]", path, i), "")...)
		}
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			if f.IsExported() && f.Tag.Get("json") != "-" && !absent(v.FieldByIndex(f.Index), f) {
				found = append(found, nulls(v.FieldByIndex(f.Index), path+"."+f.Name, v.Type().String()+"."+f.Name)...)
			}
		}
	}
	return found
}

// absent says whether the field is left out of the JSON: its type is optional then.
func absent(v reflect.Value, f reflect.StructField) bool {
	return strings.HasSuffix(f.Tag.Get("json"), ",omitempty") && v.Kind() == reflect.Slice && v.Len() == 0
}

func expectNoNulls(t *testing.T, name string, v any) {
	t.Helper()
	if found := nulls(reflect.ValueOf(v), name, ""); len(found) > 0 {
		t.Errorf("null although the page expects lists: %s", found)
	}
}

func TestNoListOfAReportIsNullUnlessItsTypeSaysSo(t *testing.T) {
	for _, p := range scenario.Presets() {
		for _, f := range []scenario.Fidelity{scenario.Analytic, scenario.Event} {
			s := p.Scenario
			s.Fidelity = f
			r, err := core.Run(t.Context(), s, probe.Probe{})
			if err != nil {
				t.Fatalf("%s: %v", p.Name, err)
			}
			expectNoNulls(t, p.Name, r)
		}
	}
}

func TestNoListOfAnAnswerIsNull(t *testing.T) {
	expectNoNulls(t, "catalog", core.Catalog())
	placed, err := core.Place(t.Context(), scenario.Default(), wire.Place{})
	if err != nil {
		t.Fatal(err)
	}
	expectNoNulls(t, "placed", placed)
	ask := func(q wire.Request) {
		request, err := json.Marshal(q)
		if err != nil {
			t.Fatal(err)
		}
		new(core.Session).Call(t.Context(), request, func(b []byte) {
			for _, part := range []string{`"fields":null`, `"layers":null`, `"memory":null`, `"provenance":null`} {
				if strings.Contains(string(b), part) {
					t.Errorf("%s: the answer has %s", q.Op, part)
				}
			}
		})
	}
	ask(wire.Request{Op: wire.OpResolve, Scenario: json.RawMessage(`{}`)})
	ask(wire.Request{Op: wire.OpRun, Scenario: json.RawMessage(`{}`)})
	ask(wire.Request{Op: wire.OpRun, Scenario: json.RawMessage(`{}`), Spans: true})
	ask(wire.Request{Op: wire.OpRun, Scenario: json.RawMessage(`{"x":1}`)})
	ask(wire.Request{Op: "nonsense"})
}
