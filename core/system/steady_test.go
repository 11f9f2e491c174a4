package system_test

import (
	"runtime"
	"testing"

	"monde/core/fault"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/system"
)

// Whatever decides and whatever runs, 300 steps allocate no more often than 100 but for
// what grows with the report: by doubling.
func TestFurtherStepsAllocateNothing(t *testing.T) {
	for _, name := range policy.Names() {
		objects := func(steps int) uint64 {
			s := stepping(t, name)
			s.Workload.OutputTokens = steps
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := system.Run(fault.Never{}, s, probe.Probe{}); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			return after.Mallocs - before.Mallocs
		}
		objects(1) // tables are unpacked once
		const doubling = 100
		if few, many := objects(100), objects(300); many > few+doubling {
			t.Errorf("%s: 100 steps allocate %d times, 300 steps %d", name, few, many)
		}
	}
}

// homes are machines with what a home of experts needs, where the paper's has it not.
var homes = map[policy.Home]string{policy.OnFlash: "desktop-4090", policy.InStack: "h100-duplex"}

// stepping is a small model on the paper's machine, or on one that has what it needs.
func stepping(t *testing.T, name policy.Name) scenario.Scenario {
	t.Helper()
	p, _ := scenario.PresetNamed("deepseek-trace")
	s := p.Scenario
	s.Workload.Routing = scenario.Default().Workload.Routing
	s.Strategy = s.Strategy.As(name)
	if machine := homes[s.Strategy.Home]; machine != "" {
		m, _ := scenario.MachineNamed(machine)
		s.Machine = m.Machine
	}
	return s
}
