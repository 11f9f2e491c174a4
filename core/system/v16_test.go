package system_test

import (
	"testing"

	"monde/core/gpu"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/workload"
)

// mistral is Mistral-7B (its config.json), a dense model: of one expert, which every
// token takes. A gate of one column and the combination of one result cost a few
// microseconds a block that a dense model has not.
func mistral() model.Spec {
	return model.Spec{
		Name: "mistral-7b", Family: "mistral", DModel: 4096, DFF: 14336, Vocab: 32000, Decoder: model.Stack{Blocks: 32, MoEStep: 1},
		Heads: 32, KVHeads: 8, HeadDim: 128, Experts: 1, TopK: 1, ExpertFF: 14336, Gated: true, WeightBits: 16, ExpertBits: 16,
	}
}

// throughput returns the tokens a second of a model that takes 1,000 and generates
// 1,000, in vLLM on an A100-80GB, so many sequences at once.
func throughput(t *testing.T, m model.Spec, batch int) float64 {
	t.Helper()
	s := scenario.Default()
	p, _ := scenario.MachineNamed("h100-box")
	a100, _ := gpu.Named("a100_sxm")
	s.Machine, s.Machine.GPU = p.Machine, a100.Spec
	s.Machine.GPU.Experts = gpu.Fused
	s.Model, s.Strategy, s.Fidelity = m, s.Strategy.As(policy.Ideal), scenario.Analytic
	s.Workload.Phase, s.Workload.InputTokens, s.Workload.OutputTokens, s.Workload.Batch = workload.Generate, 1000, 1000, batch
	s.Workload.Routing.Source = workload.Uniform
	return 2000 * float64(batch) / run(t, s, probe.Probe{}).Latency.Seconds()
}

// V16: arXiv 2404.05567, table 7. How many sequences ran at once is not published: with
// 16 all factors are within 20 %. With 64 and more those over the other MoE models are
// not: their larger caches and expert weights cost more here (docs/deviations.md).
func TestDSMoEIsAsMuchFasterThanOthersAsPublished(t *testing.T) {
	preset := func(name string) model.Spec {
		p, ok := model.Named(name)
		if !ok {
			t.Fatalf("no model %s", name)
		}
		return p.Spec
	}
	const batch = 16
	fast := throughput(t, preset("ds-moe-6b"), batch)
	for _, tt := range []struct {
		m    model.Spec
		want float64
	}{
		{mistral(), 3992.8 / 2140.8}, {preset("qwen1.5-moe-a2.7b"), 3992.8 / 2665.7}, {preset("deepseek-moe-16b"), 3992.8 / 2330.1},
	} {
		slow := throughput(t, tt.m, batch)
		t.Logf("DS-MoE-6B %.0f tokens/s, %s %.0f: %.2f times, published %.2f", fast, tt.m.Name, slow, fast/slow, tt.want)
		if off := fast / slow / tt.want; off < 0.8 || off > 1.2 {
			t.Errorf("%s: %.2f times, published %.2f", tt.m.Name, fast/slow, tt.want)
		}
	}
}
