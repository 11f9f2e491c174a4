// Package jobtest has servers for tests: an engine, a record in a directory, and what
// works with them. It simulates as the real one does, or as slowly as a test wants.
package jobtest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"monde/backend/bus"
	"monde/backend/job"
	"monde/backend/store/sqlite"
	"monde/core"
)

// A Rig is one server: an engine, a record, and what works with them.
type Rig struct {
	*job.Service
	Bus   *bus.Bus
	Store job.Store
	t     testing.TB
	stops []func()
}

// Quiet is where tests log to.
func Quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// New starts a server on a directory. Nothing works or leads yet.
func New(t testing.TB, dir string, change func(*job.Config)) *Rig {
	t.Helper()
	log := Quiet()
	b, err := bus.Open(t.Context(), bus.Config{Dir: dir + "/queue", Log: log})
	if err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.New(t.Context(), dir, sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := job.Config{Bus: b, Store: store, Engine: core.Engine, Limits: job.DefaultAdmission(), Piece: 10, Log: log}
	if change != nil {
		change(&c)
	}
	r := &Rig{Service: job.New(c), Bus: b, Store: store, t: t}
	if err := b.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	return r
}

// Beside runs f until the rig, or what is returned, stops it.
func (r *Rig) Beside(f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := f(ctx); err != nil && !errors.Is(err, context.Canceled) {
			r.t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	r.stops = append(r.stops, stop)
	return stop
}

// Lead leads jobs.
func (r *Rig) Lead() (stop func()) { return r.Beside(r.Service.Run) }

// Worker works.
func (r *Rig) Worker(sim job.Simulator, slots int) (stop func()) {
	w := &job.Worker{Bus: r.Bus, Sim: sim, Slots: slots, Limit: time.Minute, Log: Quiet()}
	return r.Beside(w.Run)
}

func (r *Rig) close() {
	for _, stop := range r.stops {
		stop()
	}
	r.Bus.Close()
	if err := r.Store.Close(); err != nil {
		r.t.Error(err)
	}
}

// Until waits for a job to be as wanted.
func (r *Rig) Until(id string, want func(job.Job) bool) job.Job {
	r.t.Helper()
	for range 3000 {
		j, err := r.Store.Job(context.Background(), id)
		if err != nil {
			r.t.Fatal(err)
		}
		if want(j) {
			return j
		}
		time.Sleep(10 * time.Millisecond)
	}
	j, _ := r.Store.Job(context.Background(), id)
	r.t.Fatalf("job %s stays %q with %d of %d points", id, j.State, j.Done, j.Points)
	return job.Job{}
}

// Over is what most wait for.
func Over(j job.Job) bool { return j.Over() }
