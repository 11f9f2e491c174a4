package system_test

import (
	"testing"

	"monde/core/gpu"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// eagerLayer is one layer of experts on the measured box, launched one by one.
func eagerLayer(t *testing.T, name policy.Name, counts ...int) scenario.Scenario {
	t.Helper()
	tokens := 0
	for _, n := range counts {
		tokens += n
	}
	s := part(t, workload.OneLayer, name, tokens)
	s.Workload.Routing.Counts = [][]int{counts}
	s.Machine.GPU.Eager, s.Machine.GPU.Experts = true, gpu.Looped
	return s
}

// An expert is some launches of 25.62 µs each; its kernels take a fraction of that.
func TestLaunchesBoundShortKernels(t *testing.T) {
	s := eagerLayer(t, policy.Ideal, 1, 1, 1, 1, 1, 1, 1, 1)
	r := run(t, s, probe.Probe{})
	launches := unit.Time(0)
	run(t, s, probe.Probe{Span: func(x probe.Span) {
		if x.Work == probe.Launch {
			launches += x.End - x.Start
		}
	}})
	if r.Latency < launches || r.Resources[probe.GPU].Busy > r.Latency/2 {
		t.Errorf("%d ps, of which launches are %d and kernels %d", r.Latency, launches, r.Resources[probe.GPU].Busy)
	}
	if cpu := r.Resources[probe.CPU]; 10*cpu.Critical < 8*r.Latency {
		t.Errorf("the host is waited for %d ps of %d", cpu.Critical, r.Latency)
	}
}

func TestLaunchesHideBehindLongKernels(t *testing.T) {
	s := eagerLayer(t, policy.Ideal, 4096, 4096, 4096, 4096)
	eager := run(t, s, probe.Probe{})
	s.Machine.GPU.Eager = false
	graph := run(t, s, probe.Probe{})
	if eager.Latency <= graph.Latency {
		t.Errorf("eager %d ps, from a graph %d", eager.Latency, graph.Latency)
	}
	// The first launch and the way of the result show; the other three do not.
	most := graph.Latency + s.Machine.GPU.Start + s.Machine.Host.Sync + 8*s.Machine.GPU.Launch
	if eager.Latency > most {
		t.Errorf("eager %d ps, want at most %d", eager.Latency, most)
	}
}

func TestAGraphLaunchesNothing(t *testing.T) {
	for _, name := range []policy.Name{policy.Ideal, policy.GPUPM, policy.CPULB} {
		s := eagerLayer(t, name, 3, 2, 1)
		s.Machine.GPU.Eager = false
		run(t, s, probe.Probe{Span: func(x probe.Span) {
			if x.Work == probe.Launch || x.Work == probe.Sync {
				t.Errorf("%s: %+v", name, x)
			}
		}})
	}
}

func TestAnEagerHostLearnsWhereTokensGoBeforeAnythingElse(t *testing.T) {
	for name, want := range map[policy.Name]func(scenario.Scenario) unit.Time{
		policy.GPUPM: func(s scenario.Scenario) unit.Time { return s.Machine.GPU.Start + s.Machine.Host.Sync },
		policy.CPUAM: func(s scenario.Scenario) unit.Time { return s.Machine.GPU.Start + s.Machine.Host.Round },
	} {
		s := eagerLayer(t, name, 3, 2, 1)
		first := true
		run(t, s, probe.Probe{Span: func(x probe.Span) {
			if first && (x.Work != probe.Sync || x.Resource != probe.CPU || x.End-x.Start != want(s)) {
				t.Errorf("%s begins with %+v, want a sync of %d ps", name, x, want(s))
			}
			first = false
		}})
	}
}

// The host launches what the GPU computes before it computes itself.
func TestTheHostLaunchesBeforeItComputes(t *testing.T) {
	s := eagerLayer(t, policy.CPULB, 40, 30, 2, 1)
	s.Strategy.AlphaMode, s.Strategy.Alpha, s.Strategy.MinHot = policy.Fixed, 0, 2
	var launched, computed []probe.Span
	r := run(t, s, probe.Probe{Span: func(x probe.Span) {
		switch {
		case x.Resource == probe.CPU && x.Work == probe.Launch:
			launched = append(launched, x)
		case x.Resource == probe.CPU && x.Work == probe.Expert:
			computed = append(computed, x)
		}
	}})
	if len(launched) != 4 || len(computed) != 2 || r.HotExperts != 2 { // each hot one a copy and its kernels
		t.Fatalf("launches %+v, computes %+v", launched, computed)
	}
	if computed[0].Start < launched[3].End {
		t.Errorf("launches %+v, computes %+v", launched, computed)
	}
}

func TestCPULBSplitsExpertsBetweenGPUAndHost(t *testing.T) {
	for hot := range 5 {
		s := eagerLayer(t, policy.CPULB, 40, 30, 2, 1)
		s.Machine.GPU.Eager = false
		s.Strategy.AlphaMode, s.Strategy.Alpha, s.Strategy.MinHot = policy.Fixed, 0, hot
		where := map[probe.Resource]int{}
		r := run(t, s, probe.Probe{Span: func(x probe.Span) {
			if x.Work == probe.Expert {
				where[x.Resource]++
			}
		}})
		cold := unit.Bytes([]int{73, 33, 3, 1, 0}[hot]) * s.Model.TokenBytes()
		if where[probe.GPU] != hot || where[probe.CPU] != 4-hot || r.Resources[probe.LinkOut].Bytes != cold ||
			r.Resources[probe.LinkIn].Bytes != cold+unit.Bytes(hot)*s.Model.ExpertBytes() {
			t.Errorf("%d hot experts: %v, %d B out, %d B in", hot, where, r.Resources[probe.LinkOut].Bytes, r.Resources[probe.LinkIn].Bytes)
		}
	}
}

func TestCPULBWithoutHotExpertsIsCPUAM(t *testing.T) {
	s := eagerLayer(t, policy.CPULB, 40, 30, 2, 1)
	s.Strategy.AlphaMode, s.Strategy.Alpha = policy.Fixed, 0
	split := run(t, s, probe.Probe{}).Latency
	s.Strategy = s.Strategy.As(policy.CPUAM)
	if near := run(t, s, probe.Probe{}).Latency; near != split {
		t.Errorf("CPU+LB takes %d ps, CPU+AM %d", split, near)
	}
}

func TestTheBestSplitIsNoWorseThanEitherEnd(t *testing.T) {
	s := eagerLayer(t, policy.CPULB, 400, 300, 20, 10, 3, 1, 1, 1)
	s.Machine.GPU.Eager = false
	s.Strategy.AlphaMode = policy.Exact
	split := run(t, s, probe.Probe{}).Latency
	for _, name := range []policy.Name{policy.CPUAM, policy.GPUPM} {
		s.Strategy = s.Strategy.As(name)
		if end := run(t, s, probe.Probe{}).Latency; split > end {
			t.Errorf("CPU+LB takes %d ps, %s %d", split, name, end)
		}
	}
}

// A block whose kernels are shorter than its launches takes as long as those.
func TestABlockTakesNoLessThanItsFloor(t *testing.T) {
	p, _ := scenario.PresetNamed("switch-base-encoder")
	s := p.Scenario
	s.Strategy = s.Strategy.As(policy.Ideal)
	s.Workload.Batch, s.Workload.InputTokens = 1, 1
	bare := run(t, s, probe.Probe{})
	s.Machine.GPU.Floor, s.Machine.GPU.MoEFloor = 2*unit.Millisecond, 3*unit.Millisecond
	r := run(t, s, probe.Probe{})
	for i, l := range r.Layers {
		want := 2 * unit.Millisecond
		if l.MoE {
			want = 3 * unit.Millisecond
		}
		if l.Time != want || l.Busy[probe.CPU] != want-bare.Layers[i].Busy[probe.GPU] {
			t.Errorf("block %d takes %d ps, want %d, of which the host %d", i, l.Time, want, l.Busy[probe.CPU])
		}
	}
	s.Machine.GPU.Floor, s.Machine.GPU.MoEFloor = 1, 1
	if low := run(t, s, probe.Probe{}); low.Latency != bare.Latency {
		t.Errorf("a floor below its kernels moves a run from %d to %d ps", bare.Latency, low.Latency)
	}
}
