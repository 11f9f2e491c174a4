package system_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"monde/core/fault"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/workload"
)

// oddModel draws a model that nobody would build but that is valid, or nearly.
func oddModel(t *rapid.T) model.Spec {
	stack := func(name string, least int) model.Stack {
		return model.Stack{
			Blocks:   rapid.IntRange(least, 4).Draw(t, name),
			MoEFirst: rapid.IntRange(0, 5).Draw(t, name+" first"),
			MoEStep:  rapid.IntRange(0, 3).Draw(t, name+" step"),
		}
	}
	small := func(name string) int { return rapid.IntRange(1, 9).Draw(t, name) }
	experts := rapid.IntRange(1, 40).Draw(t, "experts")
	return model.Spec{
		Name: "odd", Family: rapid.SampledFrom([]string{"", "mixtral", "nllb-moe", "gpt_oss"}).Draw(t, "family"),
		DModel: small("d_model"), DFF: small("d_ff"), Vocab: rapid.IntRange(0, 9).Draw(t, "vocab"),
		Encoder: stack("encoder", 0), Decoder: stack("decoder", 1),
		Heads: small("heads"), KVHeads: 1, HeadDim: small("head_dim"),
		Window: rapid.IntRange(0, 3).Draw(t, "window"), WindowGap: rapid.IntRange(0, 3).Draw(t, "gap"),
		Experts: experts, TopK: rapid.IntRange(1, experts).Draw(t, "top_k"), ExpertFF: small("expert_ff"),
		SharedFF: rapid.IntRange(0, 2).Draw(t, "shared_ff"), Gated: rapid.Bool().Draw(t, "gated"),
		WeightBits: 0.5, ExpertBits: 32,
	}
}

func TestAnOddModelRunsOrIsRefusedByPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		s.Model = oddModel(t)
		s.Workload.Phase = rapid.SampledFrom(workload.Phases()).Draw(t, "any phase")
		s.Workload.Scope = rapid.SampledFrom([]workload.Scope{workload.WholeModel, workload.OneLayer}).Draw(t, "scope")
		if rapid.Bool().Draw(t, "given") {
			s.Workload.Routing = workload.Routing{Source: workload.Counts, Counts: rapid.SliceOfN(
				rapid.SliceOfN(rapid.IntRange(-1, 9), 0, 5), 0, 3).Draw(t, "counts")}
		}
		r, err := system.Run(context.Background(), s, probe.Probe{})
		if err != nil {
			if !fault.Is(err) {
				t.Fatalf("%v names no field", err)
			}
			return
		}
		checkTimes(t, r)
	})
}

// Rates so low, or work so large, that times would not fit are refused by the
// part that is to blame.
func TestTimesThatDoNotFitAreRefused(t *testing.T) {
	for path, change := range map[string]func(*scenario.Scenario){
		"machine.link":   func(s *scenario.Scenario) { s.Machine.Link.Bandwidth = 1 },
		"machine.gpu":    func(s *scenario.Scenario) { s.Machine.GPU.Bandwidth, s.Machine.GPU.Compute = 1, 1 },
		"machine.device": func(s *scenario.Scenario) { s.Machine.Device.Bandwidth = 1 },
		"machine.host": func(s *scenario.Scenario) {
			s.Strategy = s.Strategy.As(policy.CPUAM)
			s.Machine.Host.Compute = 1
		},
		"strategy.profile_passes": func(s *scenario.Scenario) { s.Strategy.Profile, s.Model.Experts = 256, 1<<14 },
		"workload.output_tokens": func(s *scenario.Scenario) {
			s.Workload.Phase, s.Workload.OutputTokens = workload.Decoder, 1<<20
		},
	} {
		s := scenario.Default()
		s.Workload.Routing.Source = workload.Uniform
		change(&s)
		_, err := system.Run(context.Background(), s, probe.Probe{})
		if f := fault.Fields(err); len(f) != 1 || f[0].Path != path {
			t.Errorf("%v, want a fault at %s", err, path)
		}
	}
}

func TestTheLargestWorkThatFitsKeepsItsBound(t *testing.T) {
	for name, change := range map[string]func(*scenario.Scenario){
		"late link":    func(s *scenario.Scenario) { s.Machine.Link.Latency = 1e12 },
		"large chunk":  func(s *scenario.Scenario) { s.Machine.Link.Chunk = 1 << 40 },
		"large pass":   func(s *scenario.Scenario) { s.Workload.Batch, s.Workload.InputTokens = 16, 1<<20 },
		"many experts": func(s *scenario.Scenario) { s.Model.Experts, s.Model.TopK = 1<<14, 256 },
	} {
		t.Run(name, func(t *testing.T) {
			s := scenario.Default()
			s.Workload.Routing.Source = workload.Uniform
			s.Strategy = s.Strategy.As(policy.GPUPM)
			change(&s)
			r := run(t, s, probe.Probe{})
			if r.Latency < r.Bound || r.Latency <= 0 {
				t.Errorf("took %d ps with a bound of %d", r.Latency, r.Bound)
			}
		})
	}
}
