package workload

import (
	"math/bits"
	"sort"
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
	sort.Sort((*byRest)(s))
	for _, e := range s.order[:missing/uint64(drawn)] {
		dst[e]++
	}
}

// byRest sorts a scaler's experts: the largest rest first, equals by number. The
// scaler itself is what is sorted, so that nothing is allocated.
type byRest scaler

func (b *byRest) Len() int      { return len(b.order) }
func (b *byRest) Swap(i, j int) { b.order[i], b.order[j] = b.order[j], b.order[i] }
func (b *byRest) Less(i, j int) bool {
	x, y := b.order[i], b.order[j]
	if b.rest[x] != b.rest[y] {
		return b.rest[x] > b.rest[y]
	}
	return x < y
}
