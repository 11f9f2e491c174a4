package gpu

import "monde/core/quant"

// coded is what kernels have in common that decode weights. Shares are of the
// datasheet's rates. A test finds MARLIN's again from half of the points that its
// authors publish; unpack is from one point of bitsandbytes in the same figure.
type coded struct {
	bytes  float64 // share of the bandwidth that MARLIN reaches
	flops  float64 // share of the bf16 rate that it reaches
	again  float64 // operations that decoding one weight takes as long as, for each 64 tokens beyond the first
	stripe float64 // µs of sharing out the stripes and adding up what was cut, a kernel
	unpack float64 // share of the bandwidth that kernels reach that only decode
}

var codes = coded{bytes: 0.86, flops: 0.82, again: 30, stripe: 10, unpack: 0.67}

const (
	block = 64 // tokens that MARLIN multiplies a decoded weight with
	rows  = 16 // of them that one instruction of a tensor core takes
)

// body returns the µs of one product beyond the fixed cost of its kernels, and how
// many those are.
func (g GPU) body(x Gemm) (us float64, kernels int) {
	native := x
	native.Bits, native.Code = 16, quant.Code{}
	switch x.Code.Kernel {
	case quant.Striped:
		return g.stripes(x, codes) + codes.stripe, 1
	case quant.Vectors:
		native.M = 1
		return float64(x.M) * x.Code.MatVec * g.plain(native), 1
	case quant.Unpacked:
		if x.M == 1 {
			return g.vector(x), 1
		}
		return g.unpacked(x) + g.plain(native), 2
	}
	return g.plain(x), 1
}

// stripes is MARLIN's product: its operands, or the operations of whole rows,
// whichever is longer, and the weights decoded again for each further block of tokens.
func (g GPU) stripes(x Gemm, k coded) float64 {
	m, weights := float64(x.M), float64(x.N)*float64(x.K)
	memory := (weights*x.Bits/8 + float64(2*m*float64(x.N+x.K))) / float64(g.pins*k.bytes)
	compute := float64(2*rows*rounds(x.M, rows)) * weights / float64(g.peak*k.flops)
	again := float64((rounds(x.M, block)-1)*weights) * k.again / g.peak
	return max(memory, compute) + again
}

// vector is a product with a vector whose weights are decoded on the way.
func (g GPU) vector(x Gemm) float64 {
	weights := float64(x.N) * float64(x.K)
	return max(weights*x.Bits/8/float64(g.pins*codes.unpack), 2*weights/g.peak)
}

// unpacked writes a bf16 copy of the weights of x.
func (g GPU) unpacked(x Gemm) float64 {
	return float64(x.N) * float64(x.K) * (x.Bits/8 + 2) / float64(g.pins*codes.unpack)
}

// together is all experts of a layer in one kernel a projection, where weights are
// decoded: what each takes by itself, and one fixed cost for all of them.
func (g GPU) together(x Group) Cost {
	took, kernels := g.k.Grouped, x.matrices()+3
	if g.spec.Experts == Fused {
		took = g.k.Fused
	}
	for _, t := range x.Tokens {
		if t == 0 {
			continue
		}
		x.projections(func(n, k float64) {
			us, _ := g.body(Gemm{int(t), int(n), int(k), x.Bits, x.Code})
			took += us
			if x.Code.Kernel == quant.Striped {
				took -= codes.stripe // once for all, below
			}
		})
	}
	if x.Code.Kernel == quant.Striped {
		took += float64(x.matrices()) * codes.stripe
	}
	return Cost{microseconds(took), kernels}
}
