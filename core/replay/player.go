package replay

import (
	"monde/core/fault"
	"monde/core/internal/order"
	"monde/core/policy/predict"
	"monde/core/policy/replace"
	"monde/core/rng"
	"monde/core/workload"
)

// A player holds what one replay goes through.
type player struct {
	t      *workload.Trace
	s      Spec
	cache  *replace.Cache
	oracle predict.Predictor
	draw   func() float64

	gates    []gate      // by layer, of this step
	before   []gate      // of the step before
	shares   [][]float64 // popularity by layer and expert
	expected [][]int32   // by layer, of this step
	tokens   []int32     // scratch: by expert

	steps, counted int64 // of gates those that are counted
	scores         []predict.Score
}

// A gate is what a layer asks for in one step.
type gate struct {
	experts []int32 // ascending
	uses    []replace.Use
}

func newPlayer(t *workload.Trace, s Spec) *player {
	p := &player{
		t: t, s: s, cache: replace.New(s.Cache, t.Layers, t.Experts), oracle: predict.New(s.Predict, t.Layers, t.Experts),
		draw: rng.Stream(s.Seed, "replay/predict").Float64, gates: make([]gate, t.Layers), before: make([]gate, t.Layers),
		shares: make([][]float64, t.Layers), expected: make([][]int32, t.Layers),
		tokens: make([]int32, t.Experts), scores: make([]predict.Score, t.Layers),
	}
	for l := range p.shares {
		p.shares[l] = make([]float64, t.Experts)
	}
	return p
}

// learn makes popularity, the hot set and tables from the requests to learn from.
func (p *player) learn(from part) {
	source := from.learnt
	if p.s.Learn == Online {
		source = from.played
	}
	for l, share := range p.shares {
		tokens := 0.0
		for _, r := range source {
			tokens += float64(r.End - r.First)
			for now := r.First; now < r.End; now++ {
				for _, e := range p.t.Chosen(l, now) {
					share[e]++
				}
			}
		}
		for e := range share {
			share[e] /= tokens * float64(p.t.TopK)
		}
	}
	if p.s.Cache.Warm || p.s.Cache.Name == replace.Static {
		p.cache.Warm(replace.High, p.hot())
		p.cache.Warm(replace.Low, p.hot())
	}
	if p.s.Predict.Name == predict.Nothing {
		return
	}
	for _, r := range from.learnt {
		slots := newSlots([]workload.Stretch{r}, 1)
		for p.next(slots) {
			p.oracle.Begin(slots.starts)
			for l := range p.gates {
				v := p.view(l)
				p.oracle.Learn(&v)
			}
		}
	}
}

// hot returns every expert, the busiest first.
func (p *player) hot() []replace.Key {
	var keys []replace.Key
	for l := range p.shares {
		for e := range p.shares[l] {
			keys = append(keys, replace.Key{Layer: int32(l), Expert: int32(e)})
		}
	}
	order.By(keys, func(a, b replace.Key) bool {
		x, y := p.shares[a.Layer][a.Expert], p.shares[b.Layer][b.Expert]
		if x != y {
			return x > y
		}
		return a.Layer < b.Layer || a.Layer == b.Layer && a.Expert < b.Expert
	})
	return keys
}

// play plays all slots until one has nothing left.
func (p *player) play(stop fault.Stop, s *slots) error {
	for p.next(s) {
		if err := stop.Err(); err != nil {
			return err
		}
		if p.steps == int64(p.s.Warmup) {
			p.cache.ForgetHits()
		}
		p.cache.Begin(p.steps, s.starts)
		p.oracle.Begin(s.starts)
		for l := range p.gates {
			p.layer(l)
		}
		p.steps++
	}
	if p.steps <= int64(p.s.Warmup) {
		return fault.At("warmup", "the trace has %d steps in batches of %d, all of them within the warm-up", p.steps, p.s.Batch)
	}
	return nil
}

// next gathers the gates of the slots' next tokens; false if a slot has none.
func (p *player) next(s *slots) bool {
	if !s.advance() {
		return false
	}
	p.gates, p.before = p.before, p.gates
	if s.starts {
		for l := range p.before {
			p.before[l].experts = p.before[l].experts[:0] // of another request
		}
	}
	for l := range p.gates {
		p.gather(l, s)
	}
	return true
}

