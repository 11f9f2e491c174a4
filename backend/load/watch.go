package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"monde/backend/client"
)

// watchMode is many who watch few jobs.
type watchMode struct {
	Watchers int           `default:"1000" help:"How many watch."`
	Minutes  float64       `default:"5" help:"For how long."`
	Slow     float64       `default:"5" help:"Percent of them that read slowly, with a small buffer."`
	Drop     float64       `default:"5" help:"Percent of them that leave at random and come back."`
	Nap      time.Duration `default:"300ms" help:"How long a slow one sleeps after each message, about."`
	Lanes    int           `default:"4" help:"Jobs that go on at once; each watcher follows those of one lane."`
	Job      time.Duration `default:"6s" help:"About how long a job takes on a core of its own."`
	Workers  int           `default:"1" help:"Worker processes."`
	Plain    bool          `help:"Ask for streams without compression, which browsers would not."`
	Seed     uint64        `default:"1" help:"Of what is random."`
}

// A stand is where everybody watches.
type stand struct {
	*watchMode
	lanes  []*lane
	counts counts

	steady, slow delays

	mu    sync.Mutex
	wrong []string
	got   map[string]map[[32]byte]int // what was got of each show, and by how many
	shows int                         // watched to their ends
}

// enough is how long those who are behind may take after the last job.
const enough = 2 * time.Minute

func (m *watchMode) measure(ctx context.Context, b bench, t *table) error {
	l, err := newLoad(ctx, 100, 5*time.Millisecond, 1)
	if err != nil {
		return err
	}
	c, err := newCrew(b.bin, b.dir, "--workers", "0")
	if err != nil {
		return err
	}
	c.server.env = []string{"GOMAXPROCS=2"}
	defer c.end()
	if err := c.start(ctx, m.Workers); err != nil {
		return err
	}
	ask, err := client.New(c.api)
	if err != nil {
		return err
	}
	defer ask.Close()
	s := &stand{watchMode: m, got: map[string]map[[32]byte]int{}}
	for i := range m.Lanes {
		s.lanes = append(s.lanes, &lane{c: ask, seed: i + 1, each: m.Job, point: l, more: make(chan struct{})})
	}
	v := &vitals{pid: c.server.pid(), ops: c.ops}
	stop := v.beside(ctx, time.Second)
	err = s.all(ctx, c.api)
	stop()
	s.tell(t, v)
	return err
}

// all lets everybody watch, until all jobs are over and everybody has seen them.
func (s *stand) all(ctx context.Context, url string) error {
	within, cancel := context.WithTimeout(ctx, time.Duration(s.Minutes*float64(time.Minute)))
	defer cancel()
	late, cut := context.WithCancelCause(ctx)
	defer cut(nil)
	var running, watching sync.WaitGroup
	failed := make([]error, len(s.lanes))
	for i, l := range s.lanes {
		running.Go(func() { failed[i] = l.run(within) })
	}
	for i := range s.Watchers {
		watching.Go(func() { s.watcher(late, i, url) })
	}
	running.Wait()
	timer := time.AfterFunc(enough, func() { cut(errors.New("some are behind for too long")) })
	defer timer.Stop()
	watching.Wait()
	return errors.Join(failed...)
}

// habit returns how watcher i behaves.
func (s *stand) habit(i int) habit {
	share := float64(i) * 100 / float64(s.Watchers)
	switch {
	case share < s.Slow:
		return slow
	case share < s.Slow+s.Drop:
		return dropping
	}
	return steady
}

// watcher is one of them.
func (s *stand) watcher(ctx context.Context, i int, url string) {
	w := newWatcher(s.habit(i), url, rand.New(rand.NewPCG(s.Seed, uint64(i))))
	w.nap, w.plain, w.counted = s.Nap, s.Plain, &s.counts
	lane := i % len(s.lanes)
	for n := -1; ; {
		show := s.lanes[lane].next(n)
		if show == nil {
			break
		}
		n = show.number
		s.note(lane, show, w, w.watch(ctx, show))
	}
	if w.habit == slow {
		s.slow.add(w.delays)
	} else {
		s.steady.add(w.delays)
	}
}

// note takes down what a watcher got.
func (s *stand) note(lane int, show *show, w *watcher, err error) {
	if err == nil {
		err = agrees(show, w)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.wrong = append(s.wrong, fmt.Sprintf("lane %d, job %d: %v", lane, show.number, err))
		return
	}
	s.shows++
	key := fmt.Sprint(lane, "/", show.number)
	if s.got[key] == nil {
		s.got[key] = map[[32]byte]int{}
	}
	s.got[key][w.digest()]++
}

// agrees compares a run's report with what the record says of it.
func agrees(show *show, w *watcher) error {
	if show.points > 0 {
		return nil
	}
	var rep struct {
		Digest string `json:"digest"`
	}
	if err := json.Unmarshal(w.final, &rep); err != nil {
		return err
	}
	<-show.over // then the lane knows
	if rep.Digest != show.digest {
		return fmt.Errorf("the report's digest is %s, not %s", rep.Digest, show.digest)
	}
	return nil
}

// tell tells everything.
func (s *stand) tell(t *table, v *vitals) {
	t.Title = fmt.Sprintf("%d watchers for %g minutes, %g %% slow, %g %% dropping", s.Watchers, s.Minutes, s.Slow, s.Drop)
	jobs, several := 0, 0
	for _, l := range s.lanes {
		jobs += l.shown
	}
	for _, all := range s.got {
		if len(all) > 1 {
			several++
		}
	}
	t.add("jobs", jobs, "", fmt.Sprintf("%d at once", s.Lanes))
	t.add("results watched to the end", s.shows, "", "whole, the same for all")
	t.add("connections", s.counts.connections.Load(), "", fmt.Sprintf("%d broke off, and were made again: %v", s.counts.broken, s.counts.why))
	t.add("messages", s.counts.messages.Load(), "", fmt.Sprintf("%.1f MB", float64(s.counts.bytes.Load())/1e6))
	s.steady.tell(t, "of the others")
	s.slow.tell(t, "of slow ones")
	v.course(t, "memory of the server", "MiB", func(x vital) float64 { return x.rss })
	v.course(t, "goroutines", "", func(x vital) float64 { return x.goroutines })
	t.add("CPU of the server", v.all[len(v.all)-1].cpu.Seconds(), "s", "of two cores, shared with workers and watchers")
	for _, wrong := range s.wrong[:min(10, len(s.wrong))] {
		t.need(false, "%s", wrong)
	}
	t.need(len(s.wrong) == 0, "%d results were not whole", len(s.wrong))
	t.need(several == 0, "of %d jobs not everybody got the same", several)
	t.need(s.shows >= s.Watchers, "only %d results were watched", s.shows)
}
