package sweep_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"monde/core/fault"
	"monde/core/scenario"
	"monde/core/sweep"
)

func preset(t testing.TB, name string) scenario.Scenario {
	t.Helper()
	p, ok := scenario.PresetNamed(name)
	if !ok {
		t.Fatalf("no preset %s", name)
	}
	return p.Scenario
}

func spec(t testing.TB, doc string) sweep.Spec {
	t.Helper()
	s, err := sweep.Decode([]byte(doc))
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return s
}

func plan(t testing.TB, base, doc string) sweep.Plan {
	t.Helper()
	p, err := spec(t, doc).Plan(preset(t, base))
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return p
}

func points(p sweep.Plan) []string {
	var all []string
	for i := range p.Len() {
		all = append(all, fmt.Sprint(p.Values(i)))
	}
	return all
}

func TestPointsOfEachMethodAreInTheirOrder(t *testing.T) {
	check := func(doc, want string) {
		t.Helper()
		if got := strings.Join(points(plan(t, "nllb-encoder", doc)), " "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", doc, got, want)
		}
	}
	check(`{"method": "grid", "axes": [{"path": "workload.batch", "values": [1, 2]}, {"path": "strategy.name", "values": ["MD+LB", "GPU+PM", "Ideal"]}]}`,
		"[1 MD+LB] [1 GPU+PM] [1 Ideal] [2 MD+LB] [2 GPU+PM] [2 Ideal]")
	check(`{"method": "list", "axes": [{"path": "workload.batch", "values": [1, 2]}, {"path": "strategy.alpha", "from": 0.5, "to": 1, "steps": 2}]}`,
		"[1 0.5] [2 1]")
	check(`{"method": "grid", "axes": [{"path": "machine.link.bandwidth_bytes_per_s", "from": 16e9, "to": 128e9, "steps": 4, "scale": "log"}]}`,
		"[16000000000] [32000000000] [64000000000] [128000000000]")
	check(`{"method": "grid", "axes": [{"path": "strategy.alpha", "from": 0.1, "to": 1, "steps": 4}, {"path": "strategy.cache_share", "from": 0.01, "to": 1, "steps": 3, "scale": "log"}]}`,
		"[0.1 0.01] [0.1 0.1] [0.1 1] [0.4 0.01] [0.4 0.1] [0.4 1] [0.7 0.01] [0.7 0.1] [0.7 1] [1 0.01] [1 0.1] [1 1]")
	check(`{"method": "grid", "axes": [{"path": "workload.batch", "from": 1, "to": 10, "steps": 4, "scale": "log"}]}`, "[1] [2] [5] [10]")
	check(`{"method": "grid", "axes": [{"path": "strategy.alpha", "from": 1, "to": 3, "steps": 5, "whole": true}]}`, "[1] [2] [2] [3] [3]")
}

// These are what they were when sweeps were first recorded: a record must give the same
// points again, natively and in a browser.
func TestDrawnPointsStayWhatTheyAre(t *testing.T) {
	check := func(method, want string) {
		t.Helper()
		doc := `{"method": "` + method + `", "points": 3, "seed": 7, "axes": [{"path": "workload.batch", "from": 1, "to": 64, "scale": "log"},
			{"path": "strategy.alpha", "from": 0.5, "to": 2}, {"path": "strategy.name", "values": ["MD+LB", "GPU+PM"]}]}`
		if got := strings.Join(points(plan(t, "nllb-encoder", doc)), " "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", method, got, want)
		}
	}
	check("random", "[5 1.0522161758138946 MD+LB] [27 0.790872418777476 GPU+PM] [3 0.6122145578455547 MD+LB]")
	check("lhs", "[22 1.7500898791477084 GPU+PM] [6 1.2429672637954354 GPU+PM] [1 0.8796569360420108 MD+LB]")
}

