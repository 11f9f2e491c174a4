package ndp

import "monde/core/unit"

// A Cursor walks the steps of a Schedule. Its state is six counters, so a step
// costs no memory; a copy of a Cursor goes on from the same step.
type Cursor struct {
	s Schedule

	block, stage, tile, part, chunk, turn int64
	chunks                                int64 // begun before this one, over all
}

// Next returns the next step, and false after the last.
func (c *Cursor) Next() (Step, bool) {
	if c.block >= c.s.count {
		return Step{}, false
	}
	step := c.at()
	c.advance()
	return step, true
}

// In returns a Cursor at the same place of s, whose blocks before that place must
// be those of c's schedule: tokens outer, the same expert for more tokens or
// fewer.
func (c Cursor) In(s Schedule) Cursor {
	c.s = s
	return c
}

// at returns the step that c is at.
func (c *Cursor) at() Step {
	g, f := &c.s.stages[c.stage], c.flow()
	first := c.block*c.s.block + c.turn*c.s.tile
	tokens := min(c.s.tile, c.s.tokens-first)
	from, to := g.rows(c.chunk)
	weights, columns := g.run(c.tile, c.part, c.chunk), g.columns(c.tile)
	k := to - from
	step := Step{
		Chunk:  c.chunks,
		Cycles: unit.Cycles(k),
		MACs:   k * tokens * columns,
		Buffer: weights.Size + unit.Bytes(k*tokens)*ActivationBytes,
		Last:   to == g.k,
		Fence:  c.stage > 0 && f.read != never && c.tile+c.part+c.chunk+c.turn == 0,
	}
	if c.turn == 0 {
		step.Weights = weights
		step.Buffer += weights.Size
	}
	if f.read == each || f.read == once && c.tile+c.part == 0 {
		step.Read = strip(g.in, first*g.k+from*tokens, k*tokens)
		step.Buffer += step.Read.Size
	}
	if step.Last || c.s.turns(c.block) > 1 {
		step.Cycles += unit.Cycles(g.fill)
		step.Buffer += unit.Bytes(2 * partialBytes * tokens * columns)
	}
	if step.Last && c.part == g.parts-1 {
		result := strip(g.out, first*g.n+c.tile*g.width*tokens, columns*tokens)
		if f.write {
			step.Write = result
		} else {
			step.Buffer += result.Size
		}
	}
	return step
}

// flow returns what moves in the stage and block that c is at.
func (c *Cursor) flow() flow {
	if c.block == c.s.count-1 {
		return c.s.tail[c.stage]
	}
	return c.s.whole[c.stage]
}

// strip returns the run of n activations from the given one on.
func strip(r Region, from, n int64) Run {
	return Run{r, unit.Bytes(from) * ActivationBytes, unit.Bytes(n) * ActivationBytes}
}

// advance moves c to the next step: the innermost loop first.
func (c *Cursor) advance() {
	g := &c.s.stages[c.stage]
	if tick(&c.turn, c.s.turns(c.block)) {
		return
	}
	c.chunks++
	if tick(&c.chunk, g.chunks) || tick(&c.part, g.parts) || tick(&c.tile, g.tiles) || tick(&c.stage, c.s.used) {
		return
	}
	c.block++
}

// tick counts i up; at n it starts again and reports false.
func tick(i *int64, n int64) bool {
	*i++
	if *i < n {
		return true
	}
	*i = 0
	return false
}
