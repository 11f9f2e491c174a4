package endpoint

import (
	"monde/core/des"
	"monde/core/unit"
)

// driver is the host's side of one device. What it knows of the device is what
// the last answer said.
type driver struct {
	tasks          []Task
	begun          int32 // tasks whose inputs were handed to the link
	accepted, done int32
	reading        int32 // results that are to come
}

// hears takes what an answer says: it asks for the results of what is newly done,
// and goes on.
func (r *run) hears(at int32, m message) {
	d := &r.drivers[at]
	first := d.done
	d.accepted, d.done = m.accepted, m.done
	before := d.reading
	for i := first; i < d.done; i++ {
		life := &r.timeline.Lives[at][i]
		life.Known, life.Back = r.now, r.now
		if d.tasks[i].Read > 0 {
			d.reading++
		}
	}
	if d.reading > before {
		r.put(message{meaning: request, device: at, size: line, first: first, last: d.done})
	}
	r.timeline.End = max(r.timeline.End, r.now)
	if int(d.done) < len(d.tasks) && !r.skip(at) {
		r.burst(at)
	}
}

// next returns how many instructions a burst has. Left to itself, the driver sends
// what the device had room for when it answered, and one if it had none: there may
// be by now.
func (r *run) next(d *driver) int32 {
	n := int32(r.spec.Burst)
	if n == 0 {
		waiting := max(0, d.accepted-d.done-1) // the oldest that is not done runs
		n = max(1, int32(r.spec.Queue)-waiting)
	}
	return min(n, int32(len(d.tasks))-d.accepted)
}

// burst sends instructions from the first that was not taken, each behind its
// inputs the first time. The driver polls when the last has left; if there is
// none, after the wait.
func (r *run) burst(at int32) {
	d := &r.drivers[at]
	n := r.next(d)
	for i := d.accepted; i < d.accepted+n; i++ {
		if i == d.begun {
			r.begin(at, i)
		}
		r.timeline.Words++
		r.put(message{meaning: word, device: at, size: line, first: i, ends: i == d.accepted+n-1})
	}
	if n == 0 {
		r.at(r.spec.Poll, des.Start, polls, at)
	}
}

// begin hands the inputs of task i to the link.
func (r *run) begin(at, i int32) {
	d, life := &r.drivers[at], &r.timeline.Lives[at][i]
	d.begun++
	life.Begin, life.Written = r.now, r.now
	if n := d.tasks[i].Write; n > 0 {
		r.put(message{meaning: data, device: at, size: n, first: i})
	}
}

// skip passes over bursts and polls that can change nothing and tell nothing new:
// those that the device sees before what it runs is done, while nothing else is
// under way. It counts them, and has the driver go on when they are over.
func (r *run) skip(at int32) bool {
	d, v := &r.drivers[at], &r.devices[at]
	n := r.next(d)
	full := v.accepted-v.popped == int32(r.spec.Queue)
	known := d.done == v.done // and what was taken: nothing has arrived since the poll
	alone := !r.spec.Shared || len(r.devices) == 1
	if r.everyPoll || !alone || !known || d.reading > 0 || v.popped == v.done || n > 0 && (!full || d.accepted+n > d.begun) {
		return false
	}
	round := unit.Time(n)*r.spec.ToDevice.Bandwidth.Transfer(line) + r.spec.period()
	back := r.spec.FromDevice.Bandwidth.Transfer(line) + r.spec.FromDevice.Latency
	m := (v.until - r.now + back - 1) / round // the device sees poll j at now + j·round - back
	if m <= 0 {
		return false
	}
	r.count(at, int64(m), n)
	r.at(m*round, des.Start, goesOn, at)
	return true
}

// count adds m rounds of n refused instructions and a poll.
func (r *run) count(at int32, m int64, n int32) {
	t, d := &r.timeline, &r.drivers[at]
	t.Polls += m
	t.Words += m * int64(n)
	t.Refused += m * int64(n)
	t.Sent += unit.Bytes(m*int64(n+1)) * line
	t.Got += unit.Bytes(m) * line
	for i := range n {
		t.Lives[at][d.accepted+i].Refused += m
	}
}

// period returns the time from one poll to the next, if nothing else is sent.
func (s Spec) period() unit.Time {
	return s.Poll + s.ToDevice.Bandwidth.Transfer(line) + s.ToDevice.Latency +
		s.FromDevice.Bandwidth.Transfer(line) + s.FromDevice.Latency
}
