package scenario

import (
	"fmt"

	"monde/core/quant"
	"monde/core/report"
)

// modifierSources say where the numbers came from that change a model or its memory;
// none for a scenario that changes nothing. What decoding costs off the GPU is the
// scenario's own, or free.
func modifierSources(s Scenario) (list []report.Source) {
	m := s.Model
	if f, _ := quant.Of(m.ExpertFormat.Name); f.Name != "" {
		list = modifier(list, "model.expert_format", kernels[f.Kernel], fmt.Sprint(f.Name, ", ", m.ExpertBits, " bits"), f.Source)
	}
	if m.MeanK > 0 {
		list = modifier(list, "model.mean_k", report.User, fmt.Sprint(m.MeanK), "set by the scenario")
	}
	if text := s.KV.Source(); text != "" {
		list = modifier(list, "kv", report.Paper, string(s.KV.Allocator), text)
	}
	if preset, _ := MachineNamed(s.Machine.Name); s.Several() && preset.Machine.GPUs == 0 {
		list = modifier(list, "machine.gpus", report.User, fmt.Sprint(s.Machine.GPUs), "set by the scenario")
	}
	if s.Several() && s.Strategy.Placement.Learns() {
		list = modifier(list, "strategy.placement", report.Paper, string(s.Strategy.Placement), "Towards MoE Deployment (2303.06182), section VII; the unit of a load beside a correlation is ours")
	}
	return list
}

// kernels says how well the time of each quant.Kernel is known.
var kernels = [...]report.Kind{report.Derived, report.Fitted, report.Fitted, report.Paper}

func modifier(list []report.Source, path string, kind report.Kind, value, text string) []report.Source {
	return append(list, report.Source{Path: path, Value: value, Kind: kind, Text: text})
}
