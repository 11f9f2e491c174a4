package kv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

// orphaned is for how long after its last part an upload may still go on.
const orphaned = 2 * time.Hour

// PutTrace keeps what r holds, part by part, because r may be a slow network.
func (s *Store) PutTrace(ctx context.Context, sha256 string, r io.Reader) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	_, err := s.traces.get(ctx, named(sha256))
	if errors.Is(err, job.ErrUnknown) {
		_, err = s.traces.fill(ctx, named(sha256), "", r)
	}
	if err != nil {
		return fmt.Errorf("trace %q: %w", sha256, err)
	}
	return nil
}

// Trace returns the file. It is read part by part, so a slow reader holds nothing up; if
// the trace is forgotten meanwhile, reading fails.
func (s *Store) Trace(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	it, err := s.traces.get(ctx, named(sha256))
	if err != nil {
		return nil, fmt.Errorf("trace %q: %w", sha256, err)
	}
	return &file{ctx: ctx, shelf: &s.traces, item: it}, nil
}

// file reads a trace. It keeps the context that it was opened with, as readers of
// request bodies do.
type file struct {
	ctx   context.Context
	shelf *shelf
	item  item
	part  int    // the next one
	data  []byte // of the part that is being given out
}

// Read gives out what is left of a part, or the next one.
func (f *file) Read(p []byte) (int, error) {
	if len(f.data) == 0 {
		if f.part >= f.item.parts {
			return 0, io.EOF
		}
		data, err := f.shelf.load(f.ctx, f.item, f.part)
		if errors.Is(err, errTorn) {
			err = fmt.Errorf("the trace ends early: %w", job.ErrUnknown)
		}
		if err != nil {
			return 0, err
		}
		f.data = data
		f.part++
	}
	n := copy(p, f.data)
	f.data = f.data[n:]
	return n, nil
}

// Close is fine at any time.
func (f *file) Close() error {
	f.data, f.part = nil, f.item.parts
	return nil
}

// dropOrphans removes uploads of traces that a crash left.
func (s *Store) dropOrphans(ctx context.Context, now time.Time) error {
	info, err := s.traces.stream.Info(ctx, jetstream.WithSubjectFilter(s.traces.prefix+"*.*.0"))
	if err != nil {
		return err
	}
	for subject := range info.State.Subjects {
		parts := strings.Split(strings.TrimPrefix(subject, s.traces.prefix), ".")
		if err := s.dropOrphan(ctx, parts[0], parts[1], now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) dropOrphan(ctx context.Context, key, upload string, now time.Time) error {
	it, err := s.traces.get(ctx, key)
	if err == nil && it.upload == upload {
		return nil
	}
	if err != nil && !errors.Is(err, job.ErrUnknown) {
		return err
	}
	pattern := key + "." + upload + ".*"
	last, err := s.traces.stream.GetLastMsgForSubject(ctx, s.traces.prefix+pattern)
	if errors.Is(err, jetstream.ErrMsgNotFound) || err == nil && now.Sub(last.Time) < orphaned {
		return nil
	}
	if err != nil {
		return err
	}
	return s.traces.purge(ctx, pattern)
}
