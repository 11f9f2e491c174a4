package gpu

import (
	"monde/core/quant"
	"monde/core/unit"
)

// Gemm is one matrix product: M tokens through a K×N weight matrix.
type Gemm struct {
	M, N, K int
	Bits    float64 // a weight
	Code    quant.Code
}

// tiles are the shapes that a tuned library chooses among.
var tiles = [...]struct{ m, n int }{{64, 64}, {64, 128}, {64, 256}, {128, 128}, {128, 192}, {192, 128}, {128, 256}, {256, 128}}

// Gemm returns the cost of one product by a tuned library: its operands at the
// bandwidth that GEMMs reach, or its tiles in whole waves over the SMs, whichever is
// longer, and a part of the other, which does not overlap. Weights with a code have
// kernels of their own.
func (g GPU) Gemm(x Gemm) Cost {
	us, kernels := g.body(x)
	return Cost{(unit.Time(kernels) * g.spec.Kernel).Plus(microseconds(us)), kernels}
}

// plain is a product whose weights are read as they are, in µs.
func (g GPU) plain(x Gemm) float64 {
	m, n, k := float64(x.M), float64(x.N), float64(x.K)
	weights := float64(n*k) * x.Bits / 8
	memory := (weights + float64(2*m*(n+k))) / g.bytes
	compute := g.best(x)
	shared := float64(g.k.Serial * min(memory, compute))
	return max(memory, compute) + shared
}

// best returns the time of the best tiles and split of K. A split fills SMs that
// would idle, and adds up partial sums through L2.
func (g GPU) best(x Gemm) float64 {
	m, n, k := float64(x.M), float64(x.N), float64(x.K)
	sms := g.spec.SMs
	least := 0.0
	for _, t := range tiles {
		count := (x.M + t.m - 1) / t.m * ((x.N + t.n - 1) / t.n)
		for split := 1; split <= 8; split *= 2 {
			if split > 1 && count*split > sms {
				break
			}
			s := float64(split)
			waves := rounds(count*split, sms)
			took := float64(waves*2*float64(t.m)*float64(t.n)) * k / s * g.sms / g.flops
			if split > 1 {
				took += float64(4*m*n*s) / g.near
			}
			if least == 0 || took < least {
				least = took
			}
		}
	}
	return least
}

// Small returns the cost of an elementwise kernel that reads and writes b bytes:
// from L2 if half of that holds them.
func (g GPU) Small(b unit.Bytes) Cost {
	rate := g.bytes
	if b <= g.spec.L2/2 {
		rate = g.near
	}
	return Cost{g.spec.Small.Plus(microseconds(float64(b) / rate)), 1}
}

// FFN is a feed-forward block: one expert, the shared experts, or a dense block.
type FFN struct {
	DModel, DFF int
	Gated       bool    // three matrices; otherwise two
	Bits        float64 // a weight
	Code        quant.Code
}

func (f FFN) matrices() int {
	if f.Gated {
		return 3
	}
	return 2
}

// up returns the product for t tokens into the inner width; down, out of it.
func (f FFN) up(t int) Gemm   { return Gemm{t, f.DFF, f.DModel, f.Bits, f.Code} }
func (f FFN) down(t int) Gemm { return Gemm{t, f.DModel, f.DFF, f.Bits, f.Code} }

// FFN returns the cost of f for t > 0 tokens: a kernel a matrix, one for the
// activation function, and one for the gate.
func (g GPU) FFN(f FFN, t int) Cost {
	inner := unit.Bytes(t) * unit.Bytes(f.DFF)
	c := g.Gemm(f.up(t)).Times(f.matrices() - 1).Plus(g.Small(4 * inner)).Plus(g.Gemm(f.down(t)))
	if f.Gated {
		c = c.Plus(g.Small(6 * inner))
	}
	return c
}
