package dram

import "slices"

// perform issues c.best.
func (c *windowed) perform(now int64) {
	b := c.best
	switch {
	case b.op.access():
		if c.wck && now >= c.wckEnds {
			c.sync(now)
			return
		}
		c.burst(b.slot, b.from, true, now)
	case b.from == fromOrders:
		c.obey(now)
	case b.op == ACT:
		c.activate(b.slot, now)
	default: // PRE
		e := c.slots.at(b.slot)
		c.tell(now, PRE, int(b.bank), e.row, e.col)
		c.close(int(b.bank))
	}
}

// sync starts WCK by a CAS; the burst follows in the next clock. That clock must
// not be the last one for an ACT2.
func (c *windowed) sync(now int64) {
	if c.opening != none && c.deadline <= now+1 {
		c.finishOpening(now)
		return
	}
	op := CASRD
	if c.best.op == WR {
		op = CASWR
	}
	e := c.slots.at(c.best.slot)
	c.tell(now, op, int(c.best.bank), e.row, e.col)
	c.synced, c.syncedIn = c.best.slot, c.best.from
}

// burst issues the RD or WR of slot i. With may, it may also close a row that has
// served its share, unless it was opened for another request, which Ramulator
// forgets: it then waits for ever.
func (c *windowed) burst(i int16, from source, may bool, now int64) {
	e := c.slots.at(i)
	b, op := int(e.bank), burstOf(e.write)
	c.wckEnds = max(c.wckEnds, now+c.dataAt(op)+int64(c.spec.Timing.BL+c.spec.Timing.WCKPST))
	share := c.spec.Controller.Cap
	others := c.activeIn[b]
	if from == fromActive {
		others--
	}
	if share > 0 && may && int(c.used[b]) >= share && others == 0 && c.earliest(op+2, b) <= now {
		op += 2 // RDA, WRA
	}
	c.tell(now, op, b, e.row, e.col)
	c.used[b]++
	c.retire(i, from, now)
	if op >= RDA {
		c.close(b)
	}
}

// dataAt returns the clocks from a burst's command to its first data.
func (c *windowed) dataAt(op Op) int64 {
	if op == WR {
		return int64(c.spec.Timing.CWL)
	}
	return int64(c.spec.Timing.CL)
}

// retire takes slot i out of where it waits; it is served.
func (c *windowed) retire(i int16, from source, now int64) {
	e := c.slots.at(i)
	switch {
	case from == fromActive:
		if c.activeIn[e.bank]--; c.activeIn[e.bank] == 0 {
			c.activeMask &^= 1 << e.bank
		}
		c.active = slices.Delete(c.active, slices.Index(c.active, i), slices.Index(c.active, i)+1)
	case e.write:
		c.writes.remove(i, c.open[e.bank])
	default:
		c.reads.remove(i, c.open[e.bank])
	}
	c.serve(e, now)
	c.slots.release(i)
}

// serve tells that the burst of e was issued at now.
func (c *windowed) serve(e *slot, now int64) {
	f := &c.out.flight
	if c.out.done != nil {
		at := now + c.latency
		if e.write {
			at = now + int64(c.spec.Timing.CWL+c.spec.Timing.BL)
		}
		c.out.done(e.tag, at)
	}
	c.out.idle.burst(now, e.arrive, c.out.bl, int(e.bank), c.groupOf[e.bank], e.write)
	if e.write {
		c.out.write(now)
		if f.on {
			f.open--
		}
		return
	}
	c.lastRead = now + c.latency
	c.out.read(e.arrive, c.lastRead)
	if f.on {
		f.reads.push(c.lastRead)
	}
}

// activate opens the row of slot i, which leaves the window.
func (c *windowed) activate(i int16, now int64) {
	e := c.slots.at(i)
	b := int(e.bank)
	c.tell(now, ACT, b, e.row, e.col)
	if e.write {
		c.writes.remove(i, closed)
	} else {
		c.reads.remove(i, closed)
	}
	if c.split {
		c.opening, c.deadline = i, now+int64(c.spec.Timing.AAD)
		c.set(b, opening)
		return
	}
	c.promote(i)
}

// finishOpening issues the ACT2 that is due.
func (c *windowed) finishOpening(now int64) {
	e := c.slots.at(c.opening)
	c.tell(now, ACT2, int(e.bank), e.row, e.col)
	c.promote(c.opening)
	c.opening = none
}

// promote makes slot i active: its row is open.
func (c *windowed) promote(i int16) {
	e := c.slots.at(i)
	b := int(e.bank)
	c.active = append(c.active, i)
	c.activeIn[b]++
	c.activeMask |= 1 << b
	c.out.idle.opened(b)
	c.setRow(b, e.row)
}

// obey issues the command that serves the first order.
func (c *windowed) obey(now int64) {
	if c.spec.Controller.Kind == Streaming {
		c.repay(now)
		return
	}
	o, op := c.orders[0], c.best.op
	c.maintain(op, o.bank, now)
	if op == o.op {
		c.orders = c.orders[1:]
	}
}

// maintain issues a refresh, or a PRE that no request asked for, to bank b, or to
// all banks of its rank.
func (c *windowed) maintain(op Op, b int, now int64) {
	c.tell(now, op, b, -1, -1)
	switch op {
	case REFab, REFpb:
		c.out.idle.refreshed()
	case PREab:
		for mask := c.ofRank[c.rankOf[b]]; mask != 0; {
			b, mask = each(mask)
			c.close(b)
		}
	case PRE:
		c.close(b)
	}
}

func (c *windowed) close(b int) {
	c.setRow(b, closed)
	c.used[b] = 0
	c.asked &^= 1 << b
}

func (c *windowed) setRow(b int, row int32) {
	c.set(b, row)
	c.reads.reopen(b, row)
	c.writes.reopen(b, row)
}

// tell records op and passes it on.
func (c *windowed) tell(now int64, op Op, b int, row, col int32) {
	c.record(op, b, now)
	c.out.command(&c.device, now, op, b, row, col)
}
