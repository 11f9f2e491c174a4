package ndp

import (
	"errors"

	"monde/core/fault"
)

// maxDim is the widest matrix, as package model allows.
const maxDim = 1 << 17

// MaxTokens is the most tokens of one Schedule: sums of it fit 63 bits then.
const MaxTokens = 1 << 24

// A GEMM multiplies activations of K numbers a token by K×N weights.
type GEMM struct {
	K, N    int
	Weights Format
}

// Validate reports every field that no GEMM can have.
func (g GEMM) Validate() error {
	return errors.Join(
		fault.Within("k", g.K, 1, maxDim),
		fault.Within("n", g.N, 1, maxDim),
		fault.In("weights", g.Weights.Validate()),
	)
}

// An Expert is a feed-forward network: up to DFF, an activation function, down to
// DModel again. A gated one multiplies by what a third matrix makes of the input:
// silu(gate)·up.
type Expert struct {
	DModel, DFF int
	Gated       bool
	Weights     Format
}

// Validate reports every field that no expert can have.
func (e Expert) Validate() error {
	return errors.Join(
		fault.Within("d_model", e.DModel, 1, maxDim),
		fault.Within("d_ff", e.DFF, 1, maxDim),
		fault.In("weights", e.Weights.Validate()),
	)
}

// wide returns how many matrices share the input: up, or gate and up.
func (e Expert) wide() int64 {
	if e.Gated {
		return 2
	}
	return 1
}
