package text

import (
	"fmt"
	"io"
	"strings"

	"monde/backend/validate"
)

// WriteValidation writes how far predictions are from measurements; with rows, each
// of them.
func WriteValidation(w io.Writer, r validate.Result, rows bool) error {
	p := &page{w: w}
	p.line("Predicted against measured, engine %s: absolute errors in %%, and the bias with its sign. Held-out rows count;", r.Engine)
	p.line("constants were fitted to the others. The baseline is a roofline's error: the longer of bytes and operations at the")
	p.line("rates of data sheets. No NDP expert execution has been measured anywhere: nothing here tells of those times.")
	p.line("")
	table := [][]string{{"set", "strategy", "machine", "model", "", "rows", "mean", "median", "p90", "worst", "bias", "baseline"}}
	for _, s := range r.Sets {
		if s.Model == validate.All {
			table = append(table, summary(s))
		}
	}
	p.table(table)
	p.problems(r.Rows)
	if len(r.Ignored) > 0 {
		p.line("")
		p.line("Not compared, for nothing here predicts them: %s.", strings.Join(r.Ignored, ", "))
	}
	if rows {
		p.measured(r.Rows)
	}
	return p.err
}

func summary(s validate.Summary) []string {
	row := []string{s.Name, s.Strategy, s.Machine, s.Model, "held out", fmt.Sprint(s.Rows)}
	if s.Fitted {
		row[4] = "fitted"
	}
	if s.Rows == 0 {
		return append(row, "-", "-", "-", "-", "-", "-")
	}
	for _, v := range []float64{s.Mean, s.Median, s.P90, s.Worst} {
		row = append(row, fmt.Sprintf("%.1f", 100*v))
	}
	baseline := "-"
	if s.Roofline > 0 {
		baseline = fmt.Sprintf("%.1f", 100*s.Roofline)
	}
	return append(row, fmt.Sprintf("%+.1f", 100*s.Bias), baseline)
}

// problems lists rows without a prediction: each reason once, with how many, and the
// line of the first.
func (p *page) problems(rows []validate.Row) {
	type reason struct{ set, problem string }
	count, line := map[reason]int{}, map[reason]int{}
	var order []reason
	for _, r := range rows {
		if r.Problem == "" {
			continue
		}
		key := reason{r.Set, r.Problem}
		if count[key]++; count[key] == 1 {
			order, line[key] = append(order, key), r.Line
		}
	}
	for i, key := range order {
		if i == 0 {
			p.line("")
			p.line("Rows without a prediction, by reason:")
		}
		where := "in"
		if count[key] > 1 {
			where = "first in"
		}
		p.line("%5d  %s, %s line %d: %s", count[key], key.set, where, line[key], key.problem)
	}
}

func (p *page) measured(rows []validate.Row) {
	p.line("")
	table := [][]string{{"set", "line", "model", "strategy", "machine", "case", "tokens", "measured", "predicted", "error", ""}}
	for _, r := range rows {
		unit, fitted := r.Unit, ""
		if unit == "" {
			unit = "µs"
		}
		if r.Fitted {
			fitted = "fitted"
		}
		predicted, off := "-", "-"
		if r.Problem == "" {
			predicted, off = fmt.Sprintf("%.4g %s", r.Predicted, unit), fmt.Sprintf("%+.1f %%", 100*r.Error)
		}
		table = append(table, []string{
			r.Set, fmt.Sprint(r.Line), r.Model, r.Strategy, r.Machine, r.Case, fmt.Sprint(r.Tokens),
			fmt.Sprintf("%.4g %s", r.Measured, unit), predicted, off, fitted,
		})
	}
	p.table(table)
}
