package kv

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"monde/backend/job"
	"monde/backend/store/record"
)

// recent is of how many jobs the last tally is remembered.
const recent = 16

// tallies are the last ones of some jobs. The next one of such a job asks for those pieces
// only that have come since.
type tallies struct {
	mu  sync.Mutex
	all []tallied // the one that was used last being the last
}

// tallied is every piece of a job up to a message.
type tallied struct {
	id   string
	last uint64
	all  []job.Piece // by number; never written to
}

func (t *tallies) find(id string) int {
	return slices.IndexFunc(t.all, func(one tallied) bool { return one.id == id })
}

func (t *tallies) get(id string) tallied {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := t.find(id); i >= 0 {
		return t.all[i]
	}
	return tallied{id: id}
}

func (t *tallies) put(one tallied) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := t.find(one.id); i >= 0 {
		if t.all[i].last > one.last { // another one asked later
			one = t.all[i]
		}
		t.all = slices.Delete(t.all, i, i+1)
	} else if len(t.all) == recent {
		t.all = slices.Delete(t.all, 0, 1)
	}
	t.all = append(t.all, one)
}

func (t *tallies) drop(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if i := t.find(id); i >= 0 {
		t.all = slices.Delete(t.all, i, i+1)
	}
}

// Tally returns every piece without its data.
func (s *Store) Tally(ctx context.Context, id string) ([]job.Piece, error) {
	if err := s.ready(ctx); err != nil || !record.ValidID(id) {
		return nil, err
	}
	t := s.tallies.get(id)
	some, err := s.pieces.headers(ctx, id+".*", t.last+1, math.MaxInt)
	if err != nil {
		return nil, fmt.Errorf("pieces of job %s: %w", id, err)
	}
	all := slices.Clone(t.all)
	for _, it := range some {
		p, err := piece(it)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
		t.last = it.seq
	}
	slices.SortFunc(all, func(a, b job.Piece) int { return cmp.Compare(a.Number, b.Number) })
	t.all = all
	if s.index.revision(id) != 0 { // or it was forgotten meanwhile
		s.tallies.put(t)
	}
	return slices.Clone(all), nil
}
