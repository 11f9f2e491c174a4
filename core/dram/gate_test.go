package dram_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"monde/core/dram"
	"monde/core/dram/audit"
)

// A gate is a short sequence of commands, each at the first clock that the rules
// allow, or later by as much as it says. The last one waits for the rule that the
// gate is named for.
type gate struct {
	rule   string
	change func(*dram.Spec) // what the memory needs for the rule to bind; may be nil
	steps  []step
}

type step struct {
	op      dram.Op
	at      int64
	place   place
	earlier int64 // it might have come so many clocks before
	free    bool  // no rule binds it
}

type place struct{ rank, group, bank int32 }

func (s step) where() dram.Place {
	p := dram.Place{Rank: s.place.rank, Group: s.place.group, Bank: s.place.bank}
	switch s.op {
	case dram.PREab, dram.REFab:
		return dram.Place{Rank: p.Rank, Group: -1, Bank: -1, Row: -1, Col: -1}
	case dram.PRE, dram.REFpb:
		p.Row, p.Col = -1, -1
	}
	return p
}

// command returns s as issued after clocks.
func (s step) command(after int64) dram.Command {
	return dram.Command{Clock: after + s.at, Op: s.op, Place: s.where()}
}

// gated are the memories whose rules have gates. Their WCK never stops: whether a
// CAS is needed is no rule between two commands.
var gated = []struct {
	config string
	gates  []gate
}{
	{"r2_lp5_6400_wckon", lpddr5Gates}, {"r2_ddr4_3200", ddr4Gates}, {"r2_ddr5_4800", ddr5Gates}, {"d3_lp5eq_6400", umdGates},
}

func eachGate(t *testing.T, do func(t *testing.T, s dram.Spec, g gate)) {
	t.Helper()
	for _, m := range gated {
		for i, g := range m.gates {
			t.Run(fmt.Sprintf("%s/%s/%d", m.config, g.rule, i), func(t *testing.T) {
				s := named(t, m.config)
				if g.change != nil {
					g.change(&s)
				}
				do(t, s, g)
			})
		}
	}
}

func TestEveryRuleLetsACommandPassAtItsFirstClock(t *testing.T) {
	eachGate(t, func(t *testing.T, s dram.Spec, g gate) {
		const start = 1000
		d := dram.NewDevice(s)
		for i, step := range g.steps {
			if first := d.Earliest(step.op, step.where()) - start; i > 0 && !step.free && first != step.at-step.earlier {
				t.Errorf("step %d, %s, may come at clock %d, want %d", i, step.op, first, step.at-step.earlier)
			}
			d.Record(step.op, step.where(), start+step.at)
		}
	})
}

func TestTheAuditorAndTheSimulatorAgreeOnEveryGate(t *testing.T) {
	eachGate(t, func(t *testing.T, s dram.Spec, g gate) {
		if err := audited(s, g.steps, 0); err != nil {
			t.Errorf("at the first clock: %v", err)
		}
		for i := range g.steps {
			if i == 0 || g.steps[i].free {
				continue
			}
			var v *audit.Violation
			err := audited(s, g.steps[:i+1], g.steps[i].earlier+1)
			if !errors.As(err, &v) {
				t.Errorf("step %d, %s, one clock before the first: nothing is wrong", i, g.steps[i].op)
			} else if i == len(g.steps)-1 && v.Rule != g.rule {
				t.Errorf("one clock before the first: %v", v)
			}
		}
	})
}

// audited returns what is wrong with steps, the last of which comes so much
// earlier. Every ACT1 is followed by its ACT2.
func audited(s dram.Spec, steps []step, earlier int64) error {
	// Refreshes are neither late nor early: five of the eight that JEDEC lets a
	// controller put off are due.
	start := 5*int64(s.Timing.REFI) + 1
	if s.Controller.Refresh == dram.PerBank {
		start = 5*int64(s.Timing.REFIpb) + 1
	}
	s.Controller.Kind = ""
	var all []dram.Command
	for i, step := range steps {
		if i == len(steps)-1 {
			step.at -= earlier
		}
		c := step.command(start)
		all = append(all, c)
		if c.Op == dram.ACT && s.Standard == dram.LPDDR5 {
			c.Op = dram.ACT2
			c.Clock++
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b dram.Command) int { return int(a.Clock - b.Clock) })
	a := audit.New(s)
	for _, c := range all {
		a.Command(c)
	}
	return a.Err()
}

func TestEveryRuleHasAGateASourceAndAName(t *testing.T) {
	for _, m := range gated {
		s := named(t, m.config)
		for _, r := range s.Rules() {
			if r.Name == "" || r.Source == "" || len(r.From) == 0 || len(r.To) == 0 {
				t.Errorf("%s: %+v lacks a name or a source", m.config, r)
			}
			if !slices.ContainsFunc(m.gates, func(g gate) bool { return g.rule == r.Name }) {
				t.Errorf("%s: %s has no gate", m.config, r.Name)
			}
		}
	}
	for _, s := range dram.Configs() {
		if s.Source == "" {
			t.Errorf("%s has no source", s.Name)
		}
		for _, r := range s.Rules() {
			if r.Name == "" || r.Source == "" {
				t.Errorf("%s: %+v lacks a name or a source", s.Name, r)
			}
		}
	}
}
