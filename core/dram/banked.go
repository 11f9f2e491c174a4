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

func newBanked(s Spec, from *[Ops]gaps, out *tap) *banked {
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
func (c *banked) offer(r *Request, bank int, now int64) bool {
	q := &c.reads
	if r.Write {
		q = &c.writes
	}
	if q.full() {
		return false
	}
	f := &c.out.flight
	if f.on {
		f.open++
	}
	if c.absorb(r, bank, now) {
		return true
	}
	if r.Write {
		c.writing.add(bank, r.Place)
		if f.on {
			f.quick.push(now + 1)
		}
	} else {
		c.reading.add(bank, r.Place)
	}
	q.add(c.slots.take(r, bank, now), closed)
	return true
}

// absorb serves r without a burst of its own, if it can: a read of what waits to
// be written has its answer, a read of what is being read waits with it, and a
// write of what waits to be written joins that.
func (c *banked) absorb(r *Request, bank int, now int64) bool {
	f := &c.out.flight
	if c.writing.may(bank, r.Place) && (c.writes.find(bank, r.Place) != none || c.toWrite.find(bank, r.Place) != none) {
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
	if r.Write || !c.reading.may(bank, r.Place) {
		return false
	}
	i := c.reads.find(bank, r.Place)
	if i == none {
		i = c.toRead.find(bank, r.Place)
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
	if issued || moved {
		return now + 1
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
				c.last = c.best.bank // looked at, and left
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

// choose finds the bank whose turn it is among those that are ready first.
func (c *banked) choose(now int64) {
	c.fresh = true
	c.best = choice{at: never, slot: none}
	mask := (c.toRead.mask | c.toWrite.mask) &^ c.held
	after := ^uint64(0) << (c.last + 1) // in Go, a shift by 64 gives 0
	for _, part := range [2]uint64{mask & after, mask &^ after} {
		for part != 0 {
			var b int
			b, part = each(part)
			if found := c.chooseIn(b, now); found.at < c.best.at {
				c.best = found
			}
		}
	}
}

// chooseIn finds the first command of bank b that is ready first.
func (c *banked) chooseIn(b int, now int64) choice {
	all := c.slots.all
	head := c.toRead.head[b]
	if w := c.toWrite.head[b]; head == none || w != none && all[w].order < all[head].order {
		head = w
	}
	if c.open[b] == closed {
		return choice{at: max(now, c.earliest(ACT, b)), op: ACT, bank: b, slot: head}
	}
	best := choice{at: never, slot: none}
	read, write := c.toRead.hit[b], c.toWrite.hit[b]
	if read != none {
		best = choice{at: max(now, c.earliest(RD, b)), op: RD, bank: b, slot: read}
	}
	if write != none {
		at := max(now, c.earliest(WR, b))
		if at < best.at || at == best.at && all[write].order < all[read].order {
			best = choice{at: at, op: WR, bank: b, slot: write}
		}
	}
	if head != read && head != write && (read == none && write == none || c.hits[b] >= rowShare) {
		if at := max(now, c.earliest(PRE, b)); at <= best.at { // it is the oldest
			best = choice{at: at, op: PRE, bank: b, slot: head}
		}
	}
	return best
}

// perform issues c.best.
func (c *banked) perform(now int64) {
	b := c.best
	c.last, c.fresh = b.bank, false
	e := &c.slots.all[b.slot]
	c.record(b.op, b.bank, now)
	c.out.command(now, b.op, &e.place)
	switch b.op {
	case ACT:
		c.out.idle.opened(b.bank)
		c.setRow(b.bank, e.place.Row)
	case PRE:
		c.setRow(b.bank, closed)
	default:
		c.hits[b.bank]++
		c.serve(b.slot, now)
	}
}

func (c *banked) setRow(b int, row int32) {
	c.open[b] = row
	c.hits[b] = 0
	c.toRead.reopen(b, row)
	c.toWrite.reopen(b, row)
}

// serve takes out slot i, whose burst was issued at now.
func (c *banked) serve(i int16, now int64) {
	e := &c.slots.all[i]
	b := int(e.bank)
	c.out.idle.burst(now, e.arrive, c.out.bl, b, c.groupOf[b], e.write)
	if e.write {
		c.out.write(now + 1) // DRAMsim3 counts the clock after
		c.toWrite.remove(i, c.open[b])
		c.writing.drop(b, e.place)
	} else {
		c.answer(e.arrive, now+c.latency)
		if len(c.twins) > 0 {
			c.answerTwins(i, now+c.latency)
		}
		c.toRead.remove(i, c.open[b])
		c.reading.drop(b, e.place)
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
