//go:build !light

package system

import (
	"monde/core/device"
	"monde/core/fault"
	"monde/core/scenario"
	"monde/core/unit"
)

// clocks makes fidelity cycle ready: experts on the device by themselves, and beside
// PMove that takes so much of it, which is returned.
func (p *parts) clocks(stop fault.Stop, s scenario.Scenario, taken unit.BytesPerSecond, slow func(nearby) nearby) (nearby, error) {
	quiet, err := device.NewClocked(s.Machine.Device, expertOf(s), 0)
	if err != nil {
		return nil, fault.In("machine.device", err)
	}
	busy, err := device.NewClocked(s.Machine.Device, expertOf(s), taken)
	if err != nil {
		return nil, fault.In("machine.device", err)
	}
	quiet.Working(p.tellClocking)
	busy.Working(p.tellClocking)
	p.clocked.of = slow(p.clockwise(stop, quiet))
	return p.clockwise(stop, busy), nil
}

// clockwise does the same clock by clock. A simulation of one expert may take seconds,
// so stop, the run's, may end it. The time is 0 when the run has failed: it ends with
// this layer.
func (p *parts) clockwise(stop fault.Stop, d *device.Clocked) nearby {
	return func(t int) unit.Time {
		err := p.failed
		if err == nil {
			err = stop.Err() // a short expert ends before it looks
		}
		var r device.Service
		if err == nil {
			r, err = d.Expert(stop, t)
		}
		if err != nil {
			p.fail(err)
			return 0
		}
		p.extrapolated = p.extrapolated || !r.Simulated
		return r.Time
	}
}
