package workload

import (
	"math/rand/v2"

	"monde/core/fault"
	"monde/core/rng"
)

// played is the Router of traces.
type played struct {
	input *tape  // nil if the run has no input pass
	steps *slots // nil if it has no decoding steps
}

var _ Router = played{}

// Count implements Router.
func (p played) Count(dst []int32, pass Pass, layer int) {
	clear(dst)
	if pass.Input {
		p.input.count(dst, pass.Tokens, layer)
		return
	}
	p.steps.advance(pass.Step)
	p.steps.count(dst, layer)
}

// play returns a Router for the tokens of one data set, or of all.
func (b *building) play(t *Trace, dataset string) (Router, error) {
	all, ok := t.of(dataset)
	if !ok {
		return nil, fault.At("dataset", "the trace has no data set %q: must be empty or one of %q", dataset, t.Datasets)
	}
	var p played
	for _, l := range b.legs {
		runs := b.suited(all, l)
		have := 0
		for _, r := range runs {
			have += r.tokens()
		}
		if need := l.tokens * l.passes; need > have {
			b.story.scaled("%d tokens are recorded for the %d of %s, and repeat", have, need, l.part())
		}
		if l.input {
			p.input = &tape{t, b.rotate(runs), have}
		} else {
			p.steps = newSlots(t, runs, l.tokens, rng.Stream(b.draws, "routing/slots"))
		}
	}
	return p, nil
}

// of returns the runs of one data set, or of all.
func (t *Trace) of(dataset string) ([]run, bool) {
	var some []run
	for _, r := range t.runs {
		if dataset == "" || r.dataset >= 0 && t.Datasets[r.dataset] == dataset {
			some = append(some, r)
		}
	}
	return some, len(some) > 0
}

// suited returns the runs recorded in l's part of inference, or else all.
func (b *building) suited(all []run, l leg) []run {
	var some []run
	for _, r := range all {
		if r.decode == !l.input {
			some = append(some, r)
		}
	}
	switch {
	case len(some) > 0:
		return some
	case l.input:
		b.story.standIn("recorded while decoding, they stand in for %s", l.part())
	default:
		b.story.standIn("recorded in input passes, they stand in for %s", l.part())
	}
	return all
}

// rotate begins a shipped trace with a request drawn by the seed; a user's own
// begins where it begins.
func (b *building) rotate(runs []run) []run {
	if b.s.Routing.Source == File {
		return runs
	}
	first := rng.Stream(b.draws, "routing/tape").IntN(len(runs))
	return append(append([]run(nil), runs[first:]...), runs[:first]...)
}

// A tape is the tokens of consecutive requests, end to end in a circle.
type tape struct {
	trace  *Trace
	runs   []run
	tokens int
}

// count adds the choices of the tape's first n tokens.
func (t *tape) count(dst []int32, n, layer int) {
	whole := int32(n / t.tokens)
	left := n % t.tokens
	for _, r := range t.runs {
		part := min(left, r.tokens())
		left -= part
		t.add(dst, layer, r.first, r.first+part, whole+1)
		t.add(dst, layer, r.first+part, r.end, whole)
	}
}

func (t *tape) add(dst []int32, layer, first, end int, times int32) {
	if times == 0 {
		return
	}
	for _, e := range t.trace.chosen(layer, first, end) {
		dst[e] += times
	}
}

// slots play requests one after another, as continuous batching does: where one
// ends, the slot takes the next request of a drawn order, which repeats.
type slots struct {
	trace *Trace
	runs  []run
	order []int
	next  int // in order
	step  int
	at    []slot
}

// A slot is at token now of a run that ends before token end.
type slot struct{ now, end int }

// newSlots begins each slot in the middle of a request, drawn, so that requests
// do not end together.
func newSlots(t *Trace, runs []run, n int, draw *rand.Rand) *slots {
	s := &slots{trace: t, runs: runs, order: draw.Perm(len(runs)), at: make([]slot, n)}
	for i := range s.at {
		s.at[i] = s.request()
		s.at[i].now += draw.IntN(s.at[i].end - s.at[i].now)
	}
	return s
}

// request returns a slot at the start of the next request.
func (s *slots) request() slot {
	r := s.runs[s.order[s.next]]
	s.next = (s.next + 1) % len(s.order)
	return slot{r.first, r.end}
}

// advance moves every slot to a step, which must not lie before the last.
func (s *slots) advance(step int) {
	for ; s.step < step; s.step++ {
		for i := range s.at {
			if s.at[i].now++; s.at[i].now == s.at[i].end {
				s.at[i] = s.request()
			}
		}
	}
}

func (s *slots) count(dst []int32, layer int) {
	for _, slot := range s.at {
		for _, e := range s.trace.chosen(layer, slot.now, slot.now+1) {
			dst[e]++
		}
	}
}
