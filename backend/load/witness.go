package main

import (
	"sync"

	"monde/core/wire"
)

// A witness is somebody who follows a sweep and remembers what was said.
type witness struct {
	mu   sync.Mutex
	seen []int // how often each point was told
	done int   // points that were told
	more chan struct{}
	last wire.Message // the result
}

func newWitness(points int) *witness {
	return &witness{seen: make([]int, points), more: make(chan struct{})}
}

// take hears a message.
func (w *witness) take(m wire.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch m.Kind {
	case wire.KindSwept, wire.KindFailed:
		w.last = m
	case wire.KindRows:
		for _, row := range m.Rows.List {
			if w.seen[row.Index]++; w.seen[row.Index] == 1 {
				w.done++
			}
		}
	}
	close(w.more)
	w.more = make(chan struct{})
	return nil
}

// next returns what is closed when something was said.
func (w *witness) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.more
}

// far returns how many points were told.
func (w *witness) far() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.done
}

// open returns the first n points that were not told.
func (w *witness) open(n int) (points []int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, times := range w.seen {
		if times == 0 && len(points) < n {
			points = append(points, i)
		}
	}
	return points
}

// all reports whether all of some points were told.
func (w *witness) all(points []int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, i := range points {
		if w.seen[i] == 0 {
			return false
		}
	}
	return true
}

// repeats counts points that were told more than once, and points that never were.
func (w *witness) repeats() (again, never int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, times := range w.seen {
		switch {
		case times == 0:
			never++
		case times > 1:
			again++
		}
	}
	return again, never
}
