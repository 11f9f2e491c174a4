package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"monde/backend/client"
	"monde/core/sweep"
	"monde/core/wire"
)

// A remoteSweep is one sweep of a server's.
type remoteSweep struct {
	remote
	state  wire.SweepState
	bar    *bar // gets to know how long the rest takes
	begun  bool
	take   func([]sweep.Row) error
	given  int   // rows
	broken error // of take
}

// sweep starts a sweep: what the server refuses it refuses now.
func (r remote) sweep(ctx context.Context, j sweepJob, b *bar) (*remoteSweep, error) {
	state, err := r.StartSweep(ctx, wire.SweepAsk{Scenario: j.base.Full(), Sweep: j.spec})
	return &remoteSweep{remote: r, state: state, bar: b}, r.theirs(err)
}

// simulate is a simulator. Rows come by pages, as they get done, and how far the sweep is
// comes over its stream.
func (s *remoteSweep) simulate(ctx context.Context, _ sweepJob, take func([]sweep.Row) error, tell func(done int)) error {
	s.begun, s.take = true, take
	here, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { s.progress(here, tell) })
	err := s.rows(ctx)
	stop()
	beside.Wait()
	switch {
	case err == nil:
		return s.ended(ctx)
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), s.leave(ctx, s.cancel))
	case s.broken != nil:
		return errors.Join(s.broken, s.leave(ctx, s.cancel))
	}
	return s.theirs(fmt.Errorf("%w; sweep %s goes on without us", err, s.state.ID))
}

// done lets go of the server; a sweep that nobody waited for ends.
func (s *remoteSweep) done(ctx context.Context) {
	if !s.begun {
		_ = s.leave(ctx, s.cancel) // why it was not begun says more
	}
	s.Close()
}

// rows takes those that were not given yet, until there are no more.
func (s *remoteSweep) rows(ctx context.Context) error {
	for rows, err := range s.Rows(ctx, s.state.ID, s.given) {
		if err != nil {
			return err
		}
		if s.broken = s.take(rows); s.broken != nil {
			return s.broken
		}
		s.given += len(rows)
	}
	return nil
}

// progress tells how far the sweep is, until its end or ctx's. What goes wrong with it
// goes wrong with rows, too, and they say so.
func (s *remoteSweep) progress(ctx context.Context, tell func(done int)) {
	_ = s.Follow(ctx, &client.Stream{Path: s.state.Stream}, func(m wire.Message) error {
		if m.Progress != nil {
			s.bar.left = time.Duration(m.Progress.Remaining) * time.Millisecond
			tell(int(m.Progress.Done))
		}
		return nil
	})
}

// ended says whether a sweep without further rows is done.
func (s *remoteSweep) ended(ctx context.Context) error {
	state, err := s.Sweep(ctx, s.state.ID)
	switch {
	case err != nil:
		return s.theirs(err)
	case state.Failed != nil:
		return failure(state.Failed)
	case s.given < state.Points:
		return fmt.Errorf("the server has %d of %d rows of sweep %s, which is %s", s.given, state.Points, s.state.ID, state.State)
	}
	return nil
}

// cancel ends the sweep on the server, and takes what was done by then.
func (s *remoteSweep) cancel(ctx context.Context) error {
	if _, err := s.CancelSweep(ctx, s.state.ID); err != nil || s.broken != nil || !s.begun {
		return err
	}
	return s.rows(ctx)
}
