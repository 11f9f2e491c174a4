package kv

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/store/record"
)

// follow fills the index and goes on keeping it, until Close. It returns when every job
// that was there is in it.
func (s *Store) follow(ctx context.Context) (err error) {
	// The watcher lives as long as the context that it is made with.
	if s.watch, err = s.jobs.WatchAll(s.done); err != nil {
		return err
	}
	loaded, ended := make(chan struct{}), make(chan struct{})
	s.working.Go(func() {
		defer close(ended)
		// Until it is closed, for its sender would wait for us.
		for e := range s.watch.Updates() {
			if e == nil {
				close(loaded)
				continue
			}
			s.take(e)
		}
	})
	select {
	case <-loaded:
		return nil
	case <-ended:
		return errors.New("the connection was closed")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// take takes in what happened to a job.
func (s *Store) take(e jetstream.KeyValueEntry) {
	if !record.ValidID(e.Key()) { // no server wrote that
		return
	}
	if e.Operation() != jetstream.KeyValuePut {
		s.index.drop(e.Key(), e.Revision(), e.Created())
		s.tallies.drop(e.Key())
		return
	}
	if err := s.index.put(e.Key(), e.Revision(), e.Value()); err != nil {
		s.log.Warn("a job is left out of lists", "err", err)
	}
}
