package dram

// banked is the controller of DRAMsim3: reads and writes wait in two queues, at
// most one a clock moves on into a short queue of its bank, and the bank queues
// are served in turn, each its first command that is ready. Writes move only
// while a drain lasts, so up to eight are never written. It issues every command
// at the clock where DRAMsim3 does, faults and all; docs/deviations.md lists
// them.
type banked struct {
	device
	spec    Spec
	slots   slots
	out     *tap
	latency int64

	reads    buffer // that have not moved on
	writes   buffer
	draining int    // writes still to move in this drain; 0 = none
	toRead   buffer // in the queues of the banks
	toWrite  buffer
	queued   [maxBanks]uint8
	full     uint64           // banks whose queue is full
	last     int              // bank served last
	hits     [maxBanks]uint32 // bursts since its row was opened
	reading  filter           // reads accepted and not issued
	writing  filter
	twins    []twin

	refresh int64 // when the next one is due
	orders  []order
	begun   bool   // the first of them keeps its banks
	held    uint64 // which these are
	turnOf  int    // what is refreshed next

	fresh bool // best is of now
	best  choice
	turn  int // how many banks have their turn before best's
}

// A twin is a read that waits for the data of an older one.
type twin struct {
	slot   int16
	arrive int64
}

// sparse is how many writes DRAMsim3 leaves waiting while nothing else waits.
const sparse = 8

// rowShare is how many hits DRAMsim3 serves before an older miss may close a row.
const rowShare = 4

func newBanked(s Spec, from *[16]gaps, out *tap) *banked {
	c := &banked{spec: s, out: out, latency: int64(s.Timing.CL + s.Timing.BL), refresh: never}
	c.device.init(s, from)
	out.flight.lag = 1
	k := s.Controller
	c.slots = newSlots(k.Reads + k.Writes + c.banks*k.PerBank + 1)
	c.reads, c.writes = newBuffer(&c.slots, k.Reads), newBuffer(&c.slots, k.Writes)
	c.toRead, c.toWrite = newBuffer(&c.slots, 0), newBuffer(&c.slots, 0)
	if every := c.interval(); every > 0 {
		c.refresh = every
	}
	return c
}

func (c *banked) interval() int64 {
	switch c.spec.Controller.Refresh {
	case AllBanks:
		return int64(c.spec.Timing.REFI) / int64(c.ranks)
	case PerBank:
		return int64(c.spec.Timing.REFIpb)
	}
	return 0
}

// offer implements controller.
func (c *banked) offer(r *Request, bank int, now int64) (taken, room bool) {
	q := &c.reads
	if r.Write {
		q = &c.writes
	}
	if q.full() {
		return false, false
	}
	f := &c.out.flight
	if f.on {
		f.open++
	}
	if c.absorb(r, bank, now) {
		return true, true
	}
	if r.Write {
		c.writing.add(bank, r.Row, r.Col)
		if f.on {
			f.quick.push(now + 1)
		}
	} else {
		c.reading.add(bank, r.Row, r.Col)
	}
	q.add(c.slots.take(r, bank, now), closed)
	return true, !q.full()
}

// absorb serves r without a burst of its own, if it can: a read of what waits to
// be written has its answer, a read of what is being read waits with it, and a
// write of what waits to be written joins that.
func (c *banked) absorb(r *Request, bank int, now int64) bool {
	f := &c.out.flight
	if c.writing.may(bank, r.Row, r.Col) && (c.writes.find(bank, r.Row, r.Col) != none || c.toWrite.find(bank, r.Row, r.Col) != none) {
		if r.Write {
			c.out.moved++
		} else {
			c.out.read(now, now+1)
		}
		if f.on {
			f.quick.push(now + 1)
		}
		return true
	}
	if r.Write || !c.reading.may(bank, r.Row, r.Col) {
		return false
	}
	i := c.reads.find(bank, r.Row, r.Col)
	if i == none {
		i = c.toRead.find(bank, r.Row, r.Col)
	}
	if i == none {
		return false
	}
	c.twins = append(c.twins, twin{i, now})
	return true
}

// tick implements controller.
func (c *banked) tick(now int64) int64 {
	if now == c.refresh {
		c.order()
	}
	issued := c.issue(now)
	moved := c.move(now)
	if moved {
		return now + 1
	}
	if issued && !c.fresh {
		c.choose(now + 1)
	}
	return min(c.best.at, c.refreshDue(now), c.refresh)
}

// issue issues one command, or two where the memory has two command buses.
func (c *banked) issue(now int64) bool {
	op, ok := c.finishRefresh(now)
	if !ok {
		op, ok = c.issueQueued(now)
	}
	if ok && c.spec.Controller.Dual {
		c.choose(now)
		if c.best.at <= now {
			if c.best.op.access() != op.access() {
				c.perform(now)
			} else {
				c.last = int(c.best.bank) // looked at, and left
				c.fresh = false
			}
		}
	}
	return ok
}

func (c *banked) issueQueued(now int64) (Op, bool) {
	if !c.fresh {
		c.choose(now)
	}
	if c.best.at > now {
		return 0, false
	}
	op := c.best.op
	c.perform(now)
	return op, true
}

// perform issues c.best.
func (c *banked) perform(now int64) {
	b := c.best
	bank := int(b.bank)
	c.last, c.fresh = bank, false
	e := c.slots.at(b.slot)
	c.record(b.op, bank, now)
	c.out.command(&c.device, now, b.op, bank, e.row, e.col)
	switch b.op {
	case ACT:
		c.out.idle.opened(bank)
		c.setRow(bank, e.row)
	case PRE:
		c.setRow(bank, closed)
	default:
		c.hits[bank]++
		c.serve(b.slot, now)
	}
}

func (c *banked) setRow(b int, row int32) {
	c.set(b, row)
	c.hits[b] = 0
	c.toRead.reopen(b, row)
	c.toWrite.reopen(b, row)
}

// serve takes out slot i, whose burst was issued at now.
func (c *banked) serve(i int16, now int64) {
	e := c.slots.at(i)
	b := int(e.bank)
	c.out.idle.burst(now, e.arrive, c.out.bl, b, c.groupOf[b], e.write)
	if e.write {
		c.out.write(now + 1) // DRAMsim3 counts the clock after
		c.toWrite.remove(i, c.open[b])
		c.writing.drop(b, e.row, e.col)
	} else {
		c.answer(e.arrive, now+c.latency)
		if len(c.twins) > 0 {
			c.answerTwins(i, now+c.latency)
		}
		c.toRead.remove(i, c.open[b])
		c.reading.drop(b, e.row, e.col)
	}
	c.queued[b]--
	c.full &^= 1 << b
	c.slots.release(i)
}

func (c *banked) answer(arrive, done int64) {
	c.out.read(arrive, done)
	if f := &c.out.flight; f.on {
		f.reads.push(done)
	}
}

func (c *banked) answerTwins(i int16, done int64) {
	left := c.twins[:0]
	for _, t := range c.twins {
		if t.slot == i {
			c.answer(t.arrive, done)
		} else {
			left = append(left, t)
		}
	}
	c.twins = left
}

// busy implements controller.
func (c *banked) busy() bool {
	return c.reads.count+c.toRead.count+c.toWrite.count+c.draining > 0 || c.writes.count > sparse || len(c.twins) > 0
}
