package system

import (
	"math/rand/v2"

	"monde/core/policy"
	"monde/core/policy/predict"
	"monde/core/policy/replace"
	"monde/core/probe"
	"monde/core/rng"
	"monde/core/scenario"
	"monde/core/unit"
)

// ahead is the weights that come before a gate asks for them. They use the link while
// nothing else does, one expert after another; what a gate asks for waits until the
// chunk on its way is there.
type ahead struct {
	spec      predict.Spec
	predictor predict.Predictor
	view      predict.View
	draws     *rand.Rand
	found     []int32

	over    probe.Resource // what brings them: the link, or flash, which an expert holds until it is on the GPU
	expert  unit.Time      // of one, with the latency of an idle link
	chunk   unit.Time
	chunks  unit.Time // of one expert
	queue   []coming
	flowing bool          // the first of queue is on the link
	arrived []replace.Key // and wait for their gate

	tokens []int32 // routing of the blocks of this pass that is known early, a row each
	known  int     // how many rows are
	last   []int32 // what the pass before asked for, by layer: its length, then ids
	topK   int

	whole, used, late, dropped int64
}

// coming is one expert on its way.
type coming struct {
	layer  int // over both stacks
	expert int32
	left   unit.Time // still to transfer
	ready  unit.Time // not before
}

// newAhead returns what s wants ahead of need; nil if nothing.
func newAhead(p *parts, s scenario.Scenario) *ahead {
	x := s.Strategy
	if !whole || x.Predictor.Name == predict.Nothing || newKeep(s) == nil {
		return nil
	}
	layers := max(1, s.Model.MoEBlocks())
	over := probe.LinkIn
	if p.read > 0 {
		over = probe.Flash
	}
	a := &ahead{
		over: over,
		spec: x.Predictor, predictor: predict.New(x.Predictor, layers, s.Model.Experts), draws: rng.Stream(s.Seed, "predictions"),
		expert: p.link.Latency() + p.move + p.read, chunks: unit.Time(x.Prefetch.Chunks), chunk: max(1, (p.move+p.read)/unit.Time(x.Prefetch.Chunks)),
		tokens: make([]int32, layers*s.Model.Experts), last: make([]int32, layers*(1+s.Model.Experts)), topK: s.Model.TopK,
	}
	a.view.Draw = a.draws.Float64
	return a
}

// row returns the routing of MoE block moe of this pass.
func (a *ahead) row(moe, experts int) []int32 { return a.tokens[moe*experts : (moe+1)*experts] }

// look fills r.tokens with the routing of a block, and knows that of those which its
// predictions are about.
func (r *run) look(p pass, moe int) {
	a, n := r.ahead, r.s.Model.Experts
	if !whole || a == nil || r.s.Workload.Scope.Partial() {
		r.router.Count(r.tokens, p.route, moe)
		return
	}
	for last := min(r.moeBlocks(p)-1, moe+a.spec.Distance); a.known <= last; a.known++ {
		r.router.Count(a.row(a.known, n), p.route, a.known)
	}
	copy(r.tokens, a.row(moe, n))
}

// idle lets what is on its way use the link, or flash, from one instant to another.
func (r *run) idle(l *ledger, from, to unit.Time) {
	a := r.ahead
	if !whole || a == nil {
		return
	}
	a.flowing = false
	for from < to && len(a.queue) > 0 {
		c := &a.queue[0]
		start := max(from, c.ready)
		if start >= to {
			break
		}
		t := min(c.left, to-start)
		r.emit(probe.Span{Resource: a.over, Work: probe.PMove, Expert: c.expert, Start: start, End: start + t})
		l.took.busy[a.over] += t
		l.took.carried[a.over] += r.experts.bytes(c.left) - r.experts.bytes(c.left-t)
		c.left -= t
		from = start + t
		if a.flowing = c.left > 0; !a.flowing {
			r.arrive(*c)
			a.queue = append(a.queue[:0], a.queue[1:]...)
		}
	}
}

