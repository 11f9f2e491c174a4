package functional_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device/functional"
	"monde/core/device/isa"
)

var formats = []isa.Format{isa.BF16, isa.FP16}

func TestEveryNumberOfAFormatIsItsOwnRounding(t *testing.T) {
	for _, f := range formats {
		for bits := range 1 << 16 {
			v := functional.Value(f, uint16(bits))
			got, want := functional.Round(f, v), uint16(bits)
			if v != v {
				want = map[isa.Format]uint16{isa.BF16: 0x7fc0, isa.FP16: 0x7e00}[f]
			}
			if got != want {
				t.Fatalf("%v %#04x is %v, which rounds to %#04x", f, bits, v, got)
			}
		}
	}
}

// No neighbour is nearer, and of two that are as near the even one is taken.
func TestRoundingIsToTheNearestAndEven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(formats).Draw(t, "format")
		x := math.Float32frombits(rapid.Uint32().Draw(t, "bits"))
		if rapid.Bool().Draw(t, "halfway") { // between two numbers of the format, near its range
			a := functional.Value(f, uint16(rapid.IntRange(0, 0x7bfe).Draw(t, "low")))
			b := functional.Value(f, functional.Round(f, a)+1)
			x = a + (b-a)/2
		}
		if x != x {
			return
		}
		r := functional.Round(f, x)
		v := functional.Value(f, r)
		if math.Signbit(float64(x)) != math.Signbit(float64(v)) {
			t.Fatalf("%v rounds to %v", x, v)
		}
		near := func(bits uint16) float64 { return math.Abs(float64(x) - wide(f, bits)) }
		infinite := map[isa.Format]uint16{isa.BF16: 0x7f80, isa.FP16: 0x7c00}[f]
		if math.IsInf(float64(x), 0) {
			if r&0x7fff != infinite {
				t.Fatalf("%v rounds to %v", x, v)
			}
			return
		}
		for _, other := range []uint16{r - 1, r + 1} {
			if other&0x8000 != r&0x8000 || other&0x7fff > infinite {
				continue // beyond zero, or beyond infinity
			}
			if near(other) < near(r) || near(other) == near(r) && r&1 == 1 {
				t.Fatalf("%v %v rounds to %#04x, but %#04x is as near", f, x, r, other)
			}
		}
	})
}

// wide is Value, but infinity is the number that would follow the largest: rounding
// takes it for one.
func wide(f isa.Format, bits uint16) float64 {
	if v := float64(functional.Value(f, bits)); !math.IsInf(v, 0) {
		return v
	}
	next := map[isa.Format]float64{isa.BF16: 0x1p128, isa.FP16: 0x1p16}[f]
	return math.Copysign(next, float64(functional.Value(f, bits)))
}

func TestRoundingByHand(t *testing.T) {
	for _, c := range []struct {
		format isa.Format
		x      float32
		want   uint16
	}{
		{isa.BF16, 1, 0x3f80},
		{isa.BF16, 1 + 1.0/256, 0x3f80}, // halfway to 1+1/128: even is below
		{isa.BF16, 1 + 3.0/256, 0x3f82}, // halfway from 1+1/128: even is above
		{isa.BF16, 1 + 1.0/256 + 1.0/(1<<20), 0x3f81},
		{isa.BF16, math.MaxFloat32, 0x7f80},
		{isa.FP16, 1 + 1.0/2048, 0x3c00},
		{isa.FP16, 65519, 0x7bff},
		{isa.FP16, 65520, 0x7c00},
		{isa.FP16, 0x1p-24, 0x0001},
		{isa.FP16, 0x1p-25, 0x0000},
		{isa.FP16, -0x1.8p-24, 0x8002},
	} {
		if got := functional.Round(c.format, c.x); got != c.want {
			t.Errorf("%v of %v is %#04x, want %#04x", c.format, c.x, got, c.want)
		}
	}
}
