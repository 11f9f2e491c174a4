// Package advise says what to do with a model, a machine and a workload: which
// strategy, with which parameters, and how much of a quantity a goal needs.
//
// Candidates are rows of two tables, strategies and knobs, each a patch on the
// scenario (knobs.go). All are run in closed form, decoding for a few steps; the best of
// each strategy and the best of the rest again in full, as discrete events. For
// throughput and energy, the best of each strategy also meets larger batches. A
// difference counts only where it is larger than what validation found predictions to
// be off by (margin.go).
//
// It leaves out other machines, other models, and errors of power.
package advise

import (
	"errors"
	"fmt"
	"slices"

	"monde/core/fault"
	"monde/core/internal/order"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
)

// Progress hears how many runs are done, of as many.
type Progress func(done, of int)

// Bounds of the search.
const (
	maxCandidates = 400
	finalists     = 18 // at fidelity event, beside the scenario's own strategy
)

// Run ranks what may be done with the model, the machine and the workload of s.
func Run(stop fault.Stop, s scenario.Scenario, ask report.AdviceAsk, tell Progress) (report.Advice, error) {
	if ask.Objective == "" {
		ask.Objective = report.LeastLatency
	}
	if err := validate(ask); err != nil {
		return report.Advice{}, err
	}
	q := search{stop: stop, ask: ask, tell: tell, left: map[string][]string{}}
	first, err := q.look(s)
	if err != nil {
		return report.Advice{}, err
	}
	looked, best := q.done, q.choose(first)
	q.of = q.done + len(best)
	rows, err := q.second(best)
	if err != nil {
		return report.Advice{}, err
	}
	rows = q.thinned(rows)
	rank(rows, ask.Objective)
	a := report.Advice{Objective: ask.Objective, Rows: rows, Baseline: baseline(rows), Looked: looked, Left: q.reasons(), Resources: resources()}
	a.Why = why(a, s)
	return a, nil
}

func validate(ask report.AdviceAsk) error {
	err := fault.Unless(slices.Contains(report.Objectives(), ask.Objective), "objective", "must be one of %q, got %q", report.Objectives(), ask.Objective)
	for i, b := range ask.Allow {
		err = errors.Join(err, fault.Unless(slices.Contains(report.Allowable(), b), fmt.Sprintf("allow[%d]", i), "must be one of %q, got %q", report.Allowable(), b))
	}
	m := ask.Memory
	least := float64(min(m.GPU, m.Host, m.Device, m.Flash))
	limits := min(least, float64(min(ask.Latency, ask.TTFT, ask.TPOT)), ask.TokensPerSecond, float64(ask.EnergyPerToken))
	return errors.Join(err, fault.Unless(limits >= 0, "", "limits must not be negative"))
}

// A search is one call of Run.
type search struct {
	stop fault.Stop
	ask  report.AdviceAsk
	tell Progress
	done int
	of   int
	left map[string][]string // titles by reason
}

func (q *search) leave(title, reason string) { q.left[reason] = append(q.left[reason], title) }

func (q *search) reasons() []report.LeftOut {
	all := []report.LeftOut{}
	for _, reason := range order.Keys(q.left) {
		all = append(all, report.LeftOut{Reason: reason, Titles: q.left[reason]})
	}
	return all
}

// tried is a candidate and what its run said.
type tried struct {
	candidate
	row report.Candidate
}

// look runs every candidate in closed form.
func (q *search) look(s scenario.Scenario) ([]tried, error) {
	all := q.candidates(s)
	grow := q.ask.Objective != report.LeastLatency // a given workload's latency is of its batch
	q.of = len(all) + finalists
	if grow {
		q.of += len(strategies) * len(batches)
	}
	kept, err := q.first(all)
	if err != nil || !grow {
		return kept, err
	}
	larger, err := q.first(q.grown(kept))
	return append(kept, larger...), err
}

// first runs candidates in closed form, and keeps those that fit.
func (q *search) first(all []candidate) ([]tried, error) {
	var kept []tried
	for _, c := range all {
		r, err := q.run(shortened(c), scenario.Analytic)
		if err != nil {
			return nil, err
		}
		if r == nil {
			continue
		}
		if over := overfull(*r, q.ask); over != "" && !q.ask.Overfull {
			q.leave(c.title, over)
			continue
		}
		kept = append(kept, tried{c, stretched(row(c, *r), c, *r)})
	}
	return kept, nil
}

// second runs some as discrete events, and keeps those within the limits.
func (q *search) second(best []tried) ([]report.Candidate, error) {
	rows := []report.Candidate{}
	for _, t := range best {
		r, err := q.run(t.candidate, scenario.Event)
		if err != nil {
			return nil, err
		}
		if r == nil {
			continue
		}
		y := row(t.candidate, *r)
		miss := missed(y, q.ask, 1)
		if over := overfull(*r, q.ask); miss == "" && !q.ask.Overfull {
			miss = over
		}
		if miss != "" {
			q.leave(t.title, miss)
			continue
		}
		rows = append(rows, y)
	}
	return rows, nil
}

// run runs one; nil if it cannot run, which is among the reasons then.
func (q *search) run(c candidate, f scenario.Fidelity) (*report.Report, error) {
	if err := q.stop.Err(); err != nil {
		return nil, err
	}
	c.s.Fidelity = f
	r, err := system.Run(q.stop, c.s, probe.Probe{})
	q.done++
	q.tell(q.done, q.of)
	if fault.Is(err) {
		q.leave(c.title, fault.Fields(err)[0].Reason)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &r, nil
}

func resources() []string {
	names := make([]string, probe.Resources)
	for i := range names {
		names[i] = probe.Resource(i).String()
	}
	return names
}
