package system

import (
	"monde/core/fault"
	"monde/core/internal/order"
	"monde/core/kv"
	"monde/core/policy"
	"monde/core/policy/replace"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// keep is the experts that GPU memory caches.
type keep struct {
	cache *replace.Cache
	uses  []replace.Use
	held  []bool
	asked []int64 // of the prompt, by layer and expert; nil: it does not decide
}

// sized returns the cache of s with its slots, and whether there is one.
func sized(s scenario.Scenario, blocks int) (spec replace.Spec, ok bool) {
	spec = s.Strategy.Cache
	if !whole || spec.Name == replace.NoCache || s.Strategy.HasAll() {
		return spec, false
	}
	if spec.Slots = slots(s, blocks); spec.LowSlots == 0 {
		spec.LowSlots = rounded(float64(spec.Slots) * twinSlots(s.Strategy))
	}
	return spec, spec.Slots > 0
}

// cacheItems is what the cache of s takes of GPU memory.
func cacheItems(s scenario.Scenario) (items []report.Item) {
	blocks := max(1, s.Model.MoEBlocks())
	spec, ok := sized(s, blocks)
	if !ok {
		return nil
	}
	items = append(items, report.Item{Name: "expert cache", Bytes: unit.Bytes(spec.Room(replace.High, blocks, s.Model.Experts)) * s.Model.ExpertBytes()})
	if n := spec.Room(replace.Low, blocks, s.Model.Experts); n > 0 {
		items = append(items, report.Item{Name: "cache of twins", Bytes: unit.Bytes(n) * twinBytes(s)})
	}
	return items
}

// newKeep returns the cache of s; nil if there is none.
func newKeep(s scenario.Scenario) *keep {
	blocks := max(1, s.Model.MoEBlocks())
	spec, ok := sized(s, blocks)
	if !whole || !ok {
		return nil
	}
	k := &keep{cache: replace.New(spec, blocks, s.Model.Experts), held: make([]bool, s.Model.Experts)}
	if s.Strategy.CachePrompt {
		k.asked = make([]int64, blocks*s.Model.Experts)
	}
	return k
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
		return rounded(x.CacheShare * float64(places))
	}
}

func rounded(x float64) int { return int(x + 0.5) }

// twinSlots returns how many slots for twins a cache has for each whole expert that it has
// room for: they have slots of their own (HOBBIT, 2411.01433), as many as are wanted of
// them. Where nothing moves to the GPU, no twin does. What has few bits for good takes
// the place of a whole one.
func twinSlots(x policy.Spec) float64 {
	p := x.Precision
	if wanted := p.High + p.Low; p.Twins && x.Moves() && wanted > 0 {
		return p.Low / wanted
	}
	return 0
}

