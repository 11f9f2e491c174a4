package kv

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	"monde/backend/job"
)

// named is the key of a name, in which there may be anything.
func named(name string) string { return "h" + hex.EncodeToString([]byte(name)) }

// PutLink keeps doc under id.
func (s *Store) PutLink(ctx context.Context, id string, doc []byte) (created bool, err error) {
	if err := s.ready(ctx); err != nil {
		return false, err
	}
	created, err = s.links.put(ctx, named(id), "", doc)
	if err == nil && !created {
		var kept []byte
		if kept, err = s.link(ctx, id, s.links.sure); err == nil && !bytes.Equal(kept, doc) {
			err = job.ErrTaken
		}
	}
	if err != nil {
		return false, fmt.Errorf("link %q: %w", id, err)
	}
	return created, nil
}

// Link returns the document that id stands for.
func (s *Store) Link(ctx context.Context, id string) ([]byte, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	doc, err := s.link(ctx, id, s.links.get)
	if err != nil {
		return nil, fmt.Errorf("link %q: %w", id, err)
	}
	return doc, nil
}

func (s *Store) link(ctx context.Context, id string, get func(context.Context, string) (item, error)) ([]byte, error) {
	it, err := get(ctx, named(id))
	if err != nil {
		return nil, err
	}
	return s.links.whole(ctx, it)
}
