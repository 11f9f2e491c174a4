package kv

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

// abandoned is how long a key may stand for a job that is not there: until then, who
// claimed it may be about to create it.
const abandoned = 5 * time.Second

// A claim is a key that stands for a job of ours.
type claim struct {
	name     string
	revision uint64
	at       time.Time // it was not there before
}

// stale reports whether others may take the claim for abandoned, or soon.
func (c *claim) stale() bool { return time.Since(c.at) > abandoned/2 }

// keyName is the same for equal clients and keys only.
func keyName(j job.Job) string {
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%d %s%s", len(j.Client), j.Client, j.Key)))
}

// claim makes j's key stand for j, or returns the job that it stands for.
func (s *Store) claim(ctx context.Context, j job.Job) (*claim, job.Job, error) {
	c := &claim{name: keyName(j)}
	var seen uint64 // the last revision that stands for no job
	var since time.Time
	for {
		held, err := s.grab(ctx, c, []byte(j.ID), 0)
		if err != nil || c.revision != 0 {
			return c, job.Job{}, err
		}
		if held == nil { // it was released just now
			continue
		}
		first, err := s.Job(ctx, string(held.Value()))
		if !errors.Is(err, job.ErrUnknown) {
			return nil, first, err
		}
		if held.Revision() != seen {
			seen, since = held.Revision(), time.Now()
		}
		if time.Since(since) > abandoned || s.index.forgotten(string(held.Value())) {
			if _, err := s.grab(ctx, c, []byte(j.ID), seen); err != nil || c.revision != 0 {
				return c, job.Job{}, err
			}
		}
		if err := pause(ctx, moment); err != nil {
			return nil, job.Job{}, err
		}
	}
}

// grab writes a key over a revision, 0 being none. If somebody else was faster it returns
// what is there now, if anything is.
func (s *Store) grab(ctx context.Context, c *claim, id []byte, over uint64) (held jetstream.KeyValueEntry, err error) {
	c.at = time.Now()
	if over == 0 {
		c.revision, err = s.keys.Create(ctx, c.name, id)
	} else {
		c.revision, err = s.keys.Update(ctx, c.name, id, over)
	}
	if err == nil {
		return nil, nil
	}
	if !outrun(err) {
		return nil, fmt.Errorf("idempotency key: %w", full(err))
	}
	held, err = s.keys.Get(ctx, c.name)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, pause(ctx, moment)
	}
	return held, err
}

// confirm makes sure that a key that was claimed long ago still stands for j, which is
// there now. If it does not, j must not be.
func (s *Store) confirm(ctx context.Context, c *claim, j job.Job) (job.Job, bool, error) {
	held, err := s.keys.Get(ctx, c.name)
	if err == nil && string(held.Value()) == j.ID {
		return j, true, nil
	}
	if err != nil && !errors.Is(err, jetstream.ErrKeyNotFound) {
		return job.Job{}, false, fmt.Errorf("idempotency key: %w", err)
	}
	if err := s.bury(ctx, j.ID); err != nil {
		return job.Job{}, false, err
	}
	if err == nil {
		first, err := s.Job(ctx, string(held.Value()))
		return first, false, err
	}
	return job.Job{}, false, errors.New("idempotency key: it was released meanwhile; try again")
}

// release frees a key, unless it was claimed again after revision.
func (s *Store) release(ctx context.Context, name string, revision uint64) error {
	return s.streams[Keys].Purge(ctx, jetstream.WithPurgeSubject(subject(Keys, name)), jetstream.WithPurgeSequence(revision+1))
}

// disclaim frees the key of j, if it stands for it.
func (s *Store) disclaim(ctx context.Context, j job.Job) error {
	held, err := s.keys.Get(ctx, keyName(j))
	if errors.Is(err, jetstream.ErrKeyNotFound) || err == nil && string(held.Value()) != j.ID {
		return nil
	}
	if err != nil {
		return err
	}
	return s.release(ctx, keyName(j), held.Revision())
}
