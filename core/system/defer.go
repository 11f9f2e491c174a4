package system

import (
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/unit"
)

// Deferred experts of a layer are computed at home while the GPU goes on with the next
// block, whose experts wait for them: their results join one layer late (KTransformers,
// SOSP 2025). The last layer of a pass defers none.

// deferral tells a layer how many experts it may leave, and what was left to it.
func (r *run) deferral(p pass, moe int) {
	e := &r.experts
	e.carried, e.deferred = r.late, 0
	if moe+1 < r.moeBlocks(p) {
		e.deferred = r.s.Strategy.Deferred
	}
}

// defers notes what a layer has left for the next one.
func (r *run) defers() {
	e := &r.experts
	r.late = 0
	if e.deferred > 0 {
		r.ids = e.at(r.ids[:0], policy.Near)
		_, r.late = e.now(r.ids)
	}
}

// beside lets what is late be computed from one instant to another, in which nothing
// else uses their processor. It returns for how long they were.
func (r *run) beside(from, to unit.Time) unit.Time {
	t := min(r.late, to-from)
	if t > 0 {
		r.emit(probe.Span{Resource: r.experts.carriedOn, Work: r.experts.carriedWork, Expert: -1, Start: from, End: from + t})
		r.late -= t
	}
	return t
}
