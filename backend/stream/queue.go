package stream

import (
	"slices"
	"sync"
)

// A queue holds runs until a worker is free, the oldest first. A run that was
// cancelled takes no place, though it stays in the list until somebody looks.
type queue struct {
	mu      sync.Mutex
	more    sync.Cond
	places  int // for runs that work and runs that wait, together
	working int
	waiting []*Run
	closed  bool
}

func newQueue(l Limits) *queue {
	q := &queue{places: l.Workers + l.Queue}
	q.more.L = &q.mu
	return q
}

// put adds r, unless the queue is full.
func (q *queue) put(r *Run) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = slices.DeleteFunc(q.waiting, (*Run).over)
	if q.working+len(q.waiting) >= q.places {
		return false
	}
	q.waiting = append(q.waiting, r)
	q.more.Signal()
	return true
}

// take waits for a run and counts its caller as working until done. It returns
// nil once the queue is closed, whoever waits.
func (q *queue) take() *Run {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.closed {
		if len(q.waiting) == 0 {
			q.more.Wait()
			continue
		}
		r := q.waiting[0]
		q.waiting = slices.Delete(q.waiting, 0, 1)
		if r.begin() {
			q.working++
			return r
		}
	}
	return nil
}

// done says that the run of a take is over.
func (q *queue) done() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.working--
}

// close wakes every worker to leave.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.more.Broadcast()
}
