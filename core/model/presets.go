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
	{Title: "Switch-C-2048, 1.6T, top-1 of 2,048", Source: "config.json of google/switch-c-2048, but for 15 decoder blocks where it says 12: the 3,142 GB of QMoE (arXiv 2310.16795), table 6, and the file's own num_sparse_decoder_layers ask for 15", Spec: Spec{
		Name: "switch-c-2048", Family: "switch_transformers",
		DModel: 2080, DFF: 6144, Vocab: 32128,
		Encoder: Stack{15, 0, 1}, Decoder: Stack{15, 0, 1},
		Heads: 30, KVHeads: 30, HeadDim: 64,
		Experts: 2048, TopK: 1, ExpertFF: 6144, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "Mixtral-8x22B, 141B, top-2 of 8", Source: "config.json of mistral-community/Mixtral-8x22B-v0.1", Spec: Spec{
		Name: "mixtral-8x22b", Family: "mixtral",
		DModel: 6144, DFF: 16384, Vocab: 32000, Decoder: Stack{56, 0, 1},
		Heads: 48, KVHeads: 8, HeadDim: 128,
		Experts: 8, TopK: 2, ExpertFF: 16384, Gated: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "Phi-3.5-MoE, 42B, top-2 of 16", Source: "config.json of microsoft/Phi-3.5-MoE-instruct and the defaults of its class", Spec: Spec{
		Name: "phi-3.5-moe", Family: "phimoe",
		DModel: 4096, DFF: 6400, Vocab: 32064, Decoder: Stack{32, 0, 1},
		Heads: 32, KVHeads: 8, HeadDim: 128,
		Experts: 16, TopK: 2, ExpertFF: 6400, Gated: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "DeepSeekMoE-16B, top-6 of 64 and 2 shared", Source: "config.json of deepseek-ai/deepseek-moe-16b-base", Spec: Spec{
		Name: "deepseek-moe-16b", Family: "deepseek",
		DModel: 2048, DFF: 10944, Vocab: 102400, Decoder: Stack{28, 1, 1},
		Heads: 16, KVHeads: 16, HeadDim: 128,
		Experts: 64, TopK: 6, ExpertFF: 1408, SharedFF: 2816, Gated: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "Qwen1.5-MoE-A2.7B, 14B, top-4 of 60 and a shared one", Source: "config.json of Qwen/Qwen1.5-MoE-A2.7B", Spec: Spec{
		Name: "qwen1.5-moe-a2.7b", Family: "qwen2_moe",
		DModel: 2048, DFF: 5632, Vocab: 151936, Decoder: Stack{24, 0, 1},
		Heads: 16, KVHeads: 16, HeadDim: 128,
		Experts: 60, TopK: 4, ExpertFF: 1408, SharedFF: 5632, Gated: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "Qwen2-57B-A14B, top-8 of 64 and a shared one", Source: "config.json of Qwen/Qwen2-57B-A14B", Spec: Spec{
		Name: "qwen2-57b-a14b", Family: "qwen2_moe",
		DModel: 3584, DFF: 18944, Vocab: 151936, Decoder: Stack{28, 0, 1},
		Heads: 28, KVHeads: 4, HeadDim: 128,
		Experts: 64, TopK: 8, ExpertFF: 2560, SharedFF: 20480, Gated: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "OLMoE-1B-7B, top-8 of 64", Source: "config.json of allenai/OLMoE-1B-7B-0924", Spec: Spec{
		Name: "olmoe-1b-7b", Family: "olmoe",
		DModel: 2048, DFF: 1024, Vocab: 50304, Decoder: Stack{16, 0, 1},
		Heads: 16, KVHeads: 16, HeadDim: 128,
		Experts: 64, TopK: 8, ExpertFF: 1024, Gated: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "DS-MoE-1B, top-6 of 32", Source: dsMoE, Spec: Spec{
		Name: "ds-moe-1b", Family: "ds_moe",
		DModel: 2048, DFF: 256, Vocab: 32000, Decoder: Stack{24, 0, 1},
		Heads: 32, KVHeads: 2, HeadDim: 64,
		Experts: 32, TopK: 6, ExpertFF: 256, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "DS-MoE-3B, top-6 of 32", Source: dsMoE, Spec: Spec{
		Name: "ds-moe-3b", Family: "ds_moe",
		DModel: 3072, DFF: 384, Vocab: 32000, Decoder: Stack{28, 0, 1},
		Heads: 32, KVHeads: 4, HeadDim: 96,
		Experts: 32, TopK: 6, ExpertFF: 384, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "DS-MoE-6B, top-4 of 32", Source: dsMoE, Spec: Spec{
		Name: "ds-moe-6b", Family: "ds_moe",
		DModel: 4096, DFF: 512, Vocab: 32000, Decoder: Stack{36, 0, 1},
		Heads: 32, KVHeads: 4, HeadDim: 128,
		Experts: 32, TopK: 4, ExpertFF: 512, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "DS-MoE-10B, top-4 of 32", Source: dsMoE, Spec: Spec{
		Name: "ds-moe-10b", Family: "ds_moe",
		DModel: 5120, DFF: 640, Vocab: 32000, Decoder: Stack{36, 0, 1},
		Heads: 32, KVHeads: 4, HeadDim: 160,
		Experts: 32, TopK: 4, ExpertFF: 640, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "DS-MoE-14B, top-4 of 32", Source: dsMoE, Spec: Spec{
		Name: "ds-moe-14b", Family: "ds_moe",
		DModel: 6144, DFF: 768, Vocab: 32000, Decoder: Stack{36, 0, 1},
		Heads: 32, KVHeads: 4, HeadDim: 192,
		Experts: 32, TopK: 4, ExpertFF: 768, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "DS-MoE-19B, top-4 of 32", Source: dsMoE, Spec: Spec{
		Name: "ds-moe-19b", Family: "ds_moe",
		DModel: 7168, DFF: 896, Vocab: 32000, Decoder: Stack{36, 0, 1},
		Heads: 32, KVHeads: 4, HeadDim: 224,
		Experts: 32, TopK: 4, ExpertFF: 896, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
	{Title: "SMoE-5B, top-2 of 16, DS-MoE's sparsely trained baseline", Source: dsMoE, Spec: Spec{
		Name: "smoe-5b", Family: "ds_moe",
		DModel: 3072, DFF: 1536, Vocab: 32000, Decoder: Stack{28, 0, 1},
		Heads: 32, KVHeads: 4, HeadDim: 96,
		Experts: 16, TopK: 2, ExpertFF: 1536, TiedEmbed: true,
		WeightBits: 16, ExpertBits: 16,
	}},
}

// dsMoE is the source of the models of "Dense Training, Sparse Inference", and of its
// sparsely trained baseline. Attention is a mixture of heads of which most are active, so
// all are computed; they share few keys and values. Experts have two matrices, as the
// parameter counts ask for. With a vocabulary of 32,000 the counts of six of the seven
// models are met within 1.4 %, that of the smallest within 2. For 10B and above the paper
// gives no key-value heads: 4, as the smaller ones. K is that of the paper's speed tests;
// of 1B, what its 439 M active parameters ask for.
const dsMoE = "arXiv 2404.05567, table 1; its vocabulary is assumed, and all heads are computed"
