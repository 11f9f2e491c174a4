package system_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"monde/core/gpu"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/unit"
	"monde/core/workload"
)

// drawTransfer draws what draw does not: whole blocks of experts that are moved, on
// demand or ahead, in every style and with floors.
func drawTransfer(t *rapid.T) scenario.Scenario {
	s := draw(t)
	s.Strategy = s.Strategy.As(policy.GPUPM)
	s.Strategy.Transfer = rapid.SampledFrom(policy.Transfers()).Draw(t, "any transfer")
	s.Strategy.Fetch = rapid.SampledFrom([]policy.Fetch{policy.Active, policy.Every}).Draw(t, "fetch")
	g := &s.Machine.GPU
	g.Experts = rapid.SampledFrom([]gpu.Style{gpu.Looped, gpu.Grouped, gpu.Fused}).Draw(t, "style")
	g.Floor = unit.Time(rapid.IntRange(0, 1e9).Draw(t, "floor"))
	g.MoEFloor = unit.Time(rapid.IntRange(0, 1e9).Draw(t, "moe floor"))
	return s
}

func TestEveryTransferKeepsTheInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawTransfer(t)
		checkMoved(t, s, runChecked(t, s, false))
	})
}

// checkMoved: the bytes over the link are those of active experts, or of all in every
// pass that fetches all.
func checkMoved(t *rapid.T, s scenario.Scenario, r report.Report) {
	all := s.Strategy.Fetch == policy.Every && s.Strategy.Whole()
	for i, l := range r.Layers {
		moved := l.H
		if all && l.MoE {
			moved = int64(l.Passes) * int64(s.Model.Experts)
		}
		if want := unit.Bytes(moved) * s.Model.ExpertBytes(); l.LinkIn != want || l.LinkOut != 0 {
			t.Fatalf("layer %d: %d B came in, want %d; %d went out", i, l.LinkIn, want, l.LinkOut)
		}
	}
}

// decoding is a few steps of a small model on the box of the Pre-gated measurements.
func decoding(t *testing.T, transfer policy.Transfer) scenario.Scenario {
	t.Helper()
	p, ok := scenario.MachineNamed("a100-fp32")
	if !ok {
		t.Fatal("no machine")
	}
	s := scenario.Default()
	base, _ := scenario.PresetNamed("switch-base-encoder")
	s.Model, s.Machine = base.Scenario.Model, p.Machine
	s.Workload.Phase, s.Workload.Batch, s.Workload.OutputTokens = workload.Decoder, 4, 3
	s.Strategy = s.Strategy.As(policy.GPUPM)
	s.Strategy.Transfer = transfer
	return s
}

func TestAPrefetchIsNeverSlowerThanOnDemandNorFasterThanNoTransfer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawTransfer(t)
		latency := func(name policy.Name, transfer policy.Transfer) unit.Time {
			s.Strategy = s.Strategy.As(name)
			s.Strategy.Transfer = transfer
			r, err := system.Run(context.Background(), s, probe.Probe{})
			if err != nil {
				t.Fatal(err)
			}
			return r.Latency
		}
		ideal, ahead, demand := latency(policy.Ideal, policy.Block), latency(policy.GPUPM, policy.Ahead), latency(policy.GPUPM, policy.Block)
		if ahead > demand || !s.Machine.GPU.Eager && ideal > ahead {
			t.Fatalf("ideal %d ps, ahead %d, on demand %d", ideal, ahead, demand)
		}
	})
}

// moves returns the transfers of the first pass.
func moves(t *testing.T, s scenario.Scenario) (all []probe.Span, r report.Report) {
	t.Helper()
	r = run(t, s, probe.Probe{Span: func(x probe.Span) {
		if x.Work == probe.PMove && x.Pass == 0 {
			all = append(all, x)
		}
	}})
	return all, r
}

