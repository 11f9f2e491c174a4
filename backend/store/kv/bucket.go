package kv

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	// maxPart is how much of an entry is one message at most; a cluster may allow less.
	maxPart = 512 << 10
	// headroom is what subject and headers of a message take.
	headroom = 4 << 10
)

// declare opens the buckets.
func (s *Store) declare(ctx context.Context, replicas int) (err error) {
	if s.jobs, err = s.bucket(ctx, Jobs, replicas); err != nil {
		return err
	}
	if s.keys, err = s.bucket(ctx, Keys, replicas); err != nil {
		return err
	}
	part := min(maxPart, max(1<<10, int(s.js.Conn().MaxPayload())-headroom))
	for name, to := range map[string]*shelf{Pieces: &s.pieces, Results: &s.results, Links: &s.links, Traces: &s.traces} {
		if _, err := s.bucket(ctx, name, replicas); err != nil {
			return err
		}
		*to = shelf{js: s.js, stream: s.streams[name], prefix: subject(name, ""), part: part}
	}
	return nil
}

// subject is what the messages of a key are called.
func subject(bucket, key string) string { return "$KV." + bucket + "." + key }

// bucket opens a bucket, and makes it if there is none. What an operator set on one that
// is there, such as how much it may hold, stays; only the number of copies follows ours.
func (s *Store) bucket(ctx context.Context, name string, replicas int) (jetstream.KeyValue, error) {
	kv, err := s.js.KeyValue(ctx, name)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		kv, err = s.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{
			Bucket: name, Storage: jetstream.FileStorage, Replicas: replicas, Compression: true,
		})
		if errors.Is(err, jetstream.ErrBucketExists) { // another server was faster
			kv, err = s.js.KeyValue(ctx, name)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	stream, err := s.js.Stream(ctx, "KV_"+name)
	if err != nil {
		return nil, fmt.Errorf("bucket %s: %w", name, err)
	}
	if c := stream.CachedInfo().Config; c.Replicas != replicas {
		c.Replicas = replicas
		if _, err := s.js.UpdateStream(ctx, c); err != nil {
			return nil, fmt.Errorf("bucket %s: keeping %d copies: %w", name, replicas, err)
		}
	}
	s.streams[name] = stream
	return kv, nil
}
