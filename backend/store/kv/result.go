package kv

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"monde/backend/job"
)

func resultKey(k job.ContentKey) string { return hex.EncodeToString(k[:]) }

// Remember keeps results; one that is known already stays as it is.
func (s *Store) Remember(ctx context.Context, all []job.Known) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	firsts := make(map[job.ContentKey]int, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		firsts[all[i].Key] = i
	}
	return atOnce(ctx, len(all), func(ctx context.Context, i int) error {
		if firsts[all[i].Key] != i {
			return nil
		}
		if _, err := s.results.put(ctx, resultKey(all[i].Key), "", all[i].Data); err != nil {
			return fmt.Errorf("result %x: %w", all[i].Key, err)
		}
		return nil
	})
}

// Recall returns those of keys that are known.
func (s *Store) Recall(ctx context.Context, keys []job.ContentKey) (map[job.ContentKey][]byte, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	var mu sync.Mutex
	known := make(map[job.ContentKey][]byte, len(keys))
	err := atOnce(ctx, len(keys), func(ctx context.Context, i int) error {
		data, err := s.result(ctx, resultKey(keys[i]))
		if errors.Is(err, job.ErrUnknown) {
			return nil
		}
		mu.Lock()
		defer mu.Unlock()
		known[keys[i]] = data
		return err
	})
	if err != nil {
		return nil, err
	}
	return known, nil
}

// result returns one. Trim goes by age, and parts are older than their entry: an entry
// that has lost some is of no use and would keep others from putting it again.
func (s *Store) result(ctx context.Context, key string) ([]byte, error) {
	it, err := s.results.get(ctx, key)
	if err != nil {
		return nil, err
	}
	data, err := s.results.whole(ctx, it)
	if errors.Is(err, errTorn) {
		s.undo(ctx, func(ctx context.Context) error { return s.results.remove(ctx, it) })
		return nil, job.ErrUnknown
	}
	return data, err
}
