package endpoint

import (
	"monde/core/des"
	"monde/core/unit"
)

// meaning is what a message is.
type meaning uint8

// Messages, the first four to a device, the others to the host.
const (
	data meaning = iota // inputs of task first
	word                // the instruction of task first
	poll
	request // for the results of tasks first to last-1
	answer  // accepted and done, as the device saw them
	result  // of task first
)

// message is what crosses a lane.
type message struct {
	meaning        meaning
	ends           bool // the driver sends no more before it polls
	device         int32
	first, last    int32
	accepted, done int32
	size, sent     unit.Bytes
}

// lane is one direction of one link. Messages of one owner keep their order;
// owners take turns.
type lane struct {
	Direction
	turn   unit.Bytes
	owners []fifo
	next   int32 // the owner whose turn it is
	busy   bool
}

// fifo is messages by number.
type fifo struct {
	list []int32
	head int
}

func (f *fifo) push(id int32) { f.list = append(f.list, id) }

func (f *fifo) empty() bool { return f.head == len(f.list) }

func (f *fifo) pop() {
	if f.head++; f.empty() {
		f.list, f.head = f.list[:0], 0
	}
}

// put hands m to the link.
func (r *run) put(m message) {
	back := m.meaning >= answer
	if back {
		r.timeline.Got += m.size
	} else {
		r.timeline.Sent += m.size
	}
	id := r.keep(m)
	at, owner := r.port(m.device, back)
	l := &r.lanes[at]
	l.owners[owner].push(id)
	if !l.busy {
		r.send(at)
	}
}

// keep gives m a number, one that has become free if there is any.
func (r *run) keep(m message) int32 {
	if n := len(r.free); n > 0 {
		id := r.free[n-1]
		r.free = r.free[:n-1]
		r.messages[id] = m
		return id
	}
	r.messages = append(r.messages, m)
	return int32(len(r.messages) - 1)
}

// port returns the lane of a device, and which of its owners the device is.
func (r *run) port(device int32, back bool) (at, owner int32) {
	at, owner = 2*device, 0
	if r.spec.Shared {
		at, owner = 0, device
	}
	if back {
		at++
	}
	return at, owner
}

// send begins the next turn of an idle lane, if anything waits.
func (r *run) send(at int32) {
	l := &r.lanes[at]
	for range l.owners {
		if f := &l.owners[l.next]; !f.empty() {
			m := &r.messages[f.list[f.head]]
			before := l.Bandwidth.Transfer(m.sent)
			m.sent = min(m.size, m.sent+l.turn)
			l.busy = true
			r.at(l.Bandwidth.Transfer(m.sent)-before, des.Finish, turnEnds, at)
			return
		}
		l.next = (l.next + 1) % int32(len(l.owners))
	}
}

// turnEnds follows a message that has left, and begins the next turn.
func (r *run) turnEnds(at int32) {
	l := &r.lanes[at]
	f := &l.owners[l.next]
	id := f.list[f.head]
	m := &r.messages[id]
	l.busy = false
	l.next = (l.next + 1) % int32(len(l.owners))
	if m.sent == m.size {
		f.pop()
		r.at(l.Latency, des.Start, arrives, id)
		if m.ends {
			r.at(r.spec.Poll, des.Start, polls, m.device)
		}
	}
	r.send(at)
}
