package stream

//lint:file-ignore SA1019 See backend/socket.

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"monde/backend/job"
	"monde/backend/job/jobtest"
	"monde/core"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/wire"
)

func TestAWatcherSeesProgressThenTheReportThenTheEnd(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	var count jobtest.Counter
	j := s.startRun(t, "7")
	conn := dial(t, s.url+j.ID)
	s.Worker(jobtest.Paced(1500*time.Millisecond, &count), 1)
	_, all := read(t, conn, isEnd)
	got := kinds(all)
	if n := len(got); n < 4 || got[n-2] != wire.KindReport || all[n-2].Report.Digest != "digest of 7" || !slices.Contains(got, wire.KindProgress) || !slices.Contains(got, wire.KindPartial) {
		t.Errorf("got %q", got)
	}
	for i := 1; i < len(all); i++ {
		if all[i].Seq <= all[i-1].Seq || all[i].V != wire.Version || all[i].At == 0 {
			t.Errorf("message %d after %d is %+v", all[i].Seq, all[i-1].Seq, all[i])
		}
	}
}

func TestProgressComesTwiceASecondAtLeast(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	var count jobtest.Counter
	conn := dial(t, s.url+s.startRun(t, "7").ID)
	s.Worker(jobtest.Paced(3*time.Second, &count), 1)
	_, all := read(t, conn, isEnd)
	var last int64
	for _, m := range all {
		if m.Kind != wire.KindProgress && m.Kind != wire.KindReport {
			continue
		}
		if last != 0 && m.At-last > 600 {
			t.Errorf("nothing for %d ms", m.At-last)
		}
		last = m.At
	}
	if p := all[len(all)-3].Progress; last == 0 || p != nil && p.Remaining > 2500 {
		t.Errorf("at last %d, %+v", last, p)
	}
}

func TestASweepsRowsAreAllTold(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	s.Worker(jobtest.Real(), 2)
	j := s.startSweep(t, 200)
	for _, who := range []string{"early", "late"} {
		all := whole(t, s.url+j.ID)
		rows := indexes(all)
		if swept := all[len(all)-2].Swept; len(rows) != 200 || swept == nil || swept.Done != 200 {
			t.Errorf("%s: %d points, %+v", who, len(rows), swept)
		}
		for i, n := range rows {
			if n != 1 {
				t.Errorf("%s: point %d was told %d times", who, i, n)
			}
		}
	}
}

func TestALargeSweepTellsProgressOnly(t *testing.T) {
	s := newSite(t, t.TempDir(), func(l *Limits) { l.Rows = 50 })
	s.Worker(jobtest.Real(), 2)
	all := whole(t, s.url+s.startSweep(t, 60).ID)
	if rows := indexes(all); len(rows) != 0 || all[len(all)-2].Swept == nil {
		t.Errorf("%d rows, %q", len(rows), kinds(all))
	}
}

func TestAWatcherThatComesBackMissesNothing(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	var count jobtest.Counter
	s.Worker(jobtest.Paced(2*time.Millisecond, &count), 2)
	j := s.startSweep(t, 300)
	var all []wire.Message
	for from := int64(0); len(all) == 0 || !isEnd(all[len(all)-1]); from = all[len(all)-1].Seq {
		conn := dial(t, fmt.Sprint(s.url, j.ID, "?from=", from))
		n := 0
		_, some := read(t, conn, func(m wire.Message) bool { n++; return n == 3 || isEnd(m) })
		all = append(all, some...)
		_ = conn.CloseNow() // as a network does
	}
	rows := indexes(all)
	if len(rows) != 300 {
		t.Errorf("%d of 300 points", len(rows))
	}
	for i, n := range rows {
		if n != 1 {
			t.Errorf("point %d came %d times", i, n)
		}
	}
}

