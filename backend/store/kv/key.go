package kv

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"monde/backend/job"
	"monde/backend/store/record"
)

// claim is what an idempotency key stands for. It comes before its job and has the
// whole record until the job is there, so that whoever meets a claim without a job can
// finish what a crash interrupted. Without a record and a job, the job was forgotten.
type claim struct {
	ID     string          `json:"id"`
	Record json.RawMessage `json:"record,omitempty"`
}

// keyOf is the key of the bucket for a client's key.
func keyOf(j job.Job) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s%s", len(j.Client), j.Client, j.Key))
	return hex.EncodeToString(sum[:])
}

// createKeyed claims j's key and adds j, or returns the job that has the key.
func (s *Store) createKeyed(ctx context.Context, j job.Job, raw []byte) (job.Job, bool, error) {
	var stale uint64 // the claim of a job that was forgotten
	for try := 0; ; try++ {
		err := s.claimed(ctx, j, raw, stale)
		if !errors.Is(err, errTaken) {
			return j, err == nil, err
		}
		first, seq, err := s.owner(ctx, keyOf(j))
		if err == nil {
			return first, false, nil
		}
		if !errors.Is(err, job.ErrUnknown) {
			return job.Job{}, false, err
		}
		stale = seq
		if err := pause(ctx, try); err != nil {
			return job.Job{}, false, err
		}
	}
}

// claimed claims j's key and adds j; errTaken if the key stands for something else.
func (s *Store) claimed(ctx context.Context, j job.Job, raw []byte, stale uint64) error {
	key := keyOf(j)
	full, err := json.Marshal(claim{j.ID, raw})
	if err != nil {
		return err
	}
	short, err := json.Marshal(claim{ID: j.ID})
	if err != nil {
		return err
	}
	seq, err := s.keys.put(ctx, key, nil, full, stale)
	if err != nil {
		return fmt.Errorf("key of job %s: %w", j.ID, err)
	}
	if err = s.add(ctx, j, raw); errors.Is(err, errTaken) && s.is(ctx, j) {
		err = nil // somebody who met the claim was faster
	}
	if err != nil {
		ctx, cancel := afterwards(ctx)
		defer cancel()
		_ = s.keys.purgeAt(ctx, key, seq) // else whoever comes next finishes the job
		if errors.Is(err, errTaken) {
			return exists(j.ID) // not the key is taken, but the ID
		}
		return err
	}
	_, _ = s.keys.put(ctx, key, nil, short, seq) // it works as it is, but takes more room
	return nil
}

// is reports whether j is there, whatever has become of it.
func (s *Store) is(ctx context.Context, j job.Job) bool {
	kept, err := s.Job(ctx, j.ID)
	return err == nil && kept.Client == j.Client && kept.Key == j.Key && kept.Created.Equal(j.Created)
}

// owner returns the job that a key stands for; ErrUnknown, with the claim's sequence, if
// there is none.
func (s *Store) owner(ctx context.Context, key string) (job.Job, uint64, error) {
	c, seq, err := s.claim(ctx, key)
	if err != nil {
		return job.Job{}, 0, err
	}
	j, err := s.Job(ctx, c.ID)
	if !errors.Is(err, job.ErrUnknown) || c.Record == nil {
		return j, seq, err
	}
	if j, err = record.Decode(c.ID, c.Record); err != nil {
		return job.Job{}, 0, err
	}
	if err := s.add(ctx, j, c.Record); err != nil && !errors.Is(err, errTaken) {
		return job.Job{}, 0, err
	}
	// If the job was forgotten between the two reads above, it must not come back.
	now, _, err := s.claim(ctx, key)
	if errors.Is(err, job.ErrUnknown) || err == nil && now.ID != c.ID {
		return job.Job{}, 0, errors.Join(job.ErrUnknown, s.jobs.purge(ctx, c.ID))
	}
	if err != nil {
		return job.Job{}, 0, err
	}
	j, err = s.Job(ctx, c.ID)
	return j, seq, err
}

// claim reads one.
func (s *Store) claim(ctx context.Context, key string) (c claim, seq uint64, err error) {
	e, err := s.keys.get(ctx, key)
	if err != nil {
		return c, 0, err
	}
	if err := json.Unmarshal(e.data, &c); err != nil {
		return c, 0, fmt.Errorf("the idempotency key %s cannot be read: %w", key, err)
	}
	return c, e.seq, nil
}

// disown takes the record out of j's claim before j is forgotten, so that nobody makes
// j again from it.
func (s *Store) disown(ctx context.Context, j job.Job) error {
	for try := 0; ; try++ {
		c, seq, err := s.claim(ctx, keyOf(j))
		if errors.Is(err, job.ErrUnknown) || err == nil && (c.ID != j.ID || c.Record == nil) {
			return nil
		}
		if err != nil {
			return err
		}
		short, err := json.Marshal(claim{ID: j.ID})
		if err != nil {
			return err
		}
		if _, err = s.keys.put(ctx, keyOf(j), nil, short, seq); !errors.Is(err, errTaken) {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

// release removes j's claim, unless it is another job's by now.
func (s *Store) release(ctx context.Context, j job.Job) error {
	c, seq, err := s.claim(ctx, keyOf(j))
	if errors.Is(err, job.ErrUnknown) || err == nil && c.ID != j.ID {
		return nil
	}
	if err != nil {
		return err
	}
	return s.keys.purgeAt(ctx, keyOf(j), seq)
}
