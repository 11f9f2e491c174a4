package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"monde/core/scenario"
)

type scenariosCommand struct {
	Name       string `arg:"" optional:"" help:"The one to print."`
	Strategies bool   `help:"List the systems that strategy.name may be, with what each sets."`
	Full       bool   `help:"Print every field with its default, not only those that one changes first."`
}

// Run lists the presets, or prints one.
func (s *scenariosCommand) Run(c *console) error {
	if s.Strategies {
		return strategies(c)
	}
	if s.Name == "" {
		return list(c)
	}
	p, ok := scenario.PresetNamed(s.Name)
	if !ok {
		return mistake{fmt.Errorf("no scenario is named %q; monde scenarios lists them", s.Name)}
	}
	doc := p.Scenario.Outline()
	if s.Full {
		doc = p.Scenario.Resolved().Full()
	}
	var out bytes.Buffer
	if err := json.Indent(&out, doc, "", "  "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err := out.WriteTo(c.out)
	return err
}

func list(c *console) error {
	t := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, p := range scenario.Presets() {
		if _, err := fmt.Fprintf(t, "%s\t%s\n", p.Name, p.Title); err != nil {
			return err
		}
	}
	return t.Flush()
}
