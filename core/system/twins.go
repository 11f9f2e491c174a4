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
	want    []replace.Class
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
		weights: low.ExpertBytes(),
	}
	share := low.ExpertBits / s.Model.ExpertBits
	w.move, w.read = unit.Time(float64(p.move)*share), unit.Time(float64(p.read)*share)
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
		for _, at := range ids[:rounded(float64(n)*r.twins.spec.Fixed)] {
			r.twins.fixed[at] = true
		}
	}
	return nil
}

// classify says in which precision each expert of a block is wanted; what all tokens skip
// gets none.
func (r *run) classify(p pass, moe int) {
	w := r.twins
	if !whole || w == nil {
		return
	}
	if r.foresees() {
		copy(w.want, r.ahead.class(moe, len(r.tokens)))
	} else {
		w.draw(w.want, r.tokens, r.layer(p, moe))
	}
	for id, t := range r.tokens {
		if t > 0 && w.want[id] == replace.None {
			w.skipped += int64(t)
			r.tokens[id] = 0
		}
	}
}

// draw fills dst with the precision that each expert of a layer is wanted in.
func (w *twins) draw(dst []replace.Class, tokens []int32, layer int) {
	for id, t := range tokens {
		switch {
		case t == 0:
			dst[id] = replace.None
		case w.few(layer, id, len(tokens)):
			dst[id] = replace.Low
		default:
			dst[id] = w.spec.Class(t, w.draws.Float64())
		}
	}
}

// few reports whether an expert has few bits for good.
func (w *twins) few(layer, id, experts int) bool {
	return w.fixed != nil && w.fixed[layer*experts+id]
}

// wanted returns the precision that an expert of this layer is wanted in.
func (r *run) wanted(id int32) replace.Class {
	if !whole || r.twins == nil {
		return replace.High
	}
	return r.twins.want[id]
}

// slot returns the slots of a cache that an expert has in a precision: what has few bits
// for good has no other copy, and takes the place of a whole one.
func (r *run) slot(layer int, id int32, class replace.Class) replace.Class {
	if w := r.twins; whole && w != nil && class == replace.Low && w.few(layer, int(id), r.s.Model.Experts) {
		return replace.High
	}
	return class
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
