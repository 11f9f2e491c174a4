package system_test

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/fault"
	"monde/core/gpu"
	"monde/core/link"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/policy/place"
	"monde/core/policy/predict"
	"monde/core/policy/replace"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/unit"
	"monde/core/workload"
)

// draw draws a valid scenario of every kind, small enough to run often.
func draw(t *rapid.T) scenario.Scenario {
	s := scenario.Default()
	models, machines := model.Presets(), scenario.MachinePresets()
	s.Model = models[rapid.IntRange(0, len(models)-1).Draw(t, "model")].Spec
	s.Machine = machines[rapid.IntRange(0, len(machines)-1).Draw(t, "machine")].Machine
	s.Machine.GPUs = 0 // drawSpread draws several
	phases := []workload.Phase{workload.Prefill, workload.Decode, workload.Generate}
	if s.Model.Encoder.Blocks > 0 {
		phases = []workload.Phase{workload.Encoder, workload.Decoder, workload.Generate}
	}
	s.Workload.Phase = rapid.SampledFrom(phases).Draw(t, "phase")
	s.Workload.Batch = rapid.IntRange(1, 8).Draw(t, "batch")
	s.Workload.InputTokens = rapid.IntRange(1, 64).Draw(t, "input")
	s.Workload.OutputTokens = rapid.IntRange(1, 3).Draw(t, "output")
	s.Workload.Routing.Source = rapid.SampledFrom([]workload.Source{
		workload.Measured, workload.LogNormal, workload.Dirichlet, workload.Zipf, workload.Uniform,
	}).Draw(t, "routing")
	s.Strategy = s.Strategy.As(rapid.SampledFrom(policy.Names()).Draw(t, "strategy"))
	if s.Strategy.Home == policy.OnFlash {
		desktop, _ := scenario.MachineNamed("desktop-4090")
		s.Machine.Flash = desktop.Machine.Flash
	}
	if s.Strategy.Home == policy.InStack {
		duplex, _ := scenario.MachineNamed("h100-duplex")
		s.Machine.Device = duplex.Machine.Device
	}
	mix(t, &s.Strategy)
	if rapid.Bool().Draw(t, "twins") {
		s.Strategy.Precision.Twins, s.Strategy.Precision.Fixed = rapid.Bool().Draw(t, "by gate"), 0.5
	}
	if s.Strategy.Deferred == 0 {
		s.Strategy.Attention = rapid.SampledFrom(policy.Attentions()).Draw(t, "attention")
	}
	s.Strategy.Batching.Micro = max(s.Strategy.Batching.Micro, rapid.IntRange(1, 3).Draw(t, "micro-batches"))
	s.Strategy.Transfer = rapid.SampledFrom([]policy.Transfer{policy.Serial, policy.Overlap}).Draw(t, "transfer")
	s.Strategy.AlphaMode = rapid.SampledFrom([]policy.AlphaMode{policy.Fixed, policy.Auto, policy.Exact}).Draw(t, "alpha_mode")
	s.Strategy.Alpha = rapid.Float64Range(0, 20).Draw(t, "alpha")
	s.Strategy.Profile = 2
	s.Machine.Link.Chunk = unit.Bytes(64 << rapid.IntRange(0, 34).Draw(t, "chunk"))
	s.Strategy.Staging = rapid.IntRange(2, 5).Draw(t, "staging")
	s.Machine.GPU.Eager = rapid.Bool().Draw(t, "eager")
	s.Fidelity = rapid.SampledFrom([]scenario.Fidelity{scenario.Analytic, scenario.Event}).Draw(t, "fidelity")
	s.Seed = uint64(rapid.IntRange(0, 1000).Draw(t, "seed"))
	return s
}

