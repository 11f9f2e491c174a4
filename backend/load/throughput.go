package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"monde/backend/client"
	"monde/core/wire"
)

// throughputMode holds a sweep on workers to what the core itself takes.
type throughputMode struct {
	Points  int           `default:"2000" help:"Points of each sweep."`
	Each    time.Duration `default:"5ms" help:"About how long each takes."`
	Workers []int         `default:"1,2,4" help:"How many worker processes, one sweep after the other."`
}

func (m *throughputMode) measure(ctx context.Context, b bench, t *table) error {
	l, err := newLoad(ctx, m.Points, m.Each, 1)
	if err != nil {
		return err
	}
	t.Title = fmt.Sprintf("sweeps of %d points, on %d cores", m.Points, runtime.NumCPU())
	var direct []time.Duration
	swept := make([]time.Duration, len(m.Workers))
	for i, workers := range m.Workers {
		each, err := m.direct(ctx, l, i)
		if err != nil {
			return err
		}
		direct = append(direct, each)
		b.dir = filepath.Join(b.dir, fmt.Sprint(workers))
		if swept[i], err = m.swept(ctx, l, b, workers); err != nil {
			return err
		}
		b.dir = filepath.Dir(b.dir)
	}
	var own time.Duration
	for _, d := range direct {
		own += d / time.Duration(len(direct))
	}
	t.add("core.Point, a point", own, "", fmt.Sprintf("%.0f points/s in one goroutine; each time: %v", 1/own.Seconds(), direct))
	for i, workers := range m.Workers {
		m.tell(t, workers, own, swept[i])
	}
	return nil
}

// direct times points in this process, some of the sweep at a time.
func (m *throughputMode) direct(ctx context.Context, l load, part int) (time.Duration, error) {
	n := max(1, m.Points/len(m.Workers))
	began := time.Now()
	for i := range n {
		if _, err := l.row(ctx, (part*n+i)%m.Points); err != nil {
			return 0, err
		}
	}
	return time.Since(began) / time.Duration(n), nil
}

// swept times the sweep on a server of its own.
func (m *throughputMode) swept(ctx context.Context, l load, b bench, workers int) (time.Duration, error) {
	c, err := newCrew(b.bin, b.dir, "--workers", "0")
	if err != nil {
		return 0, err
	}
	defer c.end()
	if err := c.start(ctx, workers); err != nil {
		return 0, err
	}
	ask, err := client.New(c.api)
	if err != nil {
		return 0, err
	}
	defer ask.Close()
	if err := sleep(ctx, 2*time.Second); err != nil { // workers are heard
		return 0, err
	}
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
func (m *throughputMode) tell(t *table, workers int, own, took time.Duration) {
	rate := float64(m.Points) / took.Seconds()
	able := min(workers, runtime.NumCPU())
	over := 100 * (float64(able)*took.Seconds()/(float64(m.Points)*own.Seconds()) - 1)
	note := fmt.Sprintf("from asking to the last row; %.2f s", took.Seconds())
	if workers >= runtime.NumCPU() {
		note += "; server and client have no core of their own"
	}
	t.add(fmt.Sprintf("%d workers", workers), rate, "points/s", note)
	t.add(fmt.Sprintf("%d workers, over the core", workers), over, "%", fmt.Sprintf("of %d cores' time", able))
}
