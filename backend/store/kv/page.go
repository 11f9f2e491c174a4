package kv

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"monde/backend/job"
	"monde/backend/store/record"
)

// flights is how many requests one call has under way.
const flights = 16

// Jobs lists jobs, newest first. A record that cannot be read is left where it is and
// out of the list, so that it hides no other: Job says what is wrong with it.
func (s *Store) Jobs(ctx context.Context, p job.Page) ([]job.Job, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	var all []job.Job
	for len(all) < p.Limit {
		want := p.Limit - len(all)
		some := s.index.page(p, want)
		read, err := s.read(ctx, some)
		if err != nil {
			return nil, err
		}
		for _, j := range read {
			if j.ID != "" && record.Matches(p, j) { // it may have changed meanwhile
				all = append(all, j)
			}
		}
		if len(some) < want {
			break
		}
		p.Before = some[len(some)-1].id
	}
	return all, nil
}

// read returns the jobs of a list; without an ID those that are gone or cannot be read.
func (s *Store) read(ctx context.Context, some []listed) ([]job.Job, error) {
	all := make([]job.Job, len(some))
	err := atOnce(ctx, len(some), func(ctx context.Context, i int) (err error) {
		raw := some[i].raw
		if raw == nil {
			raw, _, err = s.record(ctx, some[i].id)
			if errors.Is(err, job.ErrUnknown) {
				return nil
			}
			if err != nil {
				return err
			}
		}
		if all[i], err = record.Decode(some[i].id, raw); err != nil {
			s.log.Warn("a job is left out of a list", "err", err)
		}
		return nil
	})
	return all, err
}

// atOnce runs do for 0 up to but without n, several at once, until one fails.
func atOnce(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var working sync.WaitGroup
	for range min(n, flights) {
		working.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	working.Wait()
	return context.Cause(ctx)
}
