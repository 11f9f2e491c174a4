package text

import (
	"fmt"
	"io"

	"monde/backend/validate"
)

// WriteValidation writes how far predictions are from measurements; with rows, each
// of them.
func WriteValidation(w io.Writer, r validate.Result, rows bool) error {
	p := &page{w: w}
	p.line("Predicted against measured, engine %s. Errors are of absolute values, in %%; the baseline is the longest of", r.Engine)
	p.line("bytes and operations at the rates of datasheets. Rows that constants were fitted to are apart: not they count.")
	p.line("No NDP expert execution has been measured anywhere: nothing here says how right those times are.")
	p.line("")
	table := [][]string{{"set", "strategy", "machine", "model", "", "rows", "mean", "median", "p90", "worst", "bias", "baseline"}}
	for _, s := range r.Sets {
		if s.Model == validate.All {
			table = append(table, summary(s))
		}
	}
	p.table(table)
	p.problems(r.Rows)
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

// problems lists rows without a prediction: each reason once, with how many.
func (p *page) problems(rows []validate.Row) {
	count := map[string]int{}
	var order []string
	for _, r := range rows {
		if r.Problem == "" {
			continue
		}
		key := r.Set + ": " + r.Problem
		if count[key]++; count[key] == 1 {
			order = append(order, key)
		}
	}
	for i, key := range order {
		if i == 0 {
			p.line("")
			p.line("Rows without a prediction:")
		}
		p.line("%5d  %s", count[key], key)
	}
}

func (p *page) measured(rows []validate.Row) {
	p.line("")
	table := [][]string{{"set", "model", "strategy", "machine", "case", "tokens", "measured", "predicted", "error", ""}}
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
			r.Set, r.Model, r.Strategy, r.Machine, r.Case, fmt.Sprint(r.Tokens),
			fmt.Sprintf("%.4g %s", r.Measured, unit), predicted, off, fitted,
		})
	}
	p.table(table)
}
