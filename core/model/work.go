package model

import "monde/core/unit"

// Work is the least that one part of a pass asks of the device that computes it,
// however its kernels are written.
type Work struct {
	FLOPs unit.FLOPs
	Bytes unit.Bytes // weights, and keys and values, once: activations may stay in caches
}

// Plus returns the work of w and v one after the other.
func (w Work) Plus(v Work) Work { return Work{w.FLOPs + v.FLOPs, w.Bytes + v.Bytes} }

// Span is the tokens of one pass through a stack: Tokens new ones in each of
// Batch sequences, of which the first sees Past tokens before it.
type Span struct {
	Batch, Tokens, Past int
	Causal              bool // a token sees only those before it
	Encoded             int  // encoder tokens a sequence that a decoder attends to; 0 = none
}

// All returns the tokens of the whole batch.
func (p Span) All() int { return p.Batch * p.Tokens }

// Product is tokens through a weight matrix.
type Product struct{ Tokens, In, Out int }

// Work returns the least work of p with the given bits a weight.
func (p Product) Work(bits float64) Work {
	n := int64(p.In) * int64(p.Out)
	return Work{unit.FLOPs(2 * int64(p.Tokens) * n), weightBytes(n, bits)}
}

// Attend is queries against keys and values, beside their projections.
type Attend struct {
	Batch, Queries int     // sequences, and tokens of each
	Keys           float64 // that a query sees, on average
	Most           int     // that a query may see
	Dims           int     // multiply-adds of a head for one key: scores and values
}

// Attention is one attention of a block: Self, or Cross to the encoder's output.
type Attention struct {
	Products []Product // projections, the output's last
	Attend
	Cache unit.Bytes // keys and values, of the whole batch
}

// Self returns the self attention of block i, its projections appended to dst.
func (s Spec) Self(dst []Product, i int, p Span) Attention {
	keys := s.keys(i, p)
	most := p.Past + p.Tokens
	if !s.Full(i) {
		most = min(most, s.Window)
	}
	t := p.All()
	dst = s.keyProducts(s.queryProducts(dst, t), t)
	return Attention{
		Products: append(dst, s.output(t)),
		Attend:   Attend{p.Batch, p.Tokens, keys, most, s.keyDims(p)},
		Cache:    unit.Bytes(float64(p.Batch) * max(keys, float64(p.Tokens)) * float64(s.KVBytes())),
	}
}

// Cross returns the attention to the encoder's output. Its keys and values are made
// in the first step and read from the cache in the others.
func (s Spec) Cross(dst []Product, p Span) Attention {
	t, encoded := p.All(), p.Batch*p.Encoded
	dst = s.queryProducts(dst, t)
	if p.Past == 0 {
		dst = s.keyProducts(dst, encoded)
	}
	return Attention{
		Products: append(dst, s.output(t)),
		Attend:   Attend{p.Batch, p.Tokens, float64(p.Encoded), p.Encoded, s.keyDims(p)},
		Cache:    unit.Bytes(encoded) * s.KVBytes(),
	}
}

// queryProducts are what makes queries of t tokens: by way of a latent, with MLA.
func (s Spec) queryProducts(dst []Product, t int) []Product {
	all := s.Heads * s.HeadDim
	if s.LatentQ > 0 {
		return append(dst, Product{t, s.DModel, s.LatentQ}, Product{t, s.LatentQ, all})
	}
	return append(dst, Product{t, s.DModel, all})
}

// keyProducts are what makes keys and values of t tokens.
func (s Spec) keyProducts(dst []Product, t int) []Product {
	if s.LatentKV > 0 {
		return append(dst, Product{t, s.DModel, s.LatentKV},
			Product{t, s.LatentKV - s.RopeDim, s.Heads * (s.HeadDim - s.RopeDim + s.valueDim())})
	}
	return append(dst, Product{t, s.DModel, s.KVHeads * (s.HeadDim + s.valueDim())})
}

func (s Spec) output(t int) Product { return Product{t, s.Heads * s.valueDim(), s.DModel} }

// maxScores keeps what is far too long to run from overflowing into something
// short.
const maxScores = 1 << 60

// Work returns the least work of a, in a model with so many heads and bits a weight.
func (a Attention) Work(s Spec) Work {
	scores := float64(a.Batch*a.Queries) * a.Keys * 2 * float64(s.Heads) * float64(a.Dims)
	w := Work{unit.FLOPs(min(scores, maxScores)), a.Cache}
	for _, p := range a.Products {
		w = w.Plus(p.Work(s.WeightBits))
	}
	return w
}

// keys returns how many keys a token of p sees in block i, on average.
func (s Spec) keys(i int, p Span) float64 {
	n := float64(p.Past + p.Tokens)
	if p.Causal {
		n = float64(p.Past) + float64(p.Tokens+1)/2
	}
	if s.Full(i) {
		return n
	}
	return min(n, float64(s.Window))
}

// Full reports whether block i attends to all tokens, and not to a window.
func (s Spec) Full(i int) bool {
	return s.Window == 0 || s.WindowGap > 0 && i%s.WindowGap == s.WindowGap-1
}

// Cached returns how many of n tokens block i of the decoder keeps keys and
// values of.
func (s Spec) Cached(i, n int) int {
	if s.Full(i) {
		return n
	}
	return min(n, s.Window)
}

// keyDims returns how many multiply-adds one head spends on one key: its scores
// and its values. A decoding step of latent attention works on the cached latents
// (DeepSeek-V2, arXiv 2405.04434, section 2.1.2), an input pass on keys and values.
func (s Spec) keyDims(p Span) int {
	if s.LatentKV > 0 && p.Past > 0 {
		return s.LatentKV + s.LatentKV - s.RopeDim
	}
	return s.HeadDim + s.valueDim()
}

// DenseFFN returns the work of a block without experts, for t tokens.
func (s Spec) DenseFFN(t int) Work { return s.ffn(t, s.denseWeights(), s.WeightBits) }

// Shared returns the work of the shared experts, for t tokens; none if there are
// none.
func (s Spec) Shared(t int) Work { return s.ffn(t, s.sharedWeights(), s.WeightBits) }

// Expert returns the work of one routed expert, for t tokens.
func (s Spec) Expert(t int) Work { return s.ffn(t, s.ExpertWeights(), s.ExpertBits) }

func (s Spec) ffn(t int, weights int64, bits float64) Work {
	return Work{unit.FLOPs(2 * int64(t) * weights), weightBytes(weights, bits)}
}

// Gate returns the product of the router, for t tokens.
func (s Spec) Gate(t int) Product { return Product{t, s.DModel, s.Experts} }

// Head returns the product of the output head, for one token of each sequence.
func (s Spec) Head(batch int) Product { return Product{batch, s.DModel, s.Vocab} }
