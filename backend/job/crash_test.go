package job_test

import (
	"context"
	"testing"
	"time"

	"monde/backend/job"
	"monde/backend/job/jobtest"
	"monde/core/wire"
)

// begun waits until some points of a job are recorded.
func begun(t *testing.T, count *jobtest.Counter, n int) {
	t.Helper()
	for range 1000 {
		if count.Total() >= n {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("nothing is simulated")
}

func TestAnotherLeaderGoesOnWhereOneLeft(t *testing.T) {
	r := jobtest.New(t, t.TempDir(), nil)
	var count jobtest.Counter
	stop := r.Lead()
	r.Worker(jobtest.Paced(5*time.Millisecond, &count), 2)
	j := mustSweep(t, r, seeds(400))
	begun(t, &count, 50)
	stop()
	if now := r.Until(j.ID, func(job.Job) bool { return true }); now.Over() {
		t.Fatalf("it is %q already", now.State)
	}
	r.Lead()
	j = r.Until(j.ID, jobtest.Over)
	if rowsOf(t, r, j); j.State != wire.StateDone || j.Done != 400 {
		t.Errorf("%q with %d points", j.State, j.Done)
	}
	if count.Total() > 400+20 { // a piece of each worker may end between two looks
		t.Errorf("%d points were simulated: what was recorded or underway is done again", count.Total())
	}
}

func TestTwoLeadersOfOneJobCountEachPointOnce(t *testing.T) {
	t.Parallel() // the second one waits for its ticket
	dir := t.TempDir()
	r := jobtest.New(t, dir, nil)
	var count jobtest.Counter
	r.Lead()
	second := job.New(job.Config{Bus: r.Bus, Store: r.Store, Engine: r.Engine, Limits: job.DefaultAdmission(), Log: jobtest.Quiet()})
	r.Beside(second.Run)
	r.Worker(jobtest.Paced(5*time.Millisecond, &count), 2)
	j := mustSweep(t, r, seeds(300))
	begun(t, &count, 20)
	if err := job.LeadToo(second, j.ID); err != nil {
		t.Error(err)
	}
	j = r.Until(j.ID, jobtest.Over)
	if rowsOf(t, r, j); j.Done != 300 {
		t.Errorf("%d points", j.Done)
	}
}

func TestAServerThatStartsAgainGoesOn(t *testing.T) {
	dir := t.TempDir()
	var count jobtest.Counter
	var id string
	t.Run("first", func(t *testing.T) {
		r := jobtest.New(t, dir, nil)
		r.Lead()
		r.Worker(jobtest.Paced(5*time.Millisecond, &count), 2)
		id = mustSweep(t, r, seeds(300)).ID
		begun(t, &count, 50)
	})
	before := count.Total()
	r := jobtest.New(t, dir, nil)
	r.Lead()
	r.Worker(jobtest.Paced(5*time.Millisecond, &count), 2)
	j := r.Until(id, jobtest.Over)
	if rowsOf(t, r, j); j.State != wire.StateDone {
		t.Errorf("it is %q", j.State)
	}
	if before >= 300 || count.Total() > 300+2*50 {
		t.Errorf("%d points before and %d in all: more than two pieces were done again", before, count.Total())
	}
}

func TestARecordWithoutItsQueueMakesItAgain(t *testing.T) {
	dir := t.TempDir()
	r := jobtest.New(t, dir, nil)
	j := mustSweep(t, r, seeds(50)) // nobody leads it
	if err := job.Lose(t.Context(), r.Service); err != nil {
		t.Fatal(err)
	}
	r.Lead()
	r.Worker(jobtest.Real(), 1)
	if j = r.Until(j.ID, jobtest.Over); j.State != wire.StateDone {
		t.Errorf("it is %q", j.State)
	}
}

func TestAWorkerThatLeavesHandsItsPieceBack(t *testing.T) {
	r := jobtest.New(t, t.TempDir(), nil)
	var first, second jobtest.Counter
	r.Lead()
	stop := r.Worker(jobtest.Paced(time.Hour, &first), 1)
	j, err := r.StartRun(t.Context(), job.Request{Client: "a"}, []byte(`{"seed":7}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Until(j.ID, func(j job.Job) bool { return j.State == wire.StateRunning })
	time.Sleep(50 * time.Millisecond) // until it has begun
	began := time.Now()
	stop()
	r.Worker(jobtest.Paced(20*time.Millisecond, &second), 1)
	j = r.Until(j.ID, jobtest.Over)
	if took := time.Since(began); j.Digest != "digest of 7" || took > 4*time.Second {
		t.Errorf("%q with digest %q after %v", j.State, j.Digest, took)
	}
}

func TestAPieceThatEndsEveryWorkerIsGivenUp(t *testing.T) {
	r := jobtest.New(t, t.TempDir(), nil)
	var count jobtest.Counter
	r.Lead()
	j, err := r.StartRun(t.Context(), job.Request{Client: "a"}, []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	for range 4 { // as many deliveries as there may be
		if err := job.Spoil(t.Context(), r.Bus, r.Engine); err != nil {
			t.Fatal(err)
		}
	}
	r.Worker(jobtest.Paced(time.Millisecond, &count), 1)
	j = r.Until(j.ID, jobtest.Over)
	if j.State != wire.StateFailed || count.Total() != 0 {
		t.Errorf("%q, %+v after %d runs", j.State, j.Failed, count.Total())
	}
}

func TestACancelledJobEndsItsWorkAndLeavesNothingInTheQueue(t *testing.T) {
	r := jobtest.New(t, t.TempDir(), nil)
	var count jobtest.Counter
	r.Lead()
	r.Worker(jobtest.Paced(time.Hour, &count), 2)
	j := mustSweep(t, r, seeds(100))
	r.Until(j.ID, func(j job.Job) bool { return j.State == wire.StateRunning })
	if _, err := r.Cancel(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	j = r.Until(j.ID, jobtest.Over)
	if j.State != wire.StateCancelled || j.Failed == nil || j.Failed.Code != wire.CodeCancelled {
		t.Errorf("%q, %+v", j.State, j.Failed)
	}
	for range 500 {
		if n, err := job.Left(t.Context(), r.Bus, j.ID); err == nil && n == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("pieces are left in the queue")
}

func TestAJobThatNobodyLeadsCanBeCancelled(t *testing.T) {
	r := jobtest.New(t, t.TempDir(), nil)
	j := mustSweep(t, r, seeds(10))
	got, err := r.Cancel(context.Background(), j.ID)
	again, err2 := r.Cancel(context.Background(), j.ID)
	if err != nil || err2 != nil || got.State != wire.StateCancelled || !again.Finished.Equal(got.Finished) {
		t.Errorf("%q %v, then %q %v", got.State, err, again.State, err2)
	}
}

func TestAJobForAnOlderEngineEndsWithTheReason(t *testing.T) {
	dir := t.TempDir()
	r := jobtest.New(t, dir, func(c *job.Config) { c.Engine = "0.0.1" })
	j := mustSweep(t, r, seeds(10))
	now := job.New(job.Config{Bus: r.Bus, Store: r.Store, Engine: "0.0.2", Limits: job.DefaultAdmission(), Log: jobtest.Quiet()})
	r.Beside(now.Run)
	if j = r.Until(j.ID, jobtest.Over); j.State != wire.StateFailed || j.Failed.Reason == "" {
		t.Errorf("%q, %+v", j.State, j.Failed)
	}
}
