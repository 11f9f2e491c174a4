package sweep

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"monde/core/detmath"
	"monde/core/fault"
)

const (
	maxAxes = 8
	maxText = 100     // bytes of a value
	maxEnd  = 1e300   // of a range, so that its length and what it is multiplied with stay finite
	maxInt  = 1 << 53 // of a range of whole numbers, so that a float64 has them all
	digits  = 12      // significant ones of a range in steps: 0.3, not 0.30000000000000004
)

// An axis is a valid Axis that is ready to give values.
type axis struct {
	path     string
	values   []Value // nil: a range
	from, to float64
	steps    int
	log      bool
	whole    bool
}

// prepare returns a as an axis, or every mistake in it.
func (a Axis) prepare(m Method) (axis, error) {
	f, err := fieldAt(a.Path)
	if err != nil {
		return axis{}, err
	}
	if len(a.Values) > 0 {
		return axis{path: a.Path, values: a.Values}, a.listed(f)
	}
	x := axis{path: a.Path, from: a.From, to: a.To, steps: a.Steps, log: a.Scale == Log, whole: a.Whole || f.whole()}
	return x, a.ranged(f, m, x)
}

// listed reports what is wrong with an axis of values.
func (a Axis) listed(f field) error {
	errs := []error{
		fault.Unless(len(a.Values) <= MaxPoints, "values", "must be at most %d, got %d", MaxPoints, len(a.Values)),
		fault.Unless(a.From == 0 && a.To == 0 && a.Steps == 0, "values", "cannot be given beside a range"),
	}
	for i, v := range a.Values {
		if err := f.takes(v); err != nil && len(errs) < 100 {
			errs = append(errs, fault.In(fmt.Sprintf("values[%d]", i), err))
		}
	}
	return errors.Join(errs...)
}

// ranged reports what is wrong with an axis of a range.
func (a Axis) ranged(f field, m Method, x axis) error {
	if a.From == 0 && a.To == 0 {
		return fault.At("values", "must hold at least one, unless from and to say a range")
	}
	if !f.numeric() {
		return fault.At("from", "a range is of numbers, which %q is not; say its values", a.Path)
	}
	end := func(path string, v float64) error {
		most := maxEnd
		if x.whole {
			most = maxInt
		}
		return fault.Unless(v >= -most && v <= most, path, "must be %g to %g, got %g", -most, most, v)
	}
	lo, hi := math.Ceil(a.From), math.Floor(a.To)
	return errors.Join(
		end("from", a.From), end("to", a.To),
		fault.Unless(a.From < a.To, "to", "must be above from, %g, got %g", a.From, a.To),
		fault.Unless(slices.Contains([]Scale{"", Linear, Log}, a.Scale), "scale", "must be %q or %q, got %q", Linear, Log, clip(string(a.Scale))),
		fault.Unless(!x.log || a.From > 0, "from", "must be above 0 for a range in equal ratios, got %g", a.From),
		fault.Unless(!x.whole || lo <= hi, "to", "there is no whole number from %g to %g", a.From, a.To),
		fault.Unless(m.sampled() || a.Steps >= 2 && a.Steps <= MaxPoints, "steps", "must be 2 to %d, got %d", MaxPoints, a.Steps),
	)
}

// count returns how many values the axis has in a grid or a list.
func (a axis) count() int {
	if a.values != nil {
		return len(a.values)
	}
	return a.steps
}

// step returns value k of the count.
func (a axis) step(k int) Value {
	if a.values != nil {
		return a.values[k]
	}
	v := a.to
	if k < a.steps-1 {
		v = a.between(a.from, a.to, float64(k), float64(a.steps-1))
	}
	if a.whole {
		return a.rounded(v)
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64) // of what FormatFloat wrote
	return Number(v)
}

// share returns the value at a share of the axis, from 0 up to but without 1. Each whole
// number of a range has as much of it as the others beside it.
func (a axis) share(u float64) Value {
	switch {
	case a.values != nil:
		return a.values[int(u*float64(len(a.values)))]
	case a.whole:
		return a.rounded(a.between(math.Ceil(a.from)-0.5, math.Floor(a.to)+0.5, u, 1))
	default:
		return Number(min(a.to, max(a.from, a.between(a.from, a.to, u, 1))))
	}
}

// rounded returns the whole number of the range that is nearest to v.
func (a axis) rounded(v float64) Value {
	return Number(min(math.Floor(a.to), max(math.Ceil(a.from), math.Round(v))))
}

// between divides a range: part of whole lie below the result.
func (a axis) between(from, to, part, whole float64) float64 {
	if !a.log {
		return from + float64((to-from)*part)/whole
	}
	low := detmath.Log(from)
	return detmath.Exp(low + float64((detmath.Log(to)-low)*part)/whole)
}
