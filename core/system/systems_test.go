package system_test

import (
	"slices"
	"sync"
	"testing"

	"monde/core/policy"
	"monde/core/policy/predict"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
	"monde/core/workload/workloadtest"
)

// traces are what recorded runs of DeepSeek-V2-Lite ask for, read once.
func traces(t testing.TB) workload.Traces {
	t.Helper()
	once.Do(func() { shipped = workloadtest.Traces(t, "../workload", "deepseek-v2-lite_esft") })
	return shipped
}

var (
	once    sync.Once
	shipped workload.Traces
)

// recorded is DeepSeek-V2-Lite at batch 1 on a desktop, from its real trace.
func recorded(t *testing.T, name policy.Name) scenario.Scenario {
	t.Helper()
	p, ok := scenario.PresetNamed("deepseek-trace")
	m, known := scenario.MachineNamed("desktop-4090")
	if !ok || !known {
		t.Fatal("no such preset")
	}
	s := p.Scenario
	s.Traces = traces(t)
	s.Machine, s.Strategy = m.Machine, s.Strategy.As(name)
	s.Workload.Batch, s.Workload.OutputTokens = 1, 24
	if s.Strategy.NearData() {
		s.Machine.Device = scenario.Default().Machine.Device
		s.Machine.Device.Stacked = s.Strategy.Home == policy.InStack
	}
	return s
}

func done(t *testing.T, s scenario.Scenario) report.Report {
	t.Helper()
	return run(t, s, probe.Probe{})
}

// changed runs s as it is, and with a change.
func changed(t *testing.T, s scenario.Scenario, change func(*scenario.Scenario)) (before, after report.Report) {
	t.Helper()
	before = done(t, s)
	change(&s)
	return before, done(t, s)
}

func in(r report.Report) unit.Bytes { return r.Resources[probe.LinkIn].Bytes }

func TestEverySystemSaysWhatItDoesAndWhoseItIs(t *testing.T) {
	for _, x := range policy.Systems() {
		if x.Title == "" || x.Text == "" || x.Source == "" {
			t.Errorf("%s: %+v", x.Name, x)
		}
		if err := recorded(t, x.Name).Validate(); err != nil {
			t.Errorf("%s: %v", x.Name, err)
		}
	}
}

func TestPreGatedMoEHidesTransfersThatOnDemandWaitsFor(t *testing.T) {
	ahead, demand := changed(t, recorded(t, "Pre-gated MoE"), func(s *scenario.Scenario) { s.Strategy.Transfer = policy.Block })
	if ahead.Latency >= demand.Latency || in(ahead) != in(demand) {
		t.Errorf("ahead %v with %d bytes, on demand %v with %d", ahead.Latency, in(ahead), demand.Latency, in(demand))
	}
}

func TestZeROInferenceMovesEveryExpertOfEveryLayer(t *testing.T) {
	s := recorded(t, "ZeRO-Inference")
	if got, want := in(done(t, s)), 24*s.Model.AllExpertBytes(); got != want {
		t.Errorf("%d bytes, want %d", got, want)
	}
}

func TestACacheMovesAsManyExpertsAsItMisses(t *testing.T) {
	for _, name := range []policy.Name{"Expert Buffering", "Mixtral-offloading", "MoE-Infinity"} {
		s := recorded(t, name)
		s.Strategy.Predictor.Name = predict.Nothing
		r := done(t, s)
		if c := r.Cache; c.Hits == 0 || in(r) != unit.Bytes(c.Misses)*s.Model.ExpertBytes() {
			t.Errorf("%s: %+v, %d bytes", name, *c, in(r))
		}
	}
}

func TestALargerCacheMovesLess(t *testing.T) {
	for _, name := range []policy.Name{"Mixtral-offloading", "ProMoE", "HOBBIT", "MoE-APEX", "EdgeMoE", "MoE-Infinity", "HybriMoE"} {
		s := recorded(t, name)
		s.Strategy.CacheShare = 0.1
		small, large := changed(t, s, func(s *scenario.Scenario) { s.Strategy.CacheShare = 0.6 })
		if large.Latency >= small.Latency || large.Cache.HitRate <= small.Cache.HitRate {
			t.Errorf("%s: %v at %.2f hits, %v at %.2f", name, small.Latency, small.Cache.HitRate, large.Latency, large.Cache.HitRate)
		}
	}
}

func TestProMoEsChunksLetWrongPredictionsGo(t *testing.T) {
	s := recorded(t, "ProMoE")
	s.Strategy.Predictor.Accuracy = 0.3
	chunked, whole := changed(t, s, func(s *scenario.Scenario) { s.Strategy.Prefetch.Chunks = 1 })
	if chunked.Latency >= whole.Latency {
		t.Errorf("in chunks %v, whole %v", chunked.Latency, whole.Latency)
	}
}

