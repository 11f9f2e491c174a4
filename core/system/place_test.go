package system_test

import (
	"context"
	"testing"

	"monde/core/device"
	"monde/core/fault"
	"monde/core/gpu"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/unit"
	"monde/core/workload"
)

// alone returns one MoE layer of a model on a machine in which only one expert has
// tokens.
func alone(t *testing.T, modelOf, machine string, scope workload.Scope, tokens int) scenario.Scenario {
	t.Helper()
	s, err := scenario.Decode([]byte(`{"model":"` + modelOf + `","machine":"` + machine + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	s.Fidelity = scenario.Event
	s.Workload.Scope, s.Workload.Batch, s.Workload.InputTokens = scope, 1, tokens
	s.Workload.Routing = workload.Routing{Source: workload.Counts, Counts: [][]int{{tokens}}}
	return s
}

// costOf returns what Place says of s with some tokens, at the site where a strategy
// computes.
func costOf(t *testing.T, s scenario.Scenario, tokens int) report.Cost {
	t.Helper()
	r, err := system.Place(context.Background(), s, []int{tokens})
	if err != nil {
		t.Fatal(err)
	}
	at := r.Counts[0]
	c := map[policy.Name]*report.Cost{policy.Ideal: at.GPU, policy.GPUPM: at.Moved, policy.CPUAM: at.Host, policy.MDAM: at.Device}[s.Strategy.Name]
	if c == nil {
		t.Fatalf("%s: no cost of %d tokens", s.Strategy.Name, tokens)
	}
	return *c
}

// What Place says is the latency of a run whose only layer has one active expert, to
// the picosecond: scopes moe_layer and expert have no attention, gate or combine, so
// no overhead differs.
func TestPlaceIsARunOfOneExpert(t *testing.T) {
	for _, machine := range []string{"monde-a100", "h100-monde", "h100-box", "a100-fp32"} {
		for _, change := range []func(*scenario.Scenario){
			func(*scenario.Scenario) {},
			func(s *scenario.Scenario) { s.Machine.GPU.Eager = true },
			func(s *scenario.Scenario) { s.Machine.Link.Pageable = true },
			func(s *scenario.Scenario) { s.Machine.GPU.Experts, s.Strategy.Transfer = gpu.Fused, policy.Block },
			func(s *scenario.Scenario) { s.Machine.GPU.Experts, s.Strategy.Transfer = gpu.Grouped, policy.Overlap },
		} {
			for _, scope := range []workload.Scope{workload.OneLayer, workload.OneExpert} {
				for _, tokens := range []int{1, 5, 64, 300, 5000} {
					s := alone(t, "nllb-moe-54b", machine, scope, tokens)
					change(&s)
					comparePlaces(t, s, tokens)
				}
			}
		}
	}
}

// So it is where experts are read from flash first. A device does not hold them then.
func TestPlaceIsARunOfOneExpertFromFlash(t *testing.T) {
	for _, tokens := range []int{1, 300} {
		s := alone(t, "qwen3-30b-a3b", "desktop-4090", workload.OneLayer, tokens)
		s.Strategy.Home = policy.OnFlash
		comparePlaces(t, s, tokens)
		s.Strategy = s.Strategy.As(policy.GPUPM)
		s.Strategy.Home = policy.OnFlash
		s.Machine.Device = scenario.Default().Machine.Device
		r, err := system.Place(context.Background(), s, []int{tokens})
		if err != nil {
			t.Fatal(err)
		}
		at, read := r.Counts[0], s.Machine.Flash.Read(r.ExpertBytes)
		if r.Home != report.OnHost || at.Device != nil || at.Moved.Read != read || at.Host.Read != read || at.GPU.Read != 0 {
			t.Errorf("%+v at home %s, want reads of %d ps but on the GPU", at, r.Home, read)
		}
	}
}

func comparePlaces(t *testing.T, s scenario.Scenario, tokens int) {
	t.Helper()
	flash := s.Strategy.Home == policy.OnFlash
	for _, name := range []policy.Name{policy.Ideal, policy.GPUPM, policy.CPUAM, policy.MDAM} {
		s.Strategy = s.Strategy.As(name)
		if s.Strategy.NearData() && (s.Machine.Device.Count == 0 || flash) {
			continue
		}
		if flash && !s.Strategy.Ideal() {
			s.Strategy.Home = policy.OnFlash
		}
		c := costOf(t, s, tokens)
		if r := run(t, s, probe.Probe{}); r.Latency != c.Time {
			t.Errorf("%s, %s on %s with %d tokens: a run takes %d ps, placed %d", s.Workload.Scope, name, s.Machine.Name, tokens, r.Latency, c.Time)
		}
		if sum := c.Read + c.Calls + c.There + c.Compute + c.Back; sum != c.Time || c.Calls < 0 {
			t.Errorf("%s: the parts of %+v sum to %d", name, c, sum)
		}
	}
}

// An expert that MD+LB moves because it must is what Place says too: PMove then reads
// a device that it shares.
func TestPlaceMovesAsTheStrategyDoes(t *testing.T) {
	s := alone(t, "switch-large-128", "monde-a100", workload.OneLayer, 64)
	s.Machine.Device.Bandwidth, s.Machine.Device.DRAM.PMoveFrom = 40e9, device.FromDevice
	s.Strategy = s.Strategy.As(policy.MDLB)
	s.Strategy.AlphaMode, s.Strategy.Alpha, s.Strategy.MinHot = policy.Fixed, 0, 1
	placed, err := system.Place(context.Background(), s, []int{64})
	if err != nil {
		t.Fatal(err)
	}
	if r := run(t, s, probe.Probe{}); r.Latency != placed.Counts[0].Moved.Time {
		t.Errorf("a run takes %d ps, placed %d", r.Latency, placed.Counts[0].Moved.Time)
	}
	if want := unit.BytesPerSecond(20e9).Transfer(placed.ExpertBytes) + s.Machine.Link.Latency; placed.PMove != want {
		t.Errorf("PMove from a busy device takes %d ps, want %d at half of its bandwidth", placed.PMove, want)
	}
}

// The search halves; here every number of tokens is tried.
func TestTheCrossoverIsTheFirstNumberOfTokensThatPaysToMove(t *testing.T) {
	for _, p := range scenario.Presets() {
		for _, style := range []gpu.Style{gpu.Looped, gpu.Grouped, gpu.Fused} {
			s := p.Scenario
			s.Machine.GPU.Experts = style
			r, err := system.Place(context.Background(), s, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := linear(t, s)
			if got := value(r.Crossover); got != want {
				t.Errorf("%s, %s: crossover at %d, want %d", p.Name, style, got, want)
			}
		}
	}
}

// linear tries all numbers up to where the first that pays would be hard to miss.
func linear(t *testing.T, s scenario.Scenario) int {
	t.Helper()
	for from := 1; from <= report.MaxPlacedTokens; from += report.MaxPlaced {
		counts := make([]int, report.MaxPlaced)
		for i := range counts {
			counts[i] = from + i
		}
		r, err := system.Place(context.Background(), s, counts)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Counts {
			home := c.Host
			if r.Home == report.OnDevice {
				home = c.Device
			}
			if c.Moved != nil && (home == nil || c.Moved.Time < home.Time) {
				return c.Tokens
			}
		}
	}
	return 0
}

func value(p *int) int {
	if p == nil {
		return 0
	}
	return *p
}

func crossover(t *testing.T, change func(*scenario.Scenario)) int {
	t.Helper()
	s := scenario.Default()
	s.Strategy = s.Strategy.As(policy.MDAM)
	change(&s)
	r, err := system.Place(context.Background(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return value(r.Crossover)
}

func TestAFasterLinkMovesTheCrossoverDownAndFasterArraysUp(t *testing.T) {
	usual := crossover(t, func(*scenario.Scenario) {})
	if fast := crossover(t, func(s *scenario.Scenario) { s.Machine.Link.Bandwidth *= 2 }); fast >= usual {
		t.Errorf("at %d with twice the link, %d without", fast, usual)
	}
	if rows := crossover(t, func(s *scenario.Scenario) { s.Machine.Device.NDP.Rows *= 4 }); rows <= 3*usual {
		t.Errorf("at %d with four times the rows, %d without", rows, usual)
	}
}

func TestMovingNeverPaysWhereTheGPUIsSlow(t *testing.T) {
	got := crossover(t, func(s *scenario.Scenario) {
		s.Machine.Link.Bandwidth, s.Machine.GPU.Compute = 1e9, 1e9
		s.Machine.Device.NDP.Rows, s.Machine.Device.NDP.Arrays = 4096, 1<<20
	})
	if got != 0 {
		t.Errorf("it pays from %d tokens on", got)
	}
}

func TestOnADeviceAnExpertIsACommandAndItsPasses(t *testing.T) {
	s := alone(t, "switch-large-128", "monde-a100", workload.OneLayer, 1)
	r, err := system.Place(context.Background(), s, []int{1, 4, 5, 64})
	if err != nil {
		t.Fatal(err)
	}
	for i, passes := range []int{1, 1, 2, 16} {
		c := r.Counts[i]
		if want := s.Machine.Device.Command + unit.Time(passes)*r.Pass; c.Passes != passes || c.Device.Compute != want {
			t.Errorf("%d tokens: %d passes in %d ps, want %d in %d", c.Tokens, c.Passes, c.Device.Compute, passes, want)
		}
	}
}

// A site that would be too slow for a run is left out; what is too slow for every run
// is refused.
func TestWhatTakesTooLongIsLeftOutOrRefused(t *testing.T) {
	s := alone(t, "nllb-moe-54b", "monde-a100", workload.OneLayer, 1)
	s.Machine.Host.Compute = 1e6
	r, err := system.Place(context.Background(), s, []int{1, 65_536})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Counts {
		if c.Host != nil || c.Device == nil || c.Moved == nil || c.GPU == nil {
			t.Errorf("%+v, want all but the host", c)
		}
	}
	s.Machine.Link.Bandwidth = 1
	if _, err = system.Place(context.Background(), s, nil); len(fault.Fields(err)) != 1 || fault.Fields(err)[0].Path != "machine.link" {
		t.Errorf("%v, want a fault at machine.link", err)
	}
}
