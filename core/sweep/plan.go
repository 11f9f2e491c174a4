package sweep

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"monde/core/fault"
	"monde/core/rng"
	"monde/core/scenario"
)

// A Plan is a valid sweep: its points by their numbers. It may be used by many at once.
type Plan struct {
	method Method
	axes   []axis
	seed   uint64
	n      int
	order  []shuffle // an axis; of lhs
	base   Base
}

// sampled reports whether the points of m are drawn, so that their number is said.
func (m Method) sampled() bool { return m == Random || m == LHS }

// Plan returns the points of s around base, or every mistake in s. It refuses an axis
// none of whose values can be simulated, alone or with the others'; that one point
// cannot be is for its row to say.
func (s Spec) Plan(base scenario.Scenario) (Plan, error) {
	p, err := s.prepare()
	if err != nil {
		return Plan{}, err
	}
	p.base = baseOf(base, p.Paths())
	return p, p.try(base)
}

// prepare checks s by itself.
func (s Spec) prepare() (Plan, error) {
	if err := s.shape(); err != nil {
		return Plan{}, err
	}
	p := Plan{method: s.Method, seed: s.Seed, n: s.Points}
	var errs []error
	for i, a := range s.Axes {
		x, err := a.prepare(s.Method)
		errs = append(errs, fault.In(fmt.Sprintf("axes[%d]", i), err))
		p.axes = append(p.axes, x)
	}
	if err := errors.Join(errors.Join(errs...), overlaps(p.Paths())); err != nil {
		return Plan{}, err
	}
	var err error
	switch s.Method {
	case Grid:
		p.n, err = product(p.axes)
	case List:
		p.n, err = common(p.axes)
	case LHS:
		for _, a := range p.axes {
			p.order = append(p.order, newShuffle(s.Seed, "sweep strata "+a.path, p.n))
		}
	}
	return p, err
}

// shape reports what is wrong with s but for its axes.
func (s Spec) shape() error {
	return errors.Join(
		fault.Unless(slices.Contains(Methods, s.Method), "method", "must be one of %q, got %q", Methods, clip(string(s.Method))),
		fault.Unless(len(s.Axes) >= 1 && len(s.Axes) <= maxAxes, "axes", "must be 1 to %d, got %d", maxAxes, len(s.Axes)),
		fault.Unless(!s.Method.sampled() || s.Points >= 1 && s.Points <= MaxPoints, "points", "must be 1 to %d, got %d", MaxPoints, s.Points),
		fault.Unless(s.Seed < 1<<53, "seed", "must be below 2^53, got %d", s.Seed),
	)
}

// overlaps reports axes that set what another sets, or a part of it.
func overlaps(paths []string) error {
	var errs []error
	for j, b := range paths {
		for i, a := range paths[:j] {
			if b != "" && (a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")) {
				errs = append(errs, fault.At(fmt.Sprintf("axes[%d].path", j), "%q and %q of axes[%d] set the same", b, a, i))
			}
		}
	}
	return errors.Join(errs...)
}

// product returns how many points a grid has.
func product(axes []axis) (int, error) {
	n := uint64(1)
	for _, a := range axes {
		hi, lo := bits.Mul64(n, uint64(a.count()))
		if n = lo; hi != 0 || lo > MaxPoints {
			return 0, fault.At("points", "must be at most %d, and the axes have more values together", MaxPoints)
		}
	}
	return int(n), nil
}

// common returns how many values all axes have.
func common(axes []axis) (int, error) {
	n := axes[0].count()
	for i, a := range axes[1:] {
		if a.count() != n {
			return 0, fault.At(fmt.Sprintf("axes[%d]", i+1), "has %d values, and axes[0] has %d: a list takes one of each", a.count(), n)
		}
	}
	return n, nil
}

// Len returns how many points there are.
func (p Plan) Len() int { return p.n }

// Paths returns what the axes set.
func (p Plan) Paths() []string {
	var all []string
	for _, a := range p.axes {
		all = append(all, a.path)
	}
	return all
}

// Base returns what makes scenarios of values.
func (p Plan) Base() Base { return p.base }

// Scenario returns point i, or why it cannot be simulated.
func (p Plan) Scenario(i int) (scenario.Scenario, error) { return p.base.At(p.Values(i)) }

// Values returns the values of point i, one an axis; i is at least 0 and below Len.
func (p Plan) Values(i int) []Value {
	values := make([]Value, len(p.axes))
	rest := i
	for k := len(p.axes) - 1; k >= 0; k-- {
		a := p.axes[k]
		switch p.method {
		case Grid:
			values[k] = a.step(rest % a.count())
			rest /= a.count()
		case List:
			values[k] = a.step(i)
		default:
			values[k] = a.share(p.share(k, i))
		}
	}
	return values
}

// share returns where on axis k point i lies, from 0 up to but without 1.
func (p Plan) share(k, i int) float64 {
	r := rng.Stream(p.seed, "sweep point "+strconv.Itoa(i)+" "+p.axes[k].path)
	if p.method == Random {
		return r.Float64()
	}
	// 28 bits of the place in a stratum, and never its ends: with the 20 of the stratum
	// they fit a float64, so that no rounding moves a point to the next one.
	inside := (float64(r.Uint64()>>36) + 0.5) / (1 << 28)
	return (float64(p.order[k].at(i)) + inside) / float64(p.n)
}
