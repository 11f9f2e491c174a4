package ndp

import "monde/core/unit"

// Region is a part of the device's memory that a Schedule reads or writes. Each
// has its own addresses, from 0 to Schedule.Size.
type Region uint8

// Regions. Weights lie in the order in which a pass streams them: a column tile
// after the other, in an expert gate before up in each, each row by row of K.
// Activations lie by token tile, in it by column, in that by token. Both layouts
// are ours, chosen so that every transfer is one run.
const (
	Weights Region = iota
	Input
	Inner // the intermediate of an expert, where it does not fit on the core
	Output
)

// String returns the name of r, in small letters.
func (r Region) String() string {
	return [...]string{"weights", "input", "inner", "output"}[r]
}

// Run is a contiguous transfer; nothing moves if Size is 0.
type Run struct {
	Region       Region
	Offset, Size unit.Bytes
}

// A Step is what the core does with one chunk of weights for one token tile.
//
// The core computes steps in order. It may fetch Weights when all steps of Chunk-2
// are computed, whose half of the buffer they take, and Read when the step before
// begins to compute. Write may leave when the step is computed, and must have left
// when the next step with one is: its results take the place.
type Step struct {
	Weights Run         // to fetch before; Size 0: they are there, or are bits of a byte that is
	Read    Run         // activations to fetch before
	Write   Run         // results to write back after
	Chunk   int64       // the chunk of weights, counted from 0 over the Schedule
	Cycles  unit.Cycles // of every array, all side by side
	MACs    int64       // multiply-adds that the result needs; arrays at an edge idle
	Buffer  unit.Bytes  // into and out of the core's buffers
	Last    bool        // ends an output tile: its results drain
	Fence   bool        // Read must wait for every earlier Write: it brings some of them back
}

// Totals are the sums of a Schedule's steps.
type Totals struct {
	Steps   int64
	Cycles  unit.Cycles
	Weights unit.Bytes // fetched, each pass again
	Reads   unit.Bytes // activations fetched
	Writes  unit.Bytes // results written back
	MACs    int64
	Buffer  unit.Bytes
}

// Traffic returns the bytes to and from the device's memory.
func (t Totals) Traffic() unit.Bytes { return t.Weights + t.Reads + t.Writes }

// plus returns t with n times o more.
func (t Totals) plus(o Totals, n int64) Totals {
	b := unit.Bytes(n)
	return Totals{
		Steps:   t.Steps + n*o.Steps,
		Cycles:  t.Cycles + unit.Cycles(n)*o.Cycles,
		Weights: t.Weights + b*o.Weights,
		Reads:   t.Reads + b*o.Reads,
		Writes:  t.Writes + b*o.Writes,
		MACs:    t.MACs + n*o.MACs,
		Buffer:  t.Buffer + b*o.Buffer,
	}
}
