package system

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"monde/core/device"
	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// oneLayer is a layer of a model whose experts are simulated in no time.
func oneLayer(strategy policy.Name, f scenario.Fidelity) scenario.Scenario {
	s := scenario.Default()
	s.Model.DModel, s.Model.ExpertFF, s.Model.Heads, s.Model.KVHeads = 256, 512, 4, 4
	s.Workload.Scope, s.Workload.Batch, s.Workload.InputTokens = workload.OneLayer, 2, 64
	s.Strategy = s.Strategy.As(strategy)
	s.Fidelity = f
	return s
}

func run1(t *testing.T, s scenario.Scenario) report.Report {
	t.Helper()
	r, err := Run(context.Background(), s, probe.Probe{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAReportClockByClockSaysHowFarTheFidelitiesDiffer(t *testing.T) {
	r := run1(t, oneLayer(policy.MDAM, scenario.Cycle))
	if len(r.Fidelities) != 3 || r.Fidelities[2].Latency != r.Latency {
		t.Fatalf("got %+v, latency %d", r.Fidelities, r.Latency)
	}
	for _, f := range r.Fidelities[:2] {
		s := oneLayer(policy.MDAM, scenario.Fidelity(f.Name))
		if want := run1(t, s).Latency; f.Latency != want {
			t.Errorf("%s is said to take %d ps, takes %d", f.Name, f.Latency, want)
		}
		if off := math.Abs(float64(f.Latency-r.Latency)) / float64(r.Latency); off > 0.5 {
			t.Errorf("%s is %.0f %% off", f.Name, 100*off)
		}
	}
	for i, c := range r.Clocked {
		if c.Clock <= 0 || c.Passes != (c.Tokens+3)/4 || i > 0 && c.Clock < r.Clocked[i-1].Clock {
			t.Errorf("%+v after %+v", c, r.Clocked[max(0, i-1)])
		}
	}
}

func TestFidelitiesPlaceExpertsAlike(t *testing.T) {
	for _, strategy := range []policy.Name{policy.MDLB, policy.MDAM} {
		event, cycle := run1(t, oneLayer(strategy, scenario.Event)), run1(t, oneLayer(strategy, scenario.Cycle))
		if event.HotExperts != cycle.HotExperts || event.Alpha != cycle.Alpha {
			t.Errorf("%s: %d hot experts with alpha %v, clock by clock %d with %v", strategy, event.HotExperts, event.Alpha, cycle.HotExperts, cycle.Alpha)
		}
	}
}

func TestWithoutADeviceClockByClockIsAsByEvents(t *testing.T) {
	event, cycle := run1(t, oneLayer(policy.GPUPM, scenario.Event)), run1(t, oneLayer(policy.GPUPM, scenario.Cycle))
	if event.Latency != cycle.Latency || len(cycle.Clocked) > 0 || len(cycle.Fidelities) != 3 {
		t.Errorf("takes %d ps by events, %d clock by clock; %+v", event.Latency, cycle.Latency, cycle.Clocked)
	}
}

func TestMoreDevicesShareTheExperts(t *testing.T) {
	for _, f := range scenario.Fidelities {
		before := unit.Never
		for _, n := range []int{1, 2, 4} {
			s := oneLayer(policy.MDAM, f)
			s.Machine.Device.Count = n
			r := run1(t, s)
			if r.Latency >= before {
				t.Errorf("%s: %d devices take %d ps, fewer %d", f, n, r.Latency, before)
			}
			if r.Latency < r.Bound {
				t.Errorf("%s: %d devices take %d ps, bound %d", f, n, r.Latency, r.Bound)
			}
			if y := r.Resources[probe.NDP]; n > 1 && y.Units != n || y.Busy > unit.Time(n)*r.Latency {
				t.Errorf("%s: %d devices, %+v of %d ps", f, n, y, r.Latency)
			}
			before = r.Latency
		}
	}
}

func TestPMoveFromTheDeviceTakesItsBandwidth(t *testing.T) {
	for _, f := range scenario.Fidelities {
		s := oneLayer(policy.MDLB, f)
		s.Strategy.AlphaMode, s.Strategy.MinHot = policy.Fixed, 4 // some experts move
		s.Machine.Device.NDP.Arrays = 4096                        // so that the device waits for its memory
		s.Machine.Device.Bandwidth, s.Machine.Device.DRAM.Channels = 64e9, 4
		host := run1(t, s)
		s.Machine.Device.DRAM.PMoveFrom = device.FromDevice
		if shared := run1(t, s); shared.HotExperts != host.HotExperts || shared.Latency <= host.Latency {
			t.Errorf("%s: from the device it takes %d ps, from the host %d", f, shared.Latency, host.Latency)
		}
	}
}

func TestProgressTellsOfExpertsClockByClock(t *testing.T) {
	told := 0
	p := probe.Probe{Progress: func(p probe.Progress) {
		if p.ClockedOf > 0 {
			if told++; p.Clocked < 0 || p.Clocked >= p.ClockedOf {
				t.Errorf("%d of %d", p.Clocked, p.ClockedOf)
			}
		}
	}}
	if _, err := Run(context.Background(), oneLayer(policy.MDAM, scenario.Cycle), p); err != nil || told == 0 {
		t.Errorf("told %d times, %v", told, err)
	}
}

func TestAScenarioThatTakesTooLongClockByClockIsRefused(t *testing.T) {
	s := scenario.Default()
	s.Fidelity, s.Strategy = scenario.Cycle, s.Strategy.As(policy.MDAM)
	s.Model.DModel, s.Model.ExpertFF = 1<<14, 1<<16
	s.Machine.Device.DRAM.Channels = 1
	_, err := Run(context.Background(), s, probe.Probe{})
	if err == nil || err.Error()[:len("fidelity: ")] != "fidelity: " {
		t.Errorf("got %v", err)
	}
	if ms := Estimate(s); ms < 1e5 {
		t.Errorf("it is estimated to take %v ms", ms)
	}
}

func TestSlowArraysAreRefusedAsMuchAsManyBursts(t *testing.T) {
	s := scenario.Default()
	s.Fidelity, s.Strategy = scenario.Cycle, s.Strategy.As(policy.MDAM)
	s.Machine.Device.NDP.Arrays, s.Machine.Device.NDP.Rows, s.Machine.Device.NDP.Cols = 1, 1, 1
	s.Machine.Device.NDP.Clock = unit.Megahertz
	if _, err := Run(context.Background(), s, probe.Probe{}); err == nil || !strings.HasPrefix(err.Error(), "fidelity: ") {
		t.Errorf("got %v", err)
	}
	s = oneLayer(policy.MDAM, scenario.Cycle)
	s.Model.ExpertBits = 32
	if _, err := Run(context.Background(), s, probe.Probe{}); err == nil || !strings.HasPrefix(err.Error(), "model.expert_bits: ") {
		t.Errorf("got %v", err)
	}
}

// An interrupt in the middle of an expert is an interrupt, and no fault of anybody.
func TestAnInterruptIsReportedAsOne(t *testing.T) {
	s := oneLayer(policy.MDAM, scenario.Cycle)
	s.Machine.Device.NDP = ndp.Spec{Arrays: 1, Rows: 4, Cols: 1, Clock: 100 * unit.Megahertz}
	ctx, cancel := context.WithCancel(context.Background())
	last := 0
	_, err := Run(ctx, s, probe.Probe{Progress: func(p probe.Progress) {
		if p.ClockedOf > 0 {
			last = p.Clocked
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || fault.Is(err) || last > 0 {
		t.Errorf("got %v, after %d experts", err, last)
	}
}

func TestADeviceWhoseChannelsDoNotCarryItsBandwidthIsWarnedOf(t *testing.T) {
	for channels, warned := range map[int]bool{1: true, 32: false, 512: true} {
		s := oneLayer(policy.MDAM, scenario.Event)
		s.Machine.Device.DRAM.Channels = channels
		found := false
		for _, w := range run1(t, s).Warnings {
			found = found || w.Path == "machine.device.dram"
		}
		if found != warned {
			t.Errorf("%d channels: warned %t", channels, found)
		}
	}
}
