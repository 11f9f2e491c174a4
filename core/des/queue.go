// Package des is the discrete-event kernel: a queue of events in the order they
// happen.
//
// After akita's and BLIS's engines: equal times have a written order, and an
// event is a small value, so a run in steady state allocates nothing. It leaves
// out handlers: whoever owns the queue switches on Event.Kind.
package des

import "monde/core/unit"

// Priority orders events of the same instant; the lowest goes first.
type Priority uint8

// Priorities.
const (
	// Finish frees resources, so that work which becomes ready at the same
	// instant sees them free.
	Finish Priority = iota
	// Start hands resources out, when everything that ended now has been told.
	Start
)

// Event is something that happens at a time. Kind and Arg are the owner's.
type Event struct {
	At       unit.Time
	Priority Priority
	Kind     uint8
	Arg      int32
	seq      uint64
}

// Queue orders events by time, then priority, then the order they were pushed.
// The zero value is empty and ready.
type Queue struct {
	heap []Event
	next uint64
}

// Len returns how many events wait.
func (q *Queue) Len() int { return len(q.heap) }

// Next returns when the next event happens. The queue must not be empty.
func (q *Queue) Next() unit.Time { return q.heap[0].At }

// Push schedules e.
func (q *Queue) Push(e Event) {
	e.seq = q.next
	q.next++
	q.heap = append(q.heap, e)
	q.up(len(q.heap) - 1)
}

// Pop removes and returns the next event. The queue must not be empty.
func (q *Queue) Pop() Event {
	e := q.heap[0]
	last := len(q.heap) - 1
	q.heap[0] = q.heap[last]
	q.heap = q.heap[:last]
	q.down(0)
	return e
}

func (q *Queue) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !q.less(i, parent) {
			return
		}
		q.heap[i], q.heap[parent] = q.heap[parent], q.heap[i]
		i = parent
	}
}

func (q *Queue) down(i int) {
	for {
		first := 2*i + 1
		if first >= len(q.heap) {
			return
		}
		if second := first + 1; second < len(q.heap) && q.less(second, first) {
			first = second
		}
		if !q.less(first, i) {
			return
		}
		q.heap[i], q.heap[first] = q.heap[first], q.heap[i]
		i = first
	}
}

func (q *Queue) less(i, j int) bool {
	a, b := &q.heap[i], &q.heap[j]
	if a.At != b.At {
		return a.At < b.At
	}
	if a.Priority != b.Priority {
		return a.Priority < b.Priority
	}
	return a.seq < b.seq
}
