// Package stream runs scenarios on the server and keeps what they say, so that
// any number of watchers see the same run, early, late or again.
//
// It models a queue, a few workers and a log a run. A run belongs to nobody: it
// goes on when its watchers leave, until it is done or cancelled. It leaves out
// storage: a server that restarts has forgotten its runs.
package stream

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

// Simulate runs one scenario; core.Run does.
type Simulate func(context.Context, scenario.Scenario, probe.Probe) (report.Report, error)

// Limits bound what a server spends on runs.
type Limits struct {
	Workers  int           // runs at once
	Queue    int           // runs that wait
	Keep     int           // finished runs that are remembered
	Age      time.Duration // for how long
	Memory   int64         // bytes of messages of finished runs
	Time     time.Duration // of one run
	Progress time.Duration // between two progress messages
	Partial  time.Duration // between two partial results
}

// DefaultLimits suit a small server.
func DefaultLimits() Limits {
	return Limits{
		Workers: 2, Queue: 64, Keep: 256, Age: time.Hour, Memory: 512 << 20, Time: 10 * time.Minute,
		Progress: 50 * time.Millisecond, Partial: 400 * time.Millisecond,
	}
}

// A Registry holds the runs of one server.
type Registry struct {
	simulate Simulate
	limits   Limits
	log      *slog.Logger
	queue    *queue
	workers  sync.WaitGroup
	sockets  *crowd

	mu     sync.Mutex
	runs   map[string]*Run
	order  []*Run // oldest first
	closed bool
}

// New starts the workers of a registry, which Close ends.
func New(simulate Simulate, limits Limits, log *slog.Logger) *Registry {
	g := &Registry{
		simulate: simulate, limits: limits, log: log,
		queue: newQueue(limits), runs: map[string]*Run{}, sockets: newCrowd(),
	}
	for range limits.Workers {
		g.workers.Go(g.work)
	}
	return g
}

// Start puts s into the queue. The error is ErrBusy or ErrClosing.
func (g *Registry) Start(s scenario.Scenario) (*Run, error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &Run{ID: rand.Text(), scenario: s, ctx: ctx, cancel: cancel, state: wire.StateQueued}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, ErrClosing
	}
	if !g.queue.put(r) {
		return nil, ErrBusy
	}
	g.runs[r.ID] = r
	g.order = append(g.order, r)
	g.forget(time.Now())
	return r, nil
}

// Run returns a run by its id, or ErrUnknown.
func (g *Registry) Run(id string) (*Run, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forget(time.Now())
	if r, ok := g.runs[id]; ok {
		return r, nil
	}
	return nil, ErrUnknown
}

// Runs returns every run that is remembered, newest first.
func (g *Registry) Runs() []*Run {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.forget(time.Now())
	runs := slices.Clone(g.order)
	slices.Reverse(runs)
	return runs
}

// forget drops the finished runs that are too old, too many or too large
// together, the oldest first. Who watches one keeps it until done.
func (g *Registry) forget(now time.Time) {
	var kept int
	var bytes int64
	drop := func(r *Run) bool {
		age, over := r.since(now)
		if !over {
			return false
		}
		kept++
		bytes += r.Log.size()
		return kept > g.limits.Keep || bytes > g.limits.Memory && kept > 1 || age > g.limits.Age
	}
	for _, r := range slices.Backward(g.order) {
		if drop(r) {
			delete(g.runs, r.ID)
		}
	}
	g.order = slices.DeleteFunc(g.order, func(r *Run) bool { return g.runs[r.ID] == nil })
}

func (g *Registry) work() {
	for r := g.queue.take(); r != nil; r = g.queue.take() {
		g.run(r)
		g.queue.done()
	}
}

func (g *Registry) run(r *Run) {
	ctx, cancel := context.WithTimeoutCause(r.ctx, g.limits.Time, ErrTooLong)
	defer cancel()
	rep, err := g.try(ctx, r)
	switch {
	case err == nil:
		r.succeed(rep)
	case ctx.Err() != nil:
		r.fail(context.Cause(ctx))
	default:
		if Describe(err).Code == wire.CodeInternal {
			g.log.Error("run failed", "run", r.ID, "error", err)
		}
		r.fail(err)
	}
}

// try turns a panic of the simulator into an error: one scenario must not take
// the other runs down.
func (g *Registry) try(ctx context.Context, r *Run) (rep report.Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return g.simulate(ctx, r.scenario, newRecorder(&r.Log, g.limits).probe())
}

// Close cancels every run and lets the watchers see it; those that are still
// there when ctx ends are cut off.
func (g *Registry) Close(ctx context.Context) {
	g.mu.Lock()
	g.closed = true
	g.queue.close()
	runs := slices.Clone(g.order)
	g.mu.Unlock()
	for _, r := range runs {
		r.stop(ErrClosing)
	}
	g.workers.Wait()
	g.sockets.close(ctx)
}

// Closing reports whether the registry takes no runs any more.
func (g *Registry) Closing() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}