func TestABetterPredictorIsNoSlower(t *testing.T) {
	s := recorded(t, "ProMoE")
	s.Strategy.Predictor.Accuracy = 0.2
	poor, good := changed(t, s, func(s *scenario.Scenario) { s.Strategy.Predictor.Accuracy = 1 })
	if good.Latency >= poor.Latency || good.Cache.Dropped > 0 {
		t.Errorf("right always: %v, %d dropped; right one time in five: %v", good.Latency, good.Cache.Dropped, poor.Latency)
	}
}

// FineMoE (2502.05370) matches a pass with past ones as it goes.
func TestFineMoEsMapsExpectWhatIsAskedFor(t *testing.T) {
	s := recorded(t, "FineMoE")
	s.Workload.OutputTokens = 200
	c := done(t, s).Cache
	chance := float64(s.Model.TopK) / float64(s.Model.Experts)
	if right := float64(c.Used+c.Late) / float64(c.Prefetched+c.Late+c.Dropped); right < 4*chance {
		t.Errorf("%.2f of what was expected is asked for, by chance %.2f", right, chance)
	}
}

// HOBBIT's ablation: dynamic loading alone gains 1.19 to 1.57 times.
func TestHOBBITsTwinsMoveLessAndSkipAFewChoices(t *testing.T) {
	s := recorded(t, "HOBBIT")
	s.Strategy.Predictor.Name = predict.Nothing
	twins, whole := changed(t, s, func(s *scenario.Scenario) { s.Strategy.Precision.Twins = false })
	gain := float64(whole.Latency) / float64(twins.Latency)
	choices := float64(twins.Cache.Hits + twins.Cache.Misses + twins.Cache.Skipped)
	if skipped := float64(twins.Cache.Skipped) / choices; gain < 1.1 || gain > 1.6 || skipped < 0.02 || skipped > 0.04 {
		t.Errorf("%.2f times as fast, %.3f skipped", gain, skipped)
	}
}

func TestEdgeMoEWaitsForFlash(t *testing.T) {
	r := done(t, recorded(t, "EdgeMoE"))
	if flash := r.Resources[probe.Flash]; 2*flash.Critical < r.Latency || r.Cache.Hits == 0 {
		t.Errorf("waits %v of %v for flash, %d hits", flash.Critical, r.Latency, r.Cache.Hits)
	}
}

// EdgeMoE (2308.14352): what matters little has few bits, and less is read.
func TestEdgeMoEReadsLessOfExpertsWithFewBits(t *testing.T) {
	s := recorded(t, "EdgeMoE")
	s.Strategy.Predictor.Name = predict.Nothing
	for _, f := range []scenario.Fidelity{scenario.Analytic, scenario.Event} {
		s.Fidelity = f
		few, whole := changed(t, s, func(s *scenario.Scenario) { s.Strategy.Precision.Fixed = 0 })
		flash := probe.Flash
		if few.Latency >= whole.Latency || few.Resources[flash].Bytes >= whole.Resources[flash].Bytes {
			t.Errorf("%s: %v with %d bytes read, of whole experts %v with %d", f, few.Latency, few.Resources[flash].Bytes, whole.Latency, whole.Resources[flash].Bytes)
		}
		if got, want := holds(few, "experts")+holds(few, "twins"), holds(whole, "experts")*5/8; got != want {
			t.Errorf("they take %d bytes, want %d: half of them a quarter", got, want)
		}
	}
}

func TestFiddlerComputesFewTokensOnTheCPUAndManyOnTheGPU(t *testing.T) {
	s := recorded(t, "Fiddler")
	s.Strategy.CacheShare = 0
	if r := done(t, s); r.HotExperts != 0 {
		t.Errorf("one token: %d experts moved", r.HotExperts)
	}
	s.Workload.Phase, s.Workload.InputTokens, s.Workload.Batch = workload.Prefill, 4096, 4
	r := done(t, s)
	var active int64
	for _, l := range r.Layers {
		active += l.Active
	}
	if r.HotExperts < active/2 {
		t.Errorf("16,384 tokens: %d of %d experts moved", r.HotExperts, active)
	}
}

