package validate

import (
	"encoding/json"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

func same(a, b float64) bool { return math.Abs(a-b) <= 1e-12*(1+math.Abs(b)) }

// Ten errors by hand: +1 % to -10 %, signs in turn.
func TestASummaryIsWhatAHandComputes(t *testing.T) {
	var rows []Row
	for i := 1; i <= 10; i++ {
		e := float64(i) / 100
		if i%2 == 0 {
			e = -e
		}
		rows = append(rows, Row{Set: "set", Model: "m", Strategy: "s", Machine: "box", Error: e, Measured: 100, Roofline: 50})
	}
	rows = append(rows, Row{Set: "set", Model: "m", Strategy: "s", Machine: "box", Problem: "odd", Error: 9, Measured: 1, Roofline: 9})
	for _, s := range summaries(rows) {
		ok := s.Rows == 10 && s.Problems == 1 && same(s.Mean, 0.055) && same(s.Median, 0.05) && same(s.P90, 0.09) &&
			same(s.Worst, 0.10) && same(s.Bias, -0.005) && same(s.Roofline, 0.5)
		if !ok {
			t.Errorf("got %+v", s)
		}
	}
}

func TestStatisticsAreThoseOfGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		signed := rapid.SliceOfN(rapid.Float64Range(-0.99, 50), 1, 60).Draw(t, "errors")
		rows, errs := make([]Row, len(signed)), make([]float64, len(signed))
		for i, e := range signed {
			rows[i], errs[i] = Row{Error: e, Measured: 1}, math.Abs(e)
		}
		s := Summary{}.of(rows)
		slices.Sort(errs)
		want := Summary{
			Rows: len(errs), Mean: stat.Mean(errs, nil), Bias: s.Bias, Worst: errs[len(errs)-1],
			Median: stat.Quantile(0.5, stat.Empirical, errs, nil), P90: stat.Quantile(0.9, stat.Empirical, errs, nil),
		}
		if s != want || math.Abs(s.Bias-stat.Mean(signed, nil)) > 1e-9 || math.Abs(s.Bias) > s.Mean+1e-9 {
			t.Fatalf("got %+v, want %+v", s, want)
		}
	})
}

func TestSummariesOverAllHaveEveryRowOnce(t *testing.T) {
	r := embeddedResult(t)
	type level struct{ all, strategies, models int }
	sets, want := map[string]level{}, map[string]int{}
	for _, x := range r.Rows {
		want[x.Set]++
	}
	for _, s := range r.Sets {
		l, n := sets[s.Name], s.Rows+s.Problems
		switch {
		case s.Strategy == All:
			l.all += n
		case s.Model == All:
			l.strategies += n
		default:
			l.models += n
		}
		sets[s.Name] = l
	}
	for set, n := range want {
		if got := sets[set]; got != (level{n, n, n}) {
			t.Errorf("%s has %d rows, its summaries %+v", set, n, got)
		}
	}
}

func TestASummaryOfProblemsAloneHasNoFigures(t *testing.T) {
	for _, s := range summaries([]Row{{Set: "a", Model: "m", Strategy: "s", Problem: "odd"}}) {
		if s.Rows != 0 || s.Problems != 1 || s.Mean != 0 || s.Worst != 0 {
			t.Errorf("got %+v", s)
		}
	}
}

// The page and other tools read these names.
func TestTheJSONHasTheShapeThatIsPromised(t *testing.T) {
	text, err := json.Marshal(embeddedResult(t))
	if err != nil {
		t.Fatal(err)
	}
	var r struct{ Sets, Rows []map[string]any }
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	check := func(what string, objects []map[string]any, numbers, words []string) {
		if len(objects) == 0 {
			t.Errorf("no %s", what)
		}
		for _, o := range objects {
			for _, key := range numbers {
				if _, ok := o[key].(float64); !ok {
					t.Fatalf("%s: %s is %v, no number", what, key, o[key])
				}
			}
			for _, key := range words {
				if _, ok := o[key].(string); !ok {
					t.Fatalf("%s: %s is %v, no text", what, key, o[key])
				}
			}
		}
	}
	check("sets", r.Sets, []string{"rows", "mean", "median", "p90", "worst", "bias"}, []string{"name", "model", "strategy"})
	check("rows", r.Rows, []string{"tokens", "measured_us", "predicted_us", "error"}, []string{"set", "model", "strategy"})
	for _, o := range r.Rows {
		if _, ok := o["fitted"].(bool); !ok {
			t.Fatalf("fitted is %v", o["fitted"])
		}
	}
}
