package dram

// streams is what Streaming does otherwise than Window, for streams of weights:
//
//   - bursts go before row commands that are ready at the same clock, so the data
//     bus never waits for the command bus;
//   - a row stays open while a request for it waits, but not longer than maxWait
//     for an older one that needs the bank: that bounds the tail;
//   - a refresh takes a bank that nobody waits for, and is put off, within the
//     eight intervals that JESD209-5 and JESD79 allow, until there is one. The
//     other banks go on;
//   - writes go on until few are left, or the rows of all that are, and to the last
//     one when no read waits. One that has waited for maxPosted has them begin.
type streams struct {
	debt   int    // refreshes due, of all ranks
	round  uint64 // banks that this round has still to refresh
	forced int    // bank (or any of the rank) that a refresh can wait for no longer; none if none
	turned int64  // when reads took over from writes, or writes from reads
}

const (
	maxWait   = 1024 // clocks
	maxPosted = 8192 // clocks that a write may wait, for which nobody waits
	minHits   = 8    // bursts of a row, if so many wait, before age closes it
	minIdle   = 32   // clocks without a burst before a refresh closes a row
	minSpell  = 256  // clocks of reads, or of writes, before the others' age counts
	maxPutOff = 7    // refreshes of a rank; one may be on its way
)

// owe notes that a refresh is due.
func (c *windowed) owe() {
	c.refresh += c.interval()
	c.fresh = false
	c.streams.debt += c.ranks // every rank is refreshed as often
	c.force()
}

// force picks what is refreshed next if it can wait no longer: the bank that has
// kept its reads waiting least.
func (c *windowed) force() {
	if c.streams.debt < maxPutOff*c.ranks || c.streams.forced != none {
		return
	}
	least := int64(-1)
	for mask := c.pendingRound(); mask != 0; {
		var b int
		b, mask = each(mask)
		since := int64(never)
		if head := c.reads.head[b]; head != none {
			since = c.slots.at(head).arrive
		}
		if since > least {
			least, c.streams.forced = since, b
		}
	}
}

// pendingRound returns the banks that may be refreshed next: each once a round.
func (c *windowed) pendingRound() uint64 {
	all := uint64(1)<<(c.banks-1)<<1 - 1
	if c.spec.Controller.Refresh == AllBanks {
		all = 0
		for r := range c.ranks {
			all |= 1 << (r * c.perRank)
		}
	}
	if c.streams.round&all == 0 {
		c.streams.round = all
	}
	return c.streams.round & all
}

// chooseStream finds the best command from the state as it is.
func (c *windowed) chooseStream(now int64) {
	c.fresh, c.arrived = true, none
	c.best = choice{at: never, slot: none}
	c.turnStream(now)
	q, op := &c.reads, RD
	if c.draining {
		q, op = &c.writes, WR
	}
	held := c.heldBanks()
	aged := c.aged(q, now)
	c.chooseActive(now)
	c.challenge(op, q.hits&^aged&^held, &q.hit, now)
	if c.opening == none {
		c.challenge(ACT, q.misses&^c.opened&^held, &q.miss, now)
	}
	c.challenge(PRE, q.misses&c.opened&^c.activeMask&^(q.hits&^aged)&^held, &q.miss, now)
	if c.streams.debt > 0 {
		c.chooseRefresh(now)
	}
}

// turnStream decides between reads and writes. A turn costs as much as a dozen
// bursts, so reads go on until many writes wait, and writes until few do whose row
// is closed; but neither waits for ever while the other keeps coming.
func (c *windowed) turnStream(now int64) {
	mine, other, limit := &c.reads, &c.writes, int64(maxPosted)
	if c.draining {
		mine, other, limit = other, mine, maxWait
	}
	if other.count == 0 {
		return
	}
	turn := mine.count == 0 || now-c.streams.turned > minSpell && now-other.oldest() > limit
	if c.draining {
		turn = turn || mine.count < c.low && mine.hits == 0 && now-mine.oldest() <= maxPosted
	} else {
		turn = turn || other.count > c.high
	}
	if turn {
		c.draining = !c.draining
		c.streams.turned = now
	}
}

