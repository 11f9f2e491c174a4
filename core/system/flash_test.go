package system

import (
	"math"
	"testing"

	"monde/core/policy"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/unit"
)

// onFlash is a desktop whose experts are on flash.
func onFlash(name policy.Name, batch int) scenario.Scenario {
	p, _ := scenario.MachineNamed("desktop-4090")
	q, _ := scenario.PresetNamed("qwen3-generate")
	s := q.Scenario
	s.Machine, s.Workload.Batch, s.Workload.OutputTokens = p.Machine, batch, 3
	s.Strategy = s.Strategy.As(name)
	s.Strategy.Home = policy.OnFlash
	return s
}

var fromFlash = []policy.Name{policy.GPUPM, policy.CPUAM, policy.CPULB}

func TestEveryActiveExpertIsReadFromFlashOnceAPass(t *testing.T) {
	for _, name := range fromFlash {
		s := onFlash(name, 2)
		r := run1(t, s)
		var active int64
		for _, l := range r.Layers {
			active += l.Active
		}
		got := r.Resources[probe.Flash]
		if want := unit.Bytes(active) * s.Model.ExpertBytes(); got.Bytes != want {
			t.Errorf("%s: %d bytes read, want %d", name, got.Bytes, want)
		}
		if want := unit.Time(active) * s.Machine.Flash.Read(s.Model.ExpertBytes()); got.Busy != want {
			t.Errorf("%s: flash is busy %v, want %v", name, got.Busy, want)
		}
	}
}

func TestFlashIsNeverFasterThanMemory(t *testing.T) {
	for _, name := range fromFlash {
		for _, f := range []scenario.Fidelity{scenario.Analytic, scenario.Event} {
			s := onFlash(name, 4)
			s.Fidelity = f
			slow := run1(t, s)
			s.Strategy.Home = policy.OnHost
			fast := run1(t, s)
			if slow.Latency < fast.Latency || slow.Bound < fast.Bound || slow.Latency < slow.Bound {
				t.Errorf("%s, %s: flash %v (bound %v), memory %v (bound %v)", name, f, slow.Latency, slow.Bound, fast.Latency, fast.Bound)
			}
		}
	}
}

func TestClosedFormAndEventsAgreeAboutFlash(t *testing.T) {
	for _, name := range fromFlash {
		for _, transfer := range []policy.Transfer{policy.Serial, policy.Overlap} {
			s := onFlash(name, 4)
			s.Strategy.Transfer = transfer
			event := run1(t, s).Latency
			s.Fidelity = scenario.Analytic
			closed := run1(t, s).Latency
			if by := float64(closed)/float64(event) - 1; math.Abs(by) > 0.02 {
				t.Errorf("%s, %s: closed form %v, events %v: %+.1f %%", name, transfer, closed, event, 100*by)
			}
		}
	}
}

func TestAFastDriveLeavesTheLinkToWaitFor(t *testing.T) {
	s := onFlash(policy.GPUPM, 4)
	s.Machine.Flash.Bandwidth, s.Machine.Flash.Latency = 1e15, 0
	s.Workload.Batch = 1
	fast := run1(t, s)
	s.Strategy.Home = policy.OnHost
	memory := run1(t, s)
	if by := float64(fast.Latency)/float64(memory.Latency) - 1; by < 0 || by > 0.001 {
		t.Errorf("a drive without limits costs %.2f %%", 100*by)
	}
}

func TestExpertsOnFlashNeedRoomThereAndInTransit(t *testing.T) {
	s := onFlash(policy.CPULB, 1)
	r := run1(t, s)
	host, drive := r.Memory[1], r.Memory[2]
	if host.Name != "host" || host.Used != 4*s.Model.ExpertBytes() || drive.Name != "flash" || drive.Used != s.Model.AllExpertBytes() {
		t.Errorf("host holds %d, flash %d", host.Used, drive.Used)
	}
}
