package fit

import (
	"context"
	"math"

	"gonum.org/v1/gonum/optimize"

	"monde/core/gpu"
)

// Limits of one search: it is begun again from where it ended until that gains less
// than enough, for a simplex may collapse where no minimum is.
const (
	evaluations = 2000
	restarts    = 6
	enough      = 1e-4
)

// search returns k with the constants that fit best, each to four digits. Variables
// are shares of today's values, which are where it starts.
func (g *group) search(ctx context.Context, k gpu.Constants, fields []field) (gpu.Constants, error) {
	at := func(x []float64) (gpu.Constants, bool) {
		c, ok := k, true
		for i, f := range fields {
			ok = f.set(&c, rounded(f.of(&k)*x[i])) && ok
		}
		return c, ok
	}
	var failed error
	loss := func(x []float64) float64 {
		c, ok := at(x)
		if !ok {
			return math.Inf(1)
		}
		e, err := mean(ctx, g.fitted, g.predict, c)
		if err != nil {
			failed = err
			return math.Inf(1)
		}
		return e
	}
	x := make([]float64, len(fields))
	for i := range x {
		x[i] = 1
	}
	x, err := descend(ctx, loss, x)
	if failed != nil {
		err = failed
	}
	c, _ := at(x)
	return c, err
}

// descend returns the best x that Nelder and Mead's method finds.
func descend(ctx context.Context, loss func([]float64) float64, x []float64) ([]float64, error) {
	last := loss(x)
	for range restarts {
		found, err := optimize.Minimize(optimize.Problem{Func: loss}, x, &optimize.Settings{
			FuncEvaluations: evaluations, Recorder: stop{ctx},
			Converger: &optimize.FunctionConverge{Absolute: 1e-5, Iterations: 20 * len(x)},
		}, &optimize.NelderMead{SimplexSize: 0.1})
		if err != nil {
			return x, err
		}
		if last-found.F < enough {
			break
		}
		x, last = found.X, found.F
	}
	return x, nil
}

// stop ends a search that is no longer wanted.
type stop struct{ ctx context.Context }

var _ optimize.Recorder = stop{}

// Init is for a Recorder.
func (s stop) Init() error { return s.ctx.Err() }

// Record is for a Recorder.
func (s stop) Record(*optimize.Location, optimize.Operation, *optimize.Stats) error {
	return s.ctx.Err()
}
