package text

import (
	"fmt"
	"io"

	"monde/backend/fit"
)

// WriteFit writes what fitting gave: each constant, and the errors of its group.
func WriteFit(w io.Writer, r fit.Result) error {
	p := &page{w: w}
	p.line("Means of absolute relative errors, in %%: with the program's constants, with those found, and with those taken.")
	p.line("What gains less than %g points is not taken. Rows that are held out decide nothing.", 100*fit.Least)
	p.line("")
	table := [][]string{{"group", "rows", "fitted: now", "found", "taken", "held out", "now", "found", "taken", ""}}
	for _, g := range r.Groups {
		found, held := "-", "-"
		if len(g.Values) > 0 {
			found, held = points(g.Found.Fitted), points(g.Found.Held)
		}
		b, a := g.Before, g.After
		table = append(table, []string{
			g.Name, fmt.Sprint(b.FittedRows), points(b.Fitted), found, points(a.Fitted),
			fmt.Sprint(b.HeldRows), points(b.Held), held, points(a.Held), string(g.Outcome),
		})
	}
	p.table(table)
	p.line("")
	table = [][]string{{"constant", "group", "old", "new"}}
	for _, g := range r.Groups {
		for _, v := range g.Values {
			table = append(table, []string{v.Name, g.Name, fmt.Sprintf("%.4g", v.Old), fmt.Sprintf("%.4g", v.New)})
		}
	}
	p.table(table)
	return p.err
}

func points(v float64) string { return fmt.Sprintf("%.2f", 100*v) }
