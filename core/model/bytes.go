package model

import (
	"math"

	"monde/core/unit"
)

// ActivationBytes returns what one activation takes: bf16, as in the paper, unless
// weights are wider.
func (s Spec) ActivationBytes() unit.Bytes {
	if s.WeightBits > 16 {
		return 4
	}
	return 2
}

// Bytes returns what n weights of the given width take, rounded up.
func weightBytes(n int64, bits float64) unit.Bytes {
	return unit.Bytes(math.Ceil(float64(n) * bits / 8))
}

// ExpertWeights returns the weights of one routed expert.
func (s Spec) ExpertWeights() int64 {
	return int64(s.Matrices()) * int64(s.DModel) * int64(s.ExpertFF)
}

// ExpertBytes returns what one routed expert takes.
func (s Spec) ExpertBytes() unit.Bytes { return weightBytes(s.ExpertWeights(), s.ExpertBits) }

// AllExpertBytes returns what all routed experts of the model take.
func (s Spec) AllExpertBytes() unit.Bytes {
	return unit.Bytes(s.MoEBlocks()) * unit.Bytes(s.Experts) * s.ExpertBytes()
}

// OtherBytes returns what everything but routed experts takes: it stays in GPU
// memory under every strategy.
func (s Spec) OtherBytes() unit.Bytes {
	n := s.embedWeights()
	for i := range s.Encoder.Blocks {
		n += s.attentionWeights() + s.fixedFFNWeights(s.Encoder.MoE(i))
	}
	for i := range s.Decoder.Blocks {
		n += s.attentionWeights() + s.fixedFFNWeights(s.Decoder.MoE(i))
		if s.pair() {
			n += s.attentionWeights() // cross attention
		}
	}
	return weightBytes(n, s.WeightBits)
}

// KVBytes returns what the key-value cache of one token takes in one block.
func (s Spec) KVBytes() unit.Bytes {
	if s.LatentKV > 0 {
		return unit.Bytes(s.LatentKV) * s.ActivationBytes()
	}
	return unit.Bytes(s.KVHeads) * unit.Bytes(s.HeadDim+s.valueDim()) * s.ActivationBytes()
}

// TokenBytes returns the activations of one token at a block's edge: what one
// AMove of one token and expert carries in one direction.
func (s Spec) TokenBytes() unit.Bytes { return unit.Bytes(s.DModel) * s.ActivationBytes() }

func (s Spec) pair() bool { return s.Encoder.Blocks > 0 }

func (s Spec) valueDim() int {
	if s.ValueDim > 0 {
		return s.ValueDim
	}
	return s.HeadDim
}

func (s Spec) embedWeights() int64 {
	n := int64(s.Vocab) * int64(s.DModel)
	if s.TiedEmbed {
		return n
	}
	return 2 * n
}

// attentionWeights returns the projections of one attention: query, key, value
// and output, or those of multi-head latent attention (DeepSeek-V2,
// arXiv 2405.04434, section 2.1).
func (s Spec) attentionWeights() int64 {
	d, h := int64(s.DModel), int64(s.Heads)
	query := d * h * int64(s.HeadDim)
	if s.LatentQ > 0 {
		query = int64(s.LatentQ) * (d + h*int64(s.HeadDim))
	}
	output := h * int64(s.valueDim()) * d
	if s.LatentKV == 0 {
		return query + d*int64(s.KVHeads)*int64(s.HeadDim+s.valueDim()) + output
	}
	rank := int64(s.LatentKV - s.RopeDim)
	up := rank * h * int64(s.HeadDim-s.RopeDim+s.valueDim())
	return query + d*int64(s.LatentKV) + up + output
}

// fixedFFNWeights returns what a block has beside attention and routed experts:
// the gate and shared experts, or a dense FFN.
func (s Spec) fixedFFNWeights(moe bool) int64 {
	if moe {
		return s.gateWeights() + s.sharedWeights()
	}
	return s.denseWeights()
}

func (s Spec) gateWeights() int64 { return int64(s.DModel) * int64(s.Experts) }

func (s Spec) sharedWeights() int64 {
	return int64(s.Matrices()) * int64(s.DModel) * int64(s.SharedFF)
}

func (s Spec) denseWeights() int64 {
	return int64(s.Matrices()) * int64(s.DModel) * int64(s.DFF)
}
