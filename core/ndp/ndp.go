// Package ndp models the compute of a near-data core: many small systolic
// arrays beside the device's memory.
//
// From MoNDE (DAC 2024, doi 10.1145/3649329.3655951): 64 arrays of 4×4 at 1 GHz,
// output-stationary. Each array streams weights past a tile as high as the
// array, so t tokens cost ceil(t/rows) passes over the weights. Fill and drain,
// buffers and the tile schedule are left out until the cycle-level core.
package ndp

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Spec is what a user may choose.
type Spec struct {
	Arrays int        `json:"arrays"`
	Rows   int        `json:"rows"` // tokens that one pass over the weights serves
	Cols   int        `json:"cols"` // weights that an array takes a cycle
	Clock  unit.Clock `json:"clock_hz"`
	Power  unit.Power `json:"power_mw"` // added to the device's while computing
}

// Validate reports every field that no core can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Within("arrays", s.Arrays, 1, 1<<20),
		fault.Within("rows", s.Rows, 1, 1<<12),
		fault.Within("cols", s.Cols, 1, 1<<12),
		fault.Within("clock_hz", s.Clock, 1, 100*unit.Gigahertz),
		fault.Within("power_mw", s.Power, 0, 1e9),
	)
}

// A Core is a Spec made ready.
type Core struct {
	spec Spec
	wide int64 // weights a cycle
}

// New returns the Core of a valid Spec.
func New(s Spec) Core { return Core{s, int64(s.Arrays) * int64(s.Cols)} }

// Passes returns how often the weights must stream past the arrays for t tokens.
func (c Core) Passes(t int) int64 { return int64(t+c.spec.Rows-1) / int64(c.spec.Rows) }

// Compute returns how long t tokens take with the given number of weights.
func (c Core) Compute(t int, weights int64) unit.Time {
	cycles := (weights + c.wide - 1) / c.wide
	return c.spec.Clock.Span(unit.Cycles(c.Passes(t) * cycles))
}