func TestEachMistakeIsNamedByItsPath(t *testing.T) {
	check := func(doc string, want ...string) {
		t.Helper()
		s, err := sweep.Decode([]byte(doc))
		if err == nil {
			_, err = s.Plan(preset(t, "nllb-encoder"))
		}
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) || !fault.Is(err) {
				t.Errorf("%s:\n got %v\nwant %s", doc, err, w)
			}
		}
	}
	axis := func(a string) string { return `{"method": "grid", "axes": [` + a + `]}` }
	check(`[]`, "must be an object")
	check(`{"speed": 1}`, "speed: unknown field")
	check(`{}`, "method: must be one of", "axes: must be 1 to 8")
	check(`{"method": "lhs", "points": 1000001, "axes": [{"path": "seed", "values": [1]}]}`, "points: must be 1 to 1000000")
	check(`{"method": "random", "points": 1, "seed": 9007199254740992, "axes": [{"path": "seed", "values": [1]}]}`, "seed: must be below 2^53")
	check(axis(`{"path": "batch", "values": [1]}`), `axes[0].path: a scenario has no field "batch"; did you mean workload.batch?`)
	check(axis(`{"path": "workload.size", "values": [1]}`), `axes[0].path: a scenario has no field "workload.size"; known are workload.phase, workload.scope, workload.batch`)
	check(axis(`{"path": "machine.link.", "values": [1]}`), "known are machine.link.")
	check(axis(`{"path": "strategy", "values": ["MD+LB"]}`), "axes[0].path: ", "strategy.name")
	check(axis(`{"values": [1]}`), "axes[0].path: must name a field")
	check(axis(`{"path": "title", "values": ["a"]}`), `axes[0].path: "title" changes nothing of a run`)
	check(axis(`{"path": "version", "values": [1]}`), "axes[0].path: ")
	check(axis(`{"path": "workload.routing.file", "values": ["a"]}`), "axes[0].path: ")
	check(axis(`{"path": "workload.routing.counts", "values": [1]}`), "axes[0].path: ", "is a list")
	check(axis(`{"path": "machine.gpu.name", "values": ["a100"]}`), `"machine.gpu" takes the name of another GPU`)
	check(axis(`{"path": "seed", "values": [1, 2.5, "x", true, 1e999]}`), "axes[0].values[1]: must be a whole number, got 2.5",
		`axes[0].values[2]: must be a whole number, got "x"`, "axes[0].values[3]: ", "axes[0].values[4]: ")
	check(axis(`{"path": "seed", "values": [null, [1]]}`), "axes[0].values[0]: must be a number, a name", "axes[0].values[1]: ")
	check(axis(`{"path": "seed", "values": 3}`), "axes[0].values: must be a list")
	check(axis(`{"path": "strategy.name", "values": ["MD+LB", "Best"]}`), `axes[0].values[1]: no strategy is named "Best"; known are`)
	check(axis(`{"path": "machine.link", "values": ["string"]}`), "axes[0].values[0]: no link is named")
	check(axis(`{"path": "model", "values": [3]}`), "axes[0].values[0]: must be a name, got 3")
	check(axis(`{"path": "model.gated", "values": [1]}`), "axes[0].values[0]: must be true or false, got 1")
	check(axis(`{"path": "model", "from": 1, "to": 2, "steps": 2}`), "axes[0].from: a range is of numbers")
	check(axis(`{"path": "workload.batch"}`), "axes[0].values: must hold at least one")
	check(axis(`{"path": "workload.batch", "values": [1], "steps": 3}`), "axes[0].values: cannot be given beside a range")
	check(axis(`{"path": "workload.batch", "from": 8, "to": 1, "steps": 4611686018427387904}`), "axes[0].to: must be above from", "axes[0].steps: must be 2 to 1000000")
	check(axis(`{"path": "workload.batch", "from": 0, "to": 8, "steps": 2, "scale": "log"}`), "axes[0].from: must be above 0")
	check(axis(`{"path": "workload.batch", "from": 1, "to": 8, "steps": 2, "scale": "cubic"}`), "axes[0].scale: must be")
	check(axis(`{"path": "workload.batch", "from": 0.2, "to": 0.8, "steps": 2}`), "axes[0].to: there is no whole number")
	check(axis(`{"path": "strategy.alpha", "from": -1e308, "to": 1e308, "steps": 2}`), "axes[0].from: must be -1e+300 to 1e+300", "axes[0].to: ")
	check(axis(`{"path": "workload.batch", "from": 1, "to": 1e300, "steps": 2}`), "axes[0].to: must be")
	check(axis(`{"path": "seed", "values": [1]}, {"path": "seed", "values": [2]}`), `axes[1].path: "seed" and "seed" of axes[0] set the same`)
	check(axis(`{"path": "machine.link", "values": ["pcie4"]}, {"path": "machine", "values": ["h100-box"]}`), "axes[1].path: ")
	check(axis(strings.Repeat(`{"path": "seed", "from": 1, "to": 9, "steps": 1000000},`, 7)+`{"path": "seed", "values": [1]}`), "axes[1].path: ")
	check(axis(`{"path": "seed", "from": 1, "to": 9, "steps": 1000000}, {"path": "workload.batch", "from": 1, "to": 9, "steps": 2}`), "points: must be at most 1000000")
	check(`{"method": "list", "axes": [{"path": "seed", "values": [1, 2]}, {"path": "workload.batch", "values": [1]}]}`, "axes[1]: has 1 values, and axes[0] has 2")
	check(axis(`{"path": "workload.batch", "values": [0, -1]}`), "axes[0]: no value can be simulated; of 0: workload.batch: must be 1 to 65536, got 0")
}

