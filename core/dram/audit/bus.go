package audit

import "monde/core/dram"

func column(op dram.Op) bool { return op >= dram.RD && op <= dram.WRA }

// commandBus checks that a channel gets one command a clock, or with two command
// buses (HBM) one for a row and one for a column.
func (a *Auditor) commandBus(ch *channel, c dram.Command) {
	if !ch.started || ch.last.Clock != c.Clock {
		return
	}
	if a.spec.Controller.Dual && column(ch.last.Op) != column(c.Op) && !ch.third(c.Clock) {
		return
	}
	a.broke("command bus", &ch.last, c, "both are in one clock")
}

// third says whether two commands were sent at clock before.
func (ch *channel) third(clock int64) bool {
	n := 0
	for _, past := range ch.past {
		for i := len(past) - 1; i >= 0 && past[i].Clock == clock; i-- {
			n++
		}
	}
	return n > 1
}

// beat returns the clock of the first data of a burst.
func (a *Auditor) beat(c dram.Command) int64 {
	if c.Op == dram.WR || c.Op == dram.WRA {
		return c.Clock + int64(a.spec.Timing.CWL)
	}
	return c.Clock + int64(a.spec.Timing.CL)
}

// dataBus checks that no two bursts share a clock on the data bus.
func (a *Auditor) dataBus(ch *channel, c dram.Command) {
	if !column(c.Op) {
		return
	}
	bl, start := int64(a.spec.Timing.BL), a.beat(c)
	for op := dram.RD; op <= dram.WRA; op++ {
		past := ch.past[op]
		for i := len(past) - 1; i >= 0 && a.beat(past[i])+bl > start; i-- {
			if other := a.beat(past[i]); other < start+bl {
				a.broke("data bus", &past[i], c, "data from clock %d and from clock %d, %d clocks each", other, start, bl)
			}
		}
	}
}
