package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"monde/backend/text"
	"monde/core"
	"monde/core/report"
)

type inverseCommand struct {
	Scenario string `arg:"" help:"Scenario file, a preset's name, or - for standard input."`

	Vary  string  `required:"" help:"Which number of the scenario, by its path: machine.device.bandwidth_bytes_per_s, machine.device.ndp.arrays, machine.link.bandwidth_bytes_per_s, machine.gpu.memory_bytes …" placeholder:"PATH"`
	Reach string  `required:"" help:"The goal: latency=0.2s, ttft, tpot, throughput=1000, energy=1J, speedup:STRATEGY=3 or fits." placeholder:"GOAL"`
	From  float64 `help:"Least value to look at; absent: as usual for the quantity." placeholder:"N"`
	To    float64 `help:"Largest value to look at." placeholder:"N"`
	JSON  bool    `name:"json" help:"Print the answer and its curve as JSON."`
}

// Help is what --help says below the flags.
func (i *inverseCommand) Help() string {
	return `Finds the least value that reaches the goal, samples the curve around it, and says
whether more always helps. "speedup:GPU+PM=3" is three times as fast as that strategy on
the same machine, "speedup:Ideal=1" as fast as it.

  monde inverse nllb-encoder --vary machine.device.bandwidth_bytes_per_s --reach speedup:GPU+PM=3
  monde inverse mixtral-h100 --vary machine.gpu.memory_bytes --reach fits`
}

// Run finds the value and prints it with its curve.
func (i *inverseCommand) Run(ctx context.Context, c *console) error {
	s, err := load(i.Scenario, c.in)
	if err != nil {
		return err
	}
	ask, err := i.ask()
	if err != nil {
		return mistake{err}
	}
	b := newBar(c.err)
	y, err := core.Inverse(ctx, s, ask, b.runs)
	b.clear()
	if err != nil {
		return err
	}
	if i.JSON {
		return json.NewEncoder(c.out).Encode(y)
	}
	return text.Inverse(c.out, y)
}

func (i *inverseCommand) ask() (report.InverseAsk, error) {
	ask := report.InverseAsk{Vary: i.Vary, From: i.From, To: i.To}
	if i.Reach == string(report.InMemory) {
		ask.Metric = report.InMemory
		return ask, nil
	}
	of, over := strings.CutPrefix(i.Reach, string(report.InSpeedUp)+":")
	if !over {
		metric, target, err := goal(i.Reach)
		if err != nil {
			return ask, fmt.Errorf("--reach %w", err)
		}
		ask.Metric, ask.Target = metric, target
		if metric == report.InSpeedUp {
			return ask, errors.New("--reach speedup needs a strategy: speedup:GPU+PM=3")
		}
		return ask, nil
	}
	name, target, err := assigned(of, 0, nil)
	if err != nil {
		return ask, fmt.Errorf("--reach speedup:%w", err)
	}
	ask.Metric, ask.Over, ask.Target = report.InSpeedUp, name, target
	return ask, nil
}
