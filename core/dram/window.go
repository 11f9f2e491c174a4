package dram

// windowed is the controller of Ramulator 2.1: one window of reads and one of
// writes over all banks, served first ready, first come. It issues every
// command at the clock where Ramulator does; what it does when is written down
// in docs/deviations.md and in Ramulator's src/ramulator/controller (MIT).
//
// Requests whose ACT has gone (active) come first, then refreshes and what else
// is urgent (orders), and only without any of these the window. LPDDR5 opens a
// row by ACT1 and, before its deadline, ACT2, with one bank opening at a time;
// and a burst needs a CAS one clock before it when WCK has stopped.
type windowed struct {
	device
	spec   Spec
	slots  slots
	reads  buffer
	writes buffer
	out    *tap

	split    bool // ACT1 and ACT2
	wck      bool // CAS where WCK has stopped
	low      int  // writes below which a drain of writes ends
	high     int  // writes above which one starts
	latency  int64
	draining bool

	active     []int16 // in order of their ACT
	activeIn   [maxBanks]uint8
	activeMask uint64 // banks with any
	orders     []order
	opening    int16 // the slot between ACT1 and ACT2
	deadline   int64 // of its ACT2
	synced     int16 // the slot whose CAS has gone
	syncedIn   source
	wckEnds    int64
	lastRead   int64 // when the last read has its data
	refresh    int64 // when the next one is due
	refBank    int
	used       [maxBanks]int32 // bursts since the row was opened
	asked      uint64          // banks whose PRE is among orders, for Controller.Cap

	streams streams // of Streaming only

	fresh   bool // best is of now
	arrived int16
	best    choice
	age     int64 // order of best's request; -1: nothing beats it that is ready as soon
}

// An order is what has to be done beside the requests: a refresh, or the PRE of
// a row that has served its share.
type order struct {
	op   Op
	bank int // any of the rank for REFab
}

// source says where a choice comes from, in order of urgency.
type source uint8

const (
	fromActive source = iota
	fromOrders
	fromWindow
)

// A choice is the next command, and the clock from which it is allowed.
type choice struct {
	at   int64
	slot int16 // of the request that it is for; none for an order
	bank uint8
	op   Op
	from source
}

func newWindowed(s Spec, from *[16]gaps, out *tap) *windowed {
	c := &windowed{
		spec: s, out: out, split: s.Standard == LPDDR5, wck: s.Standard == LPDDR5 && !s.Controller.WCKAlways,
		latency: int64(s.Timing.CL + s.Timing.BL), opening: none, synced: none, arrived: none, refresh: never, streams: streams{forced: none},
		low: lowMark(s.Controller.Writes), high: highMark(s.Controller.Writes),
	}
	c.device.init(s, from)
	c.slots = newSlots(s.Controller.Reads + s.Controller.Writes + c.banks + 1)
	c.reads = newBuffer(&c.slots, s.Controller.Reads)
	c.writes = newBuffer(&c.slots, s.Controller.Writes)
	if every := c.interval(); every > 0 {
		c.refresh = every
	}
	return c
}

// Ramulator's watermarks are 0.2 and 0.8 of the write buffer, in float32.
func lowMark(writes int) int  { return ceilShare(writes, 2) }
func highMark(writes int) int { return writes * 8 / 10 }

// ceilShare returns tenths of n, rounded up.
func ceilShare(n, tenths int) int { return (n*tenths + 9) / 10 }

// interval returns the clocks between refreshes, or 0.
func (c *windowed) interval() int64 {
	switch c.spec.Controller.Refresh {
	case AllBanks:
		return int64(c.spec.Timing.REFI)
	case PerBank:
		return int64(c.spec.Timing.REFIpb)
	}
	return 0
}

// offer implements controller.
func (c *windowed) offer(r *Request, bank int, now int64) (taken, room bool) {
	q := &c.reads
	if c.writes.count > 0 && c.writes.find(bank, r.Row, r.Col) != none {
		c.absorb(r, now)
		return true, true
	}
	if r.Write {
		q = &c.writes
	}
	if q.full() {
		return false, false
	}
	i := c.slots.take(r, bank, now)
	q.add(i, c.open[bank])
	if c.arrived != none { // several in one clock: choose anew
		c.fresh = false
	}
	c.arrived = i
	if c.out.flight.on {
		c.out.flight.open++
	}
	return true, !q.full()
}

// absorb answers a request for a burst that waits to be written: a write joins
// it, and a read is answered in the next clock, but after the reads before it.
func (c *windowed) absorb(r *Request, now int64) {
	done := now + 1
	if !r.Write {
		done = max(done, c.lastRead)
	}
	if c.out.done != nil {
		c.out.done(r.Tag, done)
	}
	if r.Write {
		c.out.moved++
		return
	}
	c.lastRead = done
	c.out.read(now, done)
	if f := &c.out.flight; f.on {
		f.open++
		f.reads.push(done)
	}
}

// tick implements controller. Ramulator counts from 1 where the front end counts
// from 0.
func (c *windowed) tick(now int64) int64 {
	now++
	if now == c.refresh {
		c.order()
	}
	capped := c.spec.Controller.Cap > 0
	if capped {
		c.askClose(now)
	}
	switch {
	case c.synced != none:
		slot, from := c.synced, c.syncedIn
		c.synced = none
		c.burst(slot, from, false, now)
	case c.opening != none && c.deadline <= now:
		c.finishOpening(now)
	default:
		if !c.fresh {
			c.choose(now)
		} else if c.arrived != none {
			c.reconsider(now)
		}
		switch {
		case c.best.at <= now:
			c.perform(now)
		case c.opening != none:
			c.finishOpening(now)
		case capped:
			c.arrived = none
			return before(min(c.best.at, c.refresh, c.closeDue()))
		default:
			c.arrived = none
			return before(min(c.best.at, c.refresh))
		}
	}
	c.fresh, c.arrived = false, none
	return now
}

// before returns the front end's clock for clock at here.
func before(at int64) int64 {
	if at == never {
		return never
	}
	return at - 1
}

// order queues the refresh that is due.
func (c *windowed) order() {
	if c.spec.Controller.Kind == Streaming {
		c.owe()
		return
	}
	c.refresh += c.interval()
	c.fresh = false
	if c.spec.Controller.Refresh == PerBank {
		c.orders = append(c.orders, order{REFpb, c.refBank})
		c.refBank = (c.refBank + 1) % c.banks
		return
	}
	for r := range c.ranks {
		c.orders = append(c.orders, order{REFab, r * c.perRank})
	}
}

// askClose queues a PRE for every bank whose row has served its share and may be
// closed now.
func (c *windowed) askClose(now int64) {
	for b := range c.banks {
		if int(c.used[b]) >= c.spec.Controller.Cap && c.asked&(1<<b) == 0 && c.earliest(PRE, b) <= now {
			c.orders = append(c.orders, order{PRE, b})
			c.asked |= 1 << b
			c.fresh = false
		}
	}
}

// closeDue returns the clock of the next askClose that does something.
func (c *windowed) closeDue() int64 {
	at := int64(never)
	if c.spec.Controller.Cap > 0 {
		for b := range c.banks {
			if int(c.used[b]) >= c.spec.Controller.Cap && c.asked&(1<<b) == 0 {
				at = min(at, c.earliest(PRE, b))
			}
		}
	}
	return at
}

// busy implements controller.
func (c *windowed) busy() bool {
	return c.reads.count+c.writes.count+len(c.active) > 0 || c.opening != none
}
