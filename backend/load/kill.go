package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"monde/backend/client"
	"monde/core/wire"
)

// killMode is the most important measurement: nothing is lost, nothing counts twice.
type killMode struct {
	Points  int           `default:"10000" help:"Points of the sweep."`
	Each    time.Duration `default:"5ms" help:"About how long each takes."`
	Workers int           `default:"2" help:"Worker processes, of one piece at once."`
	Server  int           `default:"4" help:"How often the server is killed."`
	Worker  int           `default:"4" help:"How often a worker is killed."`
	Down    time.Duration `default:"200ms" help:"For how long the server stays away."`
	Sample  int           `default:"100" help:"Points that are compared with the core itself."`
	Seed    uint64        `default:"1" help:"Of the moments."`
	Within  time.Duration `default:"10m" help:"When it must be over."`
}

// A killing is a sweep in whose course processes are killed.
type killing struct {
	mode    *killMode
	crew    *crew
	client  *client.Client
	witness *witness
	rng     *rand.Rand
	log     func(format string, args ...any)

	after sync.WaitGroup // those who time what follows
	mu    sync.Mutex     // of the next line

	server, worker, healed, restart []time.Duration // until further points, until all that was out is done, until ready
}

func (m *killMode) measure(ctx context.Context, b bench, t *table) error {
	ctx, cancel := context.WithTimeoutCause(ctx, m.Within, errors.New("it takes too long"))
	defer cancel()
	l, err := newLoad(ctx, m.Points, m.Each, 1)
	if err != nil {
		return err
	}
	c, err := newCrew(b.bin, b.dir, "--workers", "0")
	if err != nil {
		return err
	}
	defer c.end()
	if err := c.start(ctx, m.Workers); err != nil {
		return err
	}
	k := &killing{mode: m, crew: c, witness: newWitness(m.Points), rng: rand.New(rand.NewPCG(m.Seed, 0))}
	k.log = func(format string, args ...any) { _, _ = fmt.Fprintf(b.log, format+"\n", args...) }
	if k.client, err = client.New(c.api); err != nil {
		return err
	}
	defer k.client.Close()
	return k.measure(ctx, l, t)
}

// measure runs the sweep to its end, and tells what came of it.
func (k *killing) measure(ctx context.Context, l load, t *table) error {
	began := time.Now()
	s, err := k.client.StartSweep(ctx, l.ask)
	if err != nil {
		return err
	}
	k.log("sweep %s: %d points of %v", s.ID, s.Points, l.each)
	if err := k.through(ctx, &client.Stream{Path: s.Stream}); err != nil {
		return err
	}
	took := time.Since(began)
	t.need(k.enough(len(k.server), k.mode.Server) && k.enough(len(k.worker), k.mode.Worker), "the sweep ended before most kills: give it more points")
	t.Title = fmt.Sprintf("kill -9 during a sweep of %d points of %.1f ms, %d workers", k.mode.Points, float64(l.each.Microseconds())/1000, k.mode.Workers)
	t.add("kills of the server", len(k.server), "", fmt.Sprintf("of %d", k.mode.Server))
	t.add("kills of a worker", len(k.worker), "", fmt.Sprintf("of %d; others the sweep was too fast for", k.mode.Worker))
	t.add("sweep took", took.Seconds(), "s", fmt.Sprintf("%.0f points/s, kills included", float64(k.mode.Points)/took.Seconds()))
	t.spread("server killed until ready", k.restart)
	t.spread("server killed until further points", k.server)
	t.spread("worker killed until further points", k.worker)
	t.spread("any kill until all is done that was out", k.healed)
	if s, err = k.client.Sweep(ctx, s.ID); err != nil {
		return err
	}
	t.add("state", s.State, "", fmt.Sprintf("done %d, bad %d, reused %d", s.Done, s.Bad, s.Reused))
	t.need(s.State == wire.StateDone && s.Done == k.mode.Points && s.Bad == 0, "the sweep is %s with %d points done, %d bad", s.State, s.Done, s.Bad)
	return k.results(ctx, s.ID, l, t)
}

// enough reports whether most kills took place. Rows are told by the piece, and after an
// absence of the server many pieces at once, so the sweep may be over before the last.
func (k *killing) enough(made, asked int) bool { return 2*made >= asked }

// results looks at every row.
func (k *killing) results(ctx context.Context, id string, l load, t *table) error {
	times, err := k.check(ctx, id, l, t)
	if err != nil {
		return err
	}
	lost, double := 0, 0
	for _, n := range times {
		if n == 0 {
			lost++
		}
		if n > 1 {
			double++
		}
	}
	t.add("rows lost", lost, "")
	t.add("rows double", double, "")
	t.need(lost == 0 && double == 0, "%d rows are lost, %d are double", lost, double)
	again, never := k.witness.repeats()
	t.add("points over the stream", k.witness.far(), "", fmt.Sprintf("%d told again after a restart", again))
	t.need(never == 0, "%d points were never told over the stream", never)
	t.need(k.witness.last.Kind == wire.KindSwept, "the stream ended with %q", k.witness.last.Kind)
	return nil
}

// check counts rows by index, and compares some with the core's own.
func (k *killing) check(ctx context.Context, id string, l load, t *table) (times []int, err error) {
	times = make([]int, k.mode.Points)
	sample := k.rng.Perm(k.mode.Points)[:min(k.mode.Sample, k.mode.Points)]
	differ := 0
	for rows, err := range k.client.Rows(ctx, id, 0) {
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			times[row.Index]++
			if !slices.Contains(sample, row.Index) {
				continue
			}
			own, err := l.row(ctx, row.Index)
			if err != nil {
				return nil, err
			}
			if row.Result == nil || *row.Result != *own.Result {
				differ++
			}
		}
	}
	t.add("rows compared with the core", len(sample), "", fmt.Sprintf("%d differ", differ))
	t.need(differ == 0, "%d of %d rows are not what the core says", differ, len(sample))
	return times, nil
}

// through follows the sweep to its end, while processes are killed.
func (k *killing) through(ctx context.Context, s *client.Stream) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var all sync.WaitGroup
	var killed error
	all.Go(func() {
		if killed = k.kills(ctx); killed != nil {
			cancel(killed)
		}
	})
	followed := k.client.Follow(ctx, s, k.witness.take)
	if followed != nil {
		cancel(followed)
	}
	all.Wait()
	return errors.Join(followed, killed)
}
