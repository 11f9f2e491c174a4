// Package fit finds the constants of core/gpu from measurements.
//
// Constants are fitted group by group, as the tags of gpu.Constants have them, each
// to the rows of its group that backend/validate marks as fitted, by the mean of
// absolute relative errors. Predictions are those of the kernels that the engine
// runs, and start from today's values, so the same data gives the same constants.
//
// What gains less than Least is dropped, for such rows do not tell values apart, and
// digests would move for nothing. Rows that are held out decide nothing: the report
// says what they make of it.
// The link and the host are only reported: their numbers are in scenario's presets,
// each with its source.
package fit

import (
	"context"
	"errors"
	"fmt"
	"math"

	"monde/backend/validate"
	"monde/core/gpu"
)

// Result is what fitting gave.
type Result struct {
	Constants gpu.Constants
	Groups    []Group
}

// Group is the fit of some constants to some rows.
type Group struct {
	Name          string
	Values        []Value // none: only reported
	Before, After Errors  // with the constants before all fitting, and after it
	Found         Errors  // with the values found, whether they were taken or not
	Outcome       Outcome
}

// Outcome is what became of the values found.
type Outcome string

// Outcomes.
const (
	Reported Outcome = "only reported"
	Taken    Outcome = "taken"
	Small    Outcome = "kept: the gain is small"
)

// Value is one constant.
type Value struct {
	Name     string
	Old, New float64
}

// Errors are means of absolute relative errors.
type Errors struct {
	Fitted, Held         float64
	FittedRows, HeldRows int
}

// Run fits every group to rows, in order, starting from k. progress is called after
// each group.
func Run(ctx context.Context, rows []validate.Row, k gpu.Constants, progress func(done, of int)) (Result, error) {
	found := k
	var all []Group
	for i, g := range groups {
		g.take(rows)
		r, err := g.fit(ctx, &found)
		if err != nil {
			return Result{}, fmt.Errorf("%s: %w", g.name, err)
		}
		all = append(all, r)
		progress(i+1, len(groups))
	}
	for i := range groups { // an earlier group's constants are in a later one's kernels
		g := &groups[i]
		g.take(rows)
		var err error
		if all[i].Before, err = g.errors(ctx, k); err != nil {
			return Result{}, err
		}
		if all[i].After, err = g.errors(ctx, found); err != nil {
			return Result{}, err
		}
	}
	return Result{found, all}, nil
}

// fit searches the constants of g, and leaves them in k.
func (g *group) fit(ctx context.Context, k *gpu.Constants) (Group, error) {
	r := Group{Name: g.name, Outcome: Reported}
	fields := tagged(g.name)
	if len(fields) == 0 {
		return r, nil
	}
	if len(g.fitted) == 0 {
		return r, errors.New("no row to fit to")
	}
	before, err := g.errors(ctx, *k)
	if err != nil {
		return r, err
	}
	found, err := g.search(ctx, *k, fields)
	if err != nil {
		return r, err
	}
	if r.Found, err = g.errors(ctx, found); err != nil {
		return r, err
	}
	best := *k
	if r.Outcome = Small; before.Fitted-r.Found.Fitted >= Least {
		r.Outcome, best = Taken, found
	}
	for _, f := range fields {
		r.Values = append(r.Values, Value{f.name, f.of(k), f.of(&best)})
	}
	*k = best
	return r, nil
}

// Least is what the error of a group's fitted rows must gain for its constants to
// change, and how far it may be from what the program gives.
const Least = 0.003

// Check returns an error if constants are not what fitting gives.
func (r Result) Check() error {
	for _, g := range r.Groups {
		if by := g.After.Fitted - g.Before.Fitted; math.Abs(by) > Least {
			return fmt.Errorf("constants are not what fitting gives: %q moves by %+.2f points", g.Name, 100*by)
		}
	}
	return nil
}
