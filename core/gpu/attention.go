package gpu

import "monde/core/unit"

// Attention is the core of one attention: queries against keys, and values.
// Projections are Gemms beside it.
type Attention struct {
	Batch   int
	Queries int // tokens a sequence; 1 when decoding
	Heads   int
	HeadDim int
	DModel  int
	Keys    int        // tokens that a query may see, at most
	Cache   unit.Bytes // keys and values read, of the whole batch
}

// longest is how many keys a decoding kernel walks in one block of threads; longer
// contexts are split among blocks (flash decoding). No measurement is longer.
const longest = 2048

// Attention returns the cost of a. A causal mask saves no time, as in the kernels
// that were measured.
func (g GPU) Attention(a Attention) Cost {
	dims := float64(a.HeadDim) / 128
	took := g.k.Attention + float64(float64(g.k.AttentionKey*float64(min(a.Keys, longest)))*dims)
	if a.Queries == 1 {
		flops := float64(float64(a.Batch)*float64(a.Heads)) * 4 * float64(a.Keys) * float64(a.HeadDim)
		took += max(float64(g.k.AttentionCache*float64(a.Cache))/g.bytes, flops/float64(g.peak*g.k.AttentionFLOPs))
		return Cost{microseconds(took), attentionKernels}
	}
	tokens := float64(a.Batch) * float64(a.Queries)
	tiles := max(float64(a.Batch)*float64(a.Heads)*rounds(a.Queries, 128), g.sms)
	took += float64(tiles*4*float64(a.Keys)) * float64(a.HeadDim) * 128 / float64(g.peak*g.k.AttentionFLOPs)
	took += float64(g.k.AttentionEdges*2*tokens) * float64(a.DModel) / g.bytes
	return Cost{microseconds(took), attentionKernels}
}

// attentionKernels are what a framework launches beside the two projections: split
// of heads, transposes, attention itself, and what surrounds it.
const attentionKernels = 7