// challenge makes op the best command if it is ready before what is.
func (c *windowed) challenge(op Op, mask uint64, at *[maxBanks]int16, now int64) {
	if mask == 0 {
		return
	}
	c.age = -1
	c.enter(op, mask, at, now)
}

// aged returns the banks whose oldest miss has waited out the hits. When all wait
// for long, each row that is opened still serves some.
func (c *windowed) aged(q *buffer, now int64) uint64 {
	var out uint64
	for mask := q.hits & q.misses; mask != 0; {
		var b int
		b, mask = each(mask)
		hit, miss := c.slots.at(q.hit[b]), c.slots.at(q.miss[b])
		if miss.order < hit.order && now-miss.arrive > maxWait && c.used[b] >= minHits {
			out |= 1 << b
		}
	}
	return out
}

// heldBanks returns the banks that a refresh can wait for no longer.
func (c *windowed) heldBanks() uint64 {
	switch b := c.streams.forced; {
	case b == none:
		return 0
	case c.spec.Controller.Refresh == AllBanks:
		return c.ofRank[c.rankOf[b]]
	default:
		return 1 << b
	}
}

// chooseRefresh considers the refresh of a bank that nobody waits for, a closed one
// if there is one, or one whose row nobody has used for a while; or of the one that
// is forced.
func (c *windowed) chooseRefresh(now int64) {
	busy := c.reads.mask | c.writes.mask | c.activeMask
	if c.opening != none {
		busy |= 1 << c.slots.at(c.opening).bank
	}
	if b := c.streams.forced; b != none {
		busy = busy&^c.heldBanks() | c.activeMask
		if c.opening != none {
			busy |= 1 << c.slots.at(c.opening).bank
		}
		c.chooseRefreshOf(1<<b, busy, 0, now)
		return
	}
	mask := c.pendingRound()
	if !c.chooseRefreshOf(mask&^c.opened, busy, 0, now) {
		c.chooseRefreshOf(mask&c.opened, busy, minIdle, now)
	}
}

// chooseRefreshOf considers the refresh of the banks of mask that are not busy, so
// long after it could begin, and says whether there is one.
func (c *windowed) chooseRefreshOf(mask, busy uint64, after, now int64) (found bool) {
	for mask != 0 {
		var b int
		b, mask = each(mask)
		if c.scope(b)&busy != 0 {
			continue
		}
		found = true
		op, target, at := c.refreshStep(b)
		if at = max(now, at+after); at < c.best.at {
			c.best = choice{at: at, slot: none, bank: uint8(target), op: op, from: fromOrders}
		}
	}
	return found
}

// scope returns the banks that a refresh at b takes.
func (c *windowed) scope(b int) uint64 {
	if c.spec.Controller.Refresh == AllBanks {
		return c.ofRank[c.rankOf[b]]
	}
	return 1 << b
}

// refreshStep returns what the refresh at b needs next, and from when on it may.
func (c *windowed) refreshStep(b int) (op Op, bank int, at int64) {
	if c.spec.Controller.Refresh == PerBank {
		op = REFpb
		if c.open[b] != closed {
			op = PRE
		}
		return op, b, c.earliest(op, b)
	}
	r := int(c.rankOf[b])
	op = REFab
	if !c.idle(r) {
		op = PREab
	}
	return op, b, c.earliestAll(op, r)
}

// repay issues the refresh step that was chosen.
func (c *windowed) repay(now int64) {
	b, op := int(c.best.bank), c.best.op
	c.maintain(op, b, now)
	if op == REFab || op == REFpb {
		c.streams.debt--
		c.streams.round &^= 1 << b
		c.streams.forced = none
		c.force()
	}
}
