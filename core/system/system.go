// Package system runs a scenario: it alone knows every part.
//
// A pass runs layer by layer as MoNDE (DAC 2024, doi 10.1145/3649329.3655951)
// describes: attention and gate on the GPU, then the experts where the strategy
// puts them, then their results back in token order. Over several GPUs, which all
// have some of the experts and of the sequences, it follows the one that is waited
// for. It leaves out overlap between layers but for what comes ahead of need.
package system

import (
	"maps"
	"slices"

	"monde/core/bound"
	"monde/core/device"
	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// MaxLayers is how many layers, of all passes, a run may have.
const MaxLayers = 20_000_000

// run is a scenario being run.
type run struct {
	s      scenario.Scenario
	plan   plan
	parts  *parts
	router workload.Router
	input  policy.Placer // of input passes
	steps  policy.Placer // of decoding steps
	level  fidelity
	probe  probe.Probe

	report    *report.Report
	tally     tally
	view      policy.View
	tokens    []int32
	everyone  []bool    // held: true for each expert
	keep      *keep     // nil: GPU memory caches no experts
	twins     *twins    // nil: every expert comes as it is
	late      unit.Time // that deferred experts still take
	busiest   []int32   // active experts, most tokens first
	ids       []int32
	ahead     *ahead  // nil: nothing moves before it is asked for
	spread    *spread // nil: there is one GPU
	experts   experts
	loads     []bound.Expert
	now       unit.Time
	delivered unit.Time // since when the link has been idle, after the transfer of the layer before; -1 before the first
	done      int64
	total     int64      // layers of all passes
	mark      probe.Span // pass and layer of the spans being emitted
	ledger    ledger     // of the block at hand

	emits func(probe.Span)         // emit, made once
	idles func(from, to unit.Time) // idle, for the ledger
}

// Run simulates s, and fills all of the report but its digest. The error is
// the caller's to mend if fault.Is says so, and otherwise stop's.
func Run(stop fault.Stop, s scenario.Scenario, p probe.Probe) (report.Report, error) {
	if err := s.Validate(); err != nil {
		return report.Report{}, err
	}
	if err := here(s); err != nil {
		return report.Report{}, err
	}
	s.Traces = withShipped(s)
	parts, err := newParts(stop, s)
	if err != nil {
		return report.Report{}, err
	}
	r := run{s: s, plan: newPlan(s), parts: parts, probe: p}
	r.emits, r.idles = r.emit, func(from, to unit.Time) { r.idle(&r.ledger, from, to) }
	if s.Fidelity == scenario.Cycle && parts.devices > 0 {
		parts.clocking = r.clocking
	}
	if r.total = r.plan.layers(); r.total > MaxLayers {
		return report.Report{}, fault.At("workload.output_tokens", "the run has %d layers in all its passes, at most %d are allowed", r.total, MaxLayers)
	}
	r.experts = r.parts.experts(s.Strategy)
	r.tokens = make([]int32, s.Model.Experts)
	r.keep = newKeep(s)
	if r.twins = newTwins(r.parts, s); r.twins != nil {
		r.experts.low, r.experts.twinBytes = make([]bool, s.Model.Experts), r.twins.weights
		r.experts.twin, r.experts.twinRead = r.twins.move, r.twins.read
	}
	if r.ahead = newAhead(r.parts, r.keep, r.twins, s); r.ahead != nil {
		r.experts.left = make([]unit.Time, s.Model.Experts)
		r.view.Left = r.experts.left
	}
	if s.Strategy.Held > 0 {
		r.everyone = slices.Repeat([]bool{true}, s.Model.Experts)
	}
	router, origin, err := workload.NewRouter(s.Workload, s.Model, s.Seed, s.Traces)
	if err != nil {
		return report.Report{}, fault.In("workload", err)
	}
	input, steps, err := r.alphas(stop)
	if err != nil {
		return report.Report{}, err
	}
	r.router, r.input, r.steps = router, policy.New(s.Strategy, input), policy.New(s.Strategy, steps)
	if err := r.learn(stop); err != nil {
		return report.Report{}, err
	}
	r.level = newFidelity(s.Fidelity)
	r.report = newReport(s, r.plan, origin)
	r.report.Alpha, r.report.StepAlpha = input, steps
	r.tally = newTally(s, r.report)
	if err := r.passes(stop); err != nil {
		return report.Report{}, err
	}
	r.finish()
	if whole && s.Fidelity == scenario.Cycle {
		if err := r.compare(stop); err != nil {
			return report.Report{}, err
		}
	}
	return *r.report, nil
}

// learn finds out from passes of other tokens what strategies ask: where experts go, which
// are in the cache already, which have few bits, and what predictors have seen.
func (r *run) learn(stop fault.Stop) (err error) {
	if r.spread, err = r.newSpread(stop); err != nil {
		return err
	}
	if err := r.warm(stop); err != nil {
		return err
	}
	if err := r.fix(stop); err != nil {
		return err
	}
	return r.study(stop)
}

// clocking tells that experts are simulated clock by clock.
func (r *run) clocking(done, of int) {
	r.probe.Report(probe.Progress{
		Done: r.done, Total: r.total, Now: r.now, Passes: r.tally.passes, Clocked: done, ClockedOf: of,
	})
}

// compared are the numbers of tokens whose experts a report at fidelity cycle
// lists.
var compared = [...]int{1, 2, 4, 5, 8, 16, 64}

// compare adds what the other fidelities say.
func (r *run) compare(stop fault.Stop) error {
	y := r.report
	for _, f := range scenario.Fidelities {
		latency := y.Latency
		if f != scenario.Cycle {
			s := r.s
			s.Fidelity = f
			other, err := Run(stop, s, probe.Probe{})
			if err != nil {
				return err
			}
			latency = other.Latency
		}
		y.Fidelities = append(y.Fidelities, report.Compared{Name: string(f), Latency: latency})
	}
	if r.parts.devices == 0 {
		return nil
	}
	closed := device.New(r.s.Machine.Device)
	for _, t := range compared {
		if r.s.Machine.Device.Served(expertOf(r.s), t) != nil {
			break // no expert of the run had so many
		}
		y.Clocked = append(y.Clocked, report.Clocked{
			Tokens: t, Passes: int(ndp.New(r.s.Machine.Device.NDP).Passes(t)),
			Closed: closed.Expert(t, r.s.Model.ExpertWeights(), r.s.Model.ExpertBytes()), Clock: r.parts.clocked.at(t),
		})
	}
	return r.parts.failed
}

// withShipped returns the traces of s and the shipped one that it names, if it is
// not among them, so that it is unpacked once a run.
func withShipped(s scenario.Scenario) workload.Traces {
	if s.Workload.Routing.Source != workload.TraceOf {
		return s.Traces
	}
	name := workload.TraceName(s.Workload.Routing, s.Model)
	if _, ok := s.Traces[name]; ok {
		return s.Traces
	}
	t, ok := workload.Shipped(name)
	if !ok {
		return s.Traces
	}
	all := workload.Traces{name: t}
	maps.Copy(all, s.Traces)
	return all
}

func newFidelity(f scenario.Fidelity) fidelity {
	if f == scenario.Analytic {
		return &analytic{}
	}
	return &event{}
}

func (r *run) moeBlocks(p pass) int {
	if r.s.Workload.Scope.Partial() {
		return 1
	}
	return p.stack.MoEBlocks()
}

func (r *run) passes(stop fault.Stop) error {
	for n := range r.plan.passes() {
		p := r.plan.at(n)
		start := r.now
		r.begins(n, p)
		r.delivered = -1
		if err := r.pass(stop, p); err != nil {
			return err
		}
		r.decided(p)
		r.tally.pass(p, r.now-start, r.now)
	}
	return nil
}

func (r *run) pass(stop fault.Stop, p pass) error {
	if r.s.Workload.Scope.Partial() {
		r.block(p, 0, 0, true)
		return r.step(stop)
	}
	moe := 0
	for block := range p.stack.Blocks {
		has := p.stack.MoE(block)
		r.block(p, block, moe, has)
		if has {
			moe++
		}
		if err := r.step(stop); err != nil {
			return err
		}
	}
	if p.emits {
		r.head(p)
	}
	return nil
}

// step tells how far the run has come, and whether it may go on.
func (r *run) step(stop fault.Stop) error {
	r.done++
	r.probe.Report(probe.Progress{
		Done: r.done, Total: r.total, Now: r.now,
		Passes: r.tally.passes, Tokens: r.report.Tokens,
	})
	if err := stop.Err(); err != nil { // whatever else it made fail
		return err
	}
	if r.parts.failed != nil {
		return r.parts.failed
	}
	if r.now > maxRun {
		return fault.At("workload", "the run takes over 26 days of simulated time")
	}
	return nil
}

// emit passes a span on with the pass and layer that it belongs to.
func (r *run) emit(s probe.Span) {
	s.Pass, s.Layer = r.mark.Pass, r.mark.Layer
	r.tally.span(s)
	r.probe.Emit(s)
}
