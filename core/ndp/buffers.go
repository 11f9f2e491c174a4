package ndp

import (
	"monde/core/fault"
	"monde/core/unit"
)

// ActivationBytes is what one activation takes, in memory and in a buffer: bf16
// or fp16.
const ActivationBytes = 2

// partialBytes is what one result takes before it is rounded: fp32.
const partialBytes = 4

// Buffers are the memories of a core, in bytes.
type Buffers struct {
	Weights     unit.Bytes // two halves: one streams into the arrays while the other fills
	Activations unit.Bytes // inputs and intermediate of the tokens at hand
	Outputs     unit.Bytes // fp32 results on their way out, or waiting for more of K
}

// Total returns all bytes.
func (b Buffers) Total() unit.Bytes { return b.Weights + b.Activations + b.Outputs }

// The default split. MoNDE gives the total only, 264 KB; the split is ours. 64
// arrays of 4×4 get 112 + 144 + 8 KiB:
//   - results: two tiles of 4 tokens × 256 columns in fp32, one filling while the
//     other is written back, or gate beside up;
//   - activations: 4 tokens of Mixtral-8x7B, the widest preset, 4096 inputs and
//     14336 between, in bf16;
//   - weights: the rest, halves of 112 rows of 256 bf16.
//
// Other cores get as much for each row and column.
const (
	weightsPerColumn  unit.Bytes = 448
	activationsPerRow unit.Bytes = 36 << 10
	outputTiles       unit.Bytes = 2
)

// Buffers returns the sizes in force.
func (s Spec) Buffers() Buffers {
	d := s.each(weightsPerColumn, activationsPerRow)
	return Buffers{or(s.WeightBuffer, d.Weights), or(s.ActivationBuffer, d.Activations), or(s.OutputBuffer, d.Outputs)}
}

// leastChunk is a number of rows of K below which tiles are not worth scheduling.
// Two halves of as many bf16 weights hold some rows of every valid Format.
const leastChunk = 32

// leastBuffers returns the smallest sizes: two halves of leastChunk bf16 weights a
// column and as many activations a token, and two tiles of results.
func (s Spec) leastBuffers() Buffers {
	const twice = 2 * leastChunk * 2
	return s.each(twice, twice)
}

func (s Spec) each(column, row unit.Bytes) Buffers {
	rows, columns := unit.Bytes(s.Rows), unit.Bytes(s.Arrays)*unit.Bytes(s.Cols)
	return Buffers{columns * column, rows * row, outputTiles * rows * columns * partialBytes}
}

// buffer returns nil if v is absent or at least least.
func buffer(path string, v, least unit.Bytes) error {
	if v == 0 {
		return nil
	}
	return fault.Within(path, v, least, 1<<50)
}

func or[V comparable](v, otherwise V) V {
	var none V
	if v == none {
		return otherwise
	}
	return v
}
