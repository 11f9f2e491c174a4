package system

import (
	"monde/core/fault"
	"monde/core/internal/order"
	"monde/core/kv"
	"monde/core/policy"
	"monde/core/policy/replace"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/workload"
)

// keep is the experts that GPU memory caches.
type keep struct {
	cache *replace.Cache
	uses  []replace.Use
	held  []bool
}

// newKeep returns the cache of s; nil if there is none.
func newKeep(s scenario.Scenario) *keep {
	spec := s.Strategy.Cache
	if !whole || spec.Name == replace.NoCache || s.Strategy.HasAll() {
		return nil
	}
	blocks := max(1, s.Model.MoEBlocks())
	if spec.Slots = slots(s, blocks); spec.Slots == 0 {
		return nil
	}
	return &keep{cache: replace.New(spec, blocks, s.Model.Experts), held: make([]bool, s.Model.Experts)}
}

// slots returns how many experts the cache of s has room for: in each layer, or in all.
func slots(s scenario.Scenario, blocks int) int {
	x := s.Strategy
	places := s.Model.Experts
	if x.Cache.Scope == replace.Model {
		places *= blocks
	}
	switch {
	case x.CacheFills:
		return min(places, int(left(s))*places/(s.Model.Experts*blocks))
	case x.Cache.Slots > 0:
		return x.Cache.Slots
	default:
		return int(x.CacheShare*float64(places) + 0.5)
	}
}

// left returns how many experts GPU memory has room for beside all else.
func left(s scenario.Scenario) int64 {
	s.Strategy.Cache.Name = replace.NoCache
	gpu := memory(s, newPlan(s))[0]
	return min(kv.Slots(gpu.Capacity-gpu.Used, s.Model.ExpertBytes()), int64(s.Model.Experts)*int64(max(1, s.Model.MoEBlocks())))
}

// layer numbers a MoE block over both stacks, the encoder's first.
func (r *run) layer(p pass, moe int) int {
	if p.route.Encoder {
		return moe
	}
	return r.s.Model.Encoder.MoEBlocks() + moe
}

// begins tells the cache and the predictor that a pass begins.
func (r *run) begins(n int, p pass) {
	starts := p.route.Input || !r.plan.input && n == 0
	if whole && r.keep != nil {
		r.keep.cache.Begin(int64(n), starts)
	}
	if whole && r.ahead != nil {
		r.ahead.predictor.Begin(starts)
		r.ahead.known = 0
	}
}

// hold tells the policy which experts GPU memory holds, and the cache what a gate asks
// for.
func (r *run) hold(p pass, moe int) {
	r.view.Held = nil
	if n := r.s.Strategy.Held; n > 0 && !r.s.Strategy.HasAll() && moe >= r.moeBlocks(p)-n {
		r.view.Held = r.everyone
		return
	}
	if !whole || r.keep == nil {
		return
	}
	k, layer := r.keep, r.layer(p, moe)
	r.view.Held, k.uses = k.held, k.uses[:0]
	clear(k.held)
	for _, id := range r.experts.active {
		want := r.wanted(id)
		k.held[id] = k.cache.Has(layer, id) >= want
		k.uses = append(k.uses, replace.Use{Expert: id, Tokens: r.tokens[id], Want: want, Benefit: int64(r.view.Near[id] - r.view.GPU[id])})
	}
	k.cache.Use(layer, k.uses)
}

// kept puts the experts that have moved where the cache has room for them.
func (r *run) kept(p pass, moe int) {
	if !whole || r.keep == nil || r.s.Strategy.Held > 0 && moe >= r.moeBlocks(p)-r.s.Strategy.Held {
		return
	}
	e := &r.experts
	for _, id := range e.order {
		if e.sites[id] == policy.Moved {
			r.keep.cache.Insert(r.layer(p, moe), id, r.wanted(id))
		}
	}
}

// cached says what the cache was asked for; nil if there is none.
func (r *run) cached() *report.Cached {
	k := r.keep
	if !whole || k == nil {
		return nil
	}
	c := &report.Cached{Slots: k.cache.Slots(replace.High), Hits: k.cache.Hits(), Misses: k.cache.Misses()}
	if n := c.Hits + c.Misses; n > 0 {
		c.HitRate = float64(c.Hits) / float64(n)
	}
	if r.twins != nil {
		c.Skipped = r.twins.skipped
	}
	if a := r.ahead; a != nil {
		c.Prefetched, c.Used, c.Late, c.Dropped = a.whole, a.used, a.late, a.dropped
	}
	return c
}

// warmPasses is how many passes of other tokens tell what is asked for.
const warmPasses = 64

// warm begins with the experts that passes of other tokens ask for most.
func (r *run) warm(stop fault.Stop) error {
	if !whole || r.keep == nil || !r.s.Strategy.Cache.Warm {
		return nil
	}
	asked, err := r.asked(stop)
	if err != nil {
		return err
	}
	n := r.s.Model.Experts
	keys := make([]replace.Key, 0, len(asked))
	for i := range asked {
		keys = append(keys, replace.Key{Layer: int32(i / n), Expert: int32(i % n)})
	}
	order.By(keys, func(a, b replace.Key) bool {
		x, y := asked[int(a.Layer)*n+int(a.Expert)], asked[int(b.Layer)*n+int(b.Expert)]
		return x > y || x == y && (a.Layer < b.Layer || a.Layer == b.Layer && a.Expert < b.Expert)
	})
	r.keep.cache.Warm(replace.High, keys)
	return nil
}

// asked returns how many tokens passes of other tokens have for each expert, by layer.
func (r *run) asked(stop fault.Stop) ([]int64, error) {
	router, _, err := workload.NewRouter(r.s.Workload, r.s.Model, r.s.Seed+profileSeed, r.s.Traces)
	if err != nil {
		return nil, fault.In("workload", err)
	}
	n := r.s.Model.Experts
	asked := make([]int64, max(1, r.s.Model.MoEBlocks())*n)
	for i := range min(warmPasses, r.plan.passes()) {
		p := r.plan.at(i)
		for moe := range r.moeBlocks(p) {
			router.Count(r.tokens, p.route, moe)
			for id, t := range r.tokens {
				asked[r.layer(p, moe)*n+id] += int64(t)
			}
		}
		if err := stop.Err(); err != nil {
			return nil, err
		}
	}
	return asked, nil
}
