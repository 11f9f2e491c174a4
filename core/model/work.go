package model

import "monde/core/unit"

// Work is what one part of a pass asks of the device that computes it.
type Work struct {
	FLOPs   unit.FLOPs
	Bytes   unit.Bytes // weights, activations and cache, read and written
	Kernels int
}

// Plus returns the work of w and v one after the other.
func (w Work) Plus(v Work) Work {
	return Work{w.FLOPs + v.FLOPs, w.Bytes + v.Bytes, w.Kernels + v.Kernels}
}

// Span is the tokens of one pass through a stack: Tokens new ones in each of
// Batch sequences, of which the first sees Past tokens before it.
type Span struct {
	Batch, Tokens, Past int
	Causal              bool // a token sees only those before it
	Encoded             int  // encoder tokens a sequence that a decoder attends to; 0 = none
}

// All returns the tokens of the whole batch.
func (p Span) All() int { return p.Batch * p.Tokens }

// Kernels launched by each part, counted from the models' eager forward pass:
// norm, projections, attention, output. Fused variants launch fewer.
const (
	attentionKernels = 5 // norm, QKV, rotary or bias, attention, output
	loopKernels      = 2 // an expert's tokens gathered, its results added back
	gateKernels      = 3 // norm, router GEMM, softmax and top-k
	combineKernels   = 1 // residual
	headKernels      = 2 // norm, GEMM
)

// Attention returns the work of block i's attention, cross attention included.
func (s Spec) Attention(i int, p Span) Work {
	w := s.attend(p, s.keys(i, p))
	if p.Encoded > 0 {
		w = w.Plus(s.cross(p))
	}
	return w
}

// cross returns the work of attending to the encoder's output. Its keys and
// values are made in the first step and read from the cache in the others.
func (s Spec) cross(p Span) Work {
	w := s.attend(p, float64(p.Encoded))
	w.FLOPs -= s.keysFLOPs(p.All())
	if p.Past > 0 {
		w.Bytes -= weightBytes(s.keyWeights(), s.WeightBits)
		return w
	}
	encoded := p.Batch * p.Encoded
	w.FLOPs += s.keysFLOPs(encoded)
	w.Bytes += unit.Bytes(encoded) * (s.TokenBytes() + s.KVBytes()) // output read, cache written
	return w
}

// keys returns how many keys a token of p sees in block i, on average.
func (s Spec) keys(i int, p Span) float64 {
	n := float64(p.Past + p.Tokens)
	if p.Causal {
		n = float64(p.Past) + float64(p.Tokens+1)/2
	}
	if s.full(i) {
		return n
	}
	return min(n, float64(s.Window))
}

// full reports whether block i attends to all tokens, and not to a window.
func (s Spec) full(i int) bool {
	return s.Window == 0 || s.WindowGap > 0 && i%s.WindowGap == s.WindowGap-1
}

// Cached returns how many of n tokens block i of the decoder keeps keys and
// values of.
func (s Spec) Cached(i, n int) int {
	if s.full(i) {
		return n
	}
	return min(n, s.Window)
}

// maxScores keeps what is far too long to run from overflowing into something
// short.
const maxScores = 1 << 60

// attend returns the work of one attention whose queries each see the given
// number of keys: projections, scores and values, and one pass over the cache.
func (s Spec) attend(p Span, keys float64) Work {
	t := int64(p.All())
	weights := s.attentionWeights()
	perKey := 2 * float64(s.Heads) * float64(s.keyDims(p))
	scores := unit.FLOPs(min(float64(t)*keys*perKey, maxScores))
	cached := unit.Bytes(float64(p.Batch) * max(keys, float64(p.Tokens)) * float64(s.KVBytes()))
	return Work{
		FLOPs:   unit.FLOPs(2*t*weights) + scores,
		Bytes:   weightBytes(weights, s.WeightBits) + 4*unit.Bytes(t)*s.TokenBytes() + cached,
		Kernels: attentionKernels,
	}
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

// keyWeights returns the weights that make keys and values.
func (s Spec) keyWeights() int64 {
	return int64(s.DModel) * int64(s.KVHeads) * int64(s.HeadDim+s.valueDim())
}

// keysFLOPs returns the operations that make keys and values of t tokens.
func (s Spec) keysFLOPs(t int) unit.FLOPs { return unit.FLOPs(2 * int64(t) * s.keyWeights()) }

// DenseFFN returns the work of a block without experts, for t tokens.
func (s Spec) DenseFFN(t int) Work { return s.ffn(t, s.denseWeights(), s.DFF, s.WeightBits) }

// Shared returns the work of the shared experts, for t tokens; none if there are
// none.
func (s Spec) Shared(t int) Work {
	if s.SharedFF == 0 {
		return Work{}
	}
	return s.ffn(t, s.sharedWeights(), s.SharedFF, s.WeightBits)
}

// Expert returns the work of one routed expert, for t tokens, in a loop over
// experts: each gathers its tokens and adds its results back.
func (s Spec) Expert(t int) Work {
	w := s.ffn(t, s.ExpertWeights(), s.ExpertFF, s.ExpertBits)
	w.Bytes += 4 * unit.Bytes(t) * s.TokenBytes()
	w.Kernels += loopKernels
	return w
}

// ffn returns the work of an FFN: its weights once, the activations in and out,
// and the intermediate written and read. Each matrix is a kernel, and so is the
// activation function.
func (s Spec) ffn(t int, weights int64, inner int, bits float64) Work {
	edge := 2 * unit.Bytes(t) * s.TokenBytes()
	middle := 2 * unit.Bytes(s.Matrices()-1) * unit.Bytes(t) * unit.Bytes(inner) * ActivationBytes
	return Work{
		FLOPs:   unit.FLOPs(2 * int64(t) * weights),
		Bytes:   weightBytes(weights, bits) + edge + middle,
		Kernels: s.Matrices() + 1,
	}
}

// Gate returns the work of norm and router, for t tokens.
func (s Spec) Gate(t int) Work {
	return Work{
		FLOPs:   unit.FLOPs(2 * int64(t) * s.gateWeights()),
		Bytes:   weightBytes(s.gateWeights(), s.WeightBits) + 2*unit.Bytes(t)*s.TokenBytes(),
		Kernels: gateKernels,
	}
}

// Combine returns the work of what follows the experts, for t tokens: the weighted
// sum of a token's top-k results and the residual.
func (s Spec) Combine(t int) Work {
	routed := unit.Bytes(t) * unit.Bytes(s.TopK)
	return Work{
		FLOPs:   unit.FLOPs(2 * int64(t) * int64(s.TopK) * int64(s.DModel)),
		Bytes:   (routed + 2*unit.Bytes(t)) * s.TokenBytes(),
		Kernels: combineKernels,
	}
}

// Head returns the work of the output head for one token of each sequence.
func (s Spec) Head(batch int) Work {
	n := int64(s.Vocab) * int64(s.DModel)
	return Work{
		FLOPs:   unit.FLOPs(2 * int64(batch) * n),
		Bytes:   weightBytes(n, s.WeightBits) + unit.Bytes(batch)*(s.TokenBytes()+unit.Bytes(s.Vocab)*ActivationBytes),
		Kernels: headKernels,
	}
}
