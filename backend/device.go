package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"monde/backend/text"
	"monde/core/device/driver"
	"monde/core/fault"
	"monde/core/scenario"
	"monde/core/unit"
)

type deviceCommand struct {
	Scenario string `arg:"" optional:"" help:"Scenario file, a preset's name, or - for standard input; absent: the default scenario."`

	Tokens int           `help:"Tokens of the expert, 1 to 512; 8 if absent." placeholder:"N" default:"8"`
	PMove  bool          `name:"pmove" help:"Have the weights of another expert leave the device over the link all the while."`
	Queue  int           `help:"Instructions that the device queues. The default, 32, is ours: not published." placeholder:"N" default:"32"`
	Burst  int           `help:"Instructions that the host sends before it polls; 0 is as many as it knows to be room for: the default, and ours." placeholder:"N" default:"0"`
	Poll   time.Duration `help:"From an answer of the device to the host's next poll. The default, 1us, is ours: not published." placeholder:"TIME" default:"1us"`
	Check  bool          `help:"Compute a small layer with experts on GPU, CPU and near the data, and compare every bit."`
	JSON   bool          `name:"json" help:"Print one JSON object."`
}

// Run looks at one expert on the scenario's device.
func (d *deviceCommand) Run(ctx context.Context, c *console) error {
	s := scenario.Default()
	if d.Scenario != "" {
		var err error
		if s, err = load(d.Scenario, c.in); err != nil {
			return err
		}
	}
	if err := errors.Join(s.Validate(), fault.Within("poll", d.Poll, 0, time.Second)); err != nil {
		return err
	}
	bar := newBar(c.err)
	r, err := driver.Look(ctx, driver.Spec{
		Device: s.Machine.Device, Link: s.Machine.Link, Model: s.Model, Tokens: d.Tokens, PMove: d.PMove,
		Queue: d.Queue, Burst: d.Burst, Poll: unit.Time(d.Poll.Nanoseconds()) * unit.Nanosecond, Check: d.Check, Seed: s.Seed,
	}, bar.steps)
	bar.clear()
	if err != nil {
		return err
	}
	if d.JSON {
		err = json.NewEncoder(c.out).Encode(r)
	} else {
		err = text.WriteDevice(c.out, r)
	}
	if r.Check != nil {
		err = errors.Join(err, r.Check.Err())
	}
	return err
}
