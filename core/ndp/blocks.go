package ndp

// blocks are the tokens of a Schedule, cut: a block shares each chunk of weights
// among its token tiles.
type blocks struct {
	tokens int64
	tile   int64 // tokens of a token tile
	block  int64 // tokens of a block, a multiple of tile
	count  int64
}

// cut returns the blocks of the given tokens, if each token tile holds so many
// fp32 tiles on the core.
func (c Core) cut(tokens int, held int64) blocks {
	b := blocks{tokens: int64(max(0, tokens)), tile: int64(c.spec.Rows)}
	tiles := max(1, ceilDiv(b.tokens, b.tile))
	b.block = b.tile * min(tiles, c.together(held))
	b.count = ceilDiv(b.tokens, b.block)
	return b
}

// in returns how many tokens block i has.
func (b blocks) in(i int64) int64 { return min(b.block, b.tokens-i*b.block) }

// turns returns how many token tiles of block i take turns at each chunk.
func (b blocks) turns(i int64) int64 { return ceilDiv(b.in(i), b.tile) }
