package system_test

import (
	"context"
	"errors"
	"testing"

	"monde/core/fault"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/unit"
	"monde/core/workload"
)

func run(t *testing.T, s scenario.Scenario, p probe.Probe) report.Report {
	t.Helper()
	r, err := system.Run(context.Background(), s, p)
	if err != nil {
		t.Fatalf("%s: %v", s.Strategy.Name, err)
	}
	return r
}

// layer returns one Switch-Large MoE layer with the given tokens per expert on
// the paper's machine.
func layer(t *testing.T, name policy.Name, counts ...int) scenario.Scenario {
	t.Helper()
	p, ok := scenario.PresetNamed("switch-large-encoder")
	if !ok {
		t.Fatal("no preset")
	}
	s := p.Scenario
	tokens := 0
	for _, n := range counts {
		tokens += n
	}
	s.Workload.Scope, s.Workload.Batch, s.Workload.InputTokens = workload.OneLayer, 1, tokens
	s.Workload.Routing = workload.Routing{Source: workload.Counts, Counts: [][]int{counts}}
	s.Strategy = s.Strategy.As(name)
	s.Machine.Link.Latency = 0
	s.Machine.Device.Command = 0
	s.Machine.Device.Stacked = s.Strategy.Home == policy.InStack
	return s
}

func near(t *testing.T, what string, got unit.Time, want, within float64) {
	t.Helper()
	if us := float64(got) / float64(unit.Microsecond); us < want-within || us > want+within {
		t.Errorf("%s takes %.3f us, want %.3f", what, us, want)
	}
}

// facts of MoNDE (DAC 2024) by hand: one Switch-Large expert is 16.78 MB.
func TestHandComputedTimesOfOneSwitchExpert(t *testing.T) {
	spans := map[probe.Work]unit.Time{}
	p := probe.Probe{Span: func(s probe.Span) { spans[s.Work] += s.End - s.Start }}
	run(t, layer(t, policy.GPUPM, 1), p)
	near(t, "PMove at 32 GB/s", spans[probe.PMove], 524.288, 0.001)

	clear(spans)
	run(t, layer(t, policy.MDAM, 1), p)
	near(t, "an NDP weight pass at 512 GB/s", spans[probe.Expert], 32.768, 0.001)
	near(t, "AMove out of one token at 32 GB/s", spans[probe.AMoveOut], 0.064, 0.001)
	near(t, "AMove back of one token at 32 GB/s", spans[probe.AMoveIn], 0.064, 0.001)
}

func TestAnNDPExpertCostsOneWeightPassForEveryFourTokens(t *testing.T) {
	for _, tt := range []struct{ tokens, passes int }{{1, 1}, {4, 1}, {5, 2}, {8, 2}, {16, 4}, {64, 16}} {
		r := run(t, layer(t, policy.MDAM, tt.tokens), probe.Probe{})
		near(t, "the expert", r.Resources[probe.NDP].Busy, 32.768*float64(tt.passes), 0.001*float64(tt.passes))
	}
}

func TestA128ExpertLayerMovesIn67Milliseconds(t *testing.T) {
	counts := make([]int, 128)
	for i := range counts {
		counts[i] = 1
	}
	r := run(t, layer(t, policy.GPUPM, counts...), probe.Probe{})
	near(t, "PMove of 128 experts", r.Resources[probe.LinkIn].Busy, 67_108.864, 0.2)
	if want := unit.Bytes(128 * 2 * 1024 * 4096 * 2); r.Resources[probe.LinkIn].Bytes != want {
		t.Errorf("%d B crossed the link, want %d", r.Resources[probe.LinkIn].Bytes, want)
	}
	r = run(t, layer(t, policy.MDAM, counts...), probe.Probe{})
	near(t, "the NDP reading 128 experts", r.Resources[probe.NDP].Busy, 4_194.304, 0.2)
}

