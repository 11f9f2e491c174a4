package dram

// move moves one request into the queue of its bank, and says whether it did.
func (c *banked) move(now int64) bool {
	if c.draining == 0 && (c.writes.full() || c.writes.count > sparse && c.toRead.count+c.toWrite.count == 0) {
		c.draining = c.writes.count
	}
	from, to := &c.reads, &c.toRead
	if c.draining > 0 {
		from, to = &c.writes, &c.toWrite
	}
	i := c.oldest(from, from.mask&^c.full)
	if i == none {
		return false
	}
	e := c.slots.at(i)
	b := int(e.bank)
	if c.draining > 0 {
		if c.reading.may(b, e.row, e.col) && (c.reads.find(b, e.row, e.col) != none || c.toRead.find(b, e.row, e.col) != none) {
			c.draining = 0 // until what is read from there has been read
			return false
		}
		c.draining--
	}
	from.remove(i, closed)
	e.order = c.slots.order
	c.slots.order++
	to.add(i, c.open[b])
	if c.queued[b]++; int(c.queued[b]) >= c.spec.Controller.PerBank {
		c.full |= 1 << b
	}
	c.consider(b, i, now+1)
	return true
}

// oldest returns the request of the banks in mask that came first.
func (c *banked) oldest(q *buffer, mask uint64) int16 {
	first, order := int16(none), int64(never)
	for mask != 0 {
		var b int
		b, mask = each(mask)
		if i := q.head[b]; c.slots.at(i).order < order {
			first, order = i, c.slots.at(i).order
		}
	}
	return first
}

// consider looks at request i, new in the queue of bank b: if best is of now, it
// can only be worse than this one.
func (c *banked) consider(b int, i int16, now int64) {
	if !c.fresh || c.held&(1<<b) != 0 {
		return
	}
	if int(c.best.bank) == b && c.best.slot != none {
		c.fresh = false // a hit may keep its row open
		return
	}
	op := PRE
	switch e := c.slots.at(i); {
	case c.open[b] == closed:
		op = ACT
	case e.row == c.open[b]:
		op = burstOf(e.write)
	}
	if c.candidate(op, b) != i || op == PRE && c.closable(1<<b) == 0 {
		return
	}
	t := max(now, c.earliest(op, b))
	if turn := c.after(b); t < c.best.at || t == c.best.at && turn < c.turn {
		c.best, c.turn = choice{at: t, op: op, bank: uint8(b), slot: i}, turn
	}
}

// order queues the refresh that is due: rank by rank, or bank group by bank
// group, then bank by bank, then rank by rank.
func (c *banked) order() {
	c.refresh += c.interval()
	n := c.turnOf
	if c.spec.Controller.Refresh == AllBanks {
		c.orders = append(c.orders, order{REFab, n * c.perRank})
		c.turnOf = (n + 1) % c.ranks
		return
	}
	groups := c.groups / c.ranks
	group, bank, rank := n%groups, n/groups%c.perGroup, n/c.perRank
	c.orders = append(c.orders, order{REFpb, rank*c.perRank + group*c.perGroup + bank})
	c.turnOf = (n + 1) % c.banks
}

// finishRefresh issues what the first refresh needs next, if that is ready.
func (c *banked) finishRefresh(now int64) (Op, bool) {
	if len(c.orders) == 0 {
		return 0, false
	}
	o := c.orders[0]
	if !c.begun {
		c.begun, c.fresh = true, false
		c.held = 1 << o.bank
		if o.op == REFab {
			c.held = (1<<c.perRank - 1) << o.bank
		}
	}
	op, b, at := c.needed(o, now)
	if at > now {
		return 0, false
	}
	c.fresh = false
	c.record(op, b, now)
	c.out.command(&c.device, now, op, b, -1, -1)
	if op == PRE {
		c.setRow(b, closed)
		return op, true
	}
	c.out.idle.refreshed()
	c.orders = c.orders[1:]
	c.begun, c.held = false, 0
	return op, true
}

// needed returns what refresh o needs next and when it may go: the PRE of the
// first bank that may be closed, or the refresh itself.
func (c *banked) needed(o order, now int64) (op Op, bank int, at int64) {
	if o.op == REFpb {
		if c.open[o.bank] != closed {
			return PRE, o.bank, c.earliest(PRE, o.bank)
		}
		return REFpb, o.bank, c.earliest(REFpb, o.bank)
	}
	at = never
	for b := o.bank; b < o.bank+c.perRank; b++ {
		if c.open[b] != closed {
			if t := max(now, c.earliest(PRE, b)); t < at {
				bank, at = b, t
			}
		}
	}
	if at < never {
		return PRE, bank, at
	}
	return REFab, o.bank, c.earliestAll(REFab, int(c.rankOf[o.bank]))
}

// refreshDue returns when finishRefresh does something.
func (c *banked) refreshDue(now int64) int64 {
	if len(c.orders) == 0 {
		return never
	}
	_, _, at := c.needed(c.orders[0], now)
	return max(now+1, at)
}
