package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"monde/backend/chrome"
	"monde/backend/text"
	"monde/core"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
)

type runCommand struct {
	Scenario string `arg:"" help:"Scenario file, a preset's name, or - for standard input."`

	Fidelity string  `help:"How closely to look: analytic, event or cycle." placeholder:"NAME"`
	Strategy string  `help:"A system by name: Ideal, GPU+PM, CPU+AM, CPU+LB, MD+AM, MD+LB, ProMoE, HOBBIT and more: see monde scenarios --strategies." placeholder:"NAME"`
	Seed     *uint64 `help:"Seed of everything that is drawn." placeholder:"N"`
	Model    string  `help:"Replace the model by a Hugging Face config.json." placeholder:"CONFIG.json"`
	Routing  string  `help:"Route tokens as a trace file says: CSV, JSON Lines or packed, plain or gzip." placeholder:"FILE"`
	JSON     bool    `name:"json" help:"Print the report as JSON."`
	Server   string  `env:"MONDE_SERVER" help:"Run it on a monde serve; an interrupt ends it there, too." placeholder:"URL"`
	Trace    string  `help:"Write a Chrome trace, for chrome://tracing and Perfetto." placeholder:"FILE"`
}

// Run simulates the scenario and prints its report.
func (r *runCommand) Run(ctx context.Context, c *console) error {
	s, err := load(r.Scenario, c.in)
	if err != nil {
		return err
	}
	if err := r.change(&s, c); err != nil {
		return err
	}
	if err := s.Validate(); err != nil {
		return err
	}
	simulate := r.simulate
	if r.Server != "" {
		simulate = r.ask
	}
	rep, err := simulate(ctx, s, c)
	if err != nil {
		return err
	}
	if r.JSON {
		return json.NewEncoder(c.out).Encode(rep)
	}
	return text.Write(c.out, rep)
}

// change applies the flags to the scenario.
func (r *runCommand) change(s *scenario.Scenario, c *console) error {
	if r.Fidelity != "" {
		s.Fidelity = scenario.Fidelity(r.Fidelity)
	}
	if r.Strategy != "" {
		s.Strategy = s.Strategy.As(policy.Name(r.Strategy))
	}
	if r.Seed != nil {
		s.Seed = *r.Seed
	}
	var model, routing error
	if r.Model != "" {
		model = replaceModel(s, r.Model)
	}
	if r.Routing != "" {
		routing = attachTrace(s, r.Routing)
	}
	return errors.Join(model, routing)
}

// ask lets a server run s.
func (r *runCommand) ask(ctx context.Context, s scenario.Scenario, c *console) (report.Report, error) {
	if r.Trace != "" {
		return report.Report{}, mistake{errors.New("--trace needs a run on this machine: a server keeps no spans; leave --server out")}
	}
	there, err := dial(r.Server)
	if err != nil {
		return report.Report{}, err
	}
	defer there.Close()
	if r.Routing != "" {
		if err := there.attach(ctx, r.Routing); err != nil {
			return report.Report{}, err
		}
	}
	b := newBar(c.err)
	defer b.clear()
	return there.run(ctx, s, b)
}

// simulate runs s, and writes spans and progress as they come.
func (r *runCommand) simulate(ctx context.Context, s scenario.Scenario, c *console) (report.Report, error) {
	bar := newBar(c.err)
	defer bar.clear()
	p := probe.Probe{Progress: bar.show}
	if r.Trace == "" {
		return core.Run(ctx, s, p)
	}
	file, err := os.Create(r.Trace)
	if err != nil {
		return report.Report{}, mistake{err}
	}
	trace := chrome.New(file, s.Model.Name+", "+string(s.Strategy.Name))
	p.Span = trace.Span
	rep, err := core.Run(ctx, s, p)
	return rep, errors.Join(err, trace.Close(), file.Close())
}
