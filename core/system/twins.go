package system

import (
	"math/rand/v2"

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
	want    []replace.Class
	share   float64 // of an expert's bytes
	weights unit.Bytes
	move    unit.Time // PMove of one
	onGPU   memo
	skipped int64
}

// newTwins returns the twins of s; nil if there are none.
func newTwins(p *parts, s scenario.Scenario) *twins {
	x := s.Strategy.Precision
	if !x.Twins || s.Strategy.Ideal() {
		return nil
	}
	low := s.Model
	low.ExpertBits = min(x.LowBits, s.Model.ExpertBits)
	k := newKernels(p.gpu, low)
	w := &twins{
		spec: x, draws: rng.Stream(s.Seed, "precision"), want: make([]replace.Class, s.Model.Experts),
		share: low.ExpertBits / s.Model.ExpertBits, weights: low.ExpertBytes(),
	}
	w.move = unit.Time(float64(p.move) * w.share)
	w.onGPU.of = func(t int) unit.Time {
		return p.within(p.gpu.Looped(k.expert, t).Time, maxService, "machine.gpu", "one expert on the GPU")
	}
	return w
}

// classify draws the precision that each expert is wanted in; what all tokens skip gets
// none.
func (r *run) classify() {
	w := r.twins
	if w == nil {
		return
	}
	for id, t := range r.tokens {
		if w.want[id] = replace.None; t == 0 {
			continue
		}
		if w.want[id] = w.spec.Class(t, w.draws.Float64()); w.want[id] == replace.None {
			w.skipped += int64(t)
			r.tokens[id] = 0
		}
	}
}

// wanted returns the precision that an expert of this layer is wanted in.
func (r *run) wanted(id int32) replace.Class {
	if r.twins == nil {
		return replace.High
	}
	return r.twins.want[id]
}

// lower gives twins the time that they take on the GPU and over the link.
func (r *run) lower() {
	w, e := r.twins, &r.experts
	if w == nil {
		return
	}
	for _, id := range e.order {
		e.low[id] = e.sites[id] == policy.Moved && w.want[id] == replace.Low
		if e.low[id] {
			e.gpu[id] = w.onGPU.at(int(e.tokens[id]))
		}
	}
}
