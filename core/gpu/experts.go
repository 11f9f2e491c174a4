package gpu

import (
	"monde/core/quant"
	"monde/core/unit"
)

// Looped returns the cost of one of several experts that run one after the other,
// for t > 0 tokens: it gathers them, and adds its results back. The launches of
// both are in one constant, which is larger than two small kernels.
func (g GPU) Looped(f FFN, t int) Cost {
	moved := g.Small(6 * unit.Bytes(t) * unit.Bytes(f.DModel))
	moved.Time -= g.spec.Small
	c := g.FFN(f, t).Plus(moved.Times(2))
	c.Time = c.Time.Plus(microseconds(g.k.Loop))
	return c
}

// Group is the experts of a layer that one kernel computes: how many have how many
// tokens.
type Group struct {
	FFN
	Tokens  []int32 // of every active expert, or of all: those without do not count
	Batch   int     // tokens of the layer
	TopK    int
	Experts int
}

// active returns the experts with tokens, their tokens, and the blocks of rows that
// they fill, of which in groups of so many.
func (x Group) active(rows, group int) (experts, tokens, blocks, groups int) {
	for _, t := range x.Tokens {
		if t == 0 {
			continue
		}
		n := (int(t) + rows - 1) / rows
		experts++
		tokens += int(t)
		blocks += n
		groups += (n + group - 1) / group
	}
	return experts, tokens, blocks, groups
}

// projections calls f with width and depth of each product of an expert.
func (f FFN) projections(each func(n, k float64)) {
	d, inner := float64(f.DModel), float64(f.DFF)
	for range f.matrices() - 1 {
		each(inner, d)
	}
	each(d, inner)
}

// Experts returns the cost of all experts of a layer together, in the Spec's style.
// Looped experts are not: each is a Looped.
func (g GPU) Experts(x Group) Cost {
	if x.Code.Kernel != quant.Plain {
		return g.together(x)
	}
	if g.spec.Experts == Fused {
		return g.fused(x)
	}
	return g.grouped(x)
}

// rowsFor returns the rows of a tile for so many tokens an expert on average.
func rowsFor(tokens, experts int) int {
	for _, rows := range [...]int{16, 32, 64} {
		if tokens <= rows*experts {
			return rows
		}
	}
	return 128
}

// grouped is one kernel a projection for all experts.
func (g GPU) grouped(x Group) Cost {
	const columns = 128
	experts, tokens, _, _ := x.active(1, 1)
	if experts == 0 {
		return Cost{}
	}
	rows := g.spec.GroupRows
	if rows == 0 {
		rows = rowsFor(tokens, experts)
	}
	_, _, blocks, _ := x.active(rows, 1)
	bytes, flops := float64(g.pins*g.k.GroupedBytes), float64(g.flops*(g.k.GroupedFLOPs/g.k.FLOPs))
	took := g.k.Grouped
	x.projections(func(n, k float64) {
		weights := float64(n*k) * x.Bits / 8 * float64(experts)
		memory := (weights + float64(2*float64(tokens)*(n+k))) / bytes
		tiles := float64(blocks) * rounds(int(n), columns)
		if g.spec.GroupRows == 0 { // tall tiles are split along K
			tiles = max(tiles, g.sms)
		}
		compute := float64(2*float64(rows)*columns*k) * tiles / flops
		took += max(memory, compute) + float64(g.k.GroupedSerial*min(memory, compute))
	})
	passes := 2.0 // over the intermediate
	if x.Gated {
		passes = 5
	}
	took += float64(2*float64(tokens)*passes) * float64(x.DFF) / g.bytes
	return Cost{microseconds(took), x.matrices() + 3}
}

// tile is one of the fused kernel's.
type tile struct {
	rows, columns, depth int
	group                int // blocks of rows that share a pass over weights
}

// tile returns what vLLM chooses without a tuned table: fused_moe.py,
// get_default_config (Apache-2.0).
func (x Group) tile(t Tiles) tile {
	switch {
	case t == OldTiles && x.Batch <= x.Experts:
		return tile{16, 32, 64, 1}
	case t == OldTiles:
		return tile{64, 64, 32, 8}
	}
	b := tile{rows: 128, columns: 128, depth: 64, group: 1}
	switch {
	case x.Batch <= 32:
		b.rows = 16
	case x.Batch <= 96:
		b.rows = 32
	case x.Batch <= 512:
		b.rows = 64
	}
	if x.Batch <= 64 {
		b.columns, b.depth = 64, 128
	}
	if x.Batch/x.Experts > 128 {
		b.group = 16
	}
	return b
}

// rates returns the bytes and FLOP that a tile reaches: operands are used more
// often in a larger one.
func (g GPU) rates(b tile, filled float64) (bytes, flops float64) {
	share, reuse := g.k.FusedBytes64, g.k.FusedReuse
	switch b.depth {
	case 128:
		share = g.k.FusedBytes128
	case 32:
		share, reuse = g.k.FusedBytes32, g.k.FusedReuse32
	}
	rows, columns := float64(b.rows), float64(b.columns)
	return float64(g.pins * share), float64(g.peak * min(1, float64(reuse*rows)*columns/(filled+columns)))
}

// fused is the Triton kernel: up and gate are one product, and an expert that L2
// does not hold is read again for every group of row blocks.
func (g GPU) fused(x Group) Cost {
	b := x.tile(g.spec.Tiles)
	experts, tokens, blocks, groups := x.active(b.rows, b.group)
	if experts == 0 {
		return Cost{}
	}
	bytes, flops := g.rates(b, min(float64(b.rows), float64(tokens)/float64(blocks)))
	d, inner := float64(x.DModel), float64(x.DFF)
	took := g.k.Fused
	for _, p := range [...][2]float64{{float64(x.matrices()-1) * inner, d}, {d, inner}} {
		n, k := p[0], p[1]
		weights := float64(n*k) * x.Bits / 8
		again := 1.0
		if g.spec.L2 > 0 {
			again = min(1, weights/float64(g.k.FusedL2*float64(g.spec.L2)))
		}
		passes := float64(experts) + float64(again*float64(groups-experts))
		memory := (float64(weights*passes) + float64(2*float64(tokens)*(n+k))) / bytes
		tiles := max(float64(blocks)*rounds(int(n), b.columns), g.sms)
		compute := float64(2*float64(b.rows*b.columns)*k) * tiles / flops
		took += max(memory, compute) + float64(g.k.FusedSerial*min(memory, compute))
	}
	edges := float64(2*float64(tokens)*(3*inner+d)) + float64(2*float64(x.Batch)*d)
	took += edges / float64(g.pins*g.k.FusedEdges)
	return Cost{microseconds(took), 6}
}
