package system

import (
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/unit"
)

// event runs a layer as tasks over shared resources. PMove and AMove's results
// share the link to the GPU; an AMove overtakes at the next chunk.
type event struct {
	graph   graph
	ids     []int32
	compute []int32
	moves   []int32
}

var _ fidelity = (*event)(nil)

// run implements fidelity.
func (v *event) run(e *experts, now unit.Time, emit func(probe.Span)) outcome {
	v.graph.reset(e.chunk)
	o := early(e, now, emit)
	o.plus(begin(e, now, emit))
	now += o.time
	if e.shared > 0 {
		v.graph.add(probe.GPU, probe.DenseFFN, -1, e.shared)
	}
	if e.blocked > 0 {
		on := probe.LinkIn
		if e.read > 0 {
			on = probe.Flash
		}
		v.graph.add(on, probe.PMove, -1, e.blocked)
	}
	v.resident(e)
	if e.launch > 0 { // the host launches before it computes
		v.hot(e)
		v.cold(e)
	} else {
		v.cold(e)
		v.hot(e)
	}
	end := v.graph.run(now)
	o.plus(v.graph.account(now, end, emit))
	return o
}

// idle calls f with every stretch of a run in which a resource did nothing.
func (v *event) idle(on probe.Resource, from, to unit.Time, f func(from, to unit.Time)) {
	for i := range v.graph.segments {
		s := &v.graph.segments[i]
		if v.graph.tasks[s.task].lane != int32(on) {
			continue
		}
		if s.start > from {
			f(from, s.start)
		}
		from = max(from, s.end)
	}
	if from < to {
		f(from, to)
	}
}

// begin is what the host does before the experts of a layer can.
func begin(e *experts, now unit.Time, emit func(probe.Span)) (o outcome) {
	if e.start > 0 {
		o.on(probe.CPU, e.start)
		emit(probe.Span{Resource: probe.CPU, Work: probe.Sync, Expert: -1, Start: now, End: now + e.start})
	}
	return o
}

// resident adds the experts whose weights the GPU holds.
func (v *event) resident(e *experts) {
	v.ids = e.at(v.ids[:0], policy.Resident)
	if len(v.ids) > 0 && e.together > 0 {
		v.graph.add(probe.GPU, probe.Expert, -1, e.together)
		return
	}
	for _, id := range v.ids {
		t := v.graph.add(probe.GPU, probe.Expert, id, e.gpu[id])
		v.launched(t, id, e.launch)
	}
}

// launched makes task t wait for the host's calls, if it makes any.
func (v *event) launched(t, id int32, calls unit.Time) {
	if calls > 0 {
		v.graph.after(v.graph.add(probe.CPU, probe.Launch, id, calls), t)
	}
}

// fromFlash makes task t wait for expert id to be read, if it has to be. Host memory
// holds as many experts in transit as GPU memory does: the read waits for the task
// that frees its place, if one of before does.
func (v *event) fromFlash(e *experts, t, id int32, before []int32) {
	if e.read == 0 {
		return
	}
	took, bytes := e.reads(id)
	read := v.graph.add(probe.Flash, probe.Read, id, took)
	v.graph.tasks[read].bytes = bytes
	v.graph.after(read, t)
	if n := len(before) - e.staging; n >= 0 {
		v.graph.after(before[n], read)
	}
}

// cold adds one AMove out, the experts that it feeds, and one AMove back.
func (v *event) cold(e *experts) {
	g := &v.graph
	if e.carried > 0 {
		g.add(e.carriedOn, e.carriedWork, -1, e.carried)
	}
	v.ids = e.at(v.ids[:0], policy.Near)
	if len(v.ids) == 0 {
		return
	}
	n, _ := e.now(v.ids)
	out, back := int32(-1), int32(-1)
	if e.sent > 0 {
		out = g.carry(probe.LinkOut, probe.AMoveOut, -1, e.sent, e.across, e.latency)
		back = g.carry(probe.LinkIn, probe.AMoveIn, -1, e.sent, e.across, e.latency)
		g.tasks[out].urgent, g.tasks[back].urgent = true, true
		if n == 0 {
			g.after(out, back)
		}
	}
	v.compute = v.compute[:0]
	for _, id := range v.ids[:n] {
		t := g.add(e.where, probe.Expert, id, e.near[id])
		v.fromFlash(e, t, id, v.compute)
		v.compute = append(v.compute, t)
		if e.devices > 1 {
			g.tasks[t].lane = lane(int(id) % e.devices)
		}
		if e.sent > 0 {
			g.after(out, t)
			g.after(t, back)
		}
	}
}

