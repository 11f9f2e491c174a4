package scenario

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"monde/core/model"
	"monde/core/policy"
	"monde/core/quant"
	"monde/core/report"
)

// Sources says where each number of s came from: the preset's source where the
// value is the preset's, and otherwise the scenario itself.
func (s Scenario) Sources() []report.Source {
	list := append([]report.Source{s.modelSource()}, modifierSources(s)...)
	p, known := MachineNamed(s.Machine.Name)
	if !known {
		return append(list, report.Source{Path: "machine", Value: s.Machine.Name, Kind: report.User, Text: "described by the scenario"}, expertSource(s))
	}
	base, sources := p.Machine, p.Sources
	for _, slot := range Slots() {
		if p, ok := slot.of(s.Machine, base); ok {
			slot.copy(&base, p.Machine)
			sources = append(slices.DeleteFunc(slices.Clone(sources), func(x report.Source) bool {
				return strings.HasPrefix(x.Path, "machine."+slot.Key+".")
			}), p.Sources...)
		}
	}
	preset, mine := presetLeaves(base), presetLeaves(s.Machine)
	for _, source := range sources {
		value, there := mine[source.Path]
		if !there {
			continue // the scenario does without
		}
		source.Value = value
		if source.Value != preset[source.Path] {
			source.Kind, source.Text = report.User, fmt.Sprintf("set by the scenario; the preset says %s", preset[source.Path])
		}
		list = append(list, source)
	}
	if s.Fidelity == Cycle && s.Strategy.NearData() {
		list = append(list, clockSources(s.Machine.Device)...)
	}
	return append(list, expertSource(s))
}

func (s Scenario) modelSource() report.Source {
	p, ok := model.Named(s.Model.Name)
	m := s.Model
	if m.ExpertFormat != (quant.Spec{}) { // told apart by rows of its own
		m.ExpertFormat, m.ExpertBits = p.Spec.ExpertFormat, p.Spec.ExpertBits
	}
	if m.MeanK > 0 {
		m.MeanK = p.Spec.MeanK
	}
	if ok && p.Spec == m {
		return report.Source{Path: "model", Value: s.Model.Name, Kind: report.Datasheet, Text: p.Source}
	}
	return report.Source{Path: "model", Value: s.Model.Name, Kind: report.User, Text: "described by the scenario, or by the config.json in it"}
}

// expertSource says how well the time of an expert where it lives is known.
func expertSource(s Scenario) report.Source {
	switch x := s.Strategy; {
	case x.NearData() && s.Fidelity == Cycle:
		return report.Source{Path: "expert on the device", Value: "clock by clock", Kind: report.Simulated,
			Text: "MoNDE's arrays, our tiles and memory; no NDP expert execution has been measured anywhere"}
	case x.Home == policy.InStack:
		return report.Source{Path: "expert in the stack", Value: "ceil(tokens/rows) passes over its weights", Kind: report.Simulated,
			Text: "the device's arrays and bandwidth, on the logic die; no NDP expert execution has been measured anywhere"}
	case x.NearData():
		return report.Source{Path: "expert on the device", Value: "ceil(tokens/rows) passes over its weights", Kind: report.Simulated,
			Text: "MoNDE's arrays and bandwidth; no NDP expert execution has been measured anywhere"}
	case x.OnCPU():
		return report.Source{Path: "expert on the host", Value: "its weights, operations, activations and operators, one after another", Kind: report.Fitted, Text: "with rates and costs fitted to " + ownH1 + "or scaled from them"}
	default:
		return report.Source{Path: "expert on the GPU", Value: "tiles in waves over the SMs, or its bytes, and a cost a kernel", Kind: report.Fitted, Text: "with shares of the peaks fitted to " + ownH1 + "or scaled from them"}
	}
}

// presetLeaves is leaves of a preset's machine, most of the time remembered: a page
// asks for each strategy that it compares.
func presetLeaves(m Machine) map[string]string {
	doc := string(written(m))
	for _, p := range remembered() {
		if p.doc == doc {
			return p.leaves
		}
	}
	return Leaves("machine", m)
}

type remembrance struct {
	doc    string
	leaves map[string]string
}

var remembered = sync.OnceValue(func() []remembrance {
	var all []remembrance
	for _, p := range MachinePresets() {
		all = append(all, remembrance{string(written(p.Machine)), Leaves("machine", p.Machine)})
	}
	return all
})

// Leaves returns every number, flag and name of v by its path, which begins with root, as
// written in JSON.
func Leaves(root string, v any) map[string]string {
	all := map[string]string{}
	collect(all, root, parsed(written(v)))
	return all
}

func collect(all map[string]string, path string, v any) {
	if object, ok := v.(map[string]any); ok {
		for key, x := range object {
			collect(all, path+"."+key, x)
		}
		return
	}
	all[path] = fmt.Sprint(v)
}
