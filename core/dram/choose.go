package dram

// refreshChoice makes c.best what is best at now, if it is not already.
func (c *windowed) refreshChoice(now int64) {
	arrived := c.arrived
	c.arrived = none
	if !c.fresh {
		c.choose(now)
		return
	}
	if arrived == none || c.best.at <= now && c.best.from != fromWindow || len(c.orders) > 0 {
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
	if c.slots.all[arrived].write == c.draining {
		c.consider(int(c.slots.all[arrived].bank), arrived, now)
	}
}

// choose finds the best command from the state as it is.
func (c *windowed) choose(now int64) {
	c.fresh = true
	c.best = choice{at: never, slot: none}
	c.chooseActive(now)
	if c.best.at <= now {
		return
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
		e := &c.slots.all[i]
		at := max(now, c.earliest(burstOf(e.write), int(e.bank)))
		if at < c.best.at || at == c.best.at && e.arrive < c.slots.all[c.best.slot].arrive {
			c.best = choice{at, burstOf(e.write), int(e.bank), i, fromActive}
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
		c.best = choice{at, op, o.bank, none, fromOrders}
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
	var base [maxRanks][4]int64 // what channel and rank ask of RD or WR, ACT and PRE
	for r := range c.ranks {
		base[r] = [4]int64{
			max(now, c.atChannel[op], c.atRank[r][op]), max(now, c.atChannel[ACT], c.atRank[r][ACT]), max(now, c.atChannel[PRE], c.atRank[r][PRE]),
		}
	}
	best := c.best
	order := int64(-1) // an active request that is ready as soon goes first
	all := c.slots.all
	for mask := q.mask; mask != 0; {
		var b int
		b, mask = each(mask)
		g, from := &c.atGroup[c.groupOf[b]&(maxGroups-1)], &base[c.rankOf[b]&(maxRanks-1)]
		hit, miss := q.hit[b], q.miss[b]
		if hit != none {
			at := max(from[0], g[op], c.atBank[b][op])
			if at < best.at || at == best.at && all[hit].order < order {
				best, order = choice{at, op, b, hit, fromWindow}, all[hit].order
			}
		}
		if miss == none {
			continue
		}
		next, at := ACT, int64(0)
		switch {
		case c.open[b] >= 0:
			if c.activeIn[b] > 0 || hit != none && c.spec.Controller.RowHit && all[hit].order < all[miss].order {
				continue
			}
			next, at = PRE, max(from[2], g[PRE], c.atBank[b][PRE])
		case c.open[b] == opening || c.opening != none:
			continue
		default:
			at = max(from[1], g[ACT], c.atBank[b][ACT])
		}
		if at < best.at || at == best.at && all[miss].order < order {
			best, order = choice{at, next, b, miss, fromWindow}, all[miss].order
		}
	}
	c.best = best
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
		c.best = choice{at, op, b, i, fromWindow}
	}
}

func burstOf(write bool) Op {
	if write {
		return WR
	}
	return RD
}