// hot adds PMove and compute of each hot expert. Transfers run ahead of compute
// by as many experts as GPU memory stages; serially, by none.
func (v *event) hot(e *experts) {
	v.ids = e.at(v.ids[:0], policy.Moved)
	g := &v.graph
	if e.block {
		v.whole(e)
		return
	}
	ahead := e.staging
	if e.serial {
		ahead = 1
	}
	v.compute, v.moves = v.compute[:0], v.moves[:0]
	for i, id := range v.ids {
		t, b, latency := e.moves(id)
		move := g.carry(probe.LinkIn, probe.PMove, id, b, t, latency)
		compute := g.add(probe.GPU, probe.Expert, id, e.gpu[id])
		g.after(move, compute)
		v.fromFlash(e, move, id, v.moves)
		v.launched(move, id, e.fetch)
		v.launched(compute, id, e.launch) // beside the copy
		if i >= ahead {
			g.after(v.compute[i-ahead], move)
		}
		v.moves = append(v.moves, move)
		v.compute = append(v.compute, compute)
	}
}

// whole adds one transfer for all experts of a layer, less what came ahead, and
// their computes after it.
func (v *event) whole(e *experts) {
	if len(v.ids) == 0 {
		return
	}
	g := &v.graph
	bytes, took := e.transfer(len(v.ids))
	move := g.carry(probe.LinkIn, probe.PMove, -1, bytes, took-e.hidden(took), 0)
	if e.joint > 0 {
		g.after(move, g.add(probe.GPU, probe.Expert, -1, e.joint))
		return
	}
	for _, id := range v.ids {
		compute := g.add(probe.GPU, probe.Expert, id, e.gpu[id])
		g.after(move, compute)
		v.launched(compute, id, e.launch)
	}
}

// transfer returns the bytes that come for n active experts, and how long they take.
func (e *experts) transfer(n int) (unit.Bytes, unit.Time) {
	if e.all {
		n = len(e.tokens)
	}
	return unit.Bytes(n) * e.weights, e.latency + unit.Time(n)*e.move
}

// hidden returns how much of a transfer ran while the layer before computed.
func (e *experts) hidden(took unit.Time) unit.Time {
	if !e.ahead {
		return 0
	}
	return min(took, e.since)
}

// late returns how long the link was busy for a layer that took o, beyond what came
// ahead: shared experts may compute beside that, so their time says nothing of it.
func (e *experts) late(o outcome) unit.Time {
	if !e.block {
		return o.busy[probe.LinkIn]
	}
	_, took := e.transfer(len(e.order))
	return o.busy[probe.LinkIn] - e.hidden(took)
}

// early is the part of a block's transfer that came ahead.
func early(e *experts, now unit.Time, emit func(probe.Span)) (o outcome) {
	if !e.block || !e.ahead || len(e.order) == 0 {
		return o
	}
	_, took := e.transfer(len(e.order))
	if h := e.hidden(took); h > 0 {
		o.busy[probe.LinkIn] = h
		emit(probe.Span{Resource: probe.LinkIn, Work: probe.PMove, Expert: -1, Start: now - e.since, End: now - e.since + h})
	}
	return o
}

// account emits every segment and adds up what each resource did, and which of
// it the end waited for.
func (g *graph) account(now, end unit.Time, emit func(probe.Span)) outcome {
	o := outcome{time: end - now}
	for i := range g.tasks {
		t := &g.tasks[i]
		o.carried[t.span.Resource] += t.bytes
	}
	for i := range g.segments {
		s := &g.segments[i]
		span := g.tasks[s.task].span
		span.Start, span.End = s.start, s.end
		o.busy[span.Resource] += s.end - s.start
		emit(span)
	}
	for i := g.last; i >= 0; i = g.segments[i].cause {
		s := &g.segments[i]
		o.critical[g.tasks[s.task].span.Resource] += s.end - s.start
	}
	return o
}
