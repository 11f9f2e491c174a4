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

// strategies lists the paper's configurations as parts of a scenario: what they
// set, over the strategy that is there.
func strategies() []wire.Choice {
	type part struct {
		Name     policy.Name     `json:"name"`
		Transfer policy.Transfer `json:"transfer,omitempty"`
	}
	choice := func(name, title, text string, p part) wire.Choice {
		return wire.Choice{Name: name, Title: title, Text: text, Value: json.RawMessage(encode(p))}
	}
	return []wire.Choice{
		choice("Ideal", "Ideal", "Every expert in GPU memory, however large: no transfer at all.", part{Name: policy.Ideal}),
		choice("GPU+PM serial", "GPU+PM, serial", "Weights of active experts cross the link one by one, each before its compute.", part{policy.GPUPM, policy.Serial}),
		choice("GPU+PM", "GPU+PM, overlapped", "The next experts' weights cross the link while one computes.", part{policy.GPUPM, policy.Overlap}),
		choice("CPU+AM", "CPU+AM", "Activations go to the host, whose CPU computes every expert.", part{Name: policy.CPUAM}),
		choice("MD+AM", "MD+AM", "Activations go to the memory device, which computes every expert near its weights.", part{Name: policy.MDAM}),
		choice("CPU+LB", "CPU+LB", "The busiest experts move to the GPU, the CPU computes the rest, both at once.", part{Name: policy.CPULB}),
		choice("MD+LB", "MD+LB (MoNDE)", "The busiest experts move to the GPU, the rest stay on the device, both at once.", part{Name: policy.MDLB}),
	}
}
