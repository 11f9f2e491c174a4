package functional

import (
	"math"

	"monde/core/device/isa"
)

// Round returns the bits of x in format f: the nearest number, the even one of
// two; too large becomes infinite, and NaN the one quiet NaN.
func Round(f isa.Format, x float32) uint16 {
	if f == isa.FP16 {
		return roundHalf(x)
	}
	b := math.Float32bits(x)
	if x != x {
		return 0x7fc0
	}
	odd := b >> 16 & 1
	return uint16((b + 0x7fff + odd) >> 16)
}

// Value returns what bits mean in format f, exactly.
func Value(f isa.Format, bits uint16) float32 {
	if f == isa.FP16 {
		return valueOfHalf(bits)
	}
	return math.Float32frombits(uint32(bits) << 16)
}

// roundHalf is Round for fp16.
func roundHalf(x float32) uint16 {
	const (
		overflow = 0x47800000 // 2¹⁶: below it, what rounds to infinity does so by its carry
		normal   = 0x38800000 // 2⁻¹⁴: below it, fp16 is subnormal
		rebias   = (127 - 15) << 23
	)
	b := math.Float32bits(x)
	sign, magnitude := uint16(b>>16&0x8000), b&0x7fffffff
	switch {
	case x != x:
		return 0x7e00
	case magnitude >= overflow:
		return sign | 0x7c00
	case magnitude < normal: // an ulp of 0.5 is fp16's smallest subnormal: adding rounds to it
		const half = 0x3f000000
		sum := math.Float32frombits(magnitude) + 0.5
		return sign | uint16(math.Float32bits(sum)-half)
	}
	odd := magnitude >> 13 & 1
	return sign | uint16((magnitude-rebias+0xfff+odd)>>13)
}

// valueOfHalf is Value for fp16.
func valueOfHalf(bits uint16) float32 {
	sign, exponent, fraction := uint32(bits>>15)<<31, uint32(bits>>10&31), uint32(bits&0x3ff)
	switch exponent {
	case 0: // fraction · 2⁻²⁴, exact
		v := float32(fraction) * (1.0 / (1 << 24))
		return math.Float32frombits(sign | math.Float32bits(v))
	case 31:
		return math.Float32frombits(sign | 0x7f800000 | fraction<<13)
	}
	return math.Float32frombits(sign | (exponent+127-15)<<23 | fraction<<13)
}
