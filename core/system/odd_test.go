package system_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"monde/core/fault"
	"monde/core/model"
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

// Rates so low, or work so large, that times would not fit are refused, and all
// that is just below the limits keeps its bound.
func TestTimesThatDoNotFitAreRefused(t *testing.T) {
	for name, change := range map[string]func(*scenario.Scenario){
		"slow link":    func(s *scenario.Scenario) { s.Machine.Link.Bandwidth = 1 },
		"slow GPU":     func(s *scenario.Scenario) { s.Machine.GPU.Bandwidth, s.Machine.GPU.Compute = 1, 1 },
		"slow device":  func(s *scenario.Scenario) { s.Machine.Device.Bandwidth = 1 },
		"slow NDP":     func(s *scenario.Scenario) { s.Machine.Device.NDP.Clock = 1 },
		"late link":    func(s *scenario.Scenario) { s.Machine.Link.Latency = 1e12 },
		"large model":  func(s *scenario.Scenario) { s.Model.DModel, s.Model.ExpertFF, s.Model.DFF = 1<<17, 1<<17, 1<<17 },
		"large pass":   func(s *scenario.Scenario) { s.Workload.Batch, s.Workload.InputTokens = 16, 1<<20 },
		"many experts": func(s *scenario.Scenario) { s.Model.Experts, s.Model.TopK = 1<<14, 256 },
	} {
		t.Run(name, func(t *testing.T) {
			s := scenario.Default()
			s.Workload.Routing.Source = workload.Uniform
			s.Strategy.Profile = 1
			change(&s)
			r, err := system.Run(context.Background(), s, probe.Probe{})
			if err == nil && (r.Latency < r.Bound || r.Latency <= 0) {
				t.Errorf("took %d ps with a bound of %d", r.Latency, r.Bound)
			}
			if err != nil && !fault.Is(err) {
				t.Errorf("%v names no field", err)
			}
		})
	}
}
