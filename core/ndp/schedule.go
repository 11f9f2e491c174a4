package ndp

import (
	"iter"

	"monde/core/unit"
)

// A Schedule is the steps of one GEMM or expert for some tokens. It holds no
// step: a Cursor makes them one by one.
//
// Tokens go in blocks, and each block through all weights: column tile by column
// tile, in an expert gate and up in turn before down, K in chunks, and for each
// chunk the token tiles of the block.
type Schedule struct {
	blocks
	stages      [2]stage
	used        int64      // stages
	room        unit.Bytes // of the activation buffer
	whole, tail plan       // of all blocks but the last, and of the last
}

// GEMM returns the schedule of a valid GEMM for 0 to MaxTokens tokens.
func (c Core) GEMM(g GEMM, tokens int) Schedule {
	s := Schedule{used: 1}
	s.stages[0] = c.stage(0, g.K, g.N, 1, g.Weights)
	return s.planned(c, c.cut(tokens, 1))
}

// Expert returns the schedule of a valid Expert for 0 to MaxTokens tokens.
func (c Core) Expert(e Expert, tokens int) Schedule {
	s := Schedule{used: 2}
	s.stages[0] = c.stage(0, e.DModel, e.DFF, e.wide(), e.Weights)
	s.stages[1] = c.stage(s.stages[0].weights(), e.DFF, e.DModel, 1, e.Weights)
	s.stages[0].out, s.stages[1].in = Inner, Inner
	return s.planned(c, c.cut(tokens, e.wide())) // gate waits for up
}

func (s Schedule) planned(c Core, b blocks) Schedule {
	s.blocks, s.room = b, c.buffers.Activations
	s.whole, s.tail = s.plan(b.block), s.plan(b.in(b.count-1))
	return s
}

// Passes returns how often all weights stream past the arrays.
func (s Schedule) Passes() int64 { return s.count }

// Size returns the bytes of a region: what the device must set aside.
func (s Schedule) Size(r Region) unit.Bytes {
	last := &s.stages[s.used-1]
	activations := func(columns int64) unit.Bytes { return unit.Bytes(s.tokens*columns) * ActivationBytes }
	switch {
	case r == Weights:
		return last.base + last.weights()
	case r == Input:
		return activations(s.stages[0].k)
	case r == Output:
		return activations(last.n)
	case s.Spills():
		return activations(last.k)
	default:
		return 0
	}
}

// Spills reports whether an intermediate goes to memory and back, for some tokens
// at least.
func (s Schedule) Spills() bool {
	return s.used == 2 && (s.count > 1 && s.whole[0].write || s.count > 0 && s.tail[0].write)
}

// Totals returns the sums over all steps, without walking them.
func (s Schedule) Totals() Totals {
	var t Totals
	if s.count == 0 {
		return t
	}
	for i := range s.used {
		g := &s.stages[i]
		t = t.plus(g.total(s.whole[i], s.block, s.turns(0)), s.count-1)
		t = t.plus(g.total(s.tail[i], s.in(s.count-1), s.turns(s.count-1)), 1)
	}
	return t
}

// Begin returns a Cursor before the first step.
func (s Schedule) Begin() Cursor { return Cursor{s: s} }

// All returns every step in order.
func (s Schedule) All() iter.Seq[Step] {
	return func(yield func(Step) bool) {
		for c := s.Begin(); ; {
			step, ok := c.Next()
			if !ok || !yield(step) {
				return
			}
		}
	}
}
