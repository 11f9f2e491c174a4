package audit

import "monde/core/dram"

// A bank is as its last command left it.
type bank struct {
	open    bool
	opening bool          // between ACT1 and ACT2
	row     int32         // of either
	by      *dram.Command // what made it so; nil before the first
}

// keep returns c to point to. Taking its address where it comes in would make
// every command a heap object.
func keep(c dram.Command) *dram.Command { return &c }

func (a *Auditor) bankOf(ch *channel, c dram.Command) *bank {
	g := a.spec.Geometry
	return &ch.banks[(int(c.Rank)*g.Groups+int(c.Group))*g.Banks+int(c.Bank)]
}

// state checks c against the banks that it goes to, and changes them.
func (a *Auditor) state(ch *channel, c dram.Command) {
	split := a.spec.Standard == dram.LPDDR5
	switch {
	case split && (ch.opening > 0 || c.Op == dram.ACT2):
		a.openings(ch, c)
	case split:
	case c.Op == dram.ACT2:
		a.broke("ACT2", nil, c, "%s opens a row by one command", a.spec.Standard)
	}
	if c.Op == dram.PREab || c.Op == dram.REFab {
		n := a.spec.Geometry.Groups * a.spec.Geometry.Banks
		for i := range n {
			a.closeBank(&ch.banks[int(c.Rank)*n+i], c)
		}
		return
	}
	b := a.bankOf(ch, c)
	switch c.Op {
	case dram.ACT2: // openings has seen to it
	case dram.ACT:
		if b.open {
			a.broke("ACT", b.by, c, "row %d is open", b.row)
		}
		*b = bank{open: !split, opening: split, row: c.Row, by: keep(c)}
		if split {
			ch.opening++
		}
	case dram.PRE, dram.REFpb:
		a.closeBank(b, c)
	default:
		if !b.open || b.row != c.Row {
			a.broke("row", b.by, c, "row %d is not open", c.Row)
		}
		if c.Op == dram.RDA || c.Op == dram.WRA {
			*b = bank{by: keep(c)}
		}
	}
}

// closeBank leaves b closed, where it must have been before a refresh.
func (a *Auditor) closeBank(b *bank, c dram.Command) {
	if b.open && (c.Op == dram.REFab || c.Op == dram.REFpb) {
		a.broke(c.Op.String(), b.by, c, "row %d is open", b.row)
	}
	*b = bank{by: keep(c)}
}

// openings checks that ACT2 ends what ACT1 began: the next command to that bank,
// for the same row, within tAAD, and before another ACT1 to that rank.
func (a *Auditor) openings(ch *channel, c dram.Command) {
	ended := false
	for i := range ch.banks {
		b := &ch.banks[i]
		if !b.opening {
			continue
		}
		here := b.by.Rank == c.Rank && (c.Group < 0 || b.by.Group == c.Group && b.by.Bank == c.Bank)
		switch {
		case c.Clock > b.by.Clock+int64(a.spec.Timing.AAD):
			a.broke("tAAD", b.by, c, "ACT2 must come within %d clocks", a.spec.Timing.AAD)
		case here && c.Op != dram.ACT2:
			a.broke("ACT2", b.by, c, "the bank waits for its ACT2")
		case here && b.row != c.Row:
			a.broke("ACT2", b.by, c, "ACT1 was for row %d", b.row)
		case here:
			*b, ended = bank{open: true, row: c.Row, by: keep(c)}, true
			ch.opening--
		case c.Op == dram.ACT && c.Rank == b.by.Rank:
			a.broke("ACT1", b.by, c, "another bank of the rank waits for its ACT2")
		}
	}
	if c.Op == dram.ACT2 && !ended {
		a.broke("ACT2", nil, c, "no ACT1 came before it")
	}
}

// unfinished reports what the last command left undone.
func (a *Auditor) unfinished(ch *channel) {
	for _, b := range ch.banks {
		if b.opening {
			a.broke("ACT2", nil, *b.by, "no ACT2 came after it")
		}
	}
	if ch.wck.cas != nil {
		a.broke("CAS", nil, *ch.wck.cas, "no burst came after it")
	}
}

// A wck is the state of LPDDR5's data clock.
type wck struct {
	ends int64         // when it stops
	cas  *dram.Command // whose burst comes next
}

// dataClock checks that WCK runs at every burst: that a CAS of its kind came one
// clock before where it had stopped, and none where it had not.
func (a *Auditor) dataClock(ch *channel, c dram.Command) {
	w, need := &ch.wck, a.spec.Standard == dram.LPDDR5 && !a.spec.Controller.WCKAlways
	cas := w.cas
	if cas != nil {
		read := c.Op == dram.RD || c.Op == dram.RDA
		if c.Clock != cas.Clock+1 || !column(c.Op) || read != (cas.Op == dram.CASRD) || c.Place != cas.Place {
			a.broke("CAS", cas, c, "its burst must come in the next clock")
		}
		w.cas = nil
	}
	if c.Op == dram.CASRD || c.Op == dram.CASWR {
		if !need || c.Clock < w.ends {
			a.broke("CAS", nil, c, "WCK runs")
		}
		w.cas = keep(c)
		return
	}
	if !column(c.Op) {
		return
	}
	if need && cas == nil && c.Clock >= w.ends {
		a.broke("WCK", nil, c, "WCK stopped at clock %d, and no CAS came", w.ends)
	}
	w.ends = max(w.ends, a.beat(c)+int64(a.spec.Timing.BL+a.spec.Timing.WCKPST))
}
