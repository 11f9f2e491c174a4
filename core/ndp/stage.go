package ndp

import "monde/core/unit"

// A stage is one GEMM of a Schedule, or two that share their input, cut into
// output tiles and chunks of K.
type stage struct {
	k, n     int64
	parts    int64 // matrices: gate and up are 2, interleaved by column tile
	width    int64 // columns of an output tile
	tiles    int64 // column tiles
	chunk    int64 // rows of K in a chunk
	chunks   int64 // of a tile and part
	format   Format
	base     unit.Bytes // where its weights begin
	size     unit.Bytes // of one part in a full tile
	narrow   unit.Bytes // the same in the last tile
	in, out  Region
	fill     int64 // rows + cols - 2 of an array: cycles in which it fills and drains
	rowBytes int64 // ActivationBytes of a token tile's column, if full
}

// stage cuts parts matrices of k×n whose weights begin at base.
func (c Core) stage(base unit.Bytes, k, n int, parts int64, f Format) stage {
	g := stage{
		k: int64(k), n: int64(n), parts: parts, format: f, base: base,
		width: min(c.wide, int64(n)), in: Input, out: Output,
		fill: int64(c.spec.Rows) + int64(c.spec.Cols) - 2, rowBytes: int64(c.spec.Rows) * ActivationBytes,
	}
	g.tiles = ceilDiv(g.n, g.width)
	inputs := int64(c.buffers.Activations) / 8 / (2 * g.rowBytes) // two chunks of input in an eighth
	g.chunk = min(g.k, f.rows(c.buffers.Weights/2, g.width), max(leastChunk, inputs))
	g.chunks = ceilDiv(g.k, g.chunk)
	g.size, g.narrow = f.Bytes(g.k, g.width), f.Bytes(g.k, g.columns(g.tiles-1))
	return g
}

// columns returns how many columns tile i has.
func (g stage) columns(i int64) int64 { return min(g.width, g.n-i*g.width) }

// rows returns where chunk i begins and ends along K.
func (g stage) rows(i int64) (from, to int64) {
	return i * g.chunk, min(g.k, (i+1)*g.chunk)
}

// weights returns what all its weights take.
func (g stage) weights() unit.Bytes {
	return unit.Bytes(g.parts) * (unit.Bytes(g.tiles-1)*g.size + g.narrow)
}

// run returns where one chunk of one part of one tile lies.
func (g stage) run(tile, part, chunk int64) Run {
	size := g.size
	if tile == g.tiles-1 {
		size = g.narrow
	}
	begin := g.base + unit.Bytes(tile*g.parts)*g.size + unit.Bytes(part)*size
	from, to := g.rows(chunk)
	columns := g.columns(tile)
	skip := g.format.Bytes(from, columns)
	return Run{Weights, begin + skip, g.format.Bytes(to, columns) - skip}
}

// folds returns how often the arrays fill and drain for an output tile: once, or
// with every chunk if token tiles take turns.
func (g stage) folds(turns int64) int64 {
	if turns > 1 {
		return g.chunks
	}
	return 1
}

// total returns the sums over one block of tokens in the given number of tiles.
func (g stage) total(f flow, tokens, turns int64) Totals {
	outputs, folds := g.tiles*g.parts, g.folds(turns)
	results := unit.Bytes(tokens * g.n)
	t := Totals{
		Steps:   outputs * g.chunks * turns,
		Cycles:  unit.Cycles(outputs * turns * (g.k + folds*g.fill)),
		Weights: g.weights(),
		Reads:   f.reads(g, tokens),
		MACs:    tokens * g.k * g.n * g.parts,
	}
	if f.write {
		t.Writes = results * ActivationBytes
	}
	t.Buffer = t.Weights*unit.Bytes(1+turns) + t.Reads + unit.Bytes(outputs*tokens*g.k)*ActivationBytes +
		results*unit.Bytes(2*partialBytes*g.parts*folds)
	if !f.write {
		t.Buffer += results * ActivationBytes
	}
	return t
}