func TestKTransformersDefersWorkBesideTheNextBlock(t *testing.T) {
	deferred, plain := changed(t, recorded(t, "KTransformers"), func(s *scenario.Scenario) { s.Strategy.Deferred = 0 })
	cpu := probe.CPU
	if deferred.Latency >= plain.Latency || deferred.Resources[cpu].Busy != plain.Resources[cpu].Busy {
		t.Errorf("deferred %v (CPU %v), not %v (CPU %v)", deferred.Latency, deferred.Resources[cpu].Busy, plain.Latency, plain.Resources[cpu].Busy)
	}
}

func TestHybriMoEsTimelinesBeatEitherEnd(t *testing.T) {
	s := recorded(t, "HybriMoE")
	s.Strategy.Predictor.Name = predict.Nothing
	both := done(t, s)
	for _, only := range []policy.Missed{policy.Fetched, policy.AtHome} {
		s.Strategy.Missed = only
		if r := done(t, s); both.Latency >= r.Latency {
			t.Errorf("timelines %v, %s alone %v", both.Latency, only, r.Latency)
		}
	}
}

func TestLlamaCppsBlocksOnTheGPUNeedNoCPU(t *testing.T) {
	s := recorded(t, "llama.cpp")
	s.Strategy.Held = 20
	r := done(t, s)
	for i, l := range r.Layers {
		if l.MoE && (l.Busy[probe.CPU] == 0) != (i >= len(r.Layers)-20) {
			t.Errorf("block %d: CPU busy %v", i, l.Busy[probe.CPU])
		}
	}
	if held := r.Memory[0].Items[len(r.Memory[0].Items)-1]; held.Bytes != 20*unit.Bytes(s.Model.Experts)*s.Model.ExpertBytes() {
		t.Errorf("%s takes %d", held.Name, held.Bytes)
	}
}

func TestKlotskisBatchesShareWeights(t *testing.T) {
	s := recorded(t, "Klotski")
	s.Strategy.Predictor.Name = predict.Nothing
	s.Workload.Routing.Source, s.Workload.Batch, s.Workload.OutputTokens = workload.Measured, 16, 4
	eight, one := changed(t, s, func(s *scenario.Scenario) { s.Strategy.Batching.Micro = 1 })
	if eight.Tokens != 8*one.Tokens || eight.TokensPerSecond < 1.5*one.TokensPerSecond || in(eight) >= 8*in(one) {
		t.Errorf("eight batches: %.1f tokens/s, %d bytes; one: %.1f, %d", eight.TokensPerSecond, in(eight), one.TokensPerSecond, in(one))
	}
}

// MoE-Lightning (2411.11217): the CPU attends beside the GPU, and weights come meanwhile.
func TestMoELightningAttendsOnTheCPUBesideStreamedWeights(t *testing.T) {
	s := recorded(t, "MoE-Lightning")
	s.Workload.Routing.Source, s.Workload.Batch, s.Workload.InputTokens, s.Workload.OutputTokens = workload.Measured, 16, 4096, 4
	r := done(t, s)
	if got, want := in(r), 4*s.Model.AllExpertBytes(); got != want {
		t.Errorf("%d bytes came, want %d: every expert once a step", got, want)
	}
	cpu, link := r.Resources[probe.CPU], r.Resources[probe.LinkIn]
	if cpu.Busy == 0 || cpu.Busy+link.Busy < r.Latency+r.Latency/4 {
		t.Errorf("in %v the CPU attends %v and weights move %v: hardly beside each other", r.Latency, cpu.Busy, link.Busy)
	}
	if holds(r, "KV cache") == 0 || slices.ContainsFunc(r.Memory[0].Items, func(i report.Item) bool { return i.Name == "KV cache" }) {
		t.Errorf("the key-value cache is not in the host's memory alone: %+v", r.Memory)
	}
	one := s
	one.Strategy.Batching.Micro = 1
	if few := done(t, one); r.TokensPerSecond < 4*few.TokensPerSecond {
		t.Errorf("14 micro-batches: %.1f tokens/s, one: %.1f", r.TokensPerSecond, few.TokensPerSecond)
	}
}

// 2512.04476 and DAOP: what the prompt asks for moves once, and stays.
func TestWhatThePromptAsksForMovesOnceAndStaysOnTheGPU(t *testing.T) {
	for _, name := range []policy.Name{"DAOP", "CXL-NDP"} {
		s := recorded(t, name)
		s.Workload.Phase, s.Workload.InputTokens = workload.Generate, 64
		s.Workload.Routing.Source = workload.Measured
		chosen, none := changed(t, s, func(s *scenario.Scenario) { s.Strategy.CachePrompt = false })
		moved := in(chosen) - chosen.Resources[probe.LinkOut].Bytes // less what AMove brings back
		if want := unit.Bytes(chosen.Cache.Slots) * s.Model.ExpertBytes(); moved != want {
			t.Errorf("%s: %d bytes of weights moved, want %d: each slot once", name, moved, want)
		}
		if chosen.Cache.HitRate < 0.2 || none.Cache.Hits > 0 || chosen.TPOT.Mean >= none.TPOT.Mean {
			t.Errorf("%s: %v a token at %.2f hits, without %v", name, chosen.TPOT.Mean, chosen.Cache.HitRate, none.TPOT.Mean)
		}
	}
}

