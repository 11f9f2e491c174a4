package system

import (
	"math"

	"monde/core/policy"
	"monde/core/policy/replace"
)

// row returns the routing of MoE block moe of this pass.
func (a *ahead) row(moe, experts int) []int32 { return a.tokens[moe*experts : (moe+1)*experts] }

// class returns in which precision it is wanted.
func (a *ahead) class(moe, experts int) []replace.Class {
	return a.classes[moe*experts : (moe+1)*experts]
}

// foresees reports whether the routing of later blocks is asked for.
func (r *run) foresees() bool {
	return r.ahead != nil && !r.s.Workload.Scope.Partial()
}

// look fills r.tokens with the routing of a block, and knows that of those which its
// predictions are about.
func (r *run) look(p pass, moe int) {
	if !whole || !r.foresees() {
		r.router.Count(r.tokens, p.route, moe)
		return
	}
	a, n := r.ahead, r.s.Model.Experts
	for last := min(r.moeBlocks(p)-1, moe+a.spec.Distance); a.known <= last; a.known++ {
		row := a.row(a.known, n)
		r.router.Count(row, p.route, a.known)
		r.static(row, p)
		a.asked[a.known] = policy.ByTokens(a.asked[a.known][:0], row)
		if p.route.Input {
			copy(a.prompt[r.layer(p, a.known)*n:], row)
		}
		if r.twins != nil {
			r.twins.draw(a.class(a.known, n), row, r.layer(p, a.known))
		}
	}
	copy(r.tokens, a.row(moe, n))
}

// static makes every expert compute its capacity, if batches are shaped so.
func (r *run) static(tokens []int32, p pass) {
	share := r.s.Strategy.Batching.Capacity
	if share == 0 {
		return
	}
	padded := int32(math.Ceil(float64(share * float64(p.route.Tokens))))
	for i := range tokens {
		tokens[i] = padded
	}
}

// foresee asks for what later layers are expected to, once the gate of a block is known.
func (r *run) foresee(p pass, moe int) {
	if whole && r.foresees() {
		r.expect(p, moe)
	}
}

// expect asks for the experts that are predicted of the layer that is Distance ahead of
// the one whose gate is known.
func (r *run) expect(p pass, moe int) {
	a, n := r.ahead, r.s.Model.Experts
	target := moe + a.spec.Distance
	if target < r.moeBlocks(p) {
		r.foretell(p, moe, target)
		layer := r.layer(p, target)
		r.activate(layer)
		for _, id := range a.found {
			r.request(layer, id, r.forecast(p, target, id))
		}
	}
	a.remember(r.layer(p, moe), n, a.asked[moe])
}

// foretell fills a.found with what is predicted of MoE block target when the gate of moe
// is known. What gates chose are sets in one order, whatever order experts run in.
func (r *run) foretell(p pass, moe, target int) {
	a, n := r.ahead, r.s.Model.Experts
	v, layer := &a.view, r.layer(p, target)
	v.Layer, v.Target = r.layer(p, moe), layer
	v.Chosen, v.Before = a.asked[moe], nil
	if moe > 0 {
		v.Before = a.asked[moe-1]
	}
	v.Count = max(a.topK, len(v.Chosen))
	v.Previous, v.Truth = a.past(layer, n), a.asked[target]
	if v.Prompt = nil; r.plan.input && !r.plan.pair && !p.route.Input {
		v.Prompt = a.prompt[layer*n : (layer+1)*n]
	}
	if a.shares != nil {
		v.Popularity = a.shares[layer*n : (layer+1)*n]
	}
	a.found = a.predictor.Predict(a.found[:0], v)
	a.predictor.Learn(v)
}

// activate has MoE-Infinity's cache count what an earlier request, which is most like this
// one, asked of a layer.
func (r *run) activate(layer int) {
	if r.ahead.expects == nil || r.s.Strategy.Cache.Name != replace.Activation {
		return
	}
	if tokens := r.ahead.expects.Expected(); tokens != nil {
		r.keep.cache.Expect(layer, tokens)
	}
}

// request has an expert come unless it is there, or comes. What is there counts as
// accessed, and stays until its gate.
func (r *run) request(layer int, id int32, class replace.Class) {
	a, cache := r.ahead, r.keep.cache
	switch c := a.wants(layer, id); {
	case class == replace.None: // nobody will ask
	case cache.Has(layer, id) >= r.slot(layer, id, class):
		cache.Touch(layer, id)
		cache.Pin(layer, id)
		a.arrived = append(a.arrived, arrival{layer: layer, expert: id, class: class})
	case c != nil && c.class >= class:
		c.past = false
	default:
		a.queue = append(a.queue, coming{layer, id, class, false, a.takes[class], r.now + a.spec.Latency})
	}
}

// forecast returns the precision that a predicted expert of MoE block moe will be wanted
// in. A predictor that knows gates' scores is right about those of an expert that it is
// right about; others expect whole experts.
func (r *run) forecast(p pass, moe int, id int32) replace.Class {
	a, w, n := r.ahead, r.twins, r.s.Model.Experts
	switch {
	case w == nil:
		return replace.High
	case w.few(r.layer(p, moe), int(id), n):
		return replace.Low
	case !a.spec.Name.Knows():
		return replace.High
	case a.row(moe, n)[id] > 0:
		return a.class(moe, n)[id]
	default: // of as many tokens as the mean of those that are asked for has
		active := max(1, len(a.asked[moe]))
		mean := (p.route.Tokens*a.topK + active - 1) / active
		return w.spec.Class(int32(max(1, mean)), a.draws.Float64())
	}
}

// wants returns an expert's place in the queue; nil if it is not there.
func (a *ahead) wants(layer int, expert int32) *coming {
	for i := range a.queue {
		if a.queue[i].layer == layer && a.queue[i].expert == expert {
			return &a.queue[i]
		}
	}
	return nil
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
