package job_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"monde/backend/job"
	"monde/backend/job/jobtest"
	"monde/core/fault"
	"monde/core/sweep"
	"monde/core/wire"
)

// limited starts a server that takes little.
func limited(t *testing.T, change func(*job.Admission)) *jobtest.Rig {
	return jobtest.New(t, t.TempDir(), func(c *job.Config) { change(&c.Limits) })
}

func startRun(r *jobtest.Rig, t *testing.T, client, key string, seed int) (job.Job, error) {
	t.Helper()
	return r.StartRun(t.Context(), job.Request{Client: client, Key: key}, fmt.Appendf(nil, `{"seed":%d}`, seed))
}

func TestAClientWithAllItsJobsWaitsAndOthersDoNot(t *testing.T) {
	r := limited(t, func(a *job.Admission) { a.Jobs = 2 })
	for seed := range 2 {
		if _, err := startRun(r, t, "a", "", seed); err != nil {
			t.Fatal(err)
		}
	}
	_, err := startRun(r, t, "a", "", 3)
	var busy *job.Busy
	if !errors.As(err, &busy) || busy.After < time.Second || busy.After > 10*time.Minute {
		t.Errorf("got %v, %+v", err, busy)
	}
	if _, err := startRun(r, t, "b", "", 3); err != nil {
		t.Errorf("another client: %v", err)
	}
}

func TestAServerWithAllItsWorkRefuses(t *testing.T) {
	for name, change := range map[string]func(*job.Admission){
		"jobs":             func(a *job.Admission) { a.AllJobs = 1 },
		"work of a client": func(a *job.Admission) { a.ClientCost = time.Microsecond },
		"work of all":      func(a *job.Admission) { a.AllCost = time.Microsecond },
	} {
		r := limited(t, change)
		_, first := startRun(r, t, "a", "", 1)
		var busy *job.Busy
		if _, err := startRun(r, t, "b", "", 2); (first == nil) != (name == "jobs") || !errors.As(err, &busy) {
			t.Errorf("%s: %v, then %v", name, first, err)
		}
	}
}

func TestTheSameRequestNeedsNoRoomAndIsTakenOnce(t *testing.T) {
	r := limited(t, func(a *job.Admission) { a.Jobs = 1 })
	first, err := startRun(r, t, "a", "key", 1)
	if err != nil {
		t.Fatal(err)
	}
	again, err := startRun(r, t, "a", "key", 1)
	if err != nil || again.ID != first.ID {
		t.Errorf("again: %s, %v, want %s", again.ID, err, first.ID)
	}
	if _, err := startRun(r, t, "a", "key", 2); !errors.Is(err, job.ErrReused) {
		t.Errorf("another request with the key: %v", err)
	}
}

func TestWhatIsTooLargeSaysByHowMuch(t *testing.T) {
	r := limited(t, func(a *job.Admission) { a.RunCost, a.Points = 100*time.Millisecond, 50 })
	long := []byte(`{"model":"qwen3-30b-a3b","workload":{"phase":"decode","batch":64,"output_tokens":20000}}`)
	axis := []sweep.Axis{{Path: "seed", From: 1, To: 60, Steps: 60}}
	_, run := r.StartRun(t.Context(), job.Request{}, long)
	_, many := r.StartSweep(t.Context(), job.Request{}, wire.SweepAsk{Scenario: []byte(`{}`), Sweep: sweep.Spec{Method: sweep.Grid, Axes: axis}})
	axis[0].Steps, axis[0].To = 2, 2
	_, dear := r.StartSweep(t.Context(), job.Request{}, wire.SweepAsk{Scenario: long, Sweep: sweep.Spec{Method: sweep.Grid, Axes: axis}})
	for name, err := range map[string]error{"a run": run, "many points": many, "dear points": dear} {
		if !errors.Is(err, job.ErrTooLarge) || len(fault.Fields(err)) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMistakesHaveTheirPaths(t *testing.T) {
	r := limited(t, func(*job.Admission) {})
	_, err := r.StartSweep(t.Context(), job.Request{}, wire.SweepAsk{Scenario: []byte(`{"workload":{"batch":0}}`)})
	if f := fault.Fields(err); len(f) != 1 || f[0].Path != "scenario.workload.batch" {
		t.Errorf("got %v", err)
	}
	_, err = r.StartSweep(t.Context(), job.Request{}, wire.SweepAsk{Scenario: []byte(`{}`), Sweep: sweep.Spec{
		Method: sweep.Grid, Axes: []sweep.Axis{{Path: "workload.bach", Values: []sweep.Value{sweep.Number(1)}}},
	}})
	if f := fault.Fields(err); len(f) != 1 || f[0].Path != "sweep.axes[0].path" {
		t.Errorf("got %v", err)
	}
	_, err = r.StartRun(t.Context(), job.Request{}, []byte(`{"workload":{"routing":{"source":"file","sha256":"`+fmt.Sprintf("%064d", 1)+`"}}}`))
	if f := fault.Fields(err); len(f) != 1 || f[0].Path != "workload.routing.sha256" {
		t.Errorf("got %v", err)
	}
}

func TestWithoutRoomNothingIsTakenAndWhatWasGoesOnLater(t *testing.T) {
	var full bool
	r := jobtest.New(t, t.TempDir(), func(c *job.Config) {
		c.Room = func() error {
			if full {
				return fmt.Errorf("%w: the test says so", job.ErrFull)
			}
			return nil
		}
	})
	j, err := startRun(r, t, "a", "", 1)
	if err != nil {
		t.Fatal(err)
	}
	full = true
	if _, err := startRun(r, t, "a", "", 2); !errors.Is(err, job.ErrFull) {
		t.Errorf("got %v, want ErrFull", err)
	}
	full = false
	r.Lead()
	r.Worker(jobtest.Real(), 1)
	if j = r.Until(j.ID, jobtest.Over); j.State != wire.StateDone {
		t.Errorf("it is %q", j.State)
	}
}
