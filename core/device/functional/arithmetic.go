package functional

import (
	"monde/core/detmath"
	"monde/core/device/isa"
)

// add returns sum + x·w, the product rounded to float32 before it is added: the
// conversion forbids a compiler to fuse the two.
func add(sum, x, w float32) float32 { return sum + float32(x*w) }

// finish returns the output that op makes of its sums, in format f. up is the sum
// over the second matrix of a gated op, and not used otherwise.
func finish(op isa.Opcode, f isa.Format, sum, up float32) uint16 {
	switch {
	case op.Gated():
		sum = float32(silu(sum) * up)
	case op == isa.GEMMReLU && sum < 0:
		sum = 0
	}
	return Round(f, sum)
}

// silu returns x/(1+e^-x) within 1 ulp of a float32: its float64 is right to 2⁻⁵¹.
// Of -Inf it is NaN, as -Inf·0 is.
func silu(x float32) float32 { return float32(float64(x) / (1 + detmath.Exp(-float64(x)))) }
