package stream

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"monde/core/fault"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

func TestARunEndsWithItsReport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRegistry(t, simulateLayers(3), smallLimits())
		r := mustStart(t, g, "a")
		got := watch(t, r, 0)
		want := []wire.Kind{wire.KindProgress, wire.KindPartial, wire.KindReport, wire.KindEnd}
		if !slices.Equal(kinds(got), want) {
			t.Errorf("got %q, want %q", kinds(got), want)
		}
		if s := r.State(); s.State != wire.StateDone || s.Digest != "digest of a" {
			t.Errorf("state is %+v", s)
		}
	})
}

func TestProgressComesTwentyTimesASecondAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRegistry(t, simulateLayers(2000), smallLimits()) // two seconds
		var seen int
		for _, m := range watch(t, mustStart(t, g, "a"), 0) {
			if m.Kind == wire.KindProgress {
				seen++
			}
		}
		if seen < 35 || seen > 41 {
			t.Errorf("a fast reader saw %d progress messages in 2 s, want about 40", seen)
		}
	})
}

func TestSequenceNumbersHaveGapsOnlyWhereProgressCoalesced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRegistry(t, simulateLayers(2000), smallLimits())
		r := mustStart(t, g, "a")
		fast := watch(t, r, 0)
		for i, m := range fast {
			if m.Seq != int64(i+1) || m.V != wire.Version {
				t.Fatalf("message %d is number %d of version %d", i, m.Seq, m.V)
			}
		}
		late := watch(t, r, 0)
		keep := slices.DeleteFunc(fast, func(m wire.Message) bool { return m.Kind == wire.KindProgress })
		late = slices.DeleteFunc(late, func(m wire.Message) bool { return m.Kind == wire.KindProgress })
		if !slices.EqualFunc(keep, late, func(a, b wire.Message) bool { return a.Seq == b.Seq }) {
			t.Error("a late reader missed more than progress")
		}
	})
}

func TestAFullQueueRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRegistry(t, simulateForever, smallLimits())
		for range 3 {
			mustStart(t, g, "one works, two wait")
		}
		if _, err := g.Start(scenario.Scenario{}); err != ErrBusy {
			t.Errorf("got %v, want ErrBusy", err)
		}
	})
}

func TestARunThatIsCancelledWhileItWaitsGivesItsPlaceUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRegistry(t, simulateForever, smallLimits())
		working := mustStart(t, g, "works")
		synctest.Wait()
		for range 3 {
			waiting := []*Run{mustStart(t, g, "waits"), mustStart(t, g, "waits")}
			if _, err := g.Start(scenario.Scenario{}); err != ErrBusy {
				t.Fatalf("got %v while two wait, want ErrBusy", err)
			}
			for _, r := range waiting {
				r.Cancel()
			}
		}
		last := mustStart(t, g, "waits its turn behind the cancelled")
		working.Cancel()
		synctest.Wait()
		if s := last.State().State; s != wire.StateRunning {
			t.Errorf("state is %q, want running", s)
		}
	})
}

func TestWithoutAQueueARunStartsWhenAWorkerIsFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limits := smallLimits()
		limits.Queue = 0
		g := newRegistry(t, simulateForever, limits)
		working := mustStart(t, g, "works")
		if _, err := g.Start(scenario.Scenario{}); err != ErrBusy {
			t.Errorf("got %v, want ErrBusy", err)
		}
		working.Cancel()
		synctest.Wait()
		mustStart(t, g, "works too")
	})
}

func TestACancelledRunSaysSoAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRegistry(t, simulateForever, smallLimits())
		working, waiting := mustStart(t, g, "works"), mustStart(t, g, "waits")
		synctest.Wait()
		for _, r := range []*Run{waiting, working} {
			r.Cancel()
			r.Cancel() // twice is once
			got := watch(t, r, 0)
			end := got[len(got)-2:]
			if end[0].Kind != wire.KindFailed || end[0].Failed.Code != wire.CodeCancelled || end[1].Kind != wire.KindEnd {
				t.Errorf("%s: got %q", r.scenario.Title, kinds(got))
			}
			if s := r.State().State; s != wire.StateCancelled {
				t.Errorf("%s: state is %q", r.scenario.Title, s)
			}
		}
	})
}

func TestAFinishedRunStaysAsItIsWhenCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRegistry(t, simulateLayers(1), smallLimits())
		r := mustStart(t, g, "a")
		watch(t, r, 0)
		r.Cancel()
		if s := r.State().State; s != wire.StateDone {
			t.Errorf("state is %q", s)
		}
	})
}

func TestFailuresNameTheirKind(t *testing.T) {
	failing := func(err error) Simulate {
		return func(context.Context, scenario.Scenario, probe.Probe) (report.Report, error) {
			return report.Report{}, err
		}
	}
	panicking := func(context.Context, scenario.Scenario, probe.Probe) (report.Report, error) { panic("bug") }
	check := func(name string, s Simulate, want wire.Code) {
		synctest.Test(t, func(t *testing.T) {
			got := watch(t, mustStart(t, newRegistry(t, s, smallLimits()), "a"), 0)
			if f := got[len(got)-2].Failed; f == nil || f.Code != want || f.Fields == nil {
				t.Errorf("%s: got %+v, want code %q", name, f, want)
			}
		})
	}
	check("a mistake", failing(fault.At("workload.batch", "no")), wire.CodeInvalid)
	check("an error", failing(errors.New("disk full")), wire.CodeInternal)
	check("a panic", panicking, wire.CodeInternal)
	check("too long", simulateForever, wire.CodeCancelled)
}

func TestOldRunsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRegistry(t, simulateLayers(1), smallLimits())
		var ids []string
		for range 5 {
			r := mustStart(t, g, "a")
			watch(t, r, 0)
			ids = append(ids, r.ID)
		}
		if _, err := g.Run(ids[0]); err != ErrUnknown {
			t.Errorf("the first of five: %v, want ErrUnknown", err)
		}
		if runs := g.Runs(); len(runs) != 3 || runs[0].ID != ids[4] {
			t.Errorf("%d runs are kept, want the last 3, newest first", len(runs))
		}
		time.Sleep(2 * time.Hour)
		if runs := g.Runs(); len(runs) != 0 {
			t.Errorf("%d runs are kept after two hours", len(runs))
		}
	})
}

func TestClosingCancelsEveryRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newRegistry(t, simulateForever, smallLimits())
		runs := []*Run{mustStart(t, g, "works"), mustStart(t, g, "waits")}
		closeSoon(g)
		for _, r := range runs {
			if s := r.State().State; s != wire.StateCancelled {
				t.Errorf("%s: state is %q", r.scenario.Title, s)
			}
		}
		if _, err := g.Start(scenario.Scenario{}); err != ErrClosing {
			t.Errorf("got %v, want ErrClosing", err)
		}
	})
}