func TestAnotherServerGoesOnWhereOneStopped(t *testing.T) {
	dir := t.TempDir()
	var count jobtest.Counter
	var seen []wire.Message
	var id string
	t.Run("first", func(t *testing.T) {
		s := newSite(t, dir, nil)
		s.Worker(jobtest.Paced(2*time.Millisecond, &count), 1)
		id = s.startSweep(t, 1000).ID
		conn := dial(t, s.url+id)
		_, seen = read(t, conn, func(m wire.Message) bool {
			return m.Rows != nil && len(indexes([]wire.Message{m})) > 0 && m.Rows.List[0].Index > 100
		})
		go closeSoon(s.Hub)
		_, rest := read(t, conn, func(m wire.Message) bool { return m.Kind == wire.KindMoved })
		seen = append(seen, rest[:len(rest)-1]...)
		_ = conn.CloseNow()
	})
	s := newSite(t, dir, nil)
	s.Worker(jobtest.Paced(time.Millisecond, &count), 2)
	_, rest := read(t, dial(t, fmt.Sprint(s.url, id, "?from=", seen[len(seen)-1].Seq)), isEnd)
	rows := indexes(append(seen, rest...))
	if len(rows) != 1000 {
		t.Errorf("%d of 1000 points", len(rows))
	}
	for i, n := range rows {
		if n != 1 {
			t.Errorf("point %d came %d times", i, n)
		}
	}
}

func TestAJobWhoseEventsAreGoneIsToldFromTheRecord(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	s.Worker(jobtest.Real(), 2)
	var last job.Job
	for _, start := range []func() job.Job{
		func() job.Job { return s.startSweep(t, 30) }, func() job.Job { return s.startRun(t, "3") },
	} {
		j := start()
		last = j
		s.Until(j.ID, jobtest.Over)
		before := whole(t, s.url+j.ID)
		closeSoon(s.Hub) // and with it, its log
		s.Hub.crowd = newCrowd(s.Hub.limits)
		if err := purge(t.Context(), s.Bus.JS); err != nil {
			t.Fatal(err)
		}
		highest := before[len(before)-1].Seq
		after := whole(t, s.url+j.ID)
		if len(indexes(after)) != len(indexes(before)) || after[0].Seq <= highest {
			t.Errorf("%s: %d points from number %d on, before %d up to %d", j.Kind, len(indexes(after)), after[0].Seq, len(indexes(before)), highest)
		}
	}
	want, _ := core.Run(t.Context(), withSeed(3), probe.Probe{})
	all := whole(t, s.url+last.ID)
	if got := all[len(all)-2].Report.Digest; got != want.Digest {
		t.Errorf("digest %s, want %s", got, want.Digest)
	}
}

func withSeed(n uint64) scenario.Scenario {
	s := scenario.Default()
	s.Seed = n
	return s
}

func TestACancelledRunSaysSoAndEnds(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	var count jobtest.Counter
	s.Worker(jobtest.Paced(time.Hour, &count), 1)
	j := s.startRun(t, "1")
	conn := dial(t, s.url+j.ID)
	s.Until(j.ID, func(j job.Job) bool { return j.State == wire.StateRunning })
	if _, err := s.Cancel(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	_, all := read(t, conn, isEnd)
	if f := all[len(all)-2].Failed; f == nil || f.Code != wire.CodeCancelled {
		t.Errorf("%q, %+v", kinds(all), f)
	}
}

func TestALogGoesAWhileAfterItsLastWatcher(t *testing.T) {
	s := newSite(t, t.TempDir(), nil)
	f, leave, err := s.enter(t.Context(), s.startRun(t, "1").ID)
	if err != nil {
		t.Fatal(err)
	}
	leave()
	if f.timer == nil || s.Watchers("nobody's") != 0 {
		t.Error("nothing ends it")
	}
	if _, _, err := s.enter(t.Context(), "unknown"); !errors.Is(err, job.ErrUnknown) {
		t.Errorf("got %v, want ErrUnknown", err)
	}
}
