package system

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"monde/core/fault"
	"monde/core/policy"
	"monde/core/policy/replace"
	"monde/core/rng"
	"monde/core/scenario"
	"monde/core/unit"
)

// twins is the copies of experts in fewer bits, and which experts of a layer are wanted
// as such.
type twins struct {
	spec    policy.Precision
	draws   *rand.Rand
	fixed   []bool // by layer and expert: it has no other copy; nil: all have
	alone   []bool // those of the layer at hand
	want    []replace.Class
	share   float64 // of an expert's bytes
	weights unit.Bytes
	move    unit.Time // PMove of one
	read    unit.Time // and from flash
	onGPU   memo
	onNear  memo // where it lives
	skipped int64
}

// newTwins returns the twins of s; nil if there are none.
func newTwins(p *parts, s scenario.Scenario) *twins {
	x := s.Strategy.Precision
	if !whole || !x.Lowers() || s.Strategy.HasAll() {
		return nil
	}
	low := s.Model
	low.ExpertBits = min(x.LowBits, s.Model.ExpertBits)
	k := newKernels(p.gpu, low)
	w := &twins{
		spec: x, draws: rng.Stream(s.Seed, "precision"), want: make([]replace.Class, s.Model.Experts),
		share: low.ExpertBits / s.Model.ExpertBits, weights: low.ExpertBytes(),
	}
	w.move, w.read = unit.Time(float64(p.move)*w.share), unit.Time(float64(p.read)*w.share)
	w.onGPU.of = func(t int) unit.Time {
		return p.within(p.gpu.Looped(k.expert, t).Time, maxService, "machine.gpu", "one expert on the GPU")
	}
	s.Model = low
	if near := nearOf(p, s); near != nil {
		w.onNear.of = func(t int) unit.Time {
			return p.within(near(t), maxService, "machine."+p.home(), "one expert where it lives")
		}
	}
	return w
}

// fix picks the experts of each layer that have few bits for good: those that passes of
// other tokens ask for least, the lower id first among equals.
func (r *run) fix(stop fault.Stop) error {
	if !whole || r.twins == nil || r.twins.spec.Fixed == 0 {
		return nil
	}
	asked, err := r.asked(stop)
	if err != nil {
		return err
	}
	n := r.s.Model.Experts
	r.twins.fixed = make([]bool, len(asked))
	ids := make([]int, n)
	for start := 0; start < len(asked); start += n {
		for i := range ids {
			ids[i] = start + i
		}
		slices.SortStableFunc(ids, func(a, b int) int { return cmp.Compare(asked[a], asked[b]) })
		for _, at := range ids[:int(float64(n)*r.twins.spec.Fixed+0.5)] {
			r.twins.fixed[at] = true
		}
	}
	return nil
}

// classify draws the precision that each expert of a layer is wanted in; what all tokens
// skip gets none.
func (r *run) classify(layer int) {
	w := r.twins
	if !whole || w == nil {
		return
	}
	if w.fixed != nil {
		w.alone = w.fixed[layer*len(r.tokens) : (layer+1)*len(r.tokens)]
	}
	for id, t := range r.tokens {
		if w.want[id] = replace.None; t == 0 {
			continue
		}
		if w.fixed != nil && w.alone[id] {
			w.want[id] = replace.Low
			continue
		}
		if w.want[id] = w.spec.Class(t, w.draws.Float64()); w.want[id] == replace.None {
			w.skipped += int64(t)
			r.tokens[id] = 0
		}
	}
}

// wanted returns the slots that an expert of this layer is looked for in: what has few
// bits for good has no other copy, and a whole one's.
func (r *run) wanted(id int32) replace.Class {
	w := r.twins
	if !whole || w == nil || w.fixed != nil && w.alone[id] {
		return replace.High
	}
	return w.want[id]
}

// cheapen tells the policy what twins take where they live.
func (r *run) cheapen() {
	w := r.twins
	if !whole || w == nil || w.onNear.of == nil {
		return
	}
	for _, id := range r.experts.active {
		if w.want[id] == replace.Low {
			r.view.Near[id] = w.onNear.at(int(r.tokens[id]))
		}
	}
}

// lower gives twins the time that they take on the GPU and over the link.
func (r *run) lower() {
	w, e := r.twins, &r.experts
	if !whole || w == nil {
		return
	}
	for _, id := range e.order {
		e.low[id] = e.sites[id] != policy.Resident && w.want[id] == replace.Low
		if e.low[id] {
			e.gpu[id] = w.onGPU.at(int(e.tokens[id]))
		}
	}
}
