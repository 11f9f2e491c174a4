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
	expert   gpu.FFN
	products []model.Product

	attended               [2]last[model.Span, part] // of blocks with a window, and without
	gated, combined, dense last[int, part]
	sharing                last[int, part]
}

func newKernels(g gpu.GPU, m model.Spec) kernels {
	k := kernels{gpu: g, model: m}
	k.expert = k.ffn(m.ExpertFF, m.ExpertBits)
	k.expert.Code = m.ExpertFormat.Code()
	return k
}

// A part of a block: what it takes on the GPU, and the least that it asks of it.
type part struct {
	cost gpu.Cost
	work model.Work
}

// last remembers its last answer: the blocks of a pass ask alike.
type last[K comparable, V any] struct {
	key   K
	value V
	known bool
}

func (l *last[K, V]) of(key K, find func() V) V {
	if !l.known || l.key != key {
		l.key, l.value, l.known = key, find(), true
	}
	return l.value
}

// product is one GEMM.
func (k *kernels) product(p model.Product, bits float64) gpu.Cost {
	return k.gpu.Gemm(gpu.Gemm{M: p.Tokens, N: p.Out, K: p.In, Bits: bits})
}

// attention is all of block i's, cross attention included, with its least work.
func (k *kernels) attention(i int, p model.Span) part {
	full := 0
	if k.model.Full(i) {
		full = 1
	}
	return k.attended[full].of(p, func() part {
		self := k.model.Self(k.products[:0], i, p)
		x := part{k.attend(self), self.Work(k.model)}
		k.products = self.Products[:0]
		if p.Encoded > 0 {
			cross := k.model.Cross(k.products, p)
			x = part{x.cost.Plus(k.attend(cross)), x.work.Plus(cross.Work(k.model))}
			k.products = cross.Products[:0]
		}
		return x
	})
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

// denseFFN is the FFN of a block without experts.
func (k *kernels) denseFFN(t int) part {
	return k.dense.of(t, func() part {
		return part{k.gpu.FFN(k.ffn(k.model.DFF, k.model.WeightBits), t), k.model.DenseFFN(t)}
	})
}

// shared is the shared experts; none cost nothing.
func (k *kernels) shared(t int) part {
	return k.sharing.of(t, func() part {
		x := part{work: k.model.Shared(t)}
		if k.model.SharedFF > 0 {
			x.cost = k.gpu.FFN(k.ffn(k.model.SharedFF, k.model.WeightBits), t)
		}
		return x
	})
}

// gate is the norm, the router, and softmax with top-k.
func (k *kernels) gate(t int) part {
	return k.gated.of(t, func() part {
		scores := 4 * unit.Bytes(t) * unit.Bytes(k.model.Experts) // fp32
		router := k.model.Gate(t)
		return part{
			k.norm(t).Plus(k.product(router, k.model.WeightBits)).Plus(k.gpu.Small(2 * scores)),
			router.Work(k.model.WeightBits),
		}
	})
}

func (k *kernels) norm(t int) gpu.Cost { return k.gpu.Small(2 * unit.Bytes(t) * k.model.TokenBytes()) }

// combine is the weighted sum of a token's top-k results and the residual.
func (k *kernels) combine(t int) part {
	return k.combined.of(t, func() part {
		return part{cost: k.gpu.Small(unit.Bytes(t) * unit.Bytes(k.model.TopK+2) * k.model.TokenBytes())}
	})
}

// head is the last norm and the output head.
func (k *kernels) head(batch int) part {
	head := k.model.Head(batch)
	return part{k.norm(batch).Plus(k.product(head, k.model.WeightBits)), head.Work(k.model.WeightBits)}
}