// The link idles from the end of one transfer to the beginning of the next on demand;
// ahead, it does not.
func TestAPrefetchBeginsWhenTheTransferBeforeHasCome(t *testing.T) {
	ahead, _ := moves(t, decoding(t, policy.Ahead))
	if len(ahead) != 11 { // every second block of twelve, the first without a prefetch
		t.Fatalf("%d transfers", len(ahead))
	}
	for i := 1; i < len(ahead); i += 2 {
		before, early, late := ahead[i-1], ahead[i], ahead[i+1]
		if early.Start != before.End || early.Layer != late.Layer || early.Layer != before.Layer+2 || late.Start < early.End {
			t.Errorf("after %+v: ahead %+v, the rest %+v", before, early, late)
		}
	}
}

func TestAPrefetchSavesWhatTheLinkIsNotWaitedFor(t *testing.T) {
	demand, whole := moves(t, decoding(t, policy.Block))
	ahead, hidden := moves(t, decoding(t, policy.Ahead))
	sum := func(spans []probe.Span) (all unit.Time) {
		for _, x := range spans {
			all += x.End - x.Start
		}
		return all
	}
	if len(demand) != 6 || sum(ahead) != sum(demand) {
		t.Errorf("transfers take %d ps ahead, %d in %d on demand", sum(ahead), sum(demand), len(demand))
	}
	a, d := hidden.Resources[probe.LinkIn], whole.Resources[probe.LinkIn]
	if a.Busy != d.Busy || a.Bytes != d.Bytes {
		t.Errorf("the link carries %d B in %d ps ahead, %d B in %d on demand", a.Bytes, a.Busy, d.Bytes, d.Busy)
	}
	if saved := whole.Latency - hidden.Latency; saved <= 0 || saved != d.Critical-a.Critical {
		t.Errorf("%d ps are saved, the link is waited for %d less", saved, d.Critical-a.Critical)
	}
}

// Shared experts compute while weights come, so what they take hides nothing more.
func TestSharedExpertsBesideATransferHideNothingOfTheNext(t *testing.T) {
	p, _ := scenario.PresetNamed("deepseek-trace")
	s := p.Scenario
	s.Workload.OutputTokens = 1
	s.Workload.Routing.Source = workload.Uniform
	s.Strategy = s.Strategy.As(policy.GPUPM)
	s.Strategy.Transfer = policy.Ahead
	all, r := moves(t, s)
	var end, busy unit.Time
	for _, x := range all {
		if x.Start < end {
			t.Fatalf("a transfer begins at %d, but the link is taken until %d", x.Start, end)
		}
		end, busy = x.End, busy+x.End-x.Start
	}
	if busy != r.Resources[probe.LinkIn].Busy || busy > r.Latency {
		t.Errorf("the link is busy %d ps of %d, its spans %d", r.Resources[probe.LinkIn].Busy, r.Latency, busy)
	}
}

func TestTheFirstTransferOfAPassHasNothingToHideBehind(t *testing.T) {
	first := func(transfer policy.Transfer) (x probe.Span) {
		run(t, decoding(t, transfer), probe.Probe{Span: func(y probe.Span) {
			if y.Work == probe.PMove && y.Layer == 1 && y.Pass == 1 && x.End == 0 {
				x = y
			}
		}})
		return x
	}
	a, b := first(policy.Ahead), first(policy.Block)
	if a.End-a.Start != b.End-b.Start || a.End == 0 {
		t.Errorf("ahead %d ps, on demand %d", a.End-a.Start, b.End-b.Start)
	}
}

func TestOnDemandWaitsForEveryExpertOfABlock(t *testing.T) {
	s := layer(t, policy.GPUPM, 40, 8, 1)
	s.Strategy.Transfer = policy.Block
	for _, style := range []gpu.Style{gpu.Looped, gpu.Grouped} {
		s.Machine.GPU.Experts = style
		var move, compute []probe.Span
		r := run(t, s, probe.Probe{Span: func(x probe.Span) {
			if x.Work == probe.PMove {
				move = append(move, x)
			} else {
				compute = append(compute, x)
			}
		}})
		if len(move) != 1 || len(compute) != map[gpu.Style]int{gpu.Looped: 3, gpu.Grouped: 1}[style] || compute[0].Start != move[0].End {
			t.Errorf("%s: moves %+v, computes %+v", style, move, compute)
		}
		near(t, "three experts at 32 GB/s", move[0].End, 3*524.288, 0.01)
		if sum := r.Resources[probe.LinkIn].Busy + r.Resources[probe.GPU].Busy; r.Latency != sum {
			t.Errorf("%s: %d ps, transfer and compute are %d", style, r.Latency, sum)
		}
	}
}

