// Package model describes Mixture-of-Experts transformers by their shapes: which
// blocks hold experts, and the bytes and FLOPs of each part.
//
// Shapes come from the models' Hugging Face config.json files, and the classes
// that read them. It leaves out what moves no time or memory: biases, norm
// weights, position tables, dropout.
package model

import (
	"errors"

	"monde/core/fault"
	"monde/core/quant"
)

// Spec is a model's shape. A zero Encoder.Blocks means a decoder-only model.
type Spec struct {
	Name    string `json:"name"`    // preset name, or what the config.json says
	Family  string `json:"family"`  // model_type of its config.json
	DModel  int    `json:"d_model"` // hidden size
	DFF     int    `json:"d_ff"`    // inner size of a dense FFN block
	Vocab   int    `json:"vocab"`
	Encoder Stack  `json:"encoder"`
	Decoder Stack  `json:"decoder"`

	Heads     int `json:"heads"`
	KVHeads   int `json:"kv_heads"`
	HeadDim   int `json:"head_dim"`
	LatentKV  int `json:"latent_kv"`  // MLA: kv_lora_rank + qk_rope_head_dim cached a token; 0 = keys and values
	LatentQ   int `json:"latent_q"`   // MLA: q_lora_rank; 0 = a full query matrix
	RopeDim   int `json:"rope_dim"`   // MLA: qk_rope_head_dim, part of head_dim and of latent_kv
	ValueDim  int `json:"value_dim"`  // v_head_dim; 0 = head_dim
	Window    int `json:"window"`     // sliding attention window in tokens; 0 = none
	WindowGap int `json:"window_gap"` // every WindowGap-th block attends in full; 0 = none does, if Window > 0

	Experts   int  `json:"experts"`    // routed experts a MoE block
	TopK      int  `json:"top_k"`      // experts a token
	ExpertFF  int  `json:"expert_ff"`  // inner size of one expert
	SharedFF  int  `json:"shared_ff"`  // inner size of all shared experts together; 0 = none
	Gated     bool `json:"gated"`      // SwiGLU: three matrices an expert and FFN; otherwise two
	TiedEmbed bool `json:"tied_embed"` // output head shares the embedding

	WeightBits float64 `json:"weight_bits"` // bits a weight, outside experts
	ExpertBits float64 `json:"expert_bits"` // bits a weight of an expert, scales included (MXFP4: 4.25)

	ExpertFormat quant.Spec `json:"expert_format,omitzero"` // what those bits are, and what decoding them costs; absent: free
	MeanK        float64    `json:"mean_k,omitzero"`        // experts a token on average, where their number varies; absent: top_k, always
}

// Stack is a run of equal blocks, some with experts: block i is a MoE block when
// i >= MoEFirst and (i-MoEFirst) is a multiple of MoEStep. MoEStep 0: none is.
type Stack struct {
	Blocks   int `json:"blocks"`
	MoEFirst int `json:"moe_first"`
	MoEStep  int `json:"moe_step"`
}

// MoE reports whether block i has experts.
func (s Stack) MoE(i int) bool {
	return s.MoEStep > 0 && i >= s.MoEFirst && (i-s.MoEFirst)%s.MoEStep == 0
}

// MoEBlocks returns how many blocks of s have experts.
func (s Stack) MoEBlocks() int {
	if s.MoEStep <= 0 || s.Blocks <= s.MoEFirst {
		return 0
	}
	return (s.Blocks-s.MoEFirst-1)/s.MoEStep + 1
}

// Matrices returns how many weight matrices one expert has.
func (s Spec) Matrices() int {
	if s.Gated {
		return 3
	}
	return 2
}

// MoEBlocks returns how many MoE blocks the whole model has.
func (s Spec) MoEBlocks() int { return s.Encoder.MoEBlocks() + s.Decoder.MoEBlocks() }

// Limits of what a scenario may ask for: far above any published model, and low
// enough that the bytes and FLOPs of a pass of workload.MaxPass tokens fit 63
// bits.
const (
	maxDim     = 1 << 17 // also of heads × head_dim
	maxBlocks  = 1024
	maxExperts = 1 << 14
)

// Validate reports every field that no model can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Within("d_model", s.DModel, 1, maxDim),
		fault.Within("d_ff", s.DFF, 0, maxDim),
		fault.Within("vocab", s.Vocab, 0, 1<<24),
		fault.In("encoder", s.Encoder.validate()),
		fault.In("decoder", s.Decoder.validate()),
		fault.Unless(s.Decoder.Blocks > 0, "decoder.blocks", "must be at least 1: a model has a decoder"),
		fault.Unless(s.MoEBlocks() > 0, "decoder.moe_step", "no block of the model has experts"),
		fault.Within("heads", s.Heads, 1, 1<<14),
		fault.Within("kv_heads", s.KVHeads, 1, max(1, s.Heads)),
		fault.Within("head_dim", s.HeadDim, 1, 1<<14),
		fault.Unless(s.Heads*max(s.HeadDim, s.ValueDim) <= maxDim, "head_dim", "heads × head_dim must be at most %d, got %d", maxDim, s.Heads*max(s.HeadDim, s.ValueDim)),
		fault.Within("latent_kv", s.LatentKV, 0, maxDim),
		fault.Within("latent_q", s.LatentQ, 0, maxDim),
		fault.Within("rope_dim", s.RopeDim, 0, max(0, min(s.LatentKV, s.HeadDim))),
		fault.Within("value_dim", s.ValueDim, 0, 1<<14),
		fault.Within("window", s.Window, 0, 1<<24),
		fault.Within("window_gap", s.WindowGap, 0, maxBlocks),
		fault.Within("experts", s.Experts, 1, maxExperts),
		fault.Within("top_k", s.TopK, 1, max(1, min(s.Experts, 256))),
		fault.Within("expert_ff", s.ExpertFF, 1, maxDim),
		fault.Within("shared_ff", s.SharedFF, 0, maxDim),
		fault.Within("weight_bits", s.WeightBits, 0.5, 32),
		fault.Within("expert_bits", s.ExpertBits, 0.5, 32),
		fault.In("expert_format", s.ExpertFormat.Validate()),
		s.ExpertFormat.Holds(s.ExpertBits),
		fault.Unless(s.MeanK == 0 || s.MeanK >= 1 && s.MeanK <= float64(s.TopK), "mean_k", "must be 1 to top_k, or absent, got %v", s.MeanK),
	)
}

func (s Stack) validate() error {
	return errors.Join(
		fault.Within("blocks", s.Blocks, 0, maxBlocks),
		fault.Within("moe_first", s.MoEFirst, 0, maxBlocks),
		fault.Within("moe_step", s.MoEStep, 0, maxBlocks),
	)
}
