package text

import (
	"fmt"

	"monde/core/report"
)

// trust says which measurements each part of a run is nearest to, how far predictions
// of those are off, and why this run may be further off.
func (p *page) trust(r report.Report) {
	if len(r.Trust) == 0 {
		return
	}
	rows := [][]string{{"how far to trust this", "known from", "nearest measurements", "rows", "median error", "p90", "worst"}}
	for _, x := range r.Trust {
		row := []string{x.Name, string(x.Kind), "none", "", "", "", ""}
		if x.Set != "" {
			row = []string{
				x.Name, string(x.Kind), fmt.Sprintf("%s %s, %s", x.Set, x.Strategy, x.Machine),
				count(int64(x.Rows)), percent(x.Median), percent(x.P90), percent(x.Worst),
			}
		}
		rows = append(rows, row)
	}
	p.line("")
	p.table(rows)
	for _, x := range r.Trust {
		for _, why := range x.Outside {
			p.line("extrapolated  %s: %s", x.Name, why)
		}
	}
}
