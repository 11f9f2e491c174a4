package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"time"

	"monde/backend/client"
	"monde/core"
	"monde/core/wire"
)

// throughputMode holds a sweep on workers to what the core itself takes.
type throughputMode struct {
	Points  int           `default:"2000" help:"Points of each sweep."`
	Each    time.Duration `default:"5ms" help:"About how long each takes."`
	Workers []int         `default:"1,2,4" help:"How many worker processes, one sweep after the other."`
}

// A span is how long points took: on the clock, and on processors. Where others use the
// machine too, processors tell more.
type span struct{ wall, cpu, server time.Duration }

func (m *throughputMode) measure(ctx context.Context, b bench, t *table) error {
	l, err := newLoad(ctx, m.Points, m.Each, 1)
	if err != nil {
		return err
	}
	t.Title = fmt.Sprintf("sweeps of %d points, on %d cores", m.Points, runtime.NumCPU())
	var own span // all of the sweep's points, once
	swept := make([]span, len(m.Workers))
	for i, workers := range m.Workers {
		if err := m.direct(ctx, l, i, &own); err != nil {
			return err
		}
		if swept[i], err = m.swept(ctx, l, bench{bin: b.bin, dir: filepath.Join(b.dir, fmt.Sprint(i))}, workers); err != nil {
			return err
		}
	}
	n := time.Duration(m.Points)
	t.add("core.Point, a point", own.wall/n, "", fmt.Sprintf("%.0f points/s in one goroutine; %v of processors", float64(m.Points)/own.wall.Seconds(), own.cpu/n))
	for i, workers := range m.Workers {
		m.tell(t, workers, own, swept[i])
	}
	return nil
}

// workersGC is how seldom workers collect garbage. The core has it as good, or its
// collections would hide what workers cost.
const workersGC = 400

// direct times points in this process: each a share of the sweep's, so that all are timed
// once, at several times. What makes a point's scenario is not the core's.
func (m *throughputMode) direct(ctx context.Context, l load, share int, sum *span) error {
	defer debug.SetGCPercent(debug.SetGCPercent(workersGC))
	base, shares := l.plan.Base(), len(m.Workers)
	for i := share * m.Points / shares; i < (share+1)*m.Points/shares; i++ {
		s, err := base.At(l.plan.Values(i))
		if err != nil {
			return err
		}
		began, cpu := time.Now(), cpuOf(os.Getpid())
		if _, err := core.Point(ctx, s); err != nil {
			return err
		}
		sum.wall += time.Since(began)
		sum.cpu += cpuOf(os.Getpid()) - cpu
	}
	return nil
}

// swept times the sweep on a server of its own.
func (m *throughputMode) swept(ctx context.Context, l load, b bench, workers int) (took span, err error) {
	c, err := newCrew(b.bin, b.dir, "--workers", "0")
	if err != nil {
		return took, err
	}
	defer c.end()
	if err := c.start(ctx, workers); err != nil {
		return took, err
	}
	if err := sleep(ctx, 2*time.Second); err != nil { // until workers are heard
		return took, err
	}
	before := c.used()
	if took.wall, err = m.sweep(ctx, c, l); err != nil {
		return took, err
	}
	after := c.used()
	took.cpu, took.server = after.cpu-before.cpu, after.server-before.server
	return took, nil
}

// used returns the time on processors so far.
func (c *crew) used() (s span) {
	s.server = cpuOf(c.server.pid())
	for _, w := range c.workers {
		s.cpu += cpuOf(w.pid())
	}
	return s
}

// sweep times the sweep, from asking to its last row.
func (m *throughputMode) sweep(ctx context.Context, c *crew, l load) (time.Duration, error) {
	ask, err := client.New(c.api)
	if err != nil {
		return 0, err
	}
	defer ask.Close()
	began := time.Now()
	state, err := ask.StartSweep(ctx, l.ask)
	if err != nil {
		return 0, err
	}
	w := newWitness(m.Points)
	if err := ask.Follow(ctx, &client.Stream{Path: state.Stream}, w.take); err != nil {
		return 0, err
	}
	if w.last.Kind != wire.KindSwept || w.far() != m.Points {
		return 0, fmt.Errorf("the sweep ended with %q and %d points", w.last.Kind, w.far())
	}
	return time.Since(began), nil
}

// tell adds how a sweep went beside the core.
func (m *throughputMode) tell(t *table, workers int, own, took span) {
	able := min(workers, runtime.NumCPU())
	note := fmt.Sprintf("from asking to the last row; %.2f s", took.wall.Seconds())
	if workers >= runtime.NumCPU() {
		note += "; workers leave the server, the queue and this client no core of their own"
	}
	over := func(is, was time.Duration) float64 { return 100 * (is.Seconds()/was.Seconds() - 1) }
	t.add(fmt.Sprintf("%d workers", workers), float64(m.Points)/took.wall.Seconds(), "points/s", note)
	t.add(fmt.Sprintf("%d workers, over the core", workers), over(time.Duration(able)*took.wall, own.wall), "%", fmt.Sprintf("of the time of %d cores", able))
	t.add(fmt.Sprintf("%d workers, their processors", workers), over(took.cpu, own.cpu), "%", fmt.Sprintf("over the core's; the server's are %.1f %% beside", 100*took.server.Seconds()/own.cpu.Seconds()))
}