func TestNumbersThatJSONCannotWriteAreRefused(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		s := sweep.Spec{Method: sweep.Grid, Axes: []sweep.Axis{{Path: "strategy.alpha", Values: []sweep.Value{sweep.Number(v)}}}}
		if _, err := s.Plan(scenario.Default()); !fault.Is(err) {
			t.Errorf("value %v: %v", v, err)
		}
		s.Axes[0] = sweep.Axis{Path: "strategy.alpha", From: v, To: v, Steps: 2}
		if _, err := s.Plan(scenario.Default()); !fault.Is(err) {
			t.Errorf("ends %v: %v", v, err)
		}
	}
}

func TestAnAxisMayNeedWhatAnotherBrings(t *testing.T) {
	// The base has no memory device: only with the other machine can MD+LB run.
	p := plan(t, "mixtral-h100", `{"method": "grid", "axes": [
		{"path": "machine", "values": ["h100-box", "h100-monde"]}, {"path": "strategy.name", "values": ["MD+LB"]}]}`)
	if _, err := p.Scenario(0); !fault.Is(err) {
		t.Errorf("point 0: %v", err)
	}
	if _, err := p.Scenario(1); err != nil {
		t.Errorf("point 1: %v", err)
	}
}

// drawn is any valid sweep whose axes have distinct values.
func drawn(t *rapid.T, method sweep.Method) sweep.Spec {
	s := sweep.Spec{Method: method, Points: rapid.IntRange(1, 300).Draw(t, "points"), Seed: rapid.Uint64Range(0, 1<<53-1).Draw(t, "seed")}
	n := rapid.IntRange(1, 6).Draw(t, "count")
	all := []sweep.Axis{
		{Path: "strategy.alpha", From: rapid.Float64Range(0, 1).Draw(t, "from"), To: rapid.Float64Range(2, 1e6).Draw(t, "to"), Steps: n + 1},
		{Path: "machine.link.bandwidth_bytes_per_s", From: 1e9, To: rapid.Float64Range(1e10, 1e12).Draw(t, "bandwidth"), Steps: n + 1, Scale: sweep.Log},
		{Path: "workload.batch", From: 1, To: float64(100 * (n + 1)), Steps: n + 1},
		{Path: "strategy.name", Values: []sweep.Value{sweep.Name("MD+LB"), sweep.Name("GPU+PM"), sweep.Name("CPU+AM")}},
		{Path: "model.gated", Values: []sweep.Value{truth(t, "true"), truth(t, "false")}},
	}
	if method == sweep.List {
		all = all[:3]
	}
	some := rapid.Permutation(all).Draw(t, "axes")
	s.Axes = some[:rapid.IntRange(1, len(all)).Draw(t, "of")]
	return s
}

