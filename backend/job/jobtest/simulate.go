package jobtest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"monde/backend/job"
	"monde/core"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/sweep"
)

// Real is the simulator itself.
func Real() job.Simulator {
	return job.Simulator{
		Engine: core.Engine,
		Report: func(ctx context.Context, s scenario.Scenario, p probe.Probe) (report.Report, error) {
			return core.Run(ctx, s, p)
		},
		Point: func(ctx context.Context, s scenario.Scenario) (sweep.Result, error) { return core.Point(ctx, s) },
	}
}

// Paced takes a while for each point, and counts them.
func Paced(d time.Duration, count *Counter) job.Simulator {
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

// A Counter counts how often a seed was simulated.
type Counter struct {
	mu  sync.Mutex
	all map[uint64]int
	sum int
}

func (c *Counter) add(seed uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.all == nil {
		c.all = map[uint64]int{}
	}
	c.all[seed]++
	c.sum++
}

// Total returns how many runs there were.
func (c *Counter) Total() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sum
}
