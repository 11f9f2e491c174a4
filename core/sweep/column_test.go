package sweep_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"monde/core/report"
	"monde/core/scenario"
	"monde/core/sweep"
)

// Every field of a Result is one column under its JSON name, in its order, of its kind,
// and holds what the field holds.
func TestEveryFieldOfAResultIsAColumn(t *testing.T) {
	var y sweep.Result
	fields := reflect.ValueOf(&y).Elem()
	columns := sweep.Columns(nil)[2:]
	if len(columns) != fields.NumField() {
		t.Fatalf("%d columns, %d fields", len(columns), fields.NumField())
	}
	for i, c := range columns {
		name, _, _ := strings.Cut(fields.Type().Field(i).Tag.Get("json"), ",")
		f, want := fields.Field(i), sweep.Cell{}
		switch f.Kind() {
		case reflect.Int64:
			f.SetInt(int64(i + 1))
			want.Whole = int64(i + 1)
		case reflect.Float64:
			f.SetFloat(float64(i) + 0.5)
			want.Real = float64(i) + 0.5
		case reflect.String:
			f.SetString(name)
			want.Text = name
		case reflect.Bool:
			f.SetBool(true)
			want.Truth = true
		}
		got, ok := c.Of(&sweep.Row{Result: &y})
		if c.Name != name || got != want || !ok {
			t.Errorf("column %s of field %s: %v, want %v", c.Name, name, got, want)
		}
		if _, ok := c.Of(&sweep.Row{}); ok {
			t.Errorf("column %s of a row without a result has something", name)
		}
	}
}

func TestAnAxisIsAColumnOfNumbersOnlyIfAllItsValuesAre(t *testing.T) {
	columns := sweep.Columns([]sweep.Axis{
		{Path: "a", From: 1, To: 2}, {Path: "b", Values: []sweep.Value{sweep.Number(1)}}, {Path: "c", Values: []sweep.Value{sweep.Number(1), sweep.Name("x")}},
	})
	var names, kinds []string
	for _, c := range columns[:5] {
		names, kinds = append(names, c.Name), append(kinds, string(c.Kind))
	}
	if !slices.Equal(names, []string{"index", "a", "b", "c", "failed"}) || !slices.Equal(kinds, []string{"whole", "real", "real", "text", "text"}) {
		t.Errorf("%v %v", names, kinds)
	}
	r := sweep.Row{Values: []sweep.Value{sweep.Number(1), sweep.Number(2), sweep.Name("x")}}
	if c, _ := columns[2].Of(&r); c.Real != 2 {
		t.Errorf("b is %v", c)
	}
	if c, _ := columns[3].Of(&r); c.Text != "x" {
		t.Errorf("c is %v", c)
	}
}

func TestNoFieldOfAScenarioIsNamedAsAColumn(t *testing.T) {
	for _, c := range sweep.Columns(nil) {
		_, err := (sweep.Spec{Method: sweep.Grid, Axes: []sweep.Axis{{Path: c.Name, Values: []sweep.Value{sweep.Number(1)}}}}).Plan(scenario.Default())
		if err == nil || !strings.Contains(err.Error(), "has no field") {
			t.Errorf("%s: %v", c.Name, err)
		}
	}
}

func TestAResultKeepsWhatAReportSays(t *testing.T) {
	got := sweep.ResultOf(report.Report{
		Digest: "d", Latency: 10, Bound: 9, Tokens: 4, TokensPerSecond: 2.5, TTFT: 3, HotExperts: 7, Simulated: true,
		TPOT: &report.Steps{Mean: 5, P99: 6}, Cache: &report.Cached{HitRate: 0.5},
		Resources: []report.Resource{{Name: "gpu", Critical: 4}, {Name: "link_in", Critical: 6, Bytes: 11}, {Name: "link_out", Bytes: 12}},
		Memory:    []report.Pool{{Name: "gpu", Used: 13, Fits: true}, {Name: "host", Used: 1}},
		Energy:    []report.Energy{{Energy: 5}, {Energy: 15}},
	})
	want := sweep.Result{
		Digest: "d", Latency: 10, Bound: 9, Tokens: 4, TokensPerSecond: 2.5, TTFT: 3, TPOTMean: 5, TPOTP99: 6,
		Energy: 20, EnergyPerToken: 5, Limit: "link_in", LimitShare: 0.6, LinkIn: 11, LinkOut: 12, GPUBytes: 13,
		HotExperts: 7, HitRate: 0.5, Simulated: true,
	}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}
