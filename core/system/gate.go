package system

import (
	"slices"

	"monde/core/policy"
	"monde/core/policy/replace"
	"monde/core/unit"
)

// gate settles what was on its way for a layer, whose gate is known now: what it asks
// for may move on as its own, the rest is dropped.
func (r *run) gate(p pass, moe int) {
	a, e := r.ahead, &r.experts
	if !whole || a == nil {
		return
	}
	layer := r.layer(p, moe)
	clear(e.left)
	e.blocked, a.caught, a.copies = 0, a.caught[:0], false
	kept := a.queue[:0]
	for i, c := range a.queue {
		right := c.layer == layer && r.suits(c.expert, c.class)
		switch flows := a.flowing && i == 0; {
		case right && c.ready <= r.now:
			r.catch(c)
		case flows:
			a.copying, a.copies = c, true
		case c.layer != layer:
			kept = append(kept, c)
		case !right:
			a.dropped++
		}
	}
	a.queue, a.flowing = kept, false
	if r.view.Busy = 0; a.copies {
		r.view.Busy = a.rest(&a.copying)
	}
	r.unpin(layer)
}

// suits reports whether the gate at hand asks for an expert, in no higher precision.
func (r *run) suits(id int32, class replace.Class) bool {
	return r.tokens[id] > 0 && class >= r.wanted(id)
}

// catch has the gate at hand use what has come of an expert, unless a twin that it wants
// comes sooner.
func (r *run) catch(c coming) {
	a, e := r.ahead, &r.experts
	a.late++
	if !a.begun(&c) || c.left >= a.takes[r.wanted(c.expert)] {
		return
	}
	e.left[c.expert] = c.left
	if r.twins != nil {
		r.twins.want[c.expert] = c.class
	}
	a.caught = append(a.caught, c)
}

// unpin lets what came for a layer go, once its gate has used it.
func (r *run) unpin(layer int) {
	a := r.ahead
	kept := a.arrived[:0]
	for _, x := range a.arrived {
		if x.layer != layer {
			kept = append(kept, x)
			continue
		}
		right := r.suits(x.expert, x.class)
		if x.staged {
			a.staged--
			if right {
				r.experts.left[x.expert] = 1 // it is there but for being moved to its place
			}
		} else {
			r.keep.cache.Unpin(layer, x.expert)
		}
		if right && x.came {
			a.used++
		}
	}
	a.arrived = kept
}

// resume says how what has been on its way goes on, once it is known where experts are
// computed. What is computed at home comes all the same, for the next time. A copy that
// nobody asked for goes on to the end of its chunk, for which those that are moved wait.
func (r *run) resume(layer int) {
	a, e := r.ahead, &r.experts
	if !whole || a == nil {
		return
	}
	for _, c := range a.caught {
		if e.sites[c.expert] != policy.Moved {
			c.past = true
			a.queue = append(a.queue, c)
		}
	}
	moves := false
	for _, id := range e.order {
		if e.sites[id] == policy.Moved {
			moves = true
		} else {
			e.left[id] = 0
		}
	}
	if a.copies {
		r.copyOn(layer, moves)
	}
}

// copyOn goes on with a copy that the gate of a layer did not ask for; waited says that
// others wait for the link.
func (r *run) copyOn(layer int, waited bool) {
	a, c := r.ahead, r.ahead.copying
	c.past = c.layer == layer
	rest := a.rest(&c)
	switch {
	case waited:
		r.experts.blocked = rest
		if r.carries(&r.ledger, &c, rest); c.left == 0 {
			r.arrive(c)
			return
		}
	case c.left == rest: // it is in its last chunk
		a.queue = slices.Insert(a.queue, 0, c)
		return
	}
	if c.past {
		a.dropped++
		return
	}
	a.queue = slices.Insert(a.queue, 0, c)
}

// rest returns how long the chunk goes on that an expert's transfer is in.
func (a *ahead) rest(c *coming) unit.Time {
	chunk := max(1, (a.takes[c.class]-a.latency)/a.chunks)
	return c.left - min((c.left-1)/chunk, a.chunks-1)*chunk
}
