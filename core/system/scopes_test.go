package system_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/gpu"
	"monde/core/link"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// part returns one part of a block of Switch-Large on the measured box.
func part(t *testing.T, scope workload.Scope, name policy.Name, tokens int) scenario.Scenario {
	t.Helper()
	s := layer(t, name, tokens)
	p, ok := scenario.MachineNamed("h100-box")
	if !ok {
		t.Fatal("no machine")
	}
	s.Machine = p.Machine
	s.Workload.Scope = scope
	return s
}

// worked returns what was done, in order.
func worked(t *testing.T, s scenario.Scenario) (all []probe.Work, r report.Report) {
	t.Helper()
	r = run(t, s, probe.Probe{Span: func(x probe.Span) {
		if !slices.Contains(all, x.Work) {
			all = append(all, x.Work)
		}
	}})
	return all, r
}

func TestEveryPartOfABlockKeepsTheInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawTransfer(t)
		s.Strategy = s.Strategy.As(rapid.SampledFrom(policy.Names()).Draw(t, "any strategy"))
		s.Workload.Scope = rapid.SampledFrom(workload.Scopes()).Draw(t, "scope")
		runChecked(t, s, true) // but for no device, or both phases of a part
	})
}

func TestOneExpertIsItsKernelsAndNothingElse(t *testing.T) {
	for _, n := range []int{1, 5, 300} {
		s := part(t, workload.OneExpert, policy.Ideal, n)
		all, r := worked(t, s)
		m := s.Model
		want := gpu.New(s.Machine.GPU).FFN(gpu.FFN{DModel: m.DModel, DFF: m.ExpertFF, Gated: m.Gated, Bits: m.ExpertBits}, n).Time
		if r.Latency != want || !slices.Equal(all, []probe.Work{probe.Expert}) || r.Layers[0].Active != 1 {
			t.Errorf("%d tokens: %d ps of %v, its kernels take %d", n, r.Latency, all, want)
		}
	}
}

func TestOneExpertOnTheHostHasNoOperatorsAroundIt(t *testing.T) {
	s := part(t, workload.OneExpert, policy.CPUAM, 16)
	one := run(t, s, probe.Probe{})
	s.Workload.Scope = workload.OneLayer
	whole := run(t, s, probe.Probe{})
	if got, want := whole.Resources[probe.CPU].Busy-one.Resources[probe.CPU].Busy, unit.Time(s.Machine.Host.Operators)*s.Machine.Host.Operator; got != want {
		t.Errorf("operators take %d ps, want %d", got, want)
	}
}

func TestAttentionIsAttentionAlone(t *testing.T) {
	s := part(t, workload.Attending, policy.GPUPM, 128)
	all, r := worked(t, s)
	if !slices.Equal(all, []probe.Work{probe.Attention}) || r.Latency != r.Resources[probe.GPU].Busy || r.Resources[probe.LinkIn].Bytes != 0 {
		t.Errorf("%v in %d ps", all, r.Latency)
	}
	s.Strategy = s.Strategy.As(policy.Ideal)
	if other := run(t, s, probe.Probe{}); other.Latency != r.Latency {
		t.Error("attention depends on where experts are")
	}
}

func TestATransferIsALoneCopyOfOneExpert(t *testing.T) {
	for _, pageable := range []bool{false, true} {
		s := part(t, workload.OneCopy, policy.GPUPM, 64)
		s.Machine.Link.Latency, s.Machine.Link.Pageable = 3*unit.Microsecond, pageable
		all, r := worked(t, s)
		b := s.Model.ExpertBytes()
		if want := link.New(s.Machine.Link).Copy(b); r.Latency != want || r.Resources[probe.LinkIn].Bytes != b || !slices.Equal(all, []probe.Work{probe.PMove}) {
			t.Errorf("pageable %t: %d ps of %v, want %d", pageable, r.Latency, all, want)
		}
	}
}

func TestASmallCopyTakesTheHostsCalls(t *testing.T) {
	s := part(t, workload.OneCopy, policy.GPUPM, 1)
	s.Model.DModel, s.Model.ExpertFF = 8, 8
	if r := run(t, s, probe.Probe{}); r.Latency != s.Machine.Link.Submit {
		t.Errorf("%d ps, want %d", r.Latency, s.Machine.Link.Submit)
	}
}

func TestPartsOfABlockGiveNoToken(t *testing.T) {
	for _, scope := range workload.Scopes() {
		if !scope.Partial() {
			continue
		}
		r := run(t, part(t, scope, policy.Ideal, 4), probe.Probe{})
		if r.TTFT != 0 || r.TPOT != nil || len(r.Layers) != 1 {
			t.Errorf("%s: %+v", scope, r)
		}
	}
}

func TestExpertsInOneKernelAreOneSpan(t *testing.T) {
	for style, want := range map[gpu.Style]int{gpu.Looped: 3, gpu.Grouped: 1, gpu.Fused: 1} {
		s := part(t, workload.OneLayer, policy.Ideal, 9)
		s.Workload.Routing.Counts = [][]int{{5, 0, 3, 1}}
		s.Machine.GPU.Experts = style
		spans := 0
		r := run(t, s, probe.Probe{Span: func(x probe.Span) { spans++ }})
		if spans != want || r.Layers[0].Active != 3 {
			t.Errorf("%s: %d spans of %d experts, want %d", style, spans, r.Layers[0].Active, want)
		}
	}
}

// Experts that are moved there one by one are computed one by one, whatever the style.
func TestTheStyleOfKernelsIsOfExpertsThatGPUMemoryHolds(t *testing.T) {
	s := part(t, workload.OneLayer, policy.GPUPM, 9)
	s.Workload.Routing.Counts = [][]int{{5, 0, 3, 1}}
	var latency [2]unit.Time
	for i, style := range []gpu.Style{gpu.Looped, gpu.Fused} {
		s.Machine.GPU.Experts = style
		latency[i] = run(t, s, probe.Probe{}).Latency
	}
	if latency[0] != latency[1] {
		t.Errorf("looped %d ps, fused %d", latency[0], latency[1])
	}
}

func TestWhatAFrameworkReservesIsOfGPUMemory(t *testing.T) {
	s := scenario.Default()
	before := run(t, s, probe.Probe{}).Memory[0]
	s.Machine.GPU.Reserved, s.Machine.GPU.ReservedEach = 1e9, 1e6
	after := run(t, s, probe.Probe{}).Memory[0]
	if got, want := after.Used-before.Used, unit.Bytes(1e9)+unit.Bytes(s.Model.Experts)*1e6; got != want {
		t.Errorf("%d B are reserved, want %d", got, want)
	}
	if last := after.Items[3]; last.Name != "framework" || len(before.Items) != len(after.Items)-1 {
		t.Errorf("items are %+v", after.Items)
	}
	s.Machine.GPU.Reserved = s.Machine.GPU.Memory
	if r := run(t, s, probe.Probe{}); r.Memory[0].Fits {
		t.Error("a GPU that is full of its framework fits a model")
	}
}
