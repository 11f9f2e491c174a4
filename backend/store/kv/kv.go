// Package kv keeps the record of jobs on a NATS JetStream cluster, for servers that
// share one: what any of them has answered to, all have.
//
// Jobs and idempotency keys are key-value buckets; every server follows the first with an
// index in memory, so that a list costs the jobs on it and no more. Pieces, results,
// links and traces are shelves: buckets whose entries are written once. See
// https://docs.nats.io/nats-concepts/jetstream/key-value-store. A server sees what it
// wrote itself at once, and what others wrote a moment later. It leaves out a server that
// is one process: package sqlite.
package kv

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

// Buckets, by what they hold.
const (
	Jobs    = "MONDE_JOBS"    // records, by the job's ID
	Keys    = "MONDE_KEYS"    // IDs of jobs, by client and idempotency key
	Pieces  = "MONDE_PIECES"  // by job and number
	Results = "MONDE_RESULTS" // by content
	Links   = "MONDE_LINKS"   // by name
	Traces  = "MONDE_TRACES"  // by SHA-256
)

// Options are what a Store may do otherwise than by default.
type Options struct {
	Replicas int          // copies that the cluster keeps; 0 is 1
	Log      *slog.Logger // told of records that cannot be read; nil: nobody is
}

// Store is a job.Store on a cluster.
type Store struct {
	log     *slog.Logger
	jobs    jetstream.KeyValue
	keys    jetstream.KeyValue
	streams map[string]jetstream.Stream // by bucket
	js      jetstream.JetStream

	pieces, results, links, traces shelf

	index   *index
	tallies tallies
	done    context.Context // ends with Close
	end     context.CancelFunc
	watch   jetstream.KeyWatcher
	working sync.WaitGroup
}

var _ job.Store = (*Store)(nil)

var errClosed = errors.New("the record is closed")

// New opens the record that js has, and makes what is missing of it. It returns when it
// knows every job. js stays the caller's to close.
func New(ctx context.Context, js jetstream.JetStream, opt Options) (*Store, error) {
	s := &Store{log: opt.Log, js: js, index: newIndex(), streams: map[string]jetstream.Stream{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.done, s.end = context.WithCancel(context.Background())
	err := s.declare(ctx, max(1, opt.Replicas))
	if err == nil {
		err = s.follow(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the record: %w", full(err)), s.Close())
	}
	return s, nil
}

// Close stops following the cluster. What goes on meanwhile may fail.
func (s *Store) Close() error {
	s.end()
	if s.watch != nil {
		_ = s.watch.Stop() // fails if the connection is closed, which stops it, too
	}
	s.working.Wait()
	return nil
}

// ready fails if nobody waits for an answer or the store is closed.
func (s *Store) ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if s.done.Err() != nil {
		return errClosed
	}
	return nil
}

// pause waits a moment, unless ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
