package workload

import (
	"math/rand/v2"
	"slices"

	"monde/core/internal/order"
)

// stretch returns shares for n experts with the skew of those given: it reads
// the Lorenz curve (what the busiest part of the experts holds) at n points,
// linear in between, and gives the shares to experts in a drawn order.
func stretch(shares []float64, n int, draw *rand.Rand) []float64 {
	held := lorenz(shares)
	out := make([]float64, n)
	last := 0.0
	for rank, e := range draw.Perm(n) {
		next := at(held, float64(rank+1)/float64(n))
		out[e] = max(0, next-last)
		last = next
	}
	return out
}

// lorenz returns what the busiest 0, 1, 2, ... experts hold together.
func lorenz(shares []float64) []float64 {
	ranked := slices.Clone(shares)
	order.By(ranked, func(a, b float64) bool { return a > b })
	held := make([]float64, 1, len(ranked)+1)
	for i, s := range ranked {
		held = append(held, held[i]+s)
	}
	return held
}

// at reads a curve of equally spaced points at x in 0 to 1.
func at(curve []float64, x float64) float64 {
	x *= float64(len(curve) - 1)
	i := min(int(x), len(curve)-2)
	part := x - float64(i)
	return curve[i] + float64(part*(curve[i+1]-curve[i]))
}
