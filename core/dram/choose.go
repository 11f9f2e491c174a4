package dram

// reconsider makes c.best what is best at now, after a request has arrived.
func (c *windowed) reconsider(now int64) {
	if c.best.at <= now && c.best.from != fromWindow || len(c.orders) > 0 {
		return
	}
	if c.spec.Controller.Kind == Streaming {
		c.chooseStream(now)
		return
	}
	was := c.draining
	c.turn()
	if was != c.draining {
		c.choose(now)
		return
	}
	// Only the newcomer can be better, and of two that are ready at once the older
	// one goes first.
	if c.slots.at(c.arrived).write == c.draining {
		c.consider(int(c.slots.at(c.arrived).bank), c.arrived, now)
	}
}

// choose finds the best command from the state as it is.
func (c *windowed) choose(now int64) {
	if c.spec.Controller.Kind == Streaming {
		c.chooseStream(now)
		return
	}
	c.fresh = true
	c.best = choice{at: never, slot: none}
	if len(c.active) > 0 {
		if c.chooseActive(now); c.best.at <= now {
			return
		}
	}
	if len(c.orders) > 0 {
		c.chooseOrder(now)
		return
	}
	c.turn()
	c.chooseWindow(now)
}

// chooseActive looks at the requests whose row was opened for them.
func (c *windowed) chooseActive(now int64) {
	for _, i := range c.active {
		e := c.slots.at(i)
		at := max(now, c.earliest(burstOf(e.write), int(e.bank)))
		if at < c.best.at || at == c.best.at && e.arrive < c.slots.at(c.best.slot).arrive {
			c.best = choice{at, i, e.bank, burstOf(e.write), fromActive}
		}
	}
}

// chooseOrder looks at the first order. An active request keeps its bank open,
// and a bank that is opening stays so.
func (c *windowed) chooseOrder(now int64) {
	o := c.orders[0]
	op, at := o.op, int64(0)
	switch o.op {
	case REFab:
		if r := int(c.rankOf[o.bank]); !c.idle(r) {
			op = PREab
		}
		if c.holds(o.bank, op == PREab) {
			return
		}
		at = c.earliestAll(op, int(c.rankOf[o.bank]))
	default:
		if c.open[o.bank] != closed {
			op = PRE
		}
		if op == PRE && (c.activeIn[o.bank] > 0 || c.open[o.bank] == opening) {
			return
		}
		at = c.earliest(op, o.bank)
	}
	if at = max(now, at); at < c.best.at {
		c.best = choice{at, none, uint8(o.bank), op, fromOrders}
	}
}

// holds says whether some bank of b's rank must not be closed.
func (c *windowed) holds(b int, closing bool) bool {
	r := int(c.rankOf[b])
	for o := r * c.perRank; o < (r+1)*c.perRank; o++ {
		if c.open[o] == opening || closing && c.activeIn[o] > 0 {
			return true
		}
	}
	return false
}

// turn decides between reads and writes.
func (c *windowed) turn() {
	if c.draining {
		c.draining = c.writes.count >= c.low || c.reads.count == 0
	} else {
		c.draining = c.writes.count > c.high || c.reads.count == 0
	}
}

// chooseWindow looks at the oldest hit and the oldest miss of every bank: all
// others of a bank are ready when these are, and younger.
func (c *windowed) chooseWindow(now int64) {
	q, op := &c.reads, RD
	if c.draining {
		q, op = &c.writes, WR
	}
	c.age = -1 // an active request that is ready as soon goes first
	if q.hits != 0 {
		c.enter(op, q.hits, &q.hit, now)
	}
	if misses := q.misses & c.opened &^ c.activeMask; misses != 0 {
		if c.spec.Controller.RowHit {
			misses = c.unblocked(q, misses)
		}
		c.enter(PRE, misses, &q.miss, now)
	}
	if misses := q.misses &^ c.opened; misses != 0 && c.opening == none {
		c.enter(ACT, misses, &q.miss, now)
	}
}

// unblocked returns the banks of mask whose oldest miss is older than every hit.
func (c *windowed) unblocked(q *buffer, mask uint64) uint64 {
	left := mask
	for mask != 0 {
		var b int
		b, mask = each(mask)
		if q.hit[b] != none && c.slots.at(q.hit[b]).order < c.slots.at(q.miss[b]).order {
			left &^= 1 << b
		}
	}
	return left
}

// enter lets op compete with the best command, in the banks of mask, for the
// requests at. Of two that are ready at once, the one for the older request wins.
func (c *windowed) enter(op Op, mask uint64, at *[maxBanks]int16, now int64) {
	best, age := c.best.at, c.age
	op &= 15
	for mask != 0 {
		var b int
		b, mask = each(mask)
		t := max(now, c.atChannel[op], c.atRank[c.rankOf[b]&(maxRanks-1)][op])
		if t > best {
			continue
		}
		if t = max(t, c.atGroup[c.groupOf[b]&(maxGroups-1)][op], c.atBank[b][op]); t > best {
			continue
		}
		slot := at[b]
		if order := c.slots.at(slot).order; t < best || order < age {
			best, age = t, order
			c.best.slot, c.best.bank = slot, uint8(b)
		}
	}
	if best < c.best.at || age != c.age {
		c.best.at, c.best.op, c.best.from, c.age = best, op, fromWindow, age
	}
}

// consider looks at request i, which has just come to bank b.
func (c *windowed) consider(b int, i int16, now int64) {
	q, op := &c.reads, RD
	if c.draining {
		q, op = &c.writes, WR
	}
	switch {
	case q.hit[b] == i:
	case q.miss[b] != i:
		return // an older one of its kind is ready when it is
	case c.open[b] >= 0:
		op = PRE
		if c.activeIn[b] > 0 || c.spec.Controller.RowHit && q.hit[b] != none {
			return
		}
	case c.open[b] == opening || c.opening != none:
		return
	default:
		op = ACT
	}
	if at := max(now, c.earliest(op, b)); at < c.best.at {
		c.best = choice{at, i, uint8(b), op, fromWindow}
	}
}

func burstOf(write bool) Op {
	if write {
		return WR
	}
	return RD
}
