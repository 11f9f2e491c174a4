package endpoint

import (
	"fmt"

	"monde/core/des"
	"monde/core/unit"
)

// device is a queue and the controller behind it. Instructions are taken, run and
// done in order, so three counts are the whole state: the queue is the tasks from
// popped to accepted, and one runs if popped is above done.
type device struct {
	accepted, popped, done int32
	until                  unit.Time // when the one that runs ends
}

// take queues the instruction of task i, or refuses it.
func (r *run) take(at, i int32) {
	d := &r.devices[at]
	life := &r.timeline.Lives[at][i]
	if i != d.accepted || d.accepted-d.popped >= int32(r.spec.Queue) {
		life.Refused++
		r.timeline.Refused++
		return
	}
	d.accepted++
	life.Accepted = r.now
	r.pop(at)
}

// pop starts the oldest queued instruction, if there is one and none runs.
func (r *run) pop(at int32) {
	d := &r.devices[at]
	if d.popped == d.accepted || d.popped > d.done {
		return
	}
	i := r.drivers[at].tasks[d.popped].tagged(d.popped)
	t := r.compute(int(at), i)
	if t < 0 || t > maxTime || r.now > maxNow {
		panic(fmt.Sprintf("endpoint: bug: %v of %d×%d×%d takes %d ps after %d", i.Op, i.M, i.K, i.N, t, r.now))
	}
	r.timeline.Lives[at][d.popped].Popped = r.now
	d.popped++
	d.until = r.now + r.spec.Start + t
	r.at(r.spec.Start+t, des.Finish, computed, at)
}

// computed writes the done register and goes on.
func (r *run) computed(at int32) {
	d := &r.devices[at]
	r.timeline.Lives[at][d.done].Done = r.now
	d.done++
	r.pop(at)
}

// tell answers a poll.
func (r *run) tell(at int32) {
	d := &r.devices[at]
	r.timeline.Polls++
	r.put(message{meaning: answer, device: at, size: line, accepted: d.accepted, done: d.done})
}

// give sends the results of tasks first to last-1.
func (r *run) give(at, first, last int32) {
	for i := first; i < last; i++ {
		if n := r.drivers[at].tasks[i].Read; n > 0 {
			r.put(message{meaning: result, device: at, size: n, first: i})
		}
	}
}
