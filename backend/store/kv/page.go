package kv

import (
	"context"
	"errors"
	"slices"
	"strings"

	"monde/backend/job"
	"monde/backend/store/record"
)

// Jobs lists jobs, newest first. A record that cannot be read is left where it is and
// out of the list, so that it hides no other: Job says what is wrong with it.
func (s *Store) Jobs(ctx context.Context, p job.Page) ([]job.Job, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	ids, err := s.candidates(ctx, p)
	if err != nil {
		return nil, err
	}
	var all []job.Job
	for _, id := range ids {
		if len(all) >= p.Limit {
			break
		}
		j, err := s.listed(ctx, id)
		if err != nil {
			return nil, err
		}
		if j.ID != "" && record.Matches(p, j) { // it may have changed
			all = append(all, j)
		}
	}
	return all, nil
}

// listed returns a job, or none if it is gone or cannot be read.
func (s *Store) listed(ctx context.Context, id string) (job.Job, error) {
	e, err := s.record(ctx, id)
	if errors.Is(err, job.ErrUnknown) {
		return job.Job{}, nil
	}
	if err != nil {
		return job.Job{}, err
	}
	j, err := record.Decode(id, e.data)
	if err != nil {
		s.log.Warn("a job is left out of a list", "err", err)
		return job.Job{}, nil
	}
	return j, nil
}

// candidates returns the jobs that a page may list, newest first, by their headers.
func (s *Store) candidates(ctx context.Context, p job.Page) (ids []string, err error) {
	is := func(e entry, name, want string) bool {
		got := e.header.Get(name)
		return want == "" || got == "" || got == token(want) // without a header, its record says
	}
	seen := map[string]bool{}
	err = s.jobs.scan(ctx, "*", func(e entry) {
		fits := is(e, kind, string(p.Kind)) && is(e, client, p.Client) &&
			(!p.Live || e.header.Get(finished) == "") && (p.Before == "" || e.key < p.Before)
		seen[e.key] = fits // the last one of a key counts
	})
	for id, fits := range seen {
		if fits {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(b, a) })
	return ids, err
}
