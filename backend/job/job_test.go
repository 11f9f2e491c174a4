package job_test

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"monde/backend/job"
	"monde/backend/job/jobtest"
	"monde/core"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/sweep"
	"monde/core/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rows returns every row of a sweep, and fails where one is missing or there twice.
func rowsOf(t *testing.T, r *jobtest.Rig, j job.Job) []sweep.Row {
	t.Helper()
	pieces, err := r.Store.Pieces(context.Background(), j.ID, 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var all []sweep.Row
	for _, p := range pieces {
		rows, err := p.Unpack()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, rows...)
	}
	for i, row := range all {
		if row.Index != i {
			t.Fatalf("row %d has index %d", i, row.Index)
		}
	}
	if len(all) != j.Points {
		t.Fatalf("%d rows of %d points", len(all), j.Points)
	}
	return all
}

// seeds is a sweep over so many seeds.
func seeds(n int) wire.SweepAsk {
	return wire.SweepAsk{Scenario: []byte(`{"fidelity":"analytic"}`), Sweep: sweep.Spec{Method: sweep.Grid, Axes: []sweep.Axis{
		{Path: "seed", From: 1, To: float64(n), Steps: n},
	}}}
}

func mustSweep(t *testing.T, r *jobtest.Rig, ask wire.SweepAsk) job.Job {
	t.Helper()
	j, err := r.StartSweep(t.Context(), job.Request{Client: "a"}, ask)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func TestARunGivesTheReportThatTheSimulatorGives(t *testing.T) {
	r := jobtest.New(t, t.TempDir(), nil)
	r.Lead()
	r.Worker(jobtest.Real(), 1)
	j, err := r.StartRun(t.Context(), job.Request{Client: "a"}, []byte(`{"title":"mine"}`))
	if err != nil {
		t.Fatal(err)
	}
	j = r.Until(j.ID, jobtest.Over)
	pieces, err := r.Store.Pieces(t.Context(), j.ID, 0, 9)
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
	r := jobtest.New(t, t.TempDir(), nil)
	r.Lead()
	r.Worker(jobtest.Real(), 2)
	j := r.Until(mustSweep(t, r, seeds(300)).ID, jobtest.Over)
	if rows := rowsOf(t, r, j); j.State != wire.StateDone || j.Done != 300 || rows[7].Result == nil {
		t.Errorf("%+v", j)
	}
}

func TestWhatIsKnownIsNotSimulatedAgain(t *testing.T) {
	r := jobtest.New(t, t.TempDir(), nil)
	var count jobtest.Counter
	r.Lead()
	r.Worker(jobtest.Paced(time.Millisecond, &count), 2)
	r.Until(mustSweep(t, r, seeds(100)).ID, jobtest.Over)
	j := r.Until(mustSweep(t, r, seeds(150)).ID, jobtest.Over)
	if count.Total() != 150 || j.Reused != 100 || j.Done != 150 {
		t.Errorf("simulated %d points, %d of %d known", count.Total(), j.Reused, j.Done)
	}
	rowsOf(t, r, j)
}

func TestEventsOfJobsThatAreOverGoAfterAWhile(t *testing.T) {
	r := jobtest.New(t, t.TempDir(), nil)
	r.Lead()
	r.Worker(jobtest.Real(), 1)
	r.Until(mustSweep(t, r, seeds(30)).ID, jobtest.Over)
	words := func(want func(int) bool) {
		t.Helper()
		for range 500 {
			n, err := job.Words(t.Context(), r.Service)
			if err != nil {
				t.Fatal(err)
			}
			if want(n) {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Fatal("it stays otherwise")
	}
	words(func(n int) bool { return n >= 2 })
	job.Hush(r.Service, time.Now())
	words(func(n int) bool { return n >= 2 })
	for range 50 { // the end is told after it is recorded
		job.Hush(r.Service, time.Now().Add(time.Hour))
		time.Sleep(10 * time.Millisecond)
	}
	words(func(n int) bool { return n == 0 })
}
