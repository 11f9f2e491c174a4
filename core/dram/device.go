package dram

import "math"

// never is later than any clock that a run reaches.
const never = math.MaxInt64

// What a bank's open row is when no row is.
const (
	closed  = -1
	opening = -2 // between ACT1 and ACT2
)

// A gap is a Rule from one command, compiled.
type gap struct {
	to     Op
	cycles int64
}

// earliest is the first clock of each command; as long as a power of two is, so
// that an index needs no multiplication.
type earliest [16]int64

// gaps are the rules from one command, by where the next one goes.
type gaps struct {
	channel, rank, group, bank       []gap
	window                           []gap // in the rank, from the fourth last
	otherRank, otherGroup, otherBank []gap
	others                           bool // any of the last three
}

// device is the state of one channel: which rows are open, and the earliest
// clock of every command everywhere. Banks are numbered rank by rank, group by
// group.
type device struct {
	banks, perRank, perGroup int
	groups                   int // of all ranks
	ranks                    int
	from                     *[16]gaps

	open      [maxBanks]int32 // row, closed or opening
	opened    uint64          // banks whose row is open
	ofRank    [maxRanks]uint64
	atChannel earliest
	atRank    [maxRanks]earliest
	atGroup   [maxGroups]earliest
	atBank    [maxBanks]earliest
	acts      [maxRanks][4]int64 // clocks of the last four ACT
	lastAct   [maxRanks]uint8
	groupOf   [maxBanks]uint8
	rankOf    [maxBanks]uint8
}

// window is how many ACT a rule may look back.
const window = 4

func (d *device) init(s Spec, from *[16]gaps) {
	g := s.Geometry
	*d = device{
		banks: g.banks(), perRank: g.Groups * g.Banks, perGroup: g.Banks, groups: g.Ranks * g.Groups, ranks: g.Ranks, from: from,
	}
	for b := range d.banks {
		d.open[b] = closed
		d.groupOf[b], d.rankOf[b] = uint8(b/d.perGroup), uint8(b/d.perRank)
		d.ofRank[b/d.perRank] |= 1 << b
	}
	for r := range d.acts {
		d.acts[r] = [4]int64{math.MinInt32, math.MinInt32, math.MinInt32, math.MinInt32}
	}
}

// compile returns the gaps of all rules of s.
func compile(s Spec) *[16]gaps { return s.compile(s.Rules()) }

// compile turns the rules of s into gaps by command. Rules for commands that the
// controller of s never issues are left out.
func (s Spec) compile(rules []Rule) *[16]gaps {
	var t [16]gaps
	for _, r := range rules {
		if r.Cycles <= 0 || r.Other && r.In == InRank && s.Geometry.Ranks == 1 {
			continue
		}
		for _, from := range r.From {
			row := t[from].row(r)
			for _, to := range r.To {
				if s.Controller.issues(to) {
					*row = append(*row, gap{to, int64(r.Cycles)})
					t[from].others = t[from].others || r.Other
				}
			}
		}
	}
	return &t
}

// issues says whether the controller ever issues op.
func (c Controller) issues(op Op) bool {
	switch op {
	case RDA, WRA:
		return c.Cap > 0
	case REFab, PREab:
		return c.Refresh == AllBanks
	case REFpb:
		return c.Refresh == PerBank
	}
	return true
}

func (g *gaps) row(r Rule) *[]gap {
	switch {
	case r.Window == window && r.In == InRank:
		return &g.window
	case r.Window > 1:
		panic("dram: bug: a window other than that of four ACT in a rank")
	case r.Other:
		return []*[]gap{nil, &g.otherRank, &g.otherGroup, &g.otherBank}[r.In]
	}
	return []*[]gap{&g.channel, &g.rank, &g.group, &g.bank}[r.In]
}

// earliest returns the first clock at which op may go to bank b.
func (d *device) earliest(op Op, b int) int64 {
	b, op = b&(maxBanks-1), op&15
	return max(d.atChannel[op], d.atRank[d.rankOf[b]&(maxRanks-1)][op], d.atGroup[d.groupOf[b]&(maxGroups-1)][op], d.atBank[b][op])
}

// earliestAll returns the first clock at which op may go to all of rank r.
func (d *device) earliestAll(op Op, r int) int64 {
	at := max(d.atChannel[op], d.atRank[r][op])
	for b := r * d.perRank; b < (r+1)*d.perRank; b++ {
		at = max(at, d.atGroup[d.groupOf[b]][op], d.atBank[b][op])
	}
	return at
}

// raise moves the earliest clocks of a place up to what gs ask after now.
func raise(at *earliest, gs []gap, now int64) {
	for _, g := range gs {
		at[g.to&15] = max(at[g.to&15], now+g.cycles)
	}
}

// record keeps the rules that op at bank b, or at the whole rank of b, starts
// at clock now.
func (d *device) record(op Op, b int, now int64) {
	b &= maxBanks - 1
	f := &d.from[op&15]
	r := d.rankOf[b] & (maxRanks - 1)
	raise(&d.atChannel, f.channel, now)
	raise(&d.atRank[r], f.rank, now)
	if f.window != nil {
		i := (d.lastAct[r] + 1) % window
		d.acts[r][i], d.lastAct[r] = now, i
		raise(&d.atRank[r], f.window, d.acts[r][(i+1)%window])
	}
	if op == PREab || op == REFab {
		if f.others {
			d.recordOthers(f, b, now, true)
		}
		return
	}
	raise(&d.atGroup[d.groupOf[b]&(maxGroups-1)], f.group, now)
	raise(&d.atBank[b], f.bank, now)
	if f.others {
		d.recordOthers(f, b, now, false)
	}
}

// recordOthers keeps the rules between siblings.
func (d *device) recordOthers(f *gaps, b int, now int64, wholeRank bool) {
	rank, group := int(d.rankOf[b]), int(d.groupOf[b])
	for r := range d.ranks {
		if r != rank {
			raise(&d.atRank[r], f.otherRank, now)
		}
	}
	if wholeRank {
		return
	}
	perRank := d.groups / d.ranks
	for g := rank * perRank; g < (rank+1)*perRank; g++ {
		if g != group {
			raise(&d.atGroup[g], f.otherGroup, now)
		}
	}
	for o := group * d.perGroup; o < (group+1)*d.perGroup; o++ {
		if o != b {
			raise(&d.atBank[o], f.otherBank, now)
		}
	}
}

// set makes row, closed or opening the state of bank b.
func (d *device) set(b int, row int32) {
	d.open[b&(maxBanks-1)] = row
	d.opened &^= 1 << b
	if row >= 0 {
		d.opened |= 1 << b
	}
}

// idle says whether no row of rank r is open or opening.
func (d *device) idle(r int) bool {
	for b := r * d.perRank; b < (r+1)*d.perRank; b++ {
		if d.open[b] != closed {
			return false
		}
	}
	return true
}
