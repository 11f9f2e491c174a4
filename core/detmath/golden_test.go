package detmath_test

import (
	"hash/fnv"
	"math"
	"testing"

	"monde/core/detmath"
	"monde/core/rng"
)

// Run it under GOOS=js GOARCH=wasm too: the bits must not depend on the target.
func TestResultsAreEqualToTheBitOnEveryTarget(t *testing.T) {
	draws := rng.Stream(7, "golden")
	spread := func() float64 { return 600 * (draws.Float64() - 0.5) }
	bits := func(f func() float64) uint64 {
		h := fnv.New64a()
		for range 20_000 {
			b := math.Float64bits(f())
			for i := range 8 {
				_, _ = h.Write([]byte{byte(b >> (8 * i))})
			}
		}
		return h.Sum64()
	}
	golden := []struct {
		name string
		want uint64
		f    func() float64
	}{
		{"Exp", 0xa595c260151173f2, func() float64 { return detmath.Exp(spread()) }},
		{"Log", 0x60eed7006fd19482, func() float64 { return detmath.Log(math.Abs(spread())) }},
		{"Pow", 0x2422c0b2c273a0a9, func() float64 { return detmath.Pow(math.Abs(spread()), draws.Float64()) }},
		{"Normal", 0xe3497c59aeec0a72, func() float64 { return detmath.Normal(draws) }},
		{"Gamma below 1", 0x8c3335b2eec3d123, func() float64 { return detmath.Gamma(draws, 0.3) }},
		{"Gamma above 1", 0x1562d5f1233d1b71, func() float64 { return detmath.Gamma(draws, 2.5) }},
	}
	for _, g := range golden {
		if got := bits(g.f); got != g.want {
			t.Errorf("%s: bits hash to %#x, want %#x", g.name, got, g.want)
		}
	}
}
