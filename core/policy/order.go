package policy

import (
	"slices"

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

// Sort puts the active experts of a layer, busiest first, in order. left says how long the
// weights of each still take that are on their way; 0 is all of them.
func (f First) Sort(ids, tokens []int32, left []unit.Time) {
	switch {
	case f == ByID:
		n := 0
		for id, t := range tokens {
			if t > 0 {
				ids[n] = int32(id)
				n++
			}
		}
	case f == Lightest:
		slices.Reverse(ids)
	case f == Readiest && left != nil:
		coming := 0
		for i, id := range ids {
			if left[id] == 0 {
				continue
			}
			at := coming
			for ; at > 0 && left[ids[at-1]] > left[id]; at-- {
			}
			copy(ids[at+1:i+1], ids[at:i])
			ids[at] = id
			coming++
		}
	}
}

// ByNumber appends to dst the experts with tokens, as models number them.
func ByNumber(dst, tokens []int32) []int32 {
	n := len(dst)
	dst = slices.Grow(dst, len(tokens))[:n+len(tokens)]
	for id, t := range tokens {
		dst[n] = int32(id)
		if t > 0 {
			n++
		}
	}
	return dst[:n]
}

// ByTokens appends to dst the active experts of tokens, busiest first, and among
// equals the lowest id first.
func ByTokens(dst []int32, tokens []int32) []int32 {
	start := len(dst)
	dst = ByNumber(dst, tokens)
	Busier(dst[start:], tokens)
	return dst
}

// Busier puts ids with the most tokens first, and keeps the order of equals.
func Busier(ids, tokens []int32) {
	var with [few]int // experts, by their tokens
	var before [256]int32
	for _, id := range ids {
		with[min(tokens[id], few-1)]++
	}
	if len(ids) > len(before) || with[few-1] > 0 {
		slices.SortStableFunc(ids, func(a, b int32) int { return int(tokens[b]) - int(tokens[a]) })
		return
	}
	at := 0
	for t := few - 1; t >= 0; t-- {
		at, with[t] = at+with[t], at
	}
	for _, id := range before[:copy(before[:], ids)] {
		place := &with[tokens[id]]
		ids[*place] = id
		*place++
	}
}

// few is of tokens: experts that have fewer are counted into order.
const few = 32
