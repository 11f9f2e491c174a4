package system

import (
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/unit"
)

// experts is what the MoE part of one layer has to do, after its gate.
type experts struct {
	// Of this layer and pass.
	sites    []policy.Site
	device   []int32 // of several GPUs, the one that has each; nil: there is one
	tokens   []int32
	active   []int32 // experts with tokens, by id
	order    []int32 // the same, as they go: busiest first, usually
	gpu      []unit.Time
	near     []unit.Time
	together unit.Time   // experts that GPU memory holds, in one kernel; 0 = one by one
	joint    unit.Time   // and those of a block that has moved
	start    unit.Time   // before any of it: the host learns where tokens go
	launch   unit.Time   // host time to launch one expert on the GPU
	fetch    unit.Time   // and to ask for its weights
	since    unit.Time   // since the transfer of the layer before had come: this one's runs ahead by as much
	shared   unit.Time   // shared experts, on the GPU
	left     []unit.Time // of PMove that has begun ahead of need, by expert; nil or 0: all of it
	low      []bool      // it comes as a twin, or is computed as one at home; nil: none is
	blocked  unit.Time   // the link is not free before: something came ahead of need
	carried  unit.Time   // that is still computed: deferred experts of the layer before, or attention
	deferred int         // experts at home that are left for the next layer
	sent     unit.Bytes  // activations of cold experts, each way; 0 = none are cold
	across   unit.Time   // of sent over the link

	// Of the whole run.
	where       probe.Resource // of cold experts
	carriedOn   probe.Resource
	carriedWork probe.Work
	devices     int        // expert i is on device i mod devices; 0 where none is
	weights     unit.Bytes // of one expert
	move        unit.Time  // of weights over the link
	twin        unit.Time  // of a twin's
	twinBytes   unit.Bytes // of a twin
	read        unit.Time  // of weights from flash; 0 = they are in memory
	twinRead    unit.Time  // of a twin's
	latency     unit.Time  // of a link that was idle
	chunk       unit.Time  // a PMove can be overtaken at multiples of it
	staging     int        // experts that GPU memory holds in transit
	serial      bool       // transfers do not run beside compute
	block       bool       // all transfers of a layer come before its computes
	ahead       bool       // and begin with the computes of the layer before
	all         bool       // experts without tokens are moved too
}

// outcome is what one part of a layer took.
type outcome struct {
	time     unit.Time
	busy     [probe.Resources]unit.Time
	critical [probe.Resources]unit.Time // these sum to time
	carried  [probe.Resources]unit.Bytes
}

// on adds work that runs alone on one resource.
func (o *outcome) on(r probe.Resource, t unit.Time) {
	o.time += t
	o.busy[r] += t
	o.critical[r] += t
}

// plus adds what follows.
func (o *outcome) plus(x outcome) {
	o.time += x.time
	for r := range o.busy {
		o.busy[r] += x.busy[r]
		o.critical[r] += x.critical[r]
		o.carried[r] += x.carried[r]
	}
}

// fidelity runs the MoE part of a layer.
type fidelity interface {
	// run returns what e takes from instant now. emit is called for each span.
	run(e *experts, now unit.Time, emit func(probe.Span)) outcome
	// idle calls f with the stretches of the last run, which took from one instant to
	// another, in which a resource did nothing.
	idle(on probe.Resource, from, to unit.Time, f func(from, to unit.Time))
}

// moves returns how long PMove of an expert still takes, and of how many bytes.
func (e *experts) moves(id int32) (unit.Time, unit.Bytes, unit.Time) {
	low := e.low != nil && e.low[id]
	all, bytes := e.move, e.weights
	if low {
		all, bytes = e.twin, e.twinBytes
	}
	switch {
	case e.left == nil || e.left[id] == 0:
		return all, bytes, e.latency
	case e.read > 0: // it is read first, and moved then
		return min(all, e.left[id]), unit.Bytes(float64(bytes) * (float64(min(all, e.left[id])) / float64(all))), 0
	default:
		return e.left[id], e.bytes(low, e.left[id]), 0
	}
}

// reads returns how long an expert still takes to come from flash, and how many bytes.
func (e *experts) reads(id int32) (unit.Time, unit.Bytes) {
	low := e.low != nil && e.low[id]
	all, move, bytes := e.read, e.move, e.weights
	if low {
		all, move, bytes = e.twinRead, e.twin, e.twinBytes
	}
	if e.left == nil || e.left[id] == 0 {
		return all, bytes
	}
	return min(all, max(0, e.left[id]-move)), e.bytes(low, e.left[id])
}

// bytes returns how many bytes of an expert, or of its twin, come in the rest of its
// transfer, which begins with the link's latency.
func (e *experts) bytes(low bool, left unit.Time) unit.Bytes {
	all, bytes := e.move+e.read, e.weights
	if low {
		all, bytes = e.twin+e.twinRead, e.twinBytes
	}
	return unit.Bytes(float64(bytes) * min(1, float64(left)/float64(all)))
}

// now returns how many of the given experts at home are computed in this layer, and what
// the others take, beside the next one.
func (e *experts) now(ids []int32) (n int, after unit.Time) {
	n = max(0, len(ids)-e.deferred)
	for _, id := range ids[n:] {
		after += e.near[id]
	}
	return n, after
}

// only reports whether every active expert is at one site.
func (e *experts) only(site policy.Site) bool {
	for _, id := range e.order {
		if e.sites[id] != site {
			return false
		}
	}
	return true
}

// at appends the experts of e at site, busiest first.
func (e *experts) at(dst []int32, site policy.Site) []int32 {
	for _, id := range e.order {
		if e.sites[id] == site {
			dst = append(dst, id)
		}
	}
	return dst
}