func TestFetchingAllMovesEveryExpertAndComputesTheActiveOnes(t *testing.T) {
	s := layer(t, policy.GPUPM, 3, 1)
	s.Strategy.Transfer, s.Strategy.Fetch = policy.Block, policy.Every
	all := run(t, s, probe.Probe{})
	s.Strategy.Fetch = policy.Active
	active := run(t, s, probe.Probe{})
	if want := unit.Bytes(s.Model.Experts) * s.Model.ExpertBytes(); all.Resources[probe.LinkIn].Bytes != want {
		t.Errorf("%d B were moved, want %d", all.Resources[probe.LinkIn].Bytes, want)
	}
	if all.HotExperts != 2 || all.Resources[probe.GPU].Busy != active.Resources[probe.GPU].Busy {
		t.Errorf("%d experts were computed in %d ps, want 2 in %d", all.HotExperts, all.Resources[probe.GPU].Busy, active.Resources[probe.GPU].Busy)
	}
	near(t, "what more is moved", all.Latency-active.Latency, 126*524.288, 0.01)
}

func TestExpertByExpertOnlyActiveOnesAreFetched(t *testing.T) {
	for _, transfer := range []policy.Transfer{policy.Serial, policy.Overlap} {
		s := layer(t, policy.GPUPM, 3, 1)
		s.Strategy.Transfer, s.Strategy.Fetch = transfer, policy.Every
		if got := run(t, s, probe.Probe{}).Resources[probe.LinkIn].Bytes; got != 2*s.Model.ExpertBytes() {
			t.Errorf("%s: %d B", transfer, got)
		}
	}
}

func TestBlocksInClosedFormAndInEventsAgree(t *testing.T) {
	for _, transfer := range []policy.Transfer{policy.Block, policy.Ahead} {
		for _, fetch := range []policy.Fetch{policy.Active, policy.Every} {
			s := decoding(t, transfer)
			s.Strategy.Fetch = fetch
			e := run(t, s, probe.Probe{})
			s.Fidelity = scenario.Analytic
			if a := run(t, s, probe.Probe{}); a.Latency != e.Latency || a.Resources[probe.LinkIn].Busy != e.Resources[probe.LinkIn].Busy {
				t.Errorf("%s %s: %d ps in closed form, %d in events", transfer, fetch, a.Latency, e.Latency)
			}
		}
	}
}

// Eagerly, the host launches experts beside the transfer that they wait for.
func TestBlocksLaunchedEagerlyAgreeWithinATenthToo(t *testing.T) {
	for _, style := range []gpu.Style{gpu.Looped, gpu.Grouped} {
		for _, preset := range []string{"switch-base-encoder", "switch-large-encoder", "qwen3-generate"} {
			p, _ := scenario.PresetNamed(preset)
			s := p.Scenario
			s.Strategy = s.Strategy.As(policy.GPUPM)
			s.Strategy.Transfer, s.Workload.OutputTokens = policy.Block, 2
			s.Machine.GPU.Eager, s.Machine.GPU.Experts = true, style
			e := run(t, s, probe.Probe{})
			s.Fidelity = scenario.Analytic
			a := run(t, s, probe.Probe{})
			if ratio := float64(e.Latency) / float64(a.Latency); ratio < 0.9 || ratio > 1.1 {
				t.Errorf("%s %s: event takes %.3f of analytic", preset, style, ratio)
			}
		}
	}
}

func TestABlockInOneKernelIsLaunchedByNobodyTwice(t *testing.T) {
	s := eagerLayer(t, policy.GPUPM, 3, 2, 1)
	s.Strategy.Transfer, s.Machine.GPU.Experts = policy.Block, gpu.Grouped
	for _, f := range []scenario.Fidelity{scenario.Analytic, scenario.Event} {
		s.Fidelity = f
		if got := run(t, s, probe.Probe{}).Resources[probe.CPU].Busy; got != s.Machine.GPU.Start+s.Machine.Host.Sync {
			t.Errorf("%s: the host is busy %d ps", f, got)
		}
	}
}
