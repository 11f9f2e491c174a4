package core

import (
	"encoding/json"

	"monde/core/model"
	"monde/core/policy"
	"monde/core/scenario"
	"monde/core/wire"
	"monde/core/workload"
)

// Catalog lists what a user may choose from.
func Catalog() wire.Catalog {
	c := wire.Catalog{Engine: Engine, Default: scenario.Default().Full(), Strategies: strategies()}
	for _, p := range model.Presets() {
		c.Models = append(c.Models, wire.Choice{Name: p.Spec.Name, Title: p.Title, Text: p.Source, Value: encode(p.Spec)})
	}
	for _, p := range scenario.MachinePresets() {
		c.Machines = append(c.Machines, wire.Choice{Name: p.Machine.Name, Title: p.Title, Text: p.Text, Value: encode(p.Machine)})
	}
	for _, slot := range scenario.Slots() {
		c.Parts = append(c.Parts, part(slot))
	}
	for _, p := range scenario.Presets() {
		c.Scenarios = append(c.Scenarios, wire.Choice{Name: p.Name, Title: p.Title, Text: p.Text, Value: p.Scenario.Full()})
	}
	for _, t := range workload.Tables() {
		c.Tables = append(c.Tables, wire.Table{
			Name: t.Name, Title: t.Title, Datasets: t.Datasets, Experts: t.Experts, TopK: t.TopK,
			Layers: t.Layers, Trace: t.Trace, File: t.File, Licence: t.Licence, Origin: t.Origin,
		})
	}
	return c
}

// part lists the presets of one part of a machine.
func part(s scenario.Slot) wire.Part {
	p := wire.Part{Key: s.Key}
	for _, x := range s.Presets {
		value := map[string]json.RawMessage{}
		if err := json.Unmarshal(encode(x.Machine), &value); err != nil {
			panic("core: bug: " + err.Error())
		}
		p.Choices = append(p.Choices, wire.Choice{Name: x.Name, Title: x.Title, Text: x.Text, Value: value[s.Key]})
	}
	return p
}

// strategies lists the compositions as parts of a scenario: what they set, over the
// strategy that is there. GPU+PM is two, for its transfers matter most.
func strategies() []wire.Strategy {
	var all []wire.Strategy
	for _, x := range policy.Systems() {
		value := axes(scenario.Default().Strategy.As(x.Name))
		if x.Name != policy.GPUPM {
			all = append(all, strategy(x, value))
			continue
		}
		serial := x
		serial.Name, serial.Title, serial.Text = "GPU+PM serial", "GPU+PM, serial", "Weights of active experts cross the link one by one, each before its compute."
		value["transfer"] = policy.Serial
		all = append(all, strategy(serial, value))
		x.Title, x.Text = "GPU+PM, overlapped", "The next experts' weights cross the link while one computes."
		value["transfer"] = policy.Overlap
		all = append(all, strategy(x, value))
	}
	return all
}

func strategy(x policy.System, value any) wire.Strategy {
	badges := []string{}
	for _, b := range x.Badges {
		badges = append(badges, string(b))
	}
	return wire.Strategy{
		Name: string(x.Name), Title: x.Title, Text: x.Text, Source: x.Source, Badges: badges, Usual: x.Usual(),
		Value: json.RawMessage(encode(value)),
	}
}

// axes returns what a composition decides: all but parameters.
func axes(s policy.Spec) map[string]any {
	all := map[string]any{}
	if err := json.Unmarshal(encode(s), &all); err != nil {
		panic("core: bug: " + err.Error())
	}
	for _, own := range []string{"staging", "alpha", "alpha_mode", "rounding", "min_hot", "profile_passes"} {
		delete(all, own)
	}
	return all
}
