package kv

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

const (
	// batch is how many results are looked at before the size is.
	batch = 256
	// around is about what a message takes beside its data.
	around = 150
	// buried is how long a job's marker stays: no server is without news for longer.
	buried = 30 * time.Minute
)

// Kinds of what may be forgotten.
const (
	aJob = iota
	aResult
	aTrace
)

// old is something that may be forgotten.
type old struct {
	what int
	name string // of a job
	item item   // of anything else
	at   time.Time
}

func (o old) compare(other old) int {
	return cmp.Or(o.at.Compare(other.at), cmp.Compare(o.what, other.what), cmp.Compare(o.name, other.name))
}

// Size returns the bytes of all messages, before they are compressed and copied.
func (s *Store) Size(ctx context.Context) (size int64, err error) {
	if err := s.ready(ctx); err != nil {
		return 0, err
	}
	for name, stream := range s.streams {
		info, err := stream.Info(ctx)
		if err != nil {
			return 0, fmt.Errorf("bucket %s: %w", name, err)
		}
		size += int64(info.State.Bytes)
	}
	return size, nil
}

// Trim forgets until the rest is within limits. A record that cannot be read stays: it
// may be of a job that goes on.
func (s *Store) Trim(ctx context.Context, l job.Limits, now time.Time) (t job.Trimmed, err error) {
	if err := s.ready(ctx); err != nil {
		return t, err
	}
	err = s.dropOrphans(ctx, now)
	if err == nil && l.Age > 0 {
		err = s.trimAge(ctx, now.Add(-l.Age), &t)
	}
	if err == nil && l.Jobs > 0 {
		all := s.index.over()
		err = s.forgetAll(ctx, all[:max(0, len(all)-l.Jobs)], &t)
	}
	for more := l.Bytes > 0; err == nil && more; {
		more, err = s.trimBytes(ctx, l.Bytes, &t)
	}
	if err == nil {
		err = s.level(ctx, time.Now().Add(-buried))
	}
	return t, err
}

// level removes markers of jobs that every server knows to be gone, and pieces that came
// after the job went.
func (s *Store) level(ctx context.Context, before time.Time) error {
	for id, revision := range s.index.graves(before) {
		if err := s.pieces.purge(ctx, id+".>"); err != nil {
			return err
		}
		err := s.streams[Jobs].Purge(ctx, jetstream.WithPurgeSubject(subject(Jobs, id)), jetstream.WithPurgeSequence(revision+1))
		if err != nil {
			return err
		}
		s.index.level(id, revision)
	}
	return nil
}

func (s *Store) trimAge(ctx context.Context, before time.Time, t *job.Trimmed) error {
	all := s.index.over()
	for i, o := range all {
		if !o.at.Before(before) {
			all = all[:i]
			break
		}
	}
	if err := s.forgetAll(ctx, all, t); err != nil {
		return err
	}
	traces, err := s.olderTraces(ctx)
	if err != nil {
		return err
	}
	for _, o := range traces {
		if o.at.Before(before) {
			if err := s.forgetOne(ctx, o, t); err != nil {
				return err
			}
		}
	}
	return s.trimResults(ctx, before, t)
}

// trimResults removes those from before a time, however many, in one go.
func (s *Store) trimResults(ctx context.Context, before time.Time, t *job.Trimmed) error {
	info, err := s.results.stream.Info(ctx)
	if err != nil {
		return err
	}
	all, err := s.results.walk(ctx, "*", 1, time.Time{})
	if err != nil {
		return err
	}
	defer all.end(ctx)
	young, err := s.results.walk(ctx, "*", 0, before)
	if err != nil {
		return err
	}
	defer young.end(ctx)
	gone, end := all.left-young.left, info.State.LastSeq+1
	if gone <= 0 {
		return nil
	}
	first, err := young.next(ctx, 1)
	if err != nil {
		return err
	}
	if len(first) > 0 {
		end = first[0].seq
	}
	if err := s.results.stream.Purge(ctx, jetstream.WithPurgeSequence(end)); err != nil {
		return err
	}
	t.Results += gone
	return nil
}

func (s *Store) olderTraces(ctx context.Context) (all []old, err error) {
	items, err := s.traces.headers(ctx, "*", 1, batch)
	for _, it := range items {
		all = append(all, old{what: aTrace, item: it, at: it.at})
	}
	return all, err
}

// oldest returns some things that may be forgotten, the oldest first.
func (s *Store) oldest(ctx context.Context) ([]old, error) {
	all, err := s.olderTraces(ctx)
	if err != nil {
		return nil, err
	}
	items, err := s.results.headers(ctx, "*", 1, batch)
	if err != nil {
		return nil, err
	}
	for _, it := range items {
		all = append(all, old{what: aResult, item: it, at: it.at})
	}
	all = append(all, s.index.over()...)
	slices.SortFunc(all, old.compare)
	return all, nil
}

// trimBytes forgets what is surely needed, and reports whether to look again.
func (s *Store) trimBytes(ctx context.Context, limit int64, t *job.Trimmed) (more bool, err error) {
	size, err := s.Size(ctx)
	if err != nil || size <= limit {
		return false, err
	}
	all, err := s.oldest(ctx)
	if err != nil || len(all) == 0 {
		return false, err // the rest is live jobs and links
	}
	var end uint64 // of results
	for over, n := size-limit, 0; over > 0 && n < batch && n < len(all); n++ {
		if all[n].what == aResult {
			end = all[n].item.seq + 1
			t.Results++
		} else if err := s.forgetOne(ctx, all[n], t); err != nil {
			return false, err
		}
		if all[n].what == aJob {
			break // how much that made room for, only the cluster knows
		}
		over -= all[n].item.bytes + around
	}
	if end > 0 {
		err = s.results.stream.Purge(ctx, jetstream.WithPurgeSequence(end))
	}
	return true, err
}

func (s *Store) forgetAll(ctx context.Context, all []old, t *job.Trimmed) error {
	for _, o := range all {
		if err := s.forgetOne(ctx, o, t); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) forgetOne(ctx context.Context, o old, t *job.Trimmed) error {
	if o.what == aTrace {
		t.Traces++
		return s.traces.remove(ctx, o.item)
	}
	t.Jobs++
	return s.Forget(ctx, o.name)
}
