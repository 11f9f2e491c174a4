package validate

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// Summary is the error of the rows of a set that have a model and strategy in
// common, of those that were fitted or of the rest. Errors are fractions; all but
// Bias are of absolute values.
type Summary struct {
	Name     string  `json:"name"`
	Model    string  `json:"model"`
	Strategy string  `json:"strategy"`
	Machine  string  `json:"machine"`
	Fitted   bool    `json:"fitted"`
	Rows     int     `json:"rows"`
	Mean     float64 `json:"mean"`
	Median   float64 `json:"median"`
	P90      float64 `json:"p90"`
	Worst    float64 `json:"worst"`
	Bias     float64 `json:"bias"`     // mean of signed errors
	Roofline float64 `json:"roofline"` // mean of a roofline's: the baseline to beat
	Problems int     `json:"problems"` // rows without a prediction, which are in no other figure
}

// All is the Model, Strategy or Machine of a Summary over several.
const All = "all"

// summaries sums rows up: by set, model, strategy and machine; and by set and
// strategy, and by set, over all else.
func summaries(rows []Row) []Summary {
	groups := map[Summary][]Row{}
	var order []Summary
	add := func(key Summary, r Row) {
		if _, ok := groups[key]; !ok {
			order = append(order, key)
		}
		groups[key] = append(groups[key], r)
	}
	for _, r := range rows {
		keys := []Summary{
			{Name: r.Set, Model: All, Strategy: All, Machine: All, Fitted: r.Fitted},
			{Name: r.Set, Model: All, Strategy: r.Strategy, Machine: r.Machine, Fitted: r.Fitted},
			{Name: r.Set, Model: r.Model, Strategy: r.Strategy, Machine: r.Machine, Fitted: r.Fitted},
		}
		for _, k := range keys {
			add(k, r)
		}
	}
	slices.SortFunc(order, func(a, b Summary) int {
		return strings.Compare(a.Name+a.place(), b.Name+b.place())
	})
	for i, k := range order {
		order[i] = k.of(groups[k])
	}
	return order
}

// place sorts what is over all in front, and what is held out before what is fitted.
func (s Summary) place() string {
	first := func(name string) string {
		if name == All {
			return "\x00"
		}
		return "\x01" + name
	}
	part := "\x00"
	if s.Fitted {
		part = "\x01"
	}
	return first(s.Machine) + first(s.Strategy) + first(s.Model) + part
}

// of fills s from its rows.
func (s Summary) of(rows []Row) Summary {
	var errs, signed, roof []float64
	for _, r := range rows {
		if r.Problem != "" {
			s.Problems++
			continue
		}
		signed = append(signed, r.Error)
		errs = append(errs, math.Abs(r.Error))
		if r.Roofline > 0 {
			roof = append(roof, math.Abs(r.Roofline/r.Measured-1))
		}
	}
	if s.Rows = len(errs); s.Rows == 0 {
		return s
	}
	for _, values := range [][]float64{errs, signed, roof} { // sums of floats depend on their order
		slices.Sort(values)
	}
	s.Mean, s.Bias = stat.Mean(errs, nil), stat.Mean(signed, nil)
	s.Median, s.P90 = stat.Quantile(0.5, stat.Empirical, errs, nil), stat.Quantile(0.9, stat.Empirical, errs, nil)
	s.Worst = errs[len(errs)-1]
	if len(roof) > 0 {
		s.Roofline = stat.Mean(roof, nil)
	}
	return s
}