// mix puts any cache, predictor and prefetch onto a strategy that may have them.
func mix(t *rapid.T, s *policy.Spec) {
	if s.HasAll() || !rapid.Bool().Draw(t, "mixed") {
		return
	}
	s.Cache.Name = rapid.SampledFrom(replace.Names()[1:]).Draw(t, "cache")
	s.Cache.Scope = rapid.SampledFrom([]replace.Scope{replace.PerLayer, replace.Model}).Draw(t, "scope")
	s.CachePrompt = s.Cache.Name == replace.Static && rapid.Bool().Draw(t, "prompt")
	s.CacheShare = rapid.Float64Range(0, 1).Draw(t, "share")
	s.Cache.Warm = rapid.Bool().Draw(t, "warm")
	s.Predictor.Name = rapid.SampledFrom(predict.Names()).Draw(t, "predictor")
	s.Predictor.Accuracy = rapid.Float64Range(0, 1).Draw(t, "accuracy")
	s.Predictor.Latency = unit.Time(rapid.Int64Range(0, 1e9).Draw(t, "predicts in"))
	if s.Predictor.Distance = 1; s.Predictor.Name != predict.PreGate {
		s.Predictor.Distance = rapid.IntRange(1, 4).Draw(t, "distance")
	}
	s.Prefetch.Chunks = rapid.IntRange(1, 5).Draw(t, "chunks")
	s.First = rapid.SampledFrom(policy.Firsts()).Draw(t, "first")
}

func TestEveryRunKeepsTheInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := draw(t)
		noDevice := s.Strategy.NearData() && (s.Machine.Device.Count == 0 || s.Machine.Device.Stacked != (s.Strategy.Home == policy.InStack))
		checkTokens(t, s, runChecked(t, s, noDevice))
	})
}

// drawSpread draws a scenario whose experts are spread over GPUs.
func drawSpread(t *rapid.T) scenario.Scenario {
	s := draw(t)
	s.Strategy = s.Strategy.As(policy.Ideal)
	s.Machine.GPUs = rapid.IntRange(0, scenario.MaxGPUs).Draw(t, "gpus")
	s.Machine.Peer = link.Peer{
		Name: "any", Bandwidth: unit.BytesPerSecond(rapid.Int64Range(1e9, 1e13).Draw(t, "peer")), Efficiency: rapid.Float64Range(0.1, 1).Draw(t, "reached"),
		Latency: unit.Time(rapid.Int64Range(0, 1e9).Draw(t, "peer latency")),
	}
	s.Machine.GPU.Experts = rapid.SampledFrom([]gpu.Style{gpu.Looped, gpu.Grouped, gpu.Fused}).Draw(t, "style")
	s.Strategy.Placement = rapid.SampledFrom(append(place.Names(), "")).Draw(t, "placement")
	s.Strategy.Batching.Micro = rapid.IntRange(1, 3).Draw(t, "micro")
	s.Workload.Scope = rapid.SampledFrom([]workload.Scope{workload.WholeModel, workload.OneLayer}).Draw(t, "scope")
	if s.Workload.Phase == workload.Generate {
		s.Workload.Scope = workload.WholeModel
	}
	return s
}

func TestEveryRunOverSeveralGPUsKeepsTheInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpread(t)
		r := runChecked(t, s, false)
		checkSpread(t, s, r)
		if s.Workload.Scope == workload.WholeModel && !s.Several() {
			checkTokens(t, s, r)
		}
		other := s
		other.Fidelity = scenario.Analytic
		if s.Fidelity == scenario.Analytic {
			other.Fidelity = scenario.Event
		}
		if o := runChecked(t, other, false); s.Several() && o.Latency != r.Latency {
			t.Fatalf("%s takes %d ps, %s %d", s.Fidelity, r.Latency, other.Fidelity, o.Latency)
		}
		s.Strategy.Batching.Capacity = rapid.Float64Range(0.01, 1).Draw(t, "capacity")
		runChecked(t, s, false)
	})
}

