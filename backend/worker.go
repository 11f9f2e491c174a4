package main

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"time"

	"monde/backend/bus"
	"monde/backend/job"
	"monde/core"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/sweep"
)

type workerCommand struct {
	Queue   queueFlags    `embed:""`
	Workers int           `default:"-1" env:"MONDE_WORKERS" help:"Pieces at once; -1 is one a core."`
	Time    time.Duration `name:"max-time" default:"10m" env:"MONDE_MAX_TIME" help:"Time of one run, or of one point."`
}

// Run works until ctx ends.
func (w *workerCommand) Run(ctx context.Context, c *console) error {
	log := slog.New(slog.NewJSONHandler(c.err, nil))
	roomForGarbage()
	switch {
	case w.Queue.URL == "":
		return mistake{errors.New("--nats-url must say where the queue is: of a cluster, or of a monde serve with --listen")}
	case w.Workers == 0 || w.Workers < -1:
		return mistake{errors.New("--workers must be at least 1, or -1")}
	}
	within, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	b, err := bus.Open(within, bus.Config{URL: w.Queue.URL, Creds: w.Queue.Creds, Log: log})
	if err != nil {
		return mistake{err}
	}
	defer b.Close()
	worker := newWorker(b, w.Workers, w.Time, log)
	log.Info("working", "queue", b.Conn.ConnectedUrlRedacted(), "workers", worker.Slots)
	if err := worker.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// newWorker returns a worker of the simulator.
func newWorker(b *bus.Bus, slots int, limit time.Duration, log *slog.Logger) *job.Worker {
	if slots < 0 {
		slots = runtime.GOMAXPROCS(0)
	}
	return &job.Worker{Bus: b, Sim: engine, Slots: slots, Limit: limit, Log: log}
}

// engine is core, as workers call it.
var engine = job.Simulator{
	Engine: core.Engine,
	Report: func(ctx context.Context, s scenario.Scenario, p probe.Probe) (report.Report, error) {
		return core.Run(ctx, s, p)
	},
	Point: func(ctx context.Context, s scenario.Scenario) (sweep.Result, error) { return core.Point(ctx, s) },
}
