package model

import "slices"

// Preset is a model by name, with where its shape was read.
type Preset struct {
	Spec   Spec
	Title  string // a line for people
	Source string
}

// Presets returns every preset, the paper's models first.
func Presets() []Preset { return slices.Clone(presets) }

// Named returns the preset of that name.
func Named(name string) (Preset, bool) {
	i := slices.IndexFunc(presets, func(p Preset) bool { return p.Spec.Name == name })
	if i < 0 {
		return Preset{}, false
	}
	return presets[i], true
}

// presets are constant: nothing writes to them.
var presets = []Preset{
	{Title: "Switch-Base-128, 7B, top-1 of 128", Source: "config.json of google/switch-base-128; class SwitchTransformers of Hugging Face transformers", Spec: Spec{
		Name: "switch-base-128", Family: "switch_transformers",
		DModel: 768, DFF: 3072, Vocab: 32128,
		Encoder: Stack{12, 1, 2}, Decoder: Stack{12, 1, 2},
		Heads: 12, KVHeads: 12, HeadDim: 64,
		Experts: 128, TopK: 1, ExpertFF: 3072, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "Switch-Large-128, 26B, top-1 of 128", Source: "config.json of google/switch-large-128; shape confirmed by the 51.5 GB of experts that readers report of MoNDE (DAC 2024), table 2", Spec: Spec{
		Name: "switch-large-128", Family: "switch_transformers",
		DModel: 1024, DFF: 4096, Vocab: 32128,
		Encoder: Stack{24, 1, 2}, Decoder: Stack{24, 1, 2},
		Heads: 16, KVHeads: 16, HeadDim: 64,
		Experts: 128, TopK: 1, ExpertFF: 4096, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "NLLB-MoE-54B, translation, top-2 of 128", Source: "config.json of facebook/nllb-moe-54b; shape confirmed by the 103.1 GB of experts that readers report of MoNDE (DAC 2024), table 2", Spec: Spec{
		Name: "nllb-moe-54b", Family: "nllb-moe",
		DModel: 2048, DFF: 8192, Vocab: 256206,
		Encoder: Stack{24, 3, 4}, Decoder: Stack{24, 3, 4},
		Heads: 16, KVHeads: 16, HeadDim: 128,
		Experts: 128, TopK: 2, ExpertFF: 8192, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "Mixtral-8x7B, 47B, top-2 of 8", Source: "config.json of mistralai/Mixtral-8x7B-v0.1", Spec: Spec{
		Name: "mixtral-8x7b", Family: "mixtral",
		DModel: 4096, DFF: 14336, Vocab: 32000, Decoder: Stack{32, 0, 1},
		Heads: 32, KVHeads: 8, HeadDim: 128,
		Experts: 8, TopK: 2, ExpertFF: 14336, Gated: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "gpt-oss-20b, MXFP4 experts, top-4 of 32", Source: "config.json of openai/gpt-oss-20b; MXFP4: 4 bits and an 8-bit scale for 32 weights", Spec: Spec{
		Name: "gpt-oss-20b", Family: "gpt_oss",
		DModel: 2880, DFF: 2880, Vocab: 201088, Decoder: Stack{24, 0, 1},
		Heads: 64, KVHeads: 8, HeadDim: 64, Window: 128, WindowGap: 2,
		Experts: 32, TopK: 4, ExpertFF: 2880, Gated: true,
		WeightBits: 16, ExpertBits: 4.25,
	}},
	{Title: "DeepSeek-V2-Lite, 16B, top-6 of 64 and 2 shared", Source: "config.json of deepseek-ai/DeepSeek-V2-Lite", Spec: Spec{
		Name: "deepseek-v2-lite", Family: "deepseek_v2",
		DModel: 2048, DFF: 10944, Vocab: 102400, Decoder: Stack{27, 1, 1},
		Heads: 16, KVHeads: 16, HeadDim: 192, LatentKV: 576, RopeDim: 64, ValueDim: 128,
		Experts: 64, TopK: 6, ExpertFF: 1408, SharedFF: 2816, Gated: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "Qwen3-30B-A3B, top-8 of 128", Source: "config.json of Qwen/Qwen3-30B-A3B", Spec: Spec{
		Name: "qwen3-30b-a3b", Family: "qwen3_moe",
		DModel: 2048, DFF: 6144, Vocab: 151936, Decoder: Stack{48, 0, 1},
		Heads: 32, KVHeads: 4, HeadDim: 128,
		Experts: 128, TopK: 8, ExpertFF: 768, Gated: true,
		WeightBits: 16, ExpertBits: 16,
	}},
}
