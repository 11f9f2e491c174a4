package kv

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

// ahead is how many publishes wait for their answers at once.
const ahead = 256

// Remember keeps results; one that is known already stays as it is.
func (s *Store) Remember(ctx context.Context, all []job.Known) error {
	if err := s.enter(ctx); err != nil {
		return err
	}
	for some := range slices.Chunk(all, ahead) {
		if err := s.remember(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// remember publishes all before it waits for the first answer.
func (s *Store) remember(ctx context.Context, all []job.Known) error {
	ctx, cancel := context.WithTimeout(ctx, late)
	defer cancel()
	var answers []jetstream.PubAckFuture
	for _, k := range all {
		key := hex.EncodeToString(k.Key[:])
		if len(k.Data) > s.cut {
			if err := s.keep(ctx, s.results, key, "result", nil, k.Data); err != nil && !errors.Is(err, errTaken) {
				return err
			}
			continue
		}
		answer, err := s.results.js.PublishMsgAsync(s.results.message(key, nil, k.Data),
			jetstream.WithExpectLastSequencePerSubject(0), jetstream.WithStallWait(late))
		if err != nil {
			return full(err)
		}
		answers = append(answers, answer)
	}
	for _, answer := range answers {
		select {
		case <-answer.Ok():
		case err := <-answer.Err():
			if err = refused(err); !errors.Is(err, errTaken) {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Recall returns those of keys that are known.
func (s *Store) Recall(ctx context.Context, keys []job.ContentKey) (map[job.ContentKey][]byte, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = hex.EncodeToString(k[:])
	}
	found, err := s.results.many(ctx, names)
	if err != nil {
		return nil, err
	}
	known := make(map[job.ContentKey][]byte, len(found))
	for i, k := range keys {
		e, ok := found[names[i]]
		if !ok {
			continue
		}
		data, err := s.value(ctx, e)
		if err != nil && !errors.Is(err, job.ErrUnknown) { // an unknown part: it is being forgotten
			return nil, err
		}
		if err == nil {
			known[k] = data
		}
	}
	return known, nil
}