// arrive puts an expert that is whole into the cache, where it stays until its gate.
func (r *run) arrive(c coming) {
	a := r.ahead
	a.whole++
	if _, _, ok := r.keep.cache.Insert(c.layer, c.expert, replace.High); ok {
		r.keep.cache.Pin(c.layer, c.expert)
		a.arrived = append(a.arrived, replace.Key{Layer: int32(c.layer), Expert: c.expert})
	}
}

// gate settles what was on its way for a layer, whose gate is known now: what it asks
// for moves on as its own, the rest is dropped. It returns how long the link is not free
// yet.
func (r *run) gate(layer int) (blocked unit.Time) {
	a, e := r.ahead, &r.experts
	clear(e.left)
	kept := a.queue[:0]
	for i, c := range a.queue {
		flows := a.flowing && i == 0
		switch {
		case c.layer == layer && r.tokens[c.expert] > 0:
			e.left[c.expert] = c.left
			a.late++
			continue
		case flows:
			blocked = a.rest(c.left)
			if c.left -= blocked; c.left == 0 {
				r.arrive(c)
				continue
			}
		}
		if c.layer == layer {
			a.dropped++
			continue
		}
		kept = append(kept, c)
	}
	a.queue, a.flowing = kept, false
	r.unpin(layer)
	return blocked
}

// rest returns how long the chunk goes on that an expert's transfer is in.
func (a *ahead) rest(left unit.Time) unit.Time {
	return left - min((left-1)/a.chunk, a.chunks-1)*a.chunk
}

// unpin lets what came for a layer go, once its gate has used it.
func (r *run) unpin(layer int) {
	a := r.ahead
	kept := a.arrived[:0]
	for _, k := range a.arrived {
		if int(k.Layer) != layer {
			kept = append(kept, k)
			continue
		}
		r.keep.cache.Unpin(layer, k.Expert)
		if r.tokens[k.Expert] > 0 {
			a.used++
		}
	}
	a.arrived = kept
}

// expect asks for the experts that are predicted of the layer that is Distance ahead of
// the one whose gate is known.
func (r *run) expect(p pass, moe int) {
	a, n := r.ahead, r.s.Model.Experts
	target := moe + a.spec.Distance
	chosen := r.experts.order
	a.view.Layer, a.view.Chosen = r.layer(p, moe), chosen
	a.remember(r.layer(p, moe), n, chosen)
	if target >= r.moeBlocks(p) {
		return
	}
	row, layer := a.row(target, n), r.layer(p, target)
	v := &a.view
	v.Target, v.Count = layer, max(a.topK, len(chosen))
	v.Previous, v.Truth = a.past(layer, n), policy.ByTokens(v.Truth[:0], row)
	a.found = a.predictor.Predict(a.found[:0], v)
	a.predictor.Learn(v)
	for _, id := range a.found {
		if r.keep.cache.Has(layer, id) == replace.None && !a.wants(layer, id) {
			a.queue = append(a.queue, coming{layer, id, a.expert, r.now + a.spec.Latency})
		}
	}
}

func (a *ahead) wants(layer int, expert int32) bool {
	for i := range a.queue {
		if a.queue[i].layer == layer && a.queue[i].expert == expert {
			return true
		}
	}
	return false
}

// remember keeps what a layer asked for, for the next pass.
func (a *ahead) remember(layer, experts int, chosen []int32) {
	row := a.last[layer*(1+experts):]
	row[0] = int32(len(chosen))
	copy(row[1:], chosen)
}

// past returns what the pass before asked for at a layer that this one has not come to.
func (a *ahead) past(layer, experts int) []int32 {
	row := a.last[layer*(1+experts):]
	return row[1 : 1+row[0]]
}

// foresee settles what has come for a layer whose gate is known, and asks for what later
// ones are expected to.
func (r *run) foresee(p pass, moe int) {
	if !whole || r.ahead == nil || r.s.Workload.Scope.Partial() {
		return
	}
	r.expect(p, moe)
}

// behind lets what is on its way use the link where a layer, which has just run, did
// not.
func (r *run) behind(took unit.Time) {
	if !whole || r.ahead == nil || len(r.ahead.queue) == 0 {
		return
	}
	r.level.idle(r.ahead.over, r.now, r.now+took, r.idles)
}
