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
type analytic struct {
	ids  []int32
	busy [probe.Resources]unit.Time // of the last run
}

var _ fidelity = (*analytic)(nil)

// run implements fidelity.
func (a *analytic) run(e *experts, now unit.Time, emit func(probe.Span)) outcome {
	first := early(e, now, emit)
	first.plus(begin(e, now, emit))
	first.plus(a.after(e, now+first.time, emit))
	a.busy = first.busy
	return first
}

// idle implements fidelity: whenever a resource was free, it counts as the end.
func (a *analytic) idle(on probe.Resource, from, to unit.Time, f func(from, to unit.Time)) {
	if from += a.busy[on]; from < to {
		f(from, to)
	}
}

// after is run without what comes first.
func (a *analytic) after(e *experts, now unit.Time, emit func(probe.Span)) outcome {
	a.ids = e.at(a.ids[:0], policy.Resident)
	var o outcome
	before := e.shared // that the GPU computes before moved experts
	if len(a.ids) > 0 {
		before += residents(e, a.ids)
	}
	if len(a.ids) > 0 && e.only(policy.Resident) && e.carried == 0 {
		o.on(probe.GPU, before)
		emit(probe.Span{Resource: probe.GPU, Work: probe.Expert, Expert: -1, Start: now, End: now + o.time})
		return o
	}
	a.ids = e.at(a.ids[:0], policy.Near)
	cold, near := coldPath(e, a.ids), len(a.ids)
	reads, _ := e.allReads(a.ids)
	a.ids = e.at(a.ids[:0], policy.Moved)
	hot := hotPath(e, a.ids, before, reads)
	calls := e.calls(len(a.ids))
	var host outcome
	if calls > 0 { // the host launches before it computes
		host.on(probe.CPU, calls)
	}
	if e.carried > 0 && e.carriedOn != e.where {
		host.on(e.carriedOn, e.carried)
		emit(probe.Span{Resource: e.carriedOn, Work: e.carriedWork, Expert: -1, Start: now + calls, End: now + calls + e.carried})
	}
	if near > 0 && e.where == probe.CPU {
		host.plus(cold)
		cold = host
	} else {
		cold = longer(cold, host)
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

// hotPath is PMove and compute of the given experts, after what the GPU has already:
// serially, or as the longer of transfers with the last compute and the first
// transfer with all computes. Reads from flash come after those of cold experts.
func hotPath(e *experts, ids []int32, before, reads unit.Time) outcome {
	var o outcome
	if len(ids) == 0 {
		if before > 0 {
			o.on(probe.GPU, before)
		}
		return o
	}
	if e.block {
		return blockPath(e, ids, before)
	}
	n := unit.Time(len(ids))
	all, bytes := e.allMoves(ids)
	moves, computes := e.blocked+e.latency+all, sum(e.gpu, ids)
	one, _, _ := e.moves(ids[0])
	final, _, _ := e.moves(ids[n-1])
	one, final = e.blocked+e.latency+one, e.latency+final
	last := e.gpu[ids[n-1]]
	flash, stored := e.allReads(ids)
	head, _ := e.reads(ids[0])
	first, every := reads+head, reads+flash // of this path from flash, when they end
	wait := func(read, link, gpu unit.Time) {
		if t := read + link + gpu; t > o.time {
			o.time = t
			o.critical[probe.Flash], o.critical[probe.LinkIn], o.critical[probe.GPU] = read, link, gpu
		}
	}
	if e.serial { // the link idles while the GPU computes; flash does not
		moves += (n - 1) * e.latency
		wait(first, moves, computes)
	} else {
		wait(first, moves, last)
		wait(first, one, computes)
	}
	if e.read > 0 {
		wait(every, final, last)
	}
	if late := before + computes - o.time; late > 0 { // the GPU alone is longer
		o.critical = [probe.Resources]unit.Time{probe.GPU: before + computes}
		o.time = before + computes
	}
	o.busy[probe.LinkIn], o.busy[probe.GPU] = moves, before+computes
	o.carried[probe.LinkIn] = bytes
	o.busy[probe.Flash], o.carried[probe.Flash] = flash, stored
	return o
}

// allMoves is what PMove of the given experts still takes, beyond the latency, and the
// bytes that come.
func (e *experts) allMoves(ids []int32) (all unit.Time, bytes unit.Bytes) {
	for _, id := range ids {
		t, b, _ := e.moves(id)
		all, bytes = all+t, bytes+b
	}
	return all, bytes
}

// allReads is what the given experts still take to come from flash; nothing where they
// are in memory.
func (e *experts) allReads(ids []int32) (all unit.Time, bytes unit.Bytes) {
	if e.read == 0 {
		return 0, 0
	}
	for _, id := range ids {
		t, b := e.reads(id)
		all, bytes = all+t, bytes+b
	}
	return all, bytes
}

// blockPath is one transfer for all, less what came ahead, and then all computes, which
// the host launches beside the transfer.
func blockPath(e *experts, ids []int32, before unit.Time) outcome {
	var o outcome
	bytes, took := e.transfer(len(ids))
	o.on(probe.LinkIn, took-e.hidden(took))
	o.carried[probe.LinkIn] = bytes
	if e.joint > 0 {
		o.on(probe.GPU, before+e.joint)
		return o
	}
	o.on(probe.GPU, before+sum(e.gpu, ids))
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
	case e.block && e.joint > 0:
		return 0
	case e.block:
		return unit.Time(n) * e.launch
	}
	return unit.Time(n) * (e.launch + e.fetch)
}

// coldPath is AMove out and compute where the weights live.
func coldPath(e *experts, ids []int32) outcome {
	var o outcome
	carried := e.carried
	if e.carriedOn != e.where {
		carried = 0
	}
	if len(ids) == 0 {
		if carried > 0 {
			o.on(e.where, carried)
		}
		return o
	}
	sent := e.latency + e.across
	if carried > sent { // the layer before goes first
		o.on(e.where, carried)
		sent = carried
	} else {
		o.on(probe.LinkOut, sent)
	}
	n, _ := e.now(ids)
	ids = ids[:n]
	longest, all := e.nearTime(ids)
	all += carried
	o.on(e.where, longest)
	if e.read > 0 {
		o.on(probe.Flash, stored(e, ids, sent)-o.time)
	}
	o.busy[probe.LinkOut], o.busy[e.where] = e.latency+e.across, all
	o.carried[probe.LinkOut] = e.sent
	o.busy[probe.Flash], o.carried[probe.Flash] = e.allReads(ids)
	return o
}

// stored returns when the last of the given experts is computed, each read before, as
// many ahead as host memory holds. Their activations are there at sent.
func stored(e *experts, ids []int32, sent unit.Time) unit.Time {
	var ends [maxStaging]unit.Time // of computes, the last ones
	var read unit.Time
	now := sent
	for i, id := range ids {
		place := &ends[i%e.staging]
		took, _ := e.reads(id)
		read = max(read, *place) + took
		now = max(now, read) + e.near[id]
		*place = now
	}
	return now
}

// maxStaging is the most experts in transit (policy.Spec).
const maxStaging = 1024

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
		show := func(r probe.Resource, w probe.Work) {
			if t := o.critical[r]; t > 0 {
				emit(probe.Span{Resource: r, Work: w, Expert: -1, Start: at, End: at + t})
				at += t
			}
		}
		show(probe.Flash, probe.Read)
		show(first, move)
		show(second, work)
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