// gather adds up what one layer chose for the slots' tokens.
func (p *player) gather(layer int, s *slots) {
	clear(p.tokens)
	for _, slot := range s.at {
		for _, e := range p.t.Chosen(layer, slot.now) {
			p.tokens[e]++
		}
	}
	g := &p.gates[layer]
	g.experts, g.uses = g.experts[:0], g.uses[:0]
	for e, n := range p.tokens {
		if n > 0 {
			g.experts = append(g.experts, int32(e))
			score := float64(n) / float64(p.t.TopK*len(s.at))
			g.uses = append(g.uses, replace.Use{Expert: int32(e), Tokens: n, Score: score, Benefit: int64(n)})
		}
	}
}

// layer runs one gate: what was expected of it is scored, what it asks for is fetched,
// and the gate so many layers on is predicted.
func (p *player) layer(l int) {
	g := &p.gates[l]
	if l < p.s.Predict.Distance {
		p.predict(l) // nothing of this step is known in time
	}
	counts := p.steps >= int64(p.s.Warmup)
	if counts {
		p.counted++
		p.score(l)
	}
	p.cache.Use(l, g.uses)
	for _, e := range g.experts {
		if p.cache.Has(l, e) == replace.High {
			p.cache.Touch(l, e) // experts run in order of their ids, and are used when they run
		} else {
			p.cache.Insert(l, e, replace.High)
		}
	}
	v := p.view(l)
	p.oracle.Learn(&v)
	if target := l + p.s.Predict.Distance; target < len(p.gates) {
		p.predict(target)
	}
}

// predict expects experts of a target, and fetches them if that is wanted.
func (p *player) predict(target int) {
	v := p.view(target)
	p.expected[target] = p.oracle.Predict(p.expected[target][:0], &v)
	if !p.s.Prefetch {
		return
	}
	for _, e := range p.expected[target] {
		p.cache.Insert(target, e, replace.High)
	}
}

// view is what may be known of a target, and its truth.
func (p *player) view(target int) predict.View {
	from := target - p.s.Predict.Distance
	v := predict.View{
		Layer: from, Target: target, Count: p.s.Factor * len(p.gates[target].experts),
		Previous: p.before[target].experts, Popularity: p.shares[target], Truth: p.gates[target].experts, Draw: p.draw,
	}
	if from >= 0 {
		v.Chosen = p.gates[from].experts
	}
	if from > 0 {
		v.Before = p.gates[from-1].experts
	}
	return v
}

// score counts what was expected of a layer whose predictor knew a gate of this step.
func (p *player) score(l int) {
	if l < p.s.Predict.Distance {
		return
	}
	ready := 0
	for _, e := range p.expected[l] {
		if p.cache.Has(l, e) == replace.High {
			ready++
		}
	}
	p.scores[l].Add(p.expected[l], p.gates[l].experts, ready)
}

// tally adds what was found to r.
func (p *player) tally(r *Result) {
	for l := range p.gates {
		hits, misses := p.cache.LayerHits(l)
		r.Layers[l].Hits += hits
		r.Layers[l].Misses += misses
		r.Layers[l].Score.Sum(p.scores[l])
		r.Score.Sum(p.scores[l])
	}
	r.Steps += p.counted / int64(len(p.gates))
}

// slots play requests, so that slot i has requests i, i+n, i+2n, … of all.
type slots struct {
	at       []slot
	requests []workload.Stretch
	starts   bool // a lone slot has begun a request
}

// A slot is at token now of a request.
type slot struct{ request, now int }

func newSlots(requests []workload.Stretch, n int) *slots {
	s := &slots{at: make([]slot, n), requests: requests}
	for i := range s.at {
		s.at[i] = slot{i, requests[i].First - 1}
	}
	return s
}

// advance moves every slot to its next token; false if a slot has none. Sequences of
// several slots overlap, and none starts alone.
func (s *slots) advance() bool {
	s.starts = false
	for i := range s.at {
		at := &s.at[i]
		at.now++
		if at.now == s.requests[at.request].End {
			if at.request += len(s.at); at.request >= len(s.requests) {
				return false
			}
			at.now = s.requests[at.request].First
		}
		s.starts = len(s.at) == 1 && at.now == s.requests[at.request].First
	}
	return true
}