// INV-41: what GPUs send, they get back; no GPU gets more than its experts' tokens, of
// which it has its part already; and a fair share is the least that the busiest has.
func checkSpread(t *rapid.T, s scenario.Scenario, r report.Report) {
	if !s.Several() {
		if r.Placement != nil {
			t.Fatalf("one GPU: %+v", *r.Placement)
		}
		return
	}
	var routed int64
	for _, l := range r.Layers {
		for _, n := range l.Tokens {
			routed += n
		}
	}
	out, in := r.Resources[probe.LinkOut].Bytes, r.Resources[probe.LinkIn].Bytes
	if in != out || in <= 0 || in > unit.Bytes(routed)*s.Model.TokenBytes() {
		t.Fatalf("%d B out, %d in, of %d choices", out, in, routed)
	}
	if p := r.Placement; p.BusiestShare < 1/float64(p.Devices)-1e-9 || p.WorstShare < p.BusiestShare-1e-9 || p.WorstShare > 1 || p.Experts*p.Devices < s.Model.Experts {
		t.Fatalf("%+v", *p)
	}
}

// runChecked runs s and checks what holds for every run; s may be refused, or not.
func runChecked(t *rapid.T, s scenario.Scenario, refused bool) report.Report {
	var spans []probe.Span
	r, err := system.Run(context.Background(), s, probe.Probe{Span: func(x probe.Span) { spans = append(spans, x) }})
	if err != nil {
		if !fault.Is(err) || !refused {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	checkTimes(t, r)
	if s.Fidelity == scenario.Event {
		checkSpans(t, r, spans)
	}
	return r
}

// INV-3: no run beats its bound. INV-4: the critical path partitions the
// latency, in every layer and in all. INV-5: nothing is busy longer than it ran.
func checkTimes(t *rapid.T, r report.Report) {
	if r.Latency < r.Bound || r.Latency <= 0 {
		t.Fatalf("took %d ps, the bound is %d", r.Latency, r.Bound)
	}
	var critical, layers unit.Time
	for _, x := range r.Resources {
		critical += x.Critical
		if x.Busy > r.Latency || x.Critical > x.Busy {
			t.Fatalf("%s was busy %d ps and critical %d in a run of %d", x.Name, x.Busy, x.Critical, r.Latency)
		}
	}
	for i, l := range r.Layers {
		layers += l.Time
		var sum unit.Time
		for _, c := range l.Critical {
			sum += c
		}
		if sum != l.Time || l.Time < l.Bound {
			t.Fatalf("layer %d took %d ps, its critical parts are %d, its bound %d", i, l.Time, sum, l.Bound)
		}
	}
	if critical != r.Latency || layers > r.Latency {
		t.Fatalf("critical parts sum to %d, layers to %d, latency is %d", critical, layers, r.Latency)
	}
}

// INV-6: every token is routed to top-k experts in every MoE layer, and the bytes
// over the link are those of its experts and activations.
func checkTokens(t *rapid.T, s scenario.Scenario, r report.Report) {
	var in, out, layersIn unit.Bytes
	for i, l := range r.Layers {
		layersIn += l.LinkIn
		if !l.MoE {
			continue
		}
		var routed, moved int64
		for e := range l.Tokens {
			routed += l.Tokens[e]
			moved += l.Hot[e]
		}
		if want := passed(s, l) * int64(s.Model.TopK*s.Strategy.Batching.Micro); routed != want && !s.Strategy.Precision.Twins {
			t.Fatalf("layer %d routed %d token copies, want %d", i, routed, want)
		}
		if moved != l.H || l.H > l.Active {
			t.Fatalf("layer %d: H is %d, %d were moved, %d active", i, l.H, moved, l.Active)
		}
		in += unit.Bytes(moved) * s.Model.ExpertBytes()
		x := s.Strategy
		switch cached := x.Cache.Name != replace.NoCache || x.Held > 0; {
		case x.Home == policy.InStack:
		case x.Predictor.Name != predict.Nothing || x.Precision.Lowers(): // others than whole experts cross the link
			in += l.LinkIn - unit.Bytes(moved)*s.Model.ExpertBytes()
			out += l.LinkOut
		case !x.Ideal() && x.Missed == policy.AtHome && !cached:
			in += unit.Bytes(routed) * s.Model.TokenBytes()
			out += unit.Bytes(routed) * s.Model.TokenBytes()
		case !x.Ideal() && x.Missed != policy.Fetched:
			sent := l.LinkIn - unit.Bytes(moved)*s.Model.ExpertBytes()
			if sent != l.LinkOut || sent < 0 || sent > unit.Bytes(routed)*s.Model.TokenBytes() || sent%s.Model.TokenBytes() != 0 {
				t.Fatalf("layer %d: %d B of activations came in, %d went out", i, sent, l.LinkOut)
			}
			if l.H == 0 && !cached && sent != unit.Bytes(routed)*s.Model.TokenBytes() {
				t.Fatalf("layer %d moved no expert, but sent %d B", i, sent)
			}
			in += sent
			out += sent
		}
	}
	if s.Strategy.Predictor.Name != predict.Nothing || s.Strategy.CachePrompt {
		return // and blocks without experts
	}
	if got := r.Resources[probe.LinkIn].Bytes; got != in || layersIn != in {
		t.Fatalf("%d B came in over the link, layers say %d, experts and tokens %d", got, layersIn, in)
	}
	if got := r.Resources[probe.LinkOut].Bytes; got != out {
		t.Fatalf("%d B went out over the link, want %d", got, out)
	}
}

// passed returns how many tokens went through layer l in all passes.
func passed(s scenario.Scenario, l report.Layer) int64 {
	w := s.Workload
	input, steps := int64(w.Batch*w.InputTokens), int64(w.Batch*w.OutputTokens)
	pair := s.Model.Encoder.Blocks > 0
	switch w.Phase {
	case workload.Encoder, workload.Prefill:
		return input
	case workload.Decoder, workload.Decode:
		return steps
	}
	if !pair {
		return input + steps - int64(w.Batch) // prefill gives the first token
	}
	if l.Stack == "encoder" {
		return input
	}
	return steps
}

// INV-7: a resource does one thing at a time, and spans account for all of its
// busy time.
func checkSpans(t *rapid.T, r report.Report, spans []probe.Span) {
	var free, busy [probe.Resources]unit.Time
	var last unit.Time
	slices.SortStableFunc(spans, func(a, b probe.Span) int { // what came ahead of need is told after a layer
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	for _, s := range spans {
		if s.End < s.Start || s.Start < free[s.Resource] {
			t.Fatalf("%v %v from %d to %d, but it is taken until %d", s.Resource, s.Work, s.Start, s.End, free[s.Resource])
		}
		free[s.Resource] = s.End
		busy[s.Resource] += s.End - s.Start
		last = max(last, s.End)
	}
	if last != r.Latency {
		t.Fatalf("the last span ends at %d, the run at %d", last, r.Latency)
	}
	for i, x := range r.Resources {
		if busy[i] != x.Busy {
			t.Fatalf("spans of %s take %d ps, the report says %d", x.Name, busy[i], x.Busy)
		}
	}
}

func TestTheSameScenarioGivesTheSameReport(t *testing.T) {
	s := scenario.Default()
	a, b := run(t, s, probe.Probe{}), run(t, s, probe.Probe{Span: func(probe.Span) {}, Progress: func(probe.Progress) {}})
	if a.Spans != b.Spans || a.Latency != b.Latency {
		t.Error("two runs of one scenario differ")
	}
	s.Seed++
	if c := run(t, s, probe.Probe{}); c.Spans == a.Spans {
		t.Error("another seed gave the same spans")
	}
}

func BenchmarkNLLBEncoder(b *testing.B) {
	for _, name := range policy.Names() {
		b.Run(string(name), func(b *testing.B) {
			s := scenario.Default()
			s.Strategy = s.Strategy.As(name)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := system.Run(context.Background(), s, probe.Probe{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
