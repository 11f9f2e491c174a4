package kv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
	"monde/backend/store/record"
)

const (
	lag    = 2 * time.Second      // that a copy of a bucket may be behind at most
	moment = 5 * time.Millisecond // between one look and the next
	rescue = 10 * time.Second     // for what must be undone after the caller has left
)

// Create adds j, or returns the job that has its key.
func (s *Store) Create(ctx context.Context, j job.Job) (kept job.Job, created bool, err error) {
	if err := s.ready(ctx); err != nil {
		return job.Job{}, false, err
	}
	raw, err := record.Encode(j)
	if err != nil {
		return job.Job{}, false, err
	}
	if j.Key == "" {
		err := s.create(ctx, j.ID, raw)
		return j, err == nil, err
	}
	c, kept, err := s.claim(ctx, j)
	if err != nil || c == nil {
		return kept, false, err
	}
	if err := s.create(ctx, j.ID, raw); err != nil {
		if refused(err) {
			s.undo(ctx, func(ctx context.Context) error { return s.release(ctx, c.name, c.revision) })
		}
		return job.Job{}, false, err
	}
	if c.stale() {
		return s.confirm(ctx, c, j)
	}
	return j, true, nil
}

func (s *Store) create(ctx context.Context, id string, raw []byte) error {
	revision, err := s.jobs.Create(ctx, id, raw)
	if err != nil {
		return fmt.Errorf("job %s: %w", id, full(err))
	}
	return s.index.put(id, revision, raw)
}

// undo runs f even if the caller has left. What it cannot undo is found later.
func (s *Store) undo(ctx context.Context, f func(context.Context) error) {
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), rescue)
	defer cancel()
	if err := f(late); err != nil {
		s.log.Warn("something is left over in the record", "err", err)
	}
}

// Job returns one.
func (s *Store) Job(ctx context.Context, id string) (job.Job, error) {
	raw, _, err := s.record(ctx, id)
	if err != nil {
		return job.Job{}, err
	}
	return record.Decode(id, raw)
}

// record fetches a record, at least as new as the index has it: a copy of the bucket
// that answers may be behind.
func (s *Store) record(ctx context.Context, id string) (raw []byte, revision uint64, err error) {
	if err := s.ready(ctx); err != nil {
		return nil, 0, err
	}
	if !record.ValidID(id) {
		return nil, 0, fmt.Errorf("job %q: %w", id, job.ErrUnknown)
	}
	for end := time.Now().Add(lag); ; {
		e, err := s.jobs.Get(ctx, id)
		switch {
		case err == nil:
			raw, revision = e.Value(), e.Revision()
		case errors.Is(err, jetstream.ErrKeyNotFound):
			raw, revision = nil, 0
		default:
			return nil, 0, fmt.Errorf("job %q: %w", id, err)
		}
		if revision >= s.index.revision(id) || time.Now().After(end) {
			break
		}
		if err := pause(ctx, moment); err != nil {
			return nil, 0, err
		}
	}
	if revision == 0 {
		return nil, 0, fmt.Errorf("job %q: %w", id, job.ErrUnknown)
	}
	_ = s.index.put(id, revision, raw) // what is wrong with it is for those to say who read it
	return raw, revision, nil
}

// Change replaces a job by what change makes of it: if somebody else was faster, again,
// of what that one left.
func (s *Store) Change(ctx context.Context, id string, change func(*job.Job) error) (job.Job, error) {
	for {
		raw, revision, err := s.record(ctx, id)
		if err != nil {
			return job.Job{}, err
		}
		j, err := record.Decode(id, raw)
		if err != nil {
			return job.Job{}, err
		}
		if j, err = record.Changed(j, change); err != nil {
			return job.Job{}, err
		}
		if done, err := s.replace(ctx, j, raw, revision); err != nil {
			return job.Job{}, err
		} else if done {
			return j, nil
		}
		if err := pause(ctx, rand.N(moment)); err != nil { // or many would meet again and again
			return job.Job{}, err
		}
	}
}

// replace writes j over revision, and reports whether that was still there.
func (s *Store) replace(ctx context.Context, j job.Job, was []byte, revision uint64) (bool, error) {
	raw, err := record.Encode(j)
	if err != nil || bytes.Equal(raw, was) {
		return err == nil, err
	}
	next, err := s.jobs.Update(ctx, j.ID, raw, revision)
	if outrun(err) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("job %s: %w", j.ID, full(err))
	}
	return true, s.index.put(j.ID, next, raw)
}

// Forget removes a job and its pieces. A crash in between leaves the job, or pieces
// that Trim removes with the job's marker.
func (s *Store) Forget(ctx context.Context, id string) error {
	j, err := s.Job(ctx, id)
	if err == nil && j.Key != "" {
		err = s.disclaim(ctx, j)
	}
	switch {
	case errors.Is(err, job.ErrUnknown):
		return nil
	case err != nil && s.index.revision(id) == 0: // else it cannot be read, which it need not be
		return err
	}
	if err := s.bury(ctx, id); err != nil {
		return fmt.Errorf("forgetting job %s: %w", id, err)
	}
	return nil
}

// bury writes the marker of a job, from which others learn that it is gone.
func (s *Store) bury(ctx context.Context, id string) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	m := nats.NewMsg(subject(Jobs, id))
	m.Header.Set("KV-Operation", "DEL") // as KeyValue.Delete does, which does not say the revision
	ack, err := s.js.PublishMsg(ctx, m)
	if err != nil {
		return full(err)
	}
	s.index.drop(id, ack.Sequence, time.Now())
	s.tallies.drop(id)
	return s.pieces.purge(ctx, id+".>")
}
