// Package ndp models the compute of a near-data core: many small systolic
// arrays beside the device's memory, their buffers, and the order in which tiles
// of a GEMM or of an expert pass through them.
//
// The core is that of MoNDE (DAC 2024, doi 10.1145/3649329.3655951): 64 arrays of
// 4×4 at 1 GHz, output-stationary, 264 KB of buffers, 28 nm. Cycles of an array
// are SCALE-Sim's (v3, golden table in testdata). Tile sizes, the split of the
// buffers and the layout of the operands are ours: the paper gives none.
//
// A Schedule says what moves and what computes, never when: the device puts it on
// its clock. Left out: cycles of decoding low-bit weights and of the activation
// function (both hide in the stream), draining results out of an array beside the
// next tile, bank conflicts inside a buffer.
package ndp

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Spec is what a user may choose. A field that is absent or zero where JSON may
// leave it out has the default that its comment names.
type Spec struct {
	Arrays int        `json:"arrays"`   // side by side along the columns of the weights, 1 to 2^20
	Rows   int        `json:"rows"`     // tokens that one pass over the weights serves, 1 to 4096
	Cols   int        `json:"cols"`     // weights that an array takes a cycle, 1 to 4096
	Clock  unit.Clock `json:"clock_hz"` // up to 100 GHz
	Power  unit.Power `json:"power_mw"` // added to the device's while computing

	Order            Order      `json:"order,omitempty"`                   // which loop is outer; absent: tokens
	WeightBuffer     unit.Bytes `json:"weight_buffer_bytes,omitempty"`     // both halves; absent: 448 a column
	ActivationBuffer unit.Bytes `json:"activation_buffer_bytes,omitempty"` // inputs and intermediate; absent: 36 KiB a row
	OutputBuffer     unit.Bytes `json:"output_buffer_bytes,omitempty"`     // fp32 results; absent: two output tiles
}

// Validate reports every field that no core can have.
func (s Spec) Validate() error {
	least := s.leastBuffers()
	return errors.Join(
		fault.Within("arrays", s.Arrays, 1, 1<<20),
		fault.Within("rows", s.Rows, 1, 1<<12),
		fault.Within("cols", s.Cols, 1, 1<<12),
		fault.Within("clock_hz", s.Clock, 1, 100*unit.Gigahertz),
		fault.Within("power_mw", s.Power, 0, 1e9),
		s.Order.validate(),
		buffer("weight_buffer_bytes", s.WeightBuffer, least.Weights),
		buffer("activation_buffer_bytes", s.ActivationBuffer, least.Activations),
		buffer("output_buffer_bytes", s.OutputBuffer, least.Outputs),
	)
}

// A Core is a Spec made ready.
type Core struct {
	spec    Spec
	buffers Buffers
	wide    int64 // weights a cycle, and columns of an output tile
}

// New returns the Core of a valid Spec.
func New(s Spec) Core { return Core{s, s.Buffers(), int64(s.Arrays) * int64(s.Cols)} }

// Clock returns the clock that the cycles of a Schedule are of.
func (c Core) Clock() unit.Clock { return c.spec.Clock }

// Passes returns how often the weights must stream past the arrays for t tokens,
// tokens outer.
func (c Core) Passes(t int) int64 { return ceilDiv(int64(t), int64(c.spec.Rows)) }

// Compute returns how long t tokens take with the given number of weights, were
// every array full in every cycle: Schedule.Totals adds fill, drain and edges.
func (c Core) Compute(t int, weights int64) unit.Time {
	return c.spec.Clock.Span(unit.Cycles(c.Passes(t) * ceilDiv(weights, c.wide)))
}

// ceilDiv returns ceil(a/b) of a >= 0 and b > 0.
func ceilDiv[N ~int | ~int64](a, b N) N { return (a + b - 1) / b }
