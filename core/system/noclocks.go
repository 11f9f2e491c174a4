//go:build light

package system

import (
	"monde/core/fault"
	"monde/core/scenario"
	"monde/core/unit"
)

// clocks is left out of the module that every visit loads: the memory's simulator is
// 50 kB of it.
func (p *parts) clocks(fault.Stop, scenario.Scenario, unit.BytesPerSecond, func(nearby) nearby) (nearby, error) {
	return nil, fault.At("fidelity", "%q is not part of this module", scenario.Cycle)
}
