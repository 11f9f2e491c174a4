// Package rng derives independent random streams from one seed.
//
// Streams are PCG-DXSM of math/rand/v2, whose integer and uniform draws are
// equal on every target. Its NormFloat64 and ExpFloat64 call math.Exp, which is
// not: package detmath has a normal draw instead.
package rng

import (
	"hash/fnv"
	"math/rand/v2"
)

// Stream returns the generator named name under seed. Adding a stream never
// changes the draws of another.
func Stream(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // a hash.Hash never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}
