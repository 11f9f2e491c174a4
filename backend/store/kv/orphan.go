package kv

import (
	"context"
	"errors"
	"strings"
	"time"

	"monde/backend/job"
)

// dropOrphans removes parts that no key names: a crash left them, or the results that
// they were of are forgotten.
func (s *Store) dropOrphans(ctx context.Context, now time.Time) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	last := map[string]entry{} // part of each upload
	err := s.parts.scan(ctx, ">", func(e entry) {
		if cut := strings.LastIndexByte(e.key, '.'); cut > 0 {
			last[e.key[:cut]] = e
		}
	})
	if err != nil {
		return err
	}
	for id, e := range last {
		if now.Sub(e.at) < orphaned || s.names(ctx, e.header.Get(uploadFor), id) {
			continue
		}
		if err := s.parts.purge(ctx, id+".>"); err != nil {
			return err
		}
	}
	return nil
}

// names reports whether the key with this subject has its value in an upload, or may have.
func (s *Store) names(ctx context.Context, subject, id string) bool {
	for _, b := range s.buckets() {
		if key, ok := strings.CutPrefix(subject, b.subject("")); ok {
			e, err := b.get(ctx, key)
			return err == nil && e.header.Get(upload) == id || err != nil && !errors.Is(err, job.ErrUnknown)
		}
	}
	return false
}
