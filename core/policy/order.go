package policy

import (
	"monde/core/internal/order"
	"monde/core/unit"
)

// First says which experts of a layer go first among those that go the same way: the
// seventh axis. What GPU memory holds is computed before what must come.
type First string

// Orders.
const (
	Busiest  First = "busiest"  // most tokens
	ByID     First = "id"       // as models number them
	Lightest First = "lightest" // fewest tokens
	Readiest First = "readiest" // least of its weights still to come, then most tokens: ProMoE
)

// Firsts returns every First.
func Firsts() []First { return []First{Busiest, ByID, Lightest, Readiest} }

// Sort puts experts, busiest first, in order. left says how long the weights of each
// still take that are on their way; 0 is all of them.
func (f First) Sort(ids, tokens []int32, left []unit.Time) {
	switch {
	case f == ByID:
		order.By(ids, func(a, b int32) bool { return a < b })
	case f == Lightest:
		for i, j := 0, len(ids)-1; i < j; i, j = i+1, j-1 {
			ids[i], ids[j] = ids[j], ids[i]
		}
	case f == Readiest && left != nil:
		order.By(ids, func(a, b int32) bool {
			if x, y := left[a], left[b]; x != y && (x > 0 || y > 0) {
				return y == 0 || x > 0 && x < y
			}
			if tokens[a] != tokens[b] {
				return tokens[a] > tokens[b]
			}
			return a < b
		})
	}
}
