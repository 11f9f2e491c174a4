package kv

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"monde/backend/job"
	"monde/backend/store/record"
)

// Headers of a job, by which lists find it without its record.
const (
	kind     = "Monde-Kind"
	client   = "Monde-Client"   // base64
	finished = "Monde-Finished" // microseconds since 1970; absent: it goes on
)

// patience bounds the first pause of whoever was overtaken, and the tenth and later ones.
const (
	patience    = time.Millisecond
	patienceMax = 50 * time.Millisecond
)

func header(j job.Job) nats.Header {
	h := nats.Header{kind: {token(string(j.Kind))}, client: {token(j.Client)}}
	if j.Over() {
		h.Set(finished, strconv.FormatInt(j.Finished.UnixMicro(), 10))
	}
	return h
}

// token makes any text fit for a header.
func token(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// encode returns a record that fits in a message.
func (s *Store) encode(j job.Job) ([]byte, error) {
	raw, err := record.Encode(j)
	if err == nil && len(raw) > s.most {
		err = fmt.Errorf("job %s cannot be kept: its record has %d bytes, and the server takes %d", j.ID, len(raw), s.most)
	}
	return raw, err
}

// Create adds j, or returns the job that has its key.
func (s *Store) Create(ctx context.Context, j job.Job) (kept job.Job, created bool, err error) {
	if err := s.enter(ctx); err != nil {
		return job.Job{}, false, err
	}
	raw, err := s.encode(j)
	if err != nil {
		return job.Job{}, false, err
	}
	if j.Key != "" {
		return s.createKeyed(ctx, j, raw)
	}
	err = s.add(ctx, j, raw)
	if errors.Is(err, errTaken) {
		err = exists(j.ID)
	}
	if err != nil {
		return job.Job{}, false, err
	}
	return j, true, nil
}

func exists(id string) error { return fmt.Errorf("there is a job %s already", id) }

func (s *Store) add(ctx context.Context, j job.Job, raw []byte) error {
	if _, err := s.jobs.put(ctx, j.ID, header(j), raw, 0); err != nil {
		return fmt.Errorf("job %s: %w", j.ID, err)
	}
	return nil
}

// Job returns one.
func (s *Store) Job(ctx context.Context, id string) (job.Job, error) {
	e, err := s.record(ctx, id)
	if err != nil {
		return job.Job{}, err
	}
	return record.Decode(id, e.data)
}

func (s *Store) record(ctx context.Context, id string) (entry, error) {
	if err := s.enter(ctx); err != nil {
		return entry{}, err
	}
	err := job.ErrUnknown
	var e entry
	if record.ValidID(id) {
		e, err = s.jobs.get(ctx, id)
	}
	if err != nil {
		return entry{}, fmt.Errorf("job %q: %w", id, err)
	}
	return e, nil
}

// Change replaces a job by what change makes of it. If somebody else was faster, it runs
// again on what that one left.
func (s *Store) Change(ctx context.Context, id string, change func(*job.Job) error) (job.Job, error) {
	for try := 0; ; try++ {
		e, err := s.record(ctx, id)
		if err != nil {
			return job.Job{}, err
		}
		j, err := record.Decode(id, e.data)
		if err != nil {
			return job.Job{}, err
		}
		if j, err = record.Changed(j, change); err != nil {
			return job.Job{}, err
		}
		err = s.replace(ctx, j, e)
		if !errors.Is(err, errTaken) {
			return j, err
		}
		if err := pause(ctx, try); err != nil {
			return job.Job{}, err
		}
	}
}

// replace writes j over was; errTaken if that is not there any more.
func (s *Store) replace(ctx context.Context, j job.Job, was entry) error {
	raw, err := s.encode(j)
	if err != nil || bytes.Equal(raw, was.data) {
		return err
	}
	if _, err = s.jobs.put(ctx, j.ID, header(j), raw, was.seq); err != nil {
		return fmt.Errorf("job %s: %w", j.ID, err)
	}
	return nil
}

// pause waits, longer from try to try, and never as long as others do.
func pause(ctx context.Context, try int) error {
	longest := min(patience<<min(try, 10), patienceMax)
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(rand.N(longest) + time.Microsecond):
		return nil
	}
}

// Forget removes a job and its pieces. The job goes first: who adds a piece looks for it
// afterwards, so that none is left behind.
func (s *Store) Forget(ctx context.Context, id string) error {
	e, err := s.record(ctx, id)
	if errors.Is(err, job.ErrUnknown) && !record.ValidID(id) {
		return nil
	}
	if err != nil && !errors.Is(err, job.ErrUnknown) {
		return err
	}
	j, err := record.Decode(id, e.data)
	keyed := err == nil && j.Key != ""
	if keyed {
		if err := s.disown(ctx, j); err != nil {
			return err
		}
	}
	for _, purge := range []func() error{
		func() error { return s.jobs.purge(ctx, id) },
		func() error { return s.pieces.purge(ctx, id+".*") },
		func() error { return s.parts.purge(ctx, "job-"+id+".>") },
	} {
		if err := purge(); err != nil {
			return fmt.Errorf("job %s: %w", id, err)
		}
	}
	if keyed {
		return s.release(ctx, j)
	}
	return nil
}
