package workload

import (
	"cmp"
	"math/bits"
	"slices"
)

// maxDrawn is how many tokens of one pass are drawn. A larger pass is drawn as
// this many and scaled up: the shares of 65,536 tokens are within half a percent
// of their expectation for every expert that matters to the time.
const maxDrawn = 1 << 16

// scaler scales counts up, and keeps what it needs between calls.
type scaler struct {
	order []int32
	rest  []uint64
}

// up multiplies the counts of drawn tokens to those of all tokens, by largest
// remainder, equal ones by expert: the sum is exact, and no count exceeds tokens
// if none exceeded drawn.
func (s *scaler) up(dst []int32, drawn, tokens int) {
	s.order, s.rest = s.order[:0], s.rest[:0]
	var missing uint64
	for e, n := range dst {
		hi, lo := bits.Mul64(uint64(n), uint64(tokens))
		q, r := bits.Div64(hi, lo, uint64(drawn))
		dst[e] = int32(q)
		missing += r
		s.order, s.rest = append(s.order, int32(e)), append(s.rest, r)
	}
	slices.SortFunc(s.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.rest[b], s.rest[a]), cmp.Compare(a, b))
	})
	for _, e := range s.order[:missing/uint64(drawn)] {
		dst[e]++
	}
}
