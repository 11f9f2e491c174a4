package kv

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"monde/backend/job"
)

// named is the key of whatever has a name of any form.
func named(name string) string {
	sum := sha256.Sum256([]byte(name))
	return hex.EncodeToString(sum[:])
}

// PutLink keeps doc under id.
func (s *Store) PutLink(ctx context.Context, id string, doc []byte) (created bool, err error) {
	if err := s.enter(ctx); err != nil {
		return false, err
	}
	err = s.keep(ctx, s.links, named(id), "link", nil, doc)
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, errTaken) {
		return false, fmt.Errorf("link %q: %w", id, err)
	}
	kept, err := s.Link(ctx, id)
	if err == nil && !bytes.Equal(kept, doc) {
		err = fmt.Errorf("link %q: %w", id, job.ErrTaken)
	}
	return false, err
}

// Link returns the document that id stands for.
func (s *Store) Link(ctx context.Context, id string) ([]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	e, err := s.links.get(ctx, named(id))
	if err != nil {
		return nil, fmt.Errorf("link %q: %w", id, err)
	}
	return s.value(ctx, e)
}

// PutTrace keeps what r holds.
func (s *Store) PutTrace(ctx context.Context, sha256 string, r io.Reader) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	_, err := s.traces.get(ctx, named(sha256))
	if errors.Is(err, job.ErrUnknown) {
		err = s.keepParts(ctx, s.traces, named(sha256), "trace", nil, r)
	}
	if err != nil && !errors.Is(err, errTaken) {
		return fmt.Errorf("trace %q: %w", sha256, err)
	}
	return nil
}

// Trace returns the file. If it is forgotten while it is read, reading fails.
func (s *Store) Trace(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	e, err := s.traces.get(ctx, named(sha256))
	if err != nil {
		return nil, fmt.Errorf("trace %q: %w", sha256, err)
	}
	return s.openParts(ctx, e)
}