// left returns how many experts GPU memory has room for beside all else.
func left(s scenario.Scenario) int64 {
	each := s.Model.ExpertBytes() + unit.Bytes(twinSlots(s.Strategy)*float64(twinBytes(s)))
	s.Strategy.Cache.Name = replace.NoCache
	gpu := memory(s, newPlan(s))[0]
	return min(kv.Slots(gpu.Capacity-gpu.Used, each), int64(s.Model.Experts)*int64(max(1, s.Model.MoEBlocks())))
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

// holds reports whether GPU memory holds all experts of MoE block moe for good.
func (r *run) holds(p pass, moe int) bool {
	n := r.s.Strategy.Held
	return n > 0 && !r.s.Strategy.HasAll() && moe >= r.moeBlocks(p)-n
}

// hold tells the policy which experts GPU memory holds, and the cache what a gate asks
// for.
func (r *run) hold(p pass, moe int) {
	r.view.Held = nil
	if r.holds(p, moe) {
		r.view.Held = r.everyone
		return
	}
	if !whole || r.keep == nil {
		return
	}
	k, layer := r.keep, r.layer(p, moe)
	if k.asked != nil && p.route.Input {
		for _, id := range r.experts.active {
			k.asked[layer*len(k.held)+int(id)] += int64(r.tokens[id])
		}
	}
	r.view.Held, k.uses = k.held, k.uses[:0]
	clear(k.held)
	all := int32(0)
	for _, id := range r.experts.active {
		all += r.tokens[id]
	}
	for _, id := range r.experts.active {
		want := r.slot(layer, id, r.wanted(id))
		k.held[id] = k.cache.Has(layer, id) >= want
		benefit := r.view.Near[id] - r.view.GPU[id]
		if !k.held[id] {
			benefit -= r.view.Move
		}
		// A gate's score is not known: its share of the tokens stands for it.
		k.uses = append(k.uses, replace.Use{
			Expert: id, Tokens: r.tokens[id], Want: want, Score: float64(r.tokens[id]) / float64(all), Benefit: int64(benefit),
		})
	}
	k.cache.Use(layer, k.uses)
}

// kept puts the experts that have moved where the cache has room for them.
func (r *run) kept(p pass, moe int) {
	if !whole || r.keep == nil || r.holds(p, moe) {
		return
	}
	e := &r.experts
	for _, id := range e.order {
		if e.sites[id] == policy.Moved {
			layer := r.layer(p, moe)
			r.keep.cache.Insert(layer, id, r.slot(layer, id, r.wanted(id)))
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
	if !whole || r.keep == nil || !r.s.Strategy.Cache.Warm && r.keep.asked == nil {
		return nil
	}
	if r.keep.asked != nil && r.plan.input {
		return nil // the prompt is the run's own
	}
	asked, err := r.asked(stop)
	if err != nil {
		return err
	}
	r.fill(asked)
	return nil
}

// decided moves what the prompt has asked for most to the GPU, once the prompt is done.
func (r *run) decided(p pass) {
	if !whole || r.keep == nil || r.keep.asked == nil || !p.route.Input {
		return
	}
	n := r.fill(r.keep.asked)
	l := r.open()
	b := unit.Bytes(n) * r.s.Model.ExpertBytes()
	t := r.parts.within(r.parts.link.Latency()+unit.Time(n)*r.parts.move, maxPart, "machine.link", "PMove of what the prompt asked for")
	r.mark = probe.Span{Pass: p.number, Layer: -1}
	r.alone(l, probe.LinkIn, probe.PMove, t)
	l.took.carried[probe.LinkIn] = b
	r.tally.whole(l, 0)
}

// fill puts the experts that are asked for most into the cache, and returns how many; of
// the prompt, none that it has not asked for.
func (r *run) fill(asked []int64) int {
	n := r.s.Model.Experts
	keys := make([]replace.Key, 0, len(asked))
	for i := range asked {
		if asked[i] == 0 && r.keep.asked != nil {
			continue
		}
		keys = append(keys, replace.Key{Layer: int32(i / n), Expert: int32(i % n)})
	}
	order.By(keys, func(a, b replace.Key) bool {
		x, y := asked[int(a.Layer)*n+int(a.Expert)], asked[int(b.Layer)*n+int(b.Expert)]
		return x > y || x == y && (a.Layer < b.Layer || a.Layer == b.Layer && a.Expert < b.Expert)
	})
	return r.keep.cache.Warm(replace.High, keys)
}

// asked returns how many tokens passes of other tokens have for each expert, by layer.
func (r *run) asked(stop fault.Stop) ([]int64, error) {
	router, _, err := workload.NewRouter(r.s.Workload, r.s.Model, r.s.Seed+profileSeed, r.s.Traces)
	if err != nil {
		return nil, fault.In("workload", err)
	}
	n := r.s.Model.Experts
	asked := make([]int64, max(1, r.s.Model.MoEBlocks())*n)
	note := func(p pass, moe int, tokens []int32) {
		for id, t := range tokens {
			asked[r.layer(p, moe)*n+id] += int64(t)
		}
	}
	for i := range min(warmPasses, r.plan.passes()) {
		r.rehearse(router, r.plan.at(i), note)
		if err := stop.Err(); err != nil {
			return nil, err
		}
	}
	return asked, nil
}
