package job_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"monde/backend/bus"
	"monde/backend/job"
	"monde/backend/store/sqlite"
	"monde/core"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/sweep"
	"monde/core/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A rig is one server: an engine, a record, and what works with them.
type rig struct {
	t     *testing.T
	bus   *bus.Bus
	store *sqlite.Store
	*job.Service
	stops []func()
}

// quiet is where tests log to.
func quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// newRig starts a server on a directory. Nothing works or leads yet.
func newRig(t *testing.T, dir string, change func(*job.Config)) *rig {
	t.Helper()
	log := quiet()
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
	r := &rig{t: t, bus: b, store: store, Service: job.New(c)}
	if err := b.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	return r
}

// beside runs f until the rig, or what is returned, stops it.
func (r *rig) beside(f func(context.Context) error) (stop func()) {
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

func (r *rig) lead() (stop func()) { return r.beside(r.Service.Run) }

func (r *rig) worker(sim job.Simulator, slots int) (stop func()) {
	w := &job.Worker{Bus: r.bus, Sim: sim, Slots: slots, Limit: time.Minute, Log: quiet()}
	return r.beside(w.Run)
}

func (r *rig) close() {
	for _, stop := range r.stops {
		stop()
	}
	r.bus.Close()
	if err := r.store.Close(); err != nil {
		r.t.Error(err)
	}
}

// until waits for a job to be as wanted.
func (r *rig) until(id string, want func(job.Job) bool) job.Job {
	r.t.Helper()
	for range 3000 {
		j, err := r.store.Job(context.Background(), id)
		if err != nil {
			r.t.Fatal(err)
		}
		if want(j) {
			return j
		}
		time.Sleep(10 * time.Millisecond)
	}
	j, _ := r.store.Job(context.Background(), id)
	r.t.Fatalf("job %s stays %q with %d of %d points", id, j.State, j.Done, j.Points)
	return job.Job{}
}

func over(j job.Job) bool { return j.Over() }

// rows returns every row of a sweep, and fails where one is missing or there twice.
func (r *rig) rows(j job.Job) []sweep.Row {
	r.t.Helper()
	pieces, err := r.store.Pieces(context.Background(), j.ID, 0, 1<<20)
	if err != nil {
		r.t.Fatal(err)
	}
	var all []sweep.Row
	for _, p := range pieces {
		rows, err := p.Unpack()
		if err != nil {
			r.t.Fatal(err)
		}
		all = append(all, rows...)
	}
	for i, row := range all {
		if row.Index != i {
			r.t.Fatalf("row %d has index %d", i, row.Index)
		}
	}
	if len(all) != j.Points {
		r.t.Fatalf("%d rows of %d points", len(all), j.Points)
	}
	return all
}

// real is the simulator itself.
func real() job.Simulator {
	return job.Simulator{
		Engine: core.Engine,
		Report: func(ctx context.Context, s scenario.Scenario, p probe.Probe) (report.Report, error) {
			return core.Run(ctx, s, p)
		},
		Point: func(ctx context.Context, s scenario.Scenario) (sweep.Result, error) { return core.Point(ctx, s) },
	}
}

// paced takes a while for each point, and counts them.
func paced(d time.Duration, count *counter) job.Simulator {
	return job.Simulator{
		Engine: core.Engine,
		Report: func(ctx context.Context, s scenario.Scenario, p probe.Probe) (report.Report, error) {
			for i := range int64(20) {
				select {
				case <-ctx.Done():
					return report.Report{}, ctx.Err()
				case <-time.After(d / 20):
				}
				p.Progress(probe.Progress{Done: i + 1, Total: 20})
			}
			count.add(s.Seed)
			return report.Report{Digest: fmt.Sprint("digest of ", s.Seed)}, nil
		},
		Point: func(ctx context.Context, s scenario.Scenario) (sweep.Result, error) {
			select {
			case <-ctx.Done():
				return sweep.Result{}, ctx.Err()
			case <-time.After(d):
			}
			count.add(s.Seed)
			return sweep.Result{Digest: fmt.Sprint(s.Seed), Latency: 1}, nil
		},
	}
}

// A counter counts how often a seed was simulated.
type counter struct {
	mu  sync.Mutex
	all map[uint64]int
	sum int
}

func (c *counter) add(seed uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[uint64]int{}
	}
	c.all[seed]++
	c.sum++
}

func (c *counter) total() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sum
}

// seeds is a sweep over so many seeds.
func seeds(n int) wire.SweepAsk {
	return wire.SweepAsk{Scenario: []byte(`{"fidelity":"analytic"}`), Sweep: sweep.Spec{Method: sweep.Grid, Axes: []sweep.Axis{
		{Path: "seed", From: 1, To: float64(n), Steps: n},
	}}}
}

func mustSweep(t *testing.T, r *rig, ask wire.SweepAsk) job.Job {
	t.Helper()
	j, err := r.StartSweep(t.Context(), job.Request{Client: "a"}, ask)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestARunGivesTheReportThatTheSimulatorGives(t *testing.T) {
	r := newRig(t, t.TempDir(), nil)
	r.lead()
	r.worker(real(), 1)
	j, err := r.StartRun(t.Context(), job.Request{Client: "a"}, []byte(`{"title":"mine"}`))
	if err != nil {
		t.Fatal(err)
	}
	j = r.until(j.ID, over)
	pieces, err := r.store.Pieces(t.Context(), j.ID, 0, 9)
	if err != nil || len(pieces) != 1 {
		t.Fatalf("%d pieces, %v", len(pieces), err)
	}
	got, err := pieces[0].Report()
	want, _ := core.Run(t.Context(), scenario.Default(), probe.Probe{})
	if err != nil || j.State != wire.StateDone || got.Digest != want.Digest || j.Digest != want.Digest {
		t.Errorf("%q, %v: digest %s, want %s", j.State, err, got.Digest, want.Digest)
	}
}

func TestASweepHasEveryPointOnce(t *testing.T) {
	r := newRig(t, t.TempDir(), nil)
	r.lead()
	r.worker(real(), 2)
	j := r.until(mustSweep(t, r, seeds(300)).ID, over)
	if rows := r.rows(j); j.State != wire.StateDone || j.Done != 300 || rows[7].Result == nil {
		t.Errorf("%+v", j)
	}
}

func TestWhatIsKnownIsNotSimulatedAgain(t *testing.T) {
	r := newRig(t, t.TempDir(), nil)
	var count counter
	r.lead()
	r.worker(paced(time.Millisecond, &count), 2)
	r.until(mustSweep(t, r, seeds(100)).ID, over)
	j := r.until(mustSweep(t, r, seeds(150)).ID, over)
	if count.total() != 150 || j.Reused != 100 || j.Done != 150 {
		t.Errorf("simulated %d points, %d of %d known", count.total(), j.Reused, j.Done)
	}
	r.rows(j)
}
