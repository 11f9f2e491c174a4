package system

import (
	"math/rand/v2"

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
	expects   predict.Expecter // the predictor, if it is one; nil otherwise
	view      predict.View
	draws     *rand.Rand
	found     []int32

	over    probe.Resource              // what brings them: the link, or flash, which an expert holds until it is on the GPU
	latency unit.Time                   // of a link that was idle
	takes   [replace.High + 1]unit.Time // one expert, by its precision, with that latency
	chunks  unit.Time                   // of one expert
	queue   []coming
	flowing bool      // the first of queue is on the link
	until   unit.Time // when the last of it was
	arrived []arrival // and wait for their gate
	staged  int       // of those, without a place in the cache
	caught  []coming  // on their way when the gate at hand asked for them
	copying coming    // and what was on the link then, if it was not asked for
	copies  bool      // something was

	tokens  []int32         // routing of the blocks of this pass that is known early, a row each
	classes []replace.Class // and in which precision it is wanted
	asked   [][]int32       // the experts with tokens of each row, busiest first
	known   int             // how many rows are
	last    []int32         // what the pass before asked for, by layer: its length, then ids
	prompt  []int32         // tokens of the input pass, by layer and expert
	shares  []float64       // popularity in passes of other tokens, the same; nil: nobody asks
	topK    int

	whole, used, late, dropped int64
}

// coming is one expert on its way.
type coming struct {
	layer  int // over both stacks
	expert int32
	class  replace.Class
	past   bool      // its gate has been: it comes for the cache's sake
	left   unit.Time // still to transfer
	ready  unit.Time // not before
}

// An arrival is an expert that is there before its gate, or that was.
type arrival struct {
	layer  int
	expert int32
	class  replace.Class
	came   bool // ahead of need, rather than having been there
	staged bool // the cache has no place for it: it lies where experts in transit do
}

// newAhead returns what s wants ahead of need; nil if nothing.
func newAhead(p *parts, k *keep, w *twins, s scenario.Scenario) *ahead {
	x := s.Strategy
	if !whole || x.Predictor.Name == predict.Nothing || k == nil {
		return nil
	}
	layers := max(1, s.Model.MoEBlocks())
	spec := x.Predictor.For(s.Model.Name)
	over := probe.LinkIn
	if p.read > 0 {
		over = probe.Flash
	}
	a := &ahead{
		over: over, latency: p.link.Latency(),
		spec: spec, predictor: predict.New(spec, layers, s.Model.Experts), draws: rng.Stream(s.Seed, "predictions"),
		chunks: unit.Time(x.Prefetch.Chunks), tokens: make([]int32, layers*s.Model.Experts), classes: make([]replace.Class, layers*s.Model.Experts),
		last: make([]int32, layers*(1+s.Model.Experts)), topK: s.Model.TopK,
	}
	a.takes[replace.High] = a.latency + p.move + p.read
	if w != nil {
		a.takes[replace.Low] = a.latency + w.move + w.read
	}
	a.prompt, a.asked = make([]int32, len(a.tokens)), make([][]int32, layers)
	for i := range a.asked {
		a.asked[i] = make([]int32, 0, s.Model.Experts)
	}
	a.expects, _ = a.predictor.(predict.Expecter)
	a.view.Draw = a.draws.Float64
	return a
}

// begun reports whether some of c has come.
func (a *ahead) begun(c *coming) bool { return c.left < a.takes[c.class] }

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
		if start == a.until && a.over == probe.LinkIn && !a.begun(c) {
			c.left = max(1, c.left-a.latency) // the link was not idle
		}
		t := min(c.left, to-start)
		r.emit(probe.Span{Resource: a.over, Work: probe.PMove, Expert: c.expert, Start: start, End: start + t})
		l.took.busy[a.over] += t
		r.carries(l, c, t)
		from = start + t
		a.until = from
		if a.flowing = c.left > 0; !a.flowing {
			r.arrive(*c)
			a.queue = append(a.queue[:0], a.queue[1:]...)
		}
	}
}

// carries moves c on by t.
func (r *run) carries(l *ledger, c *coming, t unit.Time) {
	low := c.class == replace.Low
	l.took.carried[r.ahead.over] += r.experts.bytes(low, c.left) - r.experts.bytes(low, c.left-t)
	c.left -= t
}

// arrive puts an expert that is whole into the cache, where it stays until its gate. If
// that has no place for it, it waits among those in transit.
func (r *run) arrive(c coming) {
	a := r.ahead
	a.whole++
	_, _, ok := r.keep.cache.Insert(c.layer, c.expert, r.slot(c.layer, c.expert, c.class))
	switch {
	case c.past || !ok && a.staged == r.s.Strategy.Staging:
		return
	case ok:
		r.keep.cache.Pin(c.layer, c.expert)
	default:
		a.staged++
	}
	a.arrived = append(a.arrived, arrival{c.layer, c.expert, c.class, true, !ok})
}

// behind lets what is on its way use the link where a layer, which has just run, did
// not.
func (r *run) behind(took unit.Time) {
	if !whole || r.ahead == nil || len(r.ahead.queue) == 0 {
		return
	}
	r.level.idle(r.ahead.over, r.now, r.now+took, r.idles)
}
