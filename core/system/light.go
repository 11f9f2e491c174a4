//go:build light

package system

import (
	"monde/core/fault"
	"monde/core/policy"
	"monde/core/policy/replace"
	"monde/core/scenario"
)

// whole is false in the module that every visit loads: caches, predictions, twins,
// attention on the CPU and several GPUs are 40 kB of it. Where a test of whole comes
// first, the compiler leaves out what follows.
const whole = false

// here refuses what is not part of this module.
func here(s scenario.Scenario) error {
	x := s.Strategy
	cached := x.Cache.Name != replace.NoCache && !x.HasAll()
	more := cached || x.Precision.Lowers() || x.Attention == policy.AttendCPU || s.Several()
	return fault.Unless(!more, "strategy", "caches, twins, attention on the CPU and several GPUs are not part of this module")
}
