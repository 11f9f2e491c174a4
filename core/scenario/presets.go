package scenario

import (
	"monde/core/model"
	"monde/core/policy"
	"monde/core/policy/place"
	"monde/core/policy/predict"
	"monde/core/policy/replace"
	"monde/core/workload"
)

// Default returns the scenario that everything absent is taken from: NLLB-MoE's
// encoder on the paper's machine under the paper's proposal.
func Default() Scenario {
	nllb, _ := model.Named("nllb-moe-54b")
	return Scenario{
		Version: Version,
		Model:   nllb.Spec,
		Workload: workload.Spec{
			Phase: workload.Encoder, Scope: workload.WholeModel,
			Batch: 4, InputTokens: 512, OutputTokens: 32,
			Routing: workload.Routing{Source: workload.Measured, Sigma: 1, Alpha: 0.5, Exponent: 0.8},
		},
		Machine: paperMachine(),
		Strategy: policy.Spec{
			Name: policy.MDLB, Home: policy.OnDevice, Missed: policy.Balanced, Transfer: policy.Overlap, Fetch: policy.Active, Staging: 2,
			AlphaMode: policy.Auto, Alpha: 1, Rounding: policy.Nearest, Profile: 2, Precision: policy.DefaultPrecision(), First: policy.Busiest, Cache: noCache(), Predictor: predict.Default(), Prefetch: policy.Prefetch{Chunks: 1}, Batching: policy.Batching{Micro: 1}, Attention: policy.AttendGPU,
		},
		Fidelity: Event,
		Seed:     1,
	}
}

// noCache is a cache of no experts, whose other parameters are as published.
func noCache() replace.Spec {
	s := replace.Default()
	s.Name = replace.NoCache
	return s
}

// Preset is a scenario by name.
type Preset struct {
	Name, Title, Text string
	Scenario          Scenario
}

// Presets returns every scenario preset.
func Presets() []Preset {
	return []Preset{
		preset("nllb-encoder", "NLLB-MoE encoder, 4 x 512 tokens",
			"The paper's headline case: 103 GB of experts behind one A100.", nil),
		preset("nllb-decoder", "NLLB-MoE decoder, batch 4, 32 steps",
			"One token a sequence and step: few experts, few tokens each.",
			func(s *Scenario) { s.Workload.Phase = workload.Decoder }),
		preset("switch-large-encoder", "Switch-Large-128 encoder, 4 x 512 tokens",
			"The paper's other model: 51.5 GB of smaller experts, top-1.",
			func(s *Scenario) { s.Model = mustModel("switch-large-128") }),
		preset("switch-base-encoder", "Switch-Base-128 encoder with its own measured routing",
			"The one encoder with published routing counts: the busiest tenth of its experts takes half of the tokens.",
			func(s *Scenario) { s.Model = mustModel("switch-base-128") }),
		preset("gpt-oss-trace", "gpt-oss-20b decoding, batch 4, from a real token trace",
			"Every token's experts as recorded; 64 steps on the paper's machine.",
			func(s *Scenario) { traceDecode(s, "gpt-oss-20b", "gpt-oss-20b_fingerprinting", 64) }),
		preset("deepseek-trace", "DeepSeek-V2-Lite decoding, batch 4, from a real token trace",
			"Top-6 of 64 small experts, two shared ones on the GPU.",
			func(s *Scenario) { traceDecode(s, "deepseek-v2-lite", "deepseek-v2-lite_esft", 64) }),
		preset("mixtral-h100", "Mixtral-8x7B prefill on the measured H100 box",
			"Eight large, evenly used experts: little to gain from keeping cold ones away.",
			func(s *Scenario) {
				s.Model, s.Workload.Phase = mustModel("mixtral-8x7b"), workload.Prefill
				s.Machine, s.Strategy = h100Machine(), s.Strategy.As(policy.GPUPM)
			}),
		preset("qwen3-generate", "Qwen3-30B-A3B: prefill and 64 tokens, batch 8",
			"Time to first token and time per output token in one run.",
			func(s *Scenario) {
				s.Model, s.Workload.Phase = mustModel("qwen3-30b-a3b"), workload.Generate
				s.Workload.Batch, s.Workload.OutputTokens = 8, 64
			}),
		preset("replay-layer", "One measured Switch-Large layer replayed from its counts",
			"Tokens per expert of a layer that was run on the H100 box.",
			replayLayer),
		preset("nllb-dgx1", "NLLB-MoE encoder over eight V100, the busiest experts apart",
			"Experts are spread over GPUs by what other tokens asked for; tokens go to them and come back.",
			func(s *Scenario) {
				s.Machine, s.Workload.Batch = dgxMachine(), 8
				s.Strategy = s.Strategy.As(policy.Ideal)
				s.Strategy.Placement, s.Strategy.Profile = place.Greedy, 16
			}),
	}
}

// PresetNamed returns the preset of that name.
func PresetNamed(name string) (Preset, bool) {
	for _, p := range Presets() {
		if p.Name == name {
			return p, true
		}
	}
	return Preset{}, false
}

func preset(name, title, text string, change func(*Scenario)) Preset {
	s := Default()
	if change != nil {
		change(&s)
	}
	return Preset{name, title, text, s}
}

func traceDecode(s *Scenario, name, trace string, steps int) {
	s.Model = mustModel(name)
	s.Workload.Phase, s.Workload.OutputTokens = workload.Decode, steps
	s.Workload.Routing.Source, s.Workload.Routing.Table = workload.TraceOf, trace
}

// replayLayer is the row switch-large-128, 16 tokens, zipf 1.4, pm_serial of our
// own H100 measurements.
func replayLayer(s *Scenario) {
	s.Model, s.Machine = mustModel("switch-large-128"), h100Machine()
	s.Workload.Scope, s.Workload.Batch, s.Workload.InputTokens = workload.OneLayer, 1, 16
	s.Workload.Routing.Source = workload.Counts
	s.Workload.Routing.Counts = [][]int{{8, 2, 1, 1, 1, 1, 1, 1}}
	s.Strategy = s.Strategy.As(policy.GPUPM)
	s.Strategy.Transfer = policy.Serial
}

func mustModel(name string) model.Spec {
	p, ok := model.Named(name)
	if !ok {
		panic("scenario: bug: no model " + name)
	}
	return p.Spec
}
