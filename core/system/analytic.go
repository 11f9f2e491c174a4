package system

import (
	"slices"

	"monde/core/device"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/unit"
)

// analytic runs a layer in closed form: the paper's equations with compute and
// AMove added. It emits one span a path, not one an expert.
type analytic struct{ ids []int32 }

var _ fidelity = (*analytic)(nil)

// run implements fidelity.
func (a *analytic) run(e *experts, now unit.Time, emit func(probe.Span)) outcome {
	first := early(e, now, emit)
	first.plus(begin(e, now, emit))
	first.plus(a.after(e, now+first.time, emit))
	return first
}

// after is run without what comes first.
func (a *analytic) after(e *experts, now unit.Time, emit func(probe.Span)) outcome {
	a.ids = e.at(a.ids[:0], policy.Resident)
	var o outcome
	if len(a.ids) > 0 {
		o.on(probe.GPU, e.shared+residents(e, a.ids))
		emit(probe.Span{Resource: probe.GPU, Work: probe.Expert, Expert: -1, Start: now, End: now + o.time})
		return o
	}
	a.ids = e.at(a.ids[:0], policy.Moved)
	hot := hotPath(e, a.ids)
	calls := e.calls(len(a.ids))
	a.ids = e.at(a.ids[:0], policy.Near)
	cold := coldPath(e, a.ids)
	if calls > 0 { // the host launches before it computes
		launches := outcome{}
		launches.on(probe.CPU, calls)
		if len(a.ids) > 0 && e.where == probe.CPU {
			launches.plus(cold)
			cold = launches
		} else {
			cold = longer(cold, launches)
		}
	}
	o = longer(hot, cold)
	paths(e, now, hot, cold, emit)
	if e.sent > 0 {
		start := now + o.time
		o.on(probe.LinkIn, returned(e, hot, cold))
		o.carried[probe.LinkIn] += e.sent
		emit(probe.Span{Resource: probe.LinkIn, Work: probe.AMoveIn, Expert: -1, Start: start, End: now + o.time})
	}
	return o
}

// residents is the experts that GPU memory holds: in one kernel, or one by one, and
// not sooner than the host launches them.
func residents(e *experts, ids []int32) unit.Time {
	if e.together > 0 {
		return e.together
	}
	n := unit.Time(len(ids))
	return max(e.launch+sum(e.gpu, ids), n*e.launch+e.gpu[ids[n-1]])
}

// returned is AMove back. It queues behind PMove, whose latency hides its own,
// unless the link has been idle since the last one.
func returned(e *experts, hot, cold outcome) unit.Time {
	if cold.time < hot.busy[probe.LinkIn] {
		return e.across
	}
	return e.latency + e.across
}

// hotPath is PMove and compute of the given experts, and the shared ones:
// serially, or as the longer of transfers with the last compute and the first
// transfer with all computes.
func hotPath(e *experts, ids []int32) outcome {
	var o outcome
	if len(ids) == 0 {
		if e.shared > 0 {
			o.on(probe.GPU, e.shared)
		}
		return o
	}
	if e.block {
		return blockPath(e, ids)
	}
	n := unit.Time(len(ids))
	moves, computes := e.latency+n*e.move, sum(e.gpu, ids)
	last := e.gpu[ids[n-1]]
	switch {
	case e.serial: // the link idles while the GPU computes
		moves = n * (e.latency + e.move)
		o.critical[probe.LinkIn], o.critical[probe.GPU] = moves, computes
	case n*e.move+last >= e.move+computes:
		o.critical[probe.LinkIn], o.critical[probe.GPU] = moves, last
	default:
		o.critical[probe.LinkIn], o.critical[probe.GPU] = e.latency+e.move, computes
	}
	o.time = o.critical[probe.LinkIn] + o.critical[probe.GPU]
	if late := e.shared + computes - o.time; late > 0 { // the GPU alone is longer
		o.critical = [probe.Resources]unit.Time{probe.GPU: e.shared + computes}
		o.time = e.shared + computes
	}
	o.busy[probe.LinkIn], o.busy[probe.GPU] = moves, e.shared+computes
	o.carried[probe.LinkIn] = unit.Bytes(n) * e.weights
	return o
}

// blockPath is one transfer for all, less what came ahead, and then all computes, which
// the host launches beside the transfer.
func blockPath(e *experts, ids []int32) outcome {
	var o outcome
	bytes, took := e.transfer(len(ids))
	o.on(probe.LinkIn, took-e.hidden(took))
	o.carried[probe.LinkIn] = bytes
	if e.together > 0 {
		o.on(probe.GPU, e.shared+e.together)
		return o
	}
	o.on(probe.GPU, e.shared+sum(e.gpu, ids))
	launched := e.calls(len(ids)) + e.gpu[ids[len(ids)-1]]
	if late := launched - o.time; late > 0 { // busy is told by the path of the launches
		o.time += late
		o.critical[probe.CPU] = late
	}
	return o
}

// calls is how long the host launches what n moved experts need.
func (e *experts) calls(n int) unit.Time {
	switch {
	case e.block && e.together > 0:
		return 0
	case e.block:
		return unit.Time(n) * e.launch
	}
	return unit.Time(n) * (e.launch + e.fetch)
}

// coldPath is AMove out and compute where the weights live.
func coldPath(e *experts, ids []int32) outcome {
	var o outcome
	if len(ids) > 0 {
		o.on(probe.LinkOut, e.latency+e.across)
		o.carried[probe.LinkOut] = e.sent
		longest, all := e.nearTime(ids)
		o.on(e.where, longest)
		o.busy[e.where] = all
	}
	return o
}

// nearTime returns how long the busiest device takes for the given experts, and
// all of them together.
func (e *experts) nearTime(ids []int32) (longest, all unit.Time) {
	var on [device.MaxCount]unit.Time
	for _, id := range ids {
		on[int(id)%max(1, e.devices)] += e.near[id]
		all += e.near[id]
	}
	return slices.Max(on[:]), all
}

// longer joins two paths that run at once: the longer is the critical one.
func longer(a, b outcome) outcome {
	if b.time > a.time {
		a, b = b, a
	}
	for r := range a.busy {
		a.busy[r] += b.busy[r]
		a.carried[r] += b.carried[r]
	}
	return a
}

// paths emits the spans of both paths up to where they meet.
func paths(e *experts, now unit.Time, hot, cold outcome, emit func(probe.Span)) {
	path := func(o outcome, first, second probe.Resource, move, work probe.Work) {
		at := now
		if t := o.critical[first]; t > 0 {
			emit(probe.Span{Resource: first, Work: move, Expert: -1, Start: at, End: at + t})
			at += t
		}
		if t := o.critical[second]; t > 0 {
			emit(probe.Span{Resource: second, Work: work, Expert: -1, Start: at, End: at + t})
		}
	}
	path(hot, probe.LinkIn, probe.GPU, probe.PMove, probe.Expert)
	path(cold, probe.LinkOut, e.where, probe.AMoveOut, probe.Expert)
}

func sum(times []unit.Time, ids []int32) unit.Time {
	var t unit.Time
	for _, id := range ids {
		t += times[id]
	}
	return t
}
