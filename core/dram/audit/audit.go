// Package audit checks streams of DRAM commands: whether they keep every rule of
// their memory, and serve what was asked for.
//
// It knows the rules from two places: the rows of dram.Spec.Rules, and what no row
// says, from the state diagrams of JESD209-5B and JESD79-4 and -5: which row is
// open, ACT1 and ACT2, the data clock (WCK), refreshes due, the two buses. It
// shares no code with the simulator: where that keeps the earliest clock of each
// command, this looks back, at each command, at every earlier one that counts.
//
// It leaves out whether a controller chose well.
package audit

import (
	"fmt"

	"monde/core/dram"
)

// A Violation is a rule that a stream broke.
type Violation struct {
	Rule   string       // as the standard calls it
	First  dram.Command // the earlier command, if Paired
	Then   dram.Command // the one that broke the rule
	Paired bool
	Reason string
}

// Error returns the rule, both commands and their clocks.
func (v *Violation) Error() string {
	text := v.Rule + ": " + say(v.Then)
	if v.Paired {
		text += " after " + say(v.First)
	}
	return text + ": " + v.Reason
}

func say(c dram.Command) string {
	return fmt.Sprintf("%s at clock %d (channel %d, rank %d, group %d, bank %d, row %d, burst %d)",
		c.Op, c.Clock, c.Channel, c.Rank, c.Group, c.Bank, c.Row, c.Col)
}

// An Auditor checks one stream. The zero value is of no use: call New.
type Auditor struct {
	spec     dram.Spec
	rules    [dram.Ops][]pair // by To
	horizon  [dram.Ops]int64  // how far back a From counts
	channels []channel
	clock    int64
	first    *Violation
	excused  map[string]int
}

// A pair is a rule, and one of the commands that it counts from.
type pair struct {
	*dram.Rule
	from dram.Op
}

// A channel is what an Auditor remembers of one.
type channel struct {
	past    [dram.Ops][]dram.Command
	last    dram.Command // of any kind
	started bool
	banks   []bank
	opening int // banks between ACT1 and ACT2
	wck     wck
	refresh refresh
}

// New returns an Auditor of what s does.
func New(s dram.Spec) *Auditor {
	a := &Auditor{spec: s, channels: make([]channel, s.Channels), excused: map[string]int{}}
	for _, r := range append(s.Rules(), beyond(s)...) {
		if r.Window > 1 && len(r.From) > 1 {
			panic("audit: bug: a window over several commands")
		}
		if r.In == dram.InRank && r.Other && s.Geometry.Ranks == 1 {
			continue // there is no other
		}
		for _, from := range r.From {
			a.horizon[from] = max(a.horizon[from], int64(r.Cycles))
			for _, to := range r.To {
				a.rules[to] = append(a.rules[to], pair{&r, from})
			}
		}
	}
	t := s.Timing
	for op := dram.RD; op <= dram.WRA; op++ {
		a.horizon[op] = max(a.horizon[op], int64(t.CL+t.CWL+t.BL))
	}
	for i := range a.channels {
		a.channels[i].banks = make([]bank, s.Geometry.Ranks*s.Geometry.Groups*s.Geometry.Banks)
		a.channels[i].refresh = newRefresh(s)
	}
	return a
}

// Command checks the next command. It fits dram.Options.Emit.
func (a *Auditor) Command(c dram.Command) {
	if a.first != nil || !a.placed(c) {
		return
	}
	ch := &a.channels[c.Channel]
	a.commandBus(ch, c)
	a.pairs(ch, c)
	a.state(ch, c)
	a.dataClock(ch, c)
	a.dataBus(ch, c)
	a.refreshes(ch, c)
	a.clock, ch.last, ch.started = c.Clock, c, true
	ch.remember(c, a.horizon[c.Op])
}

// broke notes a violation, if it is the first and no known exception. then broke
// rule; first, if there is one, is the earlier command that it is about.
func (a *Auditor) broke(rule string, first *dram.Command, then dram.Command, format string, args ...any) {
	if a.first != nil {
		return
	}
	v := Violation{Rule: rule, Then: then, Paired: first != nil, Reason: fmt.Sprintf(format, args...)}
	if first != nil {
		v.First = *first
	}
	for _, e := range Exceptions {
		if e.Rule == rule && e.Covers(a.spec, v) {
			a.excused[rule]++
			return
		}
	}
	a.first = &v
}

// Err returns the first violation, or nil. It is for after the last command: what
// that leaves undone is a violation too.
func (a *Auditor) Err() error {
	for i := range a.channels {
		a.unfinished(&a.channels[i])
	}
	if a.first == nil {
		return nil
	}
	return a.first
}

// Excused returns how often each known exception was met, by its name.
func (a *Auditor) Excused() map[string]int { return a.excused }

// placed reports a command for what the memory does not have, and clocks that go
// back.
func (a *Auditor) placed(c dram.Command) bool {
	g := a.spec.Geometry
	whole := c.Op == dram.PREab || c.Op == dram.REFab
	there := uint(c.Channel) < uint(a.spec.Channels) && uint(c.Rank) < uint(g.Ranks) && c.Op < dram.Ops
	if whole {
		there = there && c.Group == -1 && c.Bank == -1
	} else {
		there = there && uint(c.Group) < uint(g.Groups) && uint(c.Bank) < uint(g.Banks) && int(c.Row) < g.Rows && int(c.Col) < g.Bursts
	}
	if !there {
		a.broke("place", nil, c, "the memory has no such place")
	}
	if c.Clock < a.clock {
		a.broke("order", nil, c, "clock %d was before", a.clock)
	}
	return a.first == nil
}

// remember keeps c for as long as it may count.
func (ch *channel) remember(c dram.Command, horizon int64) {
	const many = 4096
	past := append(ch.past[c.Op], c)
	if len(past) >= many && past[many/2].Clock < c.Clock-horizon {
		past = append(past[:0], past[many/2:]...)
	}
	ch.past[c.Op] = past
}

// pairs checks the rows: To comes no sooner than Cycles after From.
func (a *Auditor) pairs(ch *channel, c dram.Command) {
	for _, r := range a.rules[c.Op] {
		past, since, left := ch.past[r.from], c.Clock-int64(r.Cycles), max(1, r.Window)
		for i := len(past) - 1; i >= 0 && past[i].Clock > since; i-- {
			if !touches(r.Rule, &past[i], &c) {
				continue
			}
			if left--; left == 0 {
				a.broke(r.Name, &past[i], c, "%d clocks must pass, %d did", r.Cycles, c.Clock-past[i].Clock)
			}
		}
	}
}

// touches says whether r is about these two commands, by where they go. One for
// a whole rank goes to all that the rank has.
func touches(r *dram.Rule, first, then *dram.Command) bool {
	rank := first.Rank == then.Rank
	group := rank && (first.Group == then.Group || first.Group < 0 || then.Group < 0)
	bank := group && (first.Bank == then.Bank || first.Bank < 0 || then.Bank < 0)
	switch r.In {
	case dram.InChannel:
		return true
	case dram.InRank:
		return rank != r.Other
	case dram.InGroup:
		if r.Other {
			return rank && first.Group != then.Group
		}
		return group
	default:
		if r.Other {
			return group && first.Bank != then.Bank
		}
		return bank
	}
}
