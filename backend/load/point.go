package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"monde/core"
	"monde/core/scenario"
	"monde/core/sweep"
	"monde/core/wire"
)

// A load is a sweep whose points all take about the same time, and all differ.
type load struct {
	ask    wire.SweepAsk
	plan   sweep.Plan
	tokens int           // that each point decodes
	each   time.Duration // of one point in this process, measured
}

// warmUp is how many points are measured, and how many are run before that.
const warmUp = 20

// newLoad returns a sweep of so many points of about so long, from a seed on: two loads
// of different seeds share no point.
func newLoad(ctx context.Context, points int, each time.Duration, seed int) (load, error) {
	l := load{tokens: 1}
	for range 3 {
		if err := l.make(points, seed); err != nil {
			return l, err
		}
		if err := l.measure(ctx); err != nil {
			return l, err
		}
		ratio := float64(each) / float64(l.each)
		if ratio > 0.95 && ratio < 1.05 {
			break
		}
		l.tokens = max(1, int(float64(l.tokens)*ratio+0.5))
	}
	err := l.make(points, seed)
	if err == nil {
		err = l.measure(ctx)
	}
	return l, err
}

// make writes the sweep: a decoder whose routing is drawn anew for every point.
func (l *load) make(points, seed int) error {
	l.ask.Scenario = fmt.Appendf(nil, `{"title":"load","model":"qwen3-30b-a3b","fidelity":"event",
		"workload":{"phase":"decode","batch":4,"input_tokens":64,"output_tokens":%d}}`, l.tokens)
	l.ask.Sweep = sweep.Spec{Method: sweep.Grid, Axes: []sweep.Axis{{
		Path: "seed", From: float64(seed), To: float64(seed + points - 1), Steps: points, Whole: true,
	}}}
	sc, err := scenario.Decode(l.ask.Scenario)
	if err != nil {
		return err
	}
	l.plan, err = l.ask.Sweep.Plan(sc)
	return err
}

// measure times some points in this process: the one in the middle, whatever else the
// machine does meanwhile.
func (l *load) measure(ctx context.Context) error {
	n := min(warmUp, l.plan.Len())
	var took []time.Duration
	for i := range 2 * n {
		began := time.Now()
		if _, err := l.row(ctx, i%n); err != nil {
			return err
		}
		if i >= n {
			took = append(took, time.Since(began))
		}
	}
	slices.Sort(took)
	l.each = took[len(took)/2]
	return nil
}

// row returns what the core itself makes of a point.
func (l *load) row(ctx context.Context, i int) (sweep.Row, error) {
	row, err := core.Row(ctx, l.plan.Base(), i, l.plan.Values(i))
	if err == nil && row.Result == nil {
		err = fmt.Errorf("point %d: %s", i, row.Failed)
	}
	return row, err
}
