package system

import (
	"monde/core/gpu"
	"monde/core/model"
	"monde/core/unit"
)

// kernels turns the parts of a model into kernels of the GPU.
type kernels struct {
	gpu      gpu.GPU
	model    model.Spec
	products []model.Product
}

// product is one GEMM.
func (k *kernels) product(p model.Product, bits float64) gpu.Cost {
	return k.gpu.Gemm(gpu.Gemm{M: p.Tokens, N: p.Out, K: p.In, Bits: bits})
}

// attention is all of block i's, cross attention included, with its least work.
func (k *kernels) attention(i int, p model.Span) (gpu.Cost, model.Work) {
	self := k.model.Self(k.products[:0], i, p)
	cost, work := k.attend(self), self.Work(k.model)
	k.products = self.Products[:0]
	if p.Encoded > 0 {
		cross := k.model.Cross(k.products, p)
		cost, work = cost.Plus(k.attend(cross)), work.Plus(cross.Work(k.model))
		k.products = cross.Products[:0]
	}
	return cost, work
}

// attend is one attention.
func (k *kernels) attend(a model.Attention) gpu.Cost {
	return k.gpu.Attention(gpu.Attention{
		Batch: a.Batch, Queries: a.Queries, Heads: k.model.Heads, HeadDim: (a.Dims + 1) / 2, DModel: k.model.DModel,
		Keys: a.Most, Cache: a.Cache,
	}).Plus(k.projections(a))
}

// projections are the products of one attention: queries, keys and values of the same
// tokens are one, as frameworks have it.
func (k *kernels) projections(a model.Attention) (cost gpu.Cost) {
	output := len(a.Products) - 1
	last := a.Products[0]
	for _, p := range a.Products[1:output] {
		if p.Tokens == last.Tokens && p.In == last.In {
			last.Out += p.Out
			continue
		}
		cost = cost.Plus(k.product(last, k.model.WeightBits))
		last = p
	}
	return cost.Plus(k.product(last, k.model.WeightBits)).Plus(k.product(a.Products[output], k.model.WeightBits))
}

func (k *kernels) ffn(inner int, bits float64) gpu.FFN {
	return gpu.FFN{DModel: k.model.DModel, DFF: inner, Gated: k.model.Gated, Bits: bits}
}

func (k *kernels) expert() gpu.FFN {
	f := k.ffn(k.model.ExpertFF, k.model.ExpertBits)
	f.Code = k.model.ExpertFormat.Code()
	return f
}

// denseFFN is the FFN of a block without experts.
func (k *kernels) denseFFN(t int) gpu.Cost {
	return k.gpu.FFN(k.ffn(k.model.DFF, k.model.WeightBits), t)
}

// shared is the shared experts; none cost nothing.
func (k *kernels) shared(t int) gpu.Cost {
	if k.model.SharedFF == 0 {
		return gpu.Cost{}
	}
	return k.gpu.FFN(k.ffn(k.model.SharedFF, k.model.WeightBits), t)
}

// gate is the norm, the router, and softmax with top-k.
func (k *kernels) gate(t int) gpu.Cost {
	scores := 4 * unit.Bytes(t) * unit.Bytes(k.model.Experts) // fp32
	return k.norm(t).Plus(k.product(k.model.Gate(t), k.model.WeightBits)).Plus(k.gpu.Small(2 * scores))
}

func (k *kernels) norm(t int) gpu.Cost { return k.gpu.Small(2 * unit.Bytes(t) * k.model.TokenBytes()) }

// combine is the weighted sum of a token's top-k results and the residual.
func (k *kernels) combine(t int) gpu.Cost {
	return k.gpu.Small(unit.Bytes(t) * unit.Bytes(k.model.TopK+2) * k.model.TokenBytes())
}

// head is the last norm and the output head.
func (k *kernels) head(batch int) gpu.Cost {
	return k.norm(batch).Plus(k.product(k.model.Head(batch), k.model.WeightBits))
}
