// Package kv keeps the record of jobs in JetStream, for servers that share it.
//
// Each kind of thing has a bucket: a stream with the subjects, and so the tools, of a
// JetStream key-value store (https://docs.nats.io/nats-concepts/jetstream/key-value-store).
// A key is created by a publish that expects nothing on its subject, and changed by one
// that expects what was read. What is too large for a message is kept in parts, before
// the key that names them, so that it is there as a whole or not at all; parts that no
// key names were left by a crash, and Trim finds them.
//
// Keys are read from the leader of their stream, so that whoever was answered sees it.
// Lists (Jobs, Pieces, Tally, Recall) may come from another replica and be behind by a
// moment. The server must be 2.11 or newer. It leaves out a record in one file: package sqlite.
package kv

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

// layout is the version of keys and headers. Buckets of a newer one are refused.
const layout = 1

const (
	layoutKey  = "monde-layout" // in the metadata of a stream
	cutAt      = 512 << 10      // bytes of a value that is not cut, if the server allows twice that
	recordRoom = 8 << 10        // bytes of a message that headers and the like may take
)

// Options are what a Store may do otherwise than by default.
type Options struct {
	Replicas int          // servers that keep each thing; 0: one
	Prefix   string       // of the names of buckets; empty: monde
	Log      *slog.Logger // told of records that cannot be read; nil: nobody is
}

// Store is a job.Store in JetStream.
type Store struct {
	jobs, keys, pieces, results, links, traces, parts *bucket

	cut    int // bytes of a value that is not cut
	most   int // bytes of a record
	log    *slog.Logger
	closed atomic.Bool
}

var _ job.Store = (*Store)(nil)

// New opens the buckets, and makes those that are not there. The connection stays the caller's.
func New(ctx context.Context, js jetstream.JetStream, opt Options) (*Store, error) {
	limit := int(js.Conn().MaxPayload())
	s := &Store{cut: min(cutAt, limit/2), most: limit - recordRoom, log: opt.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.cut < 1 || s.most < 1 {
		return nil, fmt.Errorf("the server allows messages of %d bytes, which is too few", limit)
	}
	prefix := opt.Prefix
	if prefix == "" {
		prefix = "monde"
	}
	for name, b := range map[string]struct {
		to     **bucket
		direct bool // is read many keys at once
	}{
		"jobs": {&s.jobs, false}, "keys": {&s.keys, false}, "links": {&s.links, false},
		"traces": {&s.traces, false}, "parts": {&s.parts, false},
		"pieces": {&s.pieces, true}, "results": {&s.results, true},
	} {
		var err error
		if *b.to, err = openBucket(ctx, js, prefix+"_"+name, b.direct, max(opt.Replicas, 1)); err != nil {
			return nil, fmt.Errorf("bucket %s_%s: %w", prefix, name, full(err))
		}
	}
	return s, nil
}

// openBucket opens a stream that is a bucket, or makes it.
func openBucket(ctx context.Context, js jetstream.JetStream, name string, direct bool, replicas int) (*bucket, error) {
	config := jetstream.StreamConfig{
		Name: "KV_" + name, Subjects: []string{"$KV." + name + ".>"}, Description: "MoNDE: " + name,
		MaxMsgsPerSubject: 1, Storage: jetstream.FileStorage, Replicas: replicas, Discard: jetstream.DiscardNew,
		AllowRollup: true, DenyDelete: true, AllowDirect: direct,
		Metadata: map[string]string{layoutKey: strconv.Itoa(layout)},
	}
	stream, err := js.Stream(ctx, config.Name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		stream, err = js.CreateStream(ctx, config)
	}
	if err != nil {
		return nil, err
	}
	is := stream.CachedInfo().Config
	if v, _ := strconv.Atoi(is.Metadata[layoutKey]); v != layout {
		return nil, fmt.Errorf("it is of layout %q, and this program knows %d: another monde made it", is.Metadata[layoutKey], layout)
	}
	if is.Replicas != replicas {
		is.Replicas = replicas
		if stream, err = js.UpdateStream(ctx, is); err != nil {
			return nil, err
		}
	}
	return &bucket{js: js, stream: stream, name: name}, nil
}

func (s *Store) buckets() []*bucket {
	return []*bucket{s.jobs, s.keys, s.pieces, s.results, s.links, s.traces, s.parts}
}

var errClosed = errors.New("the store is closed")

// enter begins a method: nothing is asked for whoever left already.
func (s *Store) enter(ctx context.Context) error {
	if s.closed.Load() {
		return errClosed
	}
	return ctx.Err()
}

// Close ends the store, but not its connection. Whatever is asked after it fails.
func (s *Store) Close() error {
	s.closed.Store(true)
	return nil
}

// Size returns the bytes of every bucket, of one replica.
func (s *Store) Size(ctx context.Context) (size int64, err error) {
	if err := s.enter(ctx); err != nil {
		return 0, err
	}
	for _, b := range s.buckets() {
		info, err := b.stream.Info(ctx)
		if err != nil {
			return 0, err
		}
		size += int64(info.State.Bytes)
	}
	return size, nil
}
