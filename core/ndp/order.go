package ndp

import "monde/core/fault"

// Order says which loop over the tiles of a GEMM is the outer one.
//
// With tokens outer, all weights stream past each tile of as many tokens as an
// array has rows: ceil(tokens/rows) passes, as MoNDE's text implies. With weights
// outer, each chunk of weights serves as many token tiles as the output buffer
// holds partial results of, so weights stream that much less often; each chunk
// then fills and drains the arrays for every tile.
type Order string

// Orders.
const (
	TokensOuter  Order = "tokens"  // the default
	WeightsOuter Order = "weights" // worth a wide output buffer
)

// Resolved returns o, or the default if it is absent.
func (o Order) Resolved() Order { return or(o, TokensOuter) }

func (o Order) validate() error {
	ok := o == "" || o == TokensOuter || o == WeightsOuter
	return fault.Unless(ok, "order", "must be %q or %q, got %q", TokensOuter, WeightsOuter, o)
}

// together returns how many token tiles share each chunk of weights, if each
// holds the given number of fp32 tiles.
func (c Core) together(held int64) int64 {
	if c.spec.Order != WeightsOuter {
		return 1
	}
	tile := int64(c.spec.Rows) * c.wide * partialBytes
	return max(1, int64(c.buffers.Outputs)/(tile*held))
}
