package sweep

import (
	"errors"
	"fmt"

	"monde/core/fault"
	"monde/core/scenario"
)

// How many values of an axis, and points, are tried before a sweep is refused.
const (
	triedValues = 64
	triedPoints = 256
)

// try refuses axes none of whose values can be simulated, unless some point can be: a
// strategy may need the machine that another axis brings.
func (p Plan) try(base scenario.Scenario) error {
	var errs []error
	for i, a := range p.axes {
		errs = append(errs, fault.In(fmt.Sprintf("axes[%d]", i), a.try(baseOf(base, []string{a.path}))))
	}
	if err := errors.Join(errs...); err != nil && !p.somewhere() {
		return err
	}
	return nil
}

// try returns why none of the values can be simulated; nil if one can.
func (a axis) try(b Base) error {
	tries := triedValues
	if a.values != nil {
		tries = min(tries, len(a.values))
	}
	var why error
	for k := range tries {
		v := a.share((float64(k) + 0.5) / float64(tries))
		_, err := b.At([]Value{v})
		if err == nil {
			return nil
		}
		if why == nil {
			why = fault.At("", "no value can be simulated; of %s: %s", clip(v.text), Reason(err))
		}
	}
	return why
}

// somewhere reports whether some point can be simulated.
func (p Plan) somewhere() bool {
	tries := min(triedPoints, p.n)
	for k := range tries {
		if _, err := p.Scenario(k * p.n / tries); err == nil {
			return true
		}
	}
	return false
}
