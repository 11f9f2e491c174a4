package main

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"monde/backend/text"
	"monde/core"
	"monde/core/fault"
	"monde/core/memread"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

type memreadCommand struct {
	Scenario string `arg:"" optional:"" help:"Scenario file, a preset's name, or - for standard input; absent: the default scenario. Its model reads while it generates."`

	Probability float64       `help:"Probability that a generated token begins a read. The default is ours." placeholder:"P" default:"0.02"`
	Call        int           `help:"Tokens of a call, generated." placeholder:"N" default:"24"`
	Result      int           `help:"Tokens of its results, encoded." placeholder:"N" default:"32"`
	Vectors     int64         `help:"Vectors in the store." placeholder:"N" default:"21000000"`
	Dim         int           `help:"Values of a vector." placeholder:"N" default:"768"`
	Value       int           `help:"Bytes of a value." placeholder:"N" default:"4"`
	Visited     int           `help:"Vectors that a search compares." placeholder:"N" default:"200"`
	Access      time.Duration `help:"To read a vector: about 150ns from host memory, more from CXL. The default, 250ns, is ours." placeholder:"TIME" default:"250ns"`
	Embed       time.Duration `help:"To embed a name. The default is ours." placeholder:"TIME" default:"5ms"`
	JSON        bool          `name:"json" help:"Print one JSON object."`
}

// Run says what reads add to the scenario's decoding.
func (m *memreadCommand) Run(ctx context.Context, c *console) error {
	s := scenario.Default()
	if m.Scenario != "" {
		var err error
		if s, err = load(m.Scenario, c.in); err != nil {
			return err
		}
	}
	s.Workload.Phase = workload.Generate
	s.Workload.OutputTokens = max(2, s.Workload.OutputTokens)
	spec, err := m.spec()
	if err != nil {
		return err
	}
	rep, err := core.Run(ctx, s, probe.Probe{})
	if err != nil {
		return err
	}
	base := memread.Base{Token: rep.TPOT.Mean, Input: rep.TTFT / unit.Time(s.Workload.InputTokens), Context: s.Workload.InputTokens + s.Workload.OutputTokens/2, Prefix: s.Workload.InputTokens}
	r, err := memread.Decode(spec, base)
	if err != nil {
		return err
	}
	if m.JSON {
		return json.NewEncoder(c.out).Encode(r)
	}
	return text.WriteMemread(c.out, rep, r)
}

func (m *memreadCommand) spec() (memread.Spec, error) {
	s := memread.Default()
	s.Probability, s.Call, s.Result, s.Vectors, s.Dim, s.Value, s.Visited = m.Probability, m.Call, m.Result, m.Vectors, m.Dim, m.Value, m.Visited
	s.Access, s.Embed = unit.Time(m.Access.Nanoseconds())*unit.Nanosecond, unit.Time(m.Embed.Nanoseconds())*unit.Nanosecond
	return s, errors.Join(fault.Within("access", m.Access, 0, time.Millisecond), fault.Within("embed", m.Embed, 0, time.Second), s.Validate())
}
