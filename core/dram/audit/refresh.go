package audit

import "monde/core/dram"

// slack is by how many refreshes a controller may be late and early. JEDEC lets
// eight be postponed or pulled in (JESD79-4 4.24, JESD209-5B 7.5), and ours for
// streams does postpone as many. The reference controllers mean to do neither, so
// one is in the making at most; DRAMsim3 refreshes rank by rank within tREFI.
var slack = map[dram.Kind]struct{ late, early int64 }{
	dram.Window:    {1, 0},
	dram.Banks:     {1, 1},
	dram.Streaming: {jedec, 0},
}

const jedec = 8

// A refresh is what a channel has been given of its refreshes: by rank where a
// refresh takes all banks, and in sum where it takes one.
type refresh struct {
	op          dram.Op
	every       int64 // clocks; 0 = none is due
	each        int64 // how many are due then
	late, early int64
	given       []int64
	last        []*dram.Command
	round       []bool // banks that have had theirs in this round
	left        int    // banks of it that have not
}

func newRefresh(s dram.Spec) refresh {
	g := s.Geometry
	r := refresh{late: jedec, early: jedec, op: dram.REFab, each: 1, given: make([]int64, g.Ranks), last: make([]*dram.Command, g.Ranks)}
	if k, known := slack[s.Controller.Kind]; known {
		r.late, r.early = k.late, k.early
	}
	switch s.Controller.Refresh {
	case dram.AllBanks:
		r.every = int64(s.Timing.REFI)
	case dram.PerBank:
		r.op, r.every = dram.REFpb, int64(s.Timing.REFIpb)
		if s.Controller.Kind == dram.Streaming {
			r.each = int64(g.Ranks) // the references refresh one bank of one rank
		}
		r.given, r.last = r.given[:1], r.last[:1]
		r.round = make([]bool, g.Ranks*g.Groups*g.Banks)
		r.left = len(r.round)
	}
	return r
}

// refreshes checks that as many refreshes came as were due by now, and that those
// of single banks go round.
func (a *Auditor) refreshes(ch *channel, c dram.Command) {
	r := &ch.refresh
	refreshing := c.Op == dram.REFab || c.Op == dram.REFpb
	if refreshing && (r.every == 0 || c.Op != r.op) {
		a.broke("refresh", nil, c, "none of this kind is due")
		return
	}
	if r.every == 0 {
		return
	}
	due := c.Clock / r.every
	for i, n := range r.given {
		if n < (due-r.late)*r.each {
			a.broke("refresh debt", r.last[i], c, "%d are due every %d clocks, %d came, and %d intervals may be owed", r.each, r.every, n, r.late)
		}
	}
	if !refreshing {
		return
	}
	i := int(c.Rank)
	if r.round != nil {
		i = 0
		a.turn(r, c)
	}
	r.given[i]++
	r.last[i] = keep(c)
	if r.given[i] > (due+r.early)*r.each {
		a.broke("refresh debt", nil, c, "%d are due every %d clocks, this is number %d", r.each, r.every, r.given[i])
	}
}

// turn checks that no bank has a second refresh before every other has its own.
func (a *Auditor) turn(r *refresh, c dram.Command) {
	g := a.spec.Geometry
	b := (int(c.Rank)*g.Groups+int(c.Group))*g.Banks + int(c.Bank)
	if r.round[b] {
		a.broke("REFpb turn", nil, c, "%d banks have not had theirs in this round", r.left)
		return
	}
	r.round[b] = true
	if r.left--; r.left == 0 {
		clear(r.round)
		r.left = len(r.round)
	}
}
