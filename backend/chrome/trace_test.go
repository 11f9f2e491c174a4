package chrome

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"monde/core/probe"
	"monde/core/unit"
)

func TestATraceIsJSONThatLosesNoPicosecond(t *testing.T) {
	var out strings.Builder
	trace := New(&out, `a "name"`)
	trace.Span(probe.Span{Resource: probe.NDP, Work: probe.Expert, Pass: 1, Layer: 2, Expert: 3, Start: 1_000_000_000_001, End: 1_000_002_000_003})
	trace.Span(probe.Span{Resource: probe.GPU, Work: probe.Attention, Expert: -1, End: unit.Nanosecond})
	if err := trace.Close(); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Events []struct {
			Ph, Name string
			Tid      int
			Ts, Dur  json.Number
			Args     map[string]any
		} `json:"traceEvents"`
	}
	if err := json.Unmarshal([]byte(out.String()), &doc); err != nil {
		t.Fatal(err)
	}
	spans := doc.Events[1+2*int(probe.Resources):]
	if len(spans) != 2 {
		t.Fatalf("%d spans, want 2", len(spans))
	}
	if s := spans[0]; s.Ts != "1000000.000001" || s.Dur != "2.000002" || s.Name != "expert 3" || s.Ph != "X" {
		t.Errorf("got %+v", s)
	}
	if s := spans[1]; s.Dur != "0.001000" || s.Name != "attention" || s.Args["work"] != "attention" {
		t.Errorf("got %+v", s)
	}
}

func TestEveryResourceHasANamedThread(t *testing.T) {
	var out strings.Builder
	if err := New(&out, "").Close(); err != nil {
		t.Fatal(err)
	}
	for r := range probe.Resources {
		if want := `"thread_name","args":{"name":"` + r.String() + `"}`; !strings.Contains(out.String(), want) {
			t.Errorf("no %s", want)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAFullDiskIsToldAtTheEnd(t *testing.T) {
	trace := New(full{}, "")
	for range 10_000 {
		trace.Span(probe.Span{})
	}
	if trace.Close() == nil {
		t.Error("no error")
	}
}
