package kv

import (
	"slices"
	"sync"
	"time"

	"monde/backend/job"
	"monde/backend/store/record"
)

// An index knows of every job what lists and Trim go by, and the record of those that
// are live.
type index struct {
	mu   sync.Mutex
	by   map[string]entry
	ids  []string // of by
	rank bool     // ids are in order
	gone map[string]grave
}

type entry struct {
	revision uint64
	kind     job.Kind
	client   string
	finished time.Time
	bad      bool   // it cannot be read
	raw      []byte // while it is live
}

// A grave is the marker of a job that was forgotten.
type grave struct {
	revision uint64
	at       time.Time
}

func newIndex() *index {
	return &index{by: map[string]entry{}, gone: map[string]grave{}, rank: true}
}

// put takes in a record, unless a later one is known. It returns what is wrong with it.
func (x *index) put(id string, revision uint64, raw []byte) error {
	e := entry{revision: revision}
	j, err := record.Decode(id, raw)
	if err != nil {
		e.bad = true
	} else if e.kind, e.client, e.finished = j.Kind, j.Client, j.Finished; !j.Over() {
		e.raw = raw
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	was, known := x.by[id]
	if known && was.revision >= revision || x.gone[id].revision >= revision {
		return nil
	}
	x.by[id] = e
	delete(x.gone, id)
	if !known {
		x.rank = x.rank && (len(x.ids) == 0 || x.ids[len(x.ids)-1] < id)
		x.ids = append(x.ids, id)
	}
	return err
}

// drop forgets a job whose marker has that revision.
func (x *index) drop(id string, revision uint64, at time.Time) {
	x.mu.Lock()
	defer x.mu.Unlock()
	was, known := x.by[id]
	if known && was.revision > revision {
		return
	}
	x.gone[id] = grave{revision, at}
	if !known {
		return
	}
	delete(x.by, id)
	x.sort()
	if i, ok := slices.BinarySearch(x.ids, id); ok {
		x.ids = slices.Delete(x.ids, i, i+1)
	}
}

func (x *index) sort() {
	if !x.rank {
		slices.Sort(x.ids)
		x.rank = true
	}
}

// revision returns the last one that is known of a job, or 0.
func (x *index) revision(id string) uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.by[id].revision
}

// forgotten reports whether a job was there and is not any more.
func (x *index) forgotten(id string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.gone[id].revision > 0
}

// listed is a job on a page.
type listed struct {
	id  string
	raw []byte // nil: it must be fetched
}

// page returns the next jobs of a page.
func (x *index) page(p job.Page, limit int) []listed {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sort()
	last := len(x.ids)
	if p.Before != "" {
		last, _ = slices.BinarySearch(x.ids, p.Before)
	}
	var some []listed
	for i := last - 1; i >= 0 && len(some) < limit; i-- {
		e := x.by[x.ids[i]]
		if !e.bad && record.Matches(p, job.Job{Kind: e.kind, Client: e.client, Finished: e.finished}) {
			some = append(some, listed{x.ids[i], e.raw})
		}
	}
	return some
}

// over returns the jobs that are over, the one that ended first being the first. What
// cannot be read may not be over.
func (x *index) over() []old {
	x.mu.Lock()
	defer x.mu.Unlock()
	var all []old
	for id, e := range x.by {
		if !e.bad && !e.finished.IsZero() {
			all = append(all, old{what: aJob, name: id, at: e.finished})
		}
	}
	slices.SortFunc(all, old.compare)
	return all
}

// graves returns the markers from before a time.
func (x *index) graves(before time.Time) map[string]uint64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	all := map[string]uint64{}
	for id, g := range x.gone {
		if g.at.Before(before) {
			all[id] = g.revision
		}
	}
	return all
}

// level removes the marker of a job.
func (x *index) level(id string, revision uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.gone[id].revision == revision {
		delete(x.gone, id)
	}
}
