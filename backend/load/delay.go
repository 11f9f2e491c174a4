package main

import (
	"slices"
	"sync"
	"time"
)

// delays are how long messages took.
type delays struct {
	mu  sync.Mutex
	all []time.Duration
}

func (d *delays) add(more []time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = append(d.all, more...)
}

// tell adds the middle, the 99th percentile and the most to a table.
func (d *delays) tell(t *table, of string) {
	t.add("messages "+of, len(d.all), "", "that were said while it was connected")
	if len(d.all) == 0 {
		return
	}
	slices.Sort(d.all)
	at := func(q float64) time.Duration { return d.all[min(len(d.all)-1, int(q*float64(len(d.all))))] }
	t.add("delay "+of+", p50", at(0.5), "")
	t.add("delay "+of+", p99", at(0.99), "")
	t.add("delay "+of+", max", at(1), "")
}
