package dram

import "math/bits"

// none is no slot.
const none = -1

// A slot holds a request that a controller has accepted.
type slot struct {
	order  int64 // of acceptance, in this channel
	arrive int64 // clock of acceptance
	row    int32
	col    int32
	tag    int32
	bank   uint8
	write  bool
	next   int16 // in its bank's list, or in the list of free slots
	prev   int16
}

// slots are all requests that a channel holds.
type slots struct {
	all   *[maxSlots]slot
	free  int16
	order int64
}

func newSlots(n int) slots {
	s := slots{all: new([maxSlots]slot)}
	for i := range int16(n) {
		s.at(i).next = i + 1
	}
	s.at(int16(n - 1)).next = none
	return s
}

// maxSlots is a power of two, so that a masked index needs no check: WebAssembly
// runs functions that may panic slowly.
const maxSlots = 1024

// at returns slot i.
func (s *slots) at(i int16) *slot { return &s.all[uint16(i)&(maxSlots-1)] }

// take returns a slot that holds r.
func (s *slots) take(r *Request, bank int, now int64) int16 {
	i := s.free
	e := s.at(i)
	s.free = e.next
	e.order, e.arrive, e.row, e.col, e.tag = s.order, now, r.Row, r.Col, r.Tag // one by one: WebAssembly copies structs slowly
	e.bank, e.write, e.next, e.prev = uint8(bank), r.Write, none, none
	s.order++
	return i
}

func (s *slots) release(i int16) {
	s.at(i).next = s.free
	s.free = i
}

// buffer holds requests of one kind, a list a bank in order of arrival. Of each
// bank it knows the oldest request for the open row (hit) and the oldest for
// any other (miss); while no row is open, every request is a miss.
type buffer struct {
	slots  *slots
	count  int
	limit  int
	mask   uint64 // banks with requests
	hits   uint64 // banks with a hit
	misses uint64 // banks with a miss
	head   [maxBanks]int16
	tail   [maxBanks]int16
	hit    [maxBanks]int16
	miss   [maxBanks]int16
	rows   [256]uint16 // requests by a hash of bank and row: 0 is proof of none
}

func hashRow(bank uint8, row int32) uint8 {
	return uint8((uint32(row)*0x9e3779b1 ^ uint32(bank)*0x85ebca6b) >> 24)
}

func newBuffer(s *slots, limit int) buffer {
	b := buffer{slots: s, limit: limit}
	for i := range b.head {
		b.head[i], b.tail[i], b.hit[i], b.miss[i] = none, none, none, none
	}
	return b
}

func (q *buffer) full() bool { return q.count >= q.limit }

// add appends slot i to its bank's list, whose open row is open.
func (q *buffer) add(i int16, open int32) {
	e := q.slots.at(i)
	b := e.bank & (maxBanks - 1)
	e.prev = q.tail[b]
	if e.prev == none {
		q.head[b] = i
		q.mask |= 1 << b
	} else {
		q.slots.at(e.prev).next = i
	}
	q.tail[b] = i
	q.count++
	q.rows[hashRow(b, e.row)]++
	if e.row == open {
		if q.hit[b] == none {
			q.hit[b] = i
			q.hits |= 1 << b
		}
	} else if q.miss[b] == none {
		q.miss[b] = i
		q.misses |= 1 << b
	}
}

// remove takes slot i out, and leaves the slot to the caller.
func (q *buffer) remove(i int16, open int32) {
	s := q.slots
	e := s.at(i)
	b := e.bank & (maxBanks - 1)
	if e.prev == none {
		q.head[b] = e.next
	} else {
		s.at(e.prev).next = e.next
	}
	if e.next == none {
		q.tail[b] = e.prev
	} else {
		s.at(e.next).prev = e.prev
	}
	if q.head[b] == none {
		q.mask &^= 1 << b
	}
	q.count--
	q.rows[hashRow(b, e.row)]--
	if q.hit[b] == i {
		if q.hit[b] = q.after(e.next, open, true); q.hit[b] == none {
			q.hits &^= 1 << b
		}
	}
	if q.miss[b] == i {
		if q.miss[b] = q.after(e.next, open, false); q.miss[b] == none {
			q.misses &^= 1 << b
		}
	}
	e.next, e.prev = none, none
}

// after returns the first slot from i on whose row is, or is not, the open one.
func (q *buffer) after(i int16, open int32, hit bool) int16 {
	s := q.slots
	for i != none && (s.at(i).row == open) != hit {
		i = s.at(i).next
	}
	return i
}

// reopen finds hit and miss of bank b anew, after its row has changed.
func (q *buffer) reopen(b int, open int32) {
	b &= maxBanks - 1
	q.hit[b], q.miss[b] = none, q.head[b]
	if open >= 0 && q.rows[hashRow(uint8(b), open)] > 0 {
		q.hit[b] = q.after(q.head[b], open, true)
		q.miss[b] = q.after(q.head[b], open, false)
	}
	q.hits, q.misses = q.hits&^(1<<b), q.misses&^(1<<b)
	if q.hit[b] != none {
		q.hits |= 1 << b
	}
	if q.miss[b] != none {
		q.misses |= 1 << b
	}
}

// find returns the request for a burst in bank b that waits here, or none.
func (q *buffer) find(b int, row, col int32) int16 {
	s := q.slots
	for i := q.head[b&(maxBanks-1)]; i != none; i = s.at(i).next {
		if e := s.at(i); e.row == row && e.col == col {
			return i
		}
	}
	return none
}

// oldest returns when the request that waits longest arrived; there must be one.
func (q *buffer) oldest() int64 {
	at := int64(never)
	for mask := q.mask; mask != 0; {
		var b int
		b, mask = each(mask)
		at = min(at, q.slots.at(q.head[b]).arrive)
	}
	return at
}

// each returns the lowest bank in mask, and mask without it.
func each(mask uint64) (int, uint64) {
	return bits.TrailingZeros64(mask) & (maxBanks - 1), mask & (mask - 1)
}
