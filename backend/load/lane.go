package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"monde/backend/client"
	"monde/core/wire"
)

// A show is one job that is watched.
type show struct {
	number int    // in its lane
	path   string // of its stream
	points int    // of a sweep; 0: a run
	digest string // of a run's report, once it is over
	over   chan struct{}
}

// A lane runs one job after the other, so that there is always something to watch.
type lane struct {
	c     *client.Client
	seed  int
	each  time.Duration // of a job, about, on a core of its own
	point load          // what sweeps consist of

	mu     sync.Mutex
	now    *show
	more   chan struct{} // closed with the next show, or when there is none
	closed bool
	shown  int
}

// run starts jobs until ctx ends, and waits for the last one.
func (l *lane) run(ctx context.Context) error {
	defer l.put(nil)
	for n := 0; ctx.Err() == nil; n++ {
		start := l.startRun
		if n%2 == 1 {
			start = l.startSweep
		}
		late := context.WithoutCancel(ctx)
		s, over, err := start(late, n)
		if err != nil {
			return err
		}
		s.number, s.over = n, make(chan struct{})
		l.put(s)
		for {
			done, err := over(late)
			if err != nil {
				return err
			}
			if done {
				break
			}
			time.Sleep(200 * time.Millisecond)
		}
		close(s.over)
		l.mu.Lock()
		l.shown++
		l.mu.Unlock()
	}
	return nil
}

// put shows s; nil is the end.
func (l *lane) put(s *show) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now, l.closed = s, s == nil
	close(l.more)
	l.more = make(chan struct{})
}

// next returns the show after number n; nil if there is none.
func (l *lane) next(n int) *show {
	for {
		l.mu.Lock()
		s, more, closed := l.now, l.more, l.closed
		l.mu.Unlock()
		switch {
		case closed:
			return nil
		case s != nil && s.number > n:
			return s
		}
		<-more
	}
}

// startRun starts a run that decodes as many tokens as it takes.
func (l *lane) startRun(ctx context.Context, n int) (*show, func(context.Context) (bool, error), error) {
	tokens := max(1, int(float64(l.point.tokens)*float64(l.each)/float64(l.point.each)))
	doc := fmt.Appendf(nil, `{"title":"lane","model":"qwen3-30b-a3b","fidelity":"event","seed":%d,
		"workload":{"phase":"decode","batch":4,"input_tokens":64,"output_tokens":%d}}`, 1000*l.seed+n, min(tokens, 100_000))
	state, err := l.c.StartRun(ctx, doc)
	s := &show{path: state.Stream}
	return s, func(ctx context.Context) (bool, error) {
		now, err := l.c.Run(ctx, state.ID)
		if now.State == wire.StateFailed || now.State == wire.StateCancelled {
			return false, fmt.Errorf("run %s is %s: %+v", state.ID, now.State, now.Failed)
		}
		s.digest = now.Digest
		return now.State == wire.StateDone, err
	}, err
}

// startSweep starts a sweep of as many points as it takes.
func (l *lane) startSweep(ctx context.Context, n int) (*show, func(context.Context) (bool, error), error) {
	points := max(1, int(l.each/l.point.each))
	sweep := l.point
	if err := sweep.make(points, (1000*l.seed+n)*points); err != nil {
		return nil, nil, err
	}
	state, err := l.c.StartSweep(ctx, sweep.ask)
	return &show{path: state.Stream, points: points}, func(ctx context.Context) (bool, error) {
		now, err := l.c.Sweep(ctx, state.ID)
		if now.State == wire.StateFailed || now.State == wire.StateCancelled || now.Bad > 0 {
			return false, fmt.Errorf("sweep %s is %s with %d bad points", state.ID, now.State, now.Bad)
		}
		return now.State == wire.StateDone, err
	}, err
}