// 2512.04476: near the data, 3 bits take 5.3 times less, if the arrays keep up. MoNDE's
// take as many weights a cycle as bf16 brings, so they alone gain nothing.
func TestContextAwareNDPComputesReplicasOfFewBits(t *testing.T) {
	s := recorded(t, "CXL-NDP")
	s.Machine.Device.NDP.Arrays *= 8
	few, whole := changed(t, s, func(s *scenario.Scenario) { s.Strategy.Precision.Twins = false })
	ndp := probe.NDP
	if gain := float64(whole.Resources[ndp].Busy) / float64(few.Resources[ndp].Busy); gain < 4 || gain > 5.4 {
		t.Errorf("the NDP core is busy for %v, with whole experts for %v", few.Resources[ndp].Busy, whole.Resources[ndp].Busy)
	}
}

func TestPopularExpertsStayOnTheGPU(t *testing.T) {
	for _, name := range []policy.Name{"Fiddler"} {
		warm, cold := changed(t, recorded(t, name), func(s *scenario.Scenario) { s.Strategy.Cache.Warm = false })
		if warm.Cache.HitRate < 0.3 || cold.Cache.HitRate > 0.3 || warm.Latency >= cold.Latency {
			t.Errorf("%s: warm %v at %.2f hits, cold %v at %.2f", name, warm.Latency, warm.Cache.HitRate, cold.Latency, cold.Cache.HitRate)
		}
	}
}

func TestDynaNDEsSplitIsNoSlowerThanTheFormula(t *testing.T) {
	s := recorded(t, "DynaNDE")
	s.Strategy.CacheShare = 0
	exact, formula := changed(t, s, func(s *scenario.Scenario) { s.Strategy.AlphaMode = policy.Auto })
	if float64(exact.Latency) > 1.001*float64(formula.Latency) {
		t.Errorf("searched %v, by the formula %v", exact.Latency, formula.Latency)
	}
}

// Duplex (2409.01141): the logic die for few tokens, the GPU for many, nothing over the link.
func TestDuplexComputesFewTokensOnTheLogicDie(t *testing.T) {
	s := recorded(t, "Duplex")
	m, _ := scenario.MachineNamed("h100-duplex")
	s.Machine, s.Workload.OutputTokens = m.Machine, 4
	s.Workload.Routing.Source = workload.Measured
	near := func(batch int) float64 { // share of active experts
		s.Workload.Batch = batch
		var there, active int64
		both := run(t, s, probe.Probe{Span: func(x probe.Span) {
			if x.Resource == probe.NDP {
				there++
			}
		}})
		if in(both) > 0 || both.Resources[probe.LinkOut].Bytes > 0 {
			t.Errorf("batch %d: %d bytes crossed the link", batch, in(both))
		}
		for _, l := range both.Layers {
			active += l.Active
		}
		for _, other := range []policy.Missed{policy.Fetched, policy.AtHome} {
			alone := s
			if alone.Strategy.Missed = other; other == policy.Fetched {
				alone.Strategy.Home = policy.InGPU
			}
			if r := done(t, alone); float64(both.Latency) > 1.05*float64(r.Latency) {
				t.Errorf("batch %d: both take %v, %q alone %v", batch, both.Latency, other, r.Latency)
			}
		}
		return float64(there) / float64(active)
	}
	if few, many := near(4), near(2048); few < 0.9 || many > 0.7 {
		t.Errorf("of 4 tokens' experts the logic die computes %.2f, of 2,048's %.2f", few, many)
	}
}

// Towards MoE Deployment (2303.06182): static gating computes experts × capacity × tokens.
func TestStaticGatingComputesItsCapacity(t *testing.T) {
	s := recorded(t, policy.Ideal)
	s.Workload.Phase, s.Workload.InputTokens, s.Workload.Batch = workload.Prefill, 512, 1
	s.Strategy.Batching.Capacity = 0.5
	r := done(t, s)
	for _, l := range r.Layers {
		for id, n := range l.Tokens {
			if n != 256 {
				t.Fatalf("expert %d computes %d tokens, want 256", id, n)
			}
		}
	}
}