func TestSerialTransferAddsAndOverlapHides(t *testing.T) {
	s := layer(t, policy.GPUPM, 512, 512, 512)
	s.Strategy.Transfer = policy.Serial
	serial := run(t, s, probe.Probe{})
	s.Strategy.Transfer = policy.Overlap
	overlap := run(t, s, probe.Probe{})
	if want := serial.Resources[probe.LinkIn].Busy + serial.Resources[probe.GPU].Busy; serial.Latency != want {
		t.Errorf("serial takes %d ps, want the sum of transfer and compute, %d", serial.Latency, want)
	}
	last := overlap.Resources[probe.GPU].Busy / 3
	if want := overlap.Resources[probe.LinkIn].Busy + last; overlap.Latency != want {
		t.Errorf("overlapped takes %d ps, want all transfers and the last compute, %d", overlap.Latency, want)
	}
}

// A PMove in flight must not hold up AMove's results longer than a chunk.
func TestAMoveResultsOvertakePMoveAtTheNextChunk(t *testing.T) {
	s := layer(t, policy.MDLB, 64, 1)
	s.Strategy.AlphaMode, s.Strategy.Alpha, s.Strategy.MinHot = policy.Fixed, 0, 1
	var back, cold probe.Span
	moves := 0
	run(t, s, probe.Probe{Span: func(x probe.Span) {
		switch {
		case x.Work == probe.AMoveIn:
			back = x
		case x.Resource == probe.NDP:
			cold = x
		case x.Work == probe.PMove:
			moves++
		}
	}})
	chunk := unit.BytesPerSecond(32e9).Transfer(s.Machine.Link.Chunk)
	if wait := back.Start - cold.End; wait < 0 || wait > chunk {
		t.Errorf("results waited %d ps behind a PMove, want at most a chunk, %d", wait, chunk)
	}
	if moves != 2 {
		t.Errorf("the PMove ran in %d stretches, want 2: before and after", moves)
	}
}

func TestAnUnknownPhaseForAModelIsRefusedByPath(t *testing.T) {
	s := scenario.Default()
	s.Workload.Phase = workload.Prefill
	_, err := system.Run(context.Background(), s, probe.Probe{})
	if f := fault.Fields(err); len(f) != 1 || f[0].Path != "workload.phase" {
		t.Errorf("got %v, want a fault at workload.phase", err)
	}
}

func TestACancelledRunStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := scenario.Default()
	layers := 0
	_, err := system.Run(ctx, s, probe.Probe{Progress: func(probe.Progress) {
		if layers++; layers == 3 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || layers != 3 {
		t.Errorf("after cancel in layer 3: %d layers, %v", layers, err)
	}
}

func TestGenerateSplitsIntoFirstTokenAndTheRest(t *testing.T) {
	p, _ := scenario.PresetNamed("qwen3-generate")
	s := p.Scenario
	s.Workload.OutputTokens = 5
	r := run(t, s, probe.Probe{})
	if r.TPOT == nil || r.TPOT.Count != 4 {
		t.Fatalf("TPOT is %+v, want 4 steps after the first token", r.TPOT)
	}
	if sum := r.TTFT + 4*r.TPOT.Mean; sum > r.Latency || r.Latency-sum > 4 {
		t.Errorf("TTFT %d and 4 steps of %d do not add up to %d", r.TTFT, r.TPOT.Mean, r.Latency)
	}
	if want := int64(8*512 + 5*8); r.Tokens != want {
		t.Errorf("%d tokens were processed, want %d", r.Tokens, want)
	}
}

// The closed forms are exact while transfers are the longer stage; where compute
// is, or shared experts delay it, the event queue finds orders that they miss.
func TestClosedFormsAndEventsAgreeWithinATenth(t *testing.T) {
	for _, p := range scenario.Presets() {
		for _, name := range policy.Names() {
			s := p.Scenario
			s.Strategy = s.Strategy.As(name)
			s.Workload.OutputTokens = 2
			if s.Validate() != nil || s.Workload.Routing.Source == workload.TraceOf {
				continue
			}
			e := run(t, s, probe.Probe{})
			s.Fidelity = scenario.Analytic
			a := run(t, s, probe.Probe{})
			if ratio := float64(e.Latency) / float64(a.Latency); ratio < 0.9 || ratio > 1.1 {
				t.Errorf("%s %s: event takes %.3f of analytic", p.Name, name, ratio)
			}
		}
	}
}