func truth(t rapid.TB, doc string) sweep.Value {
	var v sweep.Value
	if err := json.Unmarshal([]byte(doc), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPointsDependOnTheirNumberAlone(t *testing.T) {
	base := preset(t, "nllb-encoder")
	rapid.Check(t, func(t *rapid.T) {
		s := drawn(t, rapid.SampledFrom(sweep.Methods).Draw(t, "method"))
		p, err := s.Plan(base)
		if err != nil {
			t.Fatal(err)
		}
		doc, _ := json.Marshal(s)
		read, err := sweep.Decode(doc)
		if err != nil {
			t.Fatal(err)
		}
		again, err := read.Plan(base)
		if err != nil || again.Len() != p.Len() {
			t.Fatalf("%s: %d points, then %d: %v", doc, p.Len(), again.Len(), err)
		}
		seen := map[string]bool{}
		for i := range p.Len() {
			seen[fmt.Sprint(p.Values(i))] = true
			if back := p.Len() - 1 - i; !slices.Equal(p.Values(back), again.Values(back)) {
				t.Fatalf("point %d: %v, then %v", back, p.Values(back), again.Values(back))
			}
		}
		if s.Method == sweep.Grid && len(seen) != p.Len() {
			t.Errorf("%d of %d points of a grid differ", len(seen), p.Len())
		}
	})
}

func TestALatinHypercubeMeetsEachStratumOnceOnEveryAxis(t *testing.T) {
	base := preset(t, "nllb-encoder")
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 2000).Draw(t, "points")
		// From 0 to a power of two, so that finding the stratum again rounds nothing twice.
		s := sweep.Spec{Method: sweep.LHS, Points: n, Seed: rapid.Uint64Range(0, 1<<53-1).Draw(t, "seed"), Axes: []sweep.Axis{
			{Path: "strategy.alpha", To: 1 << 10}, {Path: "strategy.cache_share", To: 1},
			{Path: "strategy.name", Values: []sweep.Value{sweep.Name("MD+LB"), sweep.Name("GPU+PM"), sweep.Name("CPU+AM")}},
		}}
		p, err := s.Plan(base)
		if err != nil {
			t.Fatal(err)
		}
		var met [2][]bool
		met[0], met[1] = make([]bool, n), make([]bool, n)
		named := map[string]int{}
		for i := range n {
			values := p.Values(i)
			for k, length := range []float64{1 << 10, 1} {
				v, _ := values[k].Number()
				at := int(v / length * float64(n))
				if met[k][at] {
					t.Fatalf("stratum %d of axis %d is met twice", at, k)
				}
				met[k][at] = true
			}
			named[values[2].String()]++
		}
		for name, count := range named {
			if count < n/3-1 || count > n/3+2 { // a stratum may lie across two names
				t.Errorf("%s is met %d times of %d", name, count, n)
			}
		}
	})
}

func TestWholeNumbersAreDrawnAlikeEndsIncluded(t *testing.T) {
	p := plan(t, "nllb-encoder", `{"method": "lhs", "points": 4000, "axes": [{"path": "workload.batch", "from": 1, "to": 4}]}`)
	count := map[string]int{}
	for i := range p.Len() {
		count[p.Values(i)[0].String()]++
	}
	for _, v := range []string{"1", "2", "3", "4"} {
		if count[v] != 1000 {
			t.Errorf("%s: %d times of 4000", v, count[v])
		}
	}
}
