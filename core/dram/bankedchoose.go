package dram

import "math/bits"

// choose finds the bank whose turn it is among those that are ready first, and in
// its queue the first command of those that are.
func (c *banked) choose(now int64) {
	c.fresh = true
	c.best, c.turn = choice{at: never, slot: none}, maxBanks
	c.rivals(ACT, (c.toRead.mask|c.toWrite.mask)&^c.opened, now)
	c.rivals(RD, c.toRead.hits, now)
	if c.toWrite.count > 0 {
		c.rivals(WR, c.toWrite.hits, now)
	}
	if misses := (c.toRead.misses | c.toWrite.misses) & c.opened; misses != 0 {
		c.rivals(PRE, c.closable(misses), now)
	}
}

// closable returns the banks of mask whose row may be closed for the head of the
// queue: one that no command in the queue is for, or that has served its share.
func (c *banked) closable(mask uint64) uint64 {
	hits := mask & (c.toRead.hits | c.toWrite.hits)
	mask &^= hits
	for hits != 0 {
		var b int
		b, hits = each(hits)
		if head := c.oldestIn(b); c.hits[b] >= rowShare && head != c.toRead.hit[b] && head != c.toWrite.hit[b] {
			mask |= 1 << b
		}
	}
	return mask
}

// rivals lets op compete in the banks of mask.
func (c *banked) rivals(op Op, mask uint64, now int64) {
	if mask &^= c.held; mask == 0 {
		return
	}
	op &= 15
	one := c.ranks == 1
	floor := max(now, c.atChannel[op])
	if one {
		floor = max(floor, c.atRank[0][op])
	}
	at, first, bank := c.best.at, c.turn, none
	s := c.last + 1
	for mask = (mask>>s | mask<<(c.banks-s)) & (1<<c.banks - 1); mask != 0; mask &= mask - 1 {
		turn := bits.TrailingZeros64(mask)
		b := turn + s
		if b >= c.banks {
			b -= c.banks
		}
		b &= maxBanks - 1
		t := max(floor, c.atGroup[c.groupOf[b]&(maxGroups-1)][op], c.atBank[b][op])
		if !one {
			t = max(t, c.atRank[c.rankOf[b]&(maxRanks-1)][op])
		}
		if t < at || t == at && (turn < first || turn == first && c.older(op, b)) {
			at, first, bank = t, turn, b
			if t == floor {
				break // the rest is no sooner, and later in turn
			}
		}
	}
	if bank != none {
		c.best = choice{at: at, op: op, bank: uint8(bank), slot: c.candidate(op, bank)}
		c.turn = first
	}
}

// older says whether op in bank b, where the best command is too, is for an older
// request.
func (c *banked) older(op Op, b int) bool {
	return c.slots.at(c.candidate(op, b)).order < c.slots.at(c.best.slot).order
}

// candidate returns the request that op would go to bank b for.
func (c *banked) candidate(op Op, b int) int16 {
	switch op {
	case RD:
		return c.toRead.hit[b]
	case WR:
		return c.toWrite.hit[b]
	}
	return c.oldestIn(b)
}

// after returns how many banks have their turn before b.
func (c *banked) after(b int) int {
	if n := b - c.last - 1; n >= 0 {
		return n
	}
	return b - c.last - 1 + c.banks
}

// oldestIn returns the head of the queue of bank b.
func (c *banked) oldestIn(b int) int16 {
	r, w := c.toRead.head[b], c.toWrite.head[b]
	if r == none || w != none && c.slots.at(w).order < c.slots.at(r).order {
		return w
	}
	return r
}
