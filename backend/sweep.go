package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"monde/backend/export"
	"monde/backend/text"
	"monde/core/fault"
	"monde/core/scenario"
	"monde/core/sweep"
)

type sweepCommand struct {
	Scenario string `arg:"" help:"Scenario file, a preset's name, or - for standard input: what all points have in common."`

	Axis    []string `sep:"none" help:"What differs, and its values: PATH=1,2,4, PATH=FROM..TO:STEPS, or PATH=FROM..TO:STEPS:log for equal ratios. As often as there are axes." placeholder:"PATH=VALUES"`
	Set     []string `sep:"none" help:"Set a field of the scenario for all points." placeholder:"PATH=VALUE"`
	Spec    string   `help:"Read method, axes, points and seed from a file; flags say more, or say otherwise." placeholder:"FILE.json"`
	Method  string   `help:"How points are chosen: grid (every value with every other), list (the first of each axis, then the second …), random or lhs (Latin hypercube); absent: grid." placeholder:"NAME"`
	Points  int      `help:"How many points, of random and lhs." placeholder:"N"`
	Seed    *uint64  `help:"Seed of random and lhs." placeholder:"N"`
	Workers int      `help:"How many points at once; absent: one a processor." placeholder:"N"`
	Server  string   `env:"MONDE_SERVER" help:"Simulate on a monde serve and its workers; an interrupt ends it there, too." placeholder:"URL"`
	Format  string   `help:"csv, jsonl or parquet; absent: as the file's name ends, or csv." placeholder:"NAME"`
	Out     string   `help:"Write rows to a file." placeholder:"FILE"`
}

// Help is what --help says below the flags.
func (s *sweepCommand) Help() string {
	return `Simulates up to 1,000,000 points, and writes a row for each in their order; a point that
cannot be simulated has a row that says why. An interrupt leaves the rows so far.

A model, a machine or a part of one (machine.gpu, machine.link …) is set by the name of a
preset, as which it is then; every other field keeps what the scenario says.

  monde sweep qwen3-generate --axis workload.batch=1,2,4,8 --axis 'strategy.name=MD+LB,GPU+PM'
  monde sweep mixtral-h100 --axis machine.link.bandwidth_bytes_per_s=16e9..128e9:8:log
  monde sweep nllb-encoder --method lhs --points 10000 --axis workload.batch=1..64 \
    --axis machine.device.bandwidth_bytes_per_s=1e11..2e12:log --out sweep.parquet`
}

// Run simulates every point and writes its row.
func (s *sweepCommand) Run(ctx context.Context, c *console) error {
	j, err := s.job(c)
	if err != nil {
		return err
	}
	b := newBar(c.err)
	simulate, leave, err := s.simulator(ctx, j, b)
	defer leave()
	if err != nil {
		return err
	}
	out, err := s.output(c, j.spec)
	if err != nil {
		return err
	}
	swept := &text.Swept{Paths: j.plan.Paths(), Points: j.plan.Len()}
	roomForGarbage()
	start := time.Now()
	take := func(rows []sweep.Row) error {
		swept.Add(rows)
		return out.Write(rows)
	}
	err = simulate(ctx, j, take, func(done int) { b.points(done, j.plan.Len(), time.Since(start)) })
	b.clear()
	err = errors.Join(err, out.Close())
	return errors.Join(err, swept.Write(c.err, time.Since(start)))
}

// roomForGarbage collects less often than usual, unless GOGC says how often: points leave
// much garbage and little else, and a quarter of their time went into collecting it.
func roomForGarbage() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

// simulator returns who simulates, and what lets go of them.
func (s *sweepCommand) simulator(ctx context.Context, j sweepJob, b *bar) (who simulator, leave func(), err error) {
	leave = func() {}
	switch {
	case s.Server != "" && s.Workers > 0:
		return nil, leave, mistake{errors.New("--workers is about this machine, and a server has its own: leave one of --workers and --server out")}
	case s.Server != "":
		there, err := dial(s.Server)
		if err != nil {
			return nil, leave, err
		}
		run, err := there.sweep(ctx, j, b)
		if err != nil {
			return nil, there.Close, err
		}
		return run.simulate, func() { run.done(ctx) }, nil
	case s.Workers > 0:
		return here(s.Workers), leave, nil
	}
	return here(runtime.GOMAXPROCS(0)), leave, nil
}

// job returns the sweep that files and flags ask for.
func (s *sweepCommand) job(c *console) (j sweepJob, err error) {
	if s.Workers < 0 || s.Workers > 1024 {
		return j, mistake{fmt.Errorf("--workers must be 1 to 1024, got %d", s.Workers)}
	}
	if j.base, err = s.base(c); err != nil {
		return j, err
	}
	if j.spec, err = s.spec(); err != nil {
		return j, err
	}
	j.plan, err = j.spec.Plan(j.base)
	return j, err
}

// base returns what the points have in common.
func (s *sweepCommand) base(c *console) (scenario.Scenario, error) {
	base, err := load(s.Scenario, c.in)
	if err != nil || len(s.Set) == 0 {
		return base, err
	}
	var paths []string
	var values []sweep.Value
	for _, text := range s.Set {
		a, err := axisOf(text)
		if err != nil || len(a.Values) != 1 {
			return base, mistake{fmt.Errorf("--set must be PATH=VALUE, got %q", text)}
		}
		paths, values = append(paths, a.Path), append(values, a.Values[0])
	}
	base, err = sweep.Set(base, paths, values)
	return base, fault.In("set", err)
}

// spec returns what differs.
func (s *sweepCommand) spec() (sweep.Spec, error) {
	spec := sweep.Spec{Method: sweep.Grid}
	if s.Spec != "" {
		doc, err := os.ReadFile(s.Spec)
		if err != nil {
			return spec, mistake{err}
		}
		if spec, err = sweep.Decode(doc); err != nil {
			return spec, fault.In(s.Spec, err)
		}
	}
	axes, errs := axesOf(s.Axis, len(spec.Axes))
	spec.Axes = append(spec.Axes, axes...)
	if s.Method != "" {
		spec.Method = sweep.Method(s.Method)
	}
	if s.Points != 0 {
		spec.Points = s.Points
	}
	if s.Seed != nil {
		spec.Seed = *s.Seed
	}
	return spec, errors.Join(errs...)
}

// A sink is a Writer of rows, and the file behind it.
type sink struct {
	export.Writer
	file io.Closer
}

// Close ends the rows, then the file.
func (k sink) Close() error { return errors.Join(k.Writer.Close(), k.file.Close()) }

// output opens what rows are written to.
func (s *sweepCommand) output(c *console, spec sweep.Spec) (sink, error) {
	format := export.Format(s.Format)
	if format == "" {
		format = export.CSV
		if f, ok := export.FormatOf(s.Out); ok {
			format = f
		}
	}
	if format == export.Parquet && s.Out == "" && terminal(c.out) {
		return sink{}, mistake{errors.New("no terminal shows Parquet: say --out FILE")}
	}
	var to io.WriteCloser = stays{c.out}
	if s.Out != "" {
		file, err := os.Create(s.Out)
		if err != nil {
			return sink{}, mistake{err}
		}
		to = file
	}
	w, err := export.New(format, to, spec.Axes)
	if err != nil {
		return sink{}, mistake{errors.Join(err, to.Close())}
	}
	return sink{w, to}, nil
}

// stays is standard output, which rows do not close.
type stays struct{ io.Writer }

// Close does nothing.
func (stays) Close() error { return nil }
