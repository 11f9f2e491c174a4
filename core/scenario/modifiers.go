package scenario

import (
	"fmt"

	"monde/core/kv"
	"monde/core/quant"
	"monde/core/report"
)

// modifierSources say where the numbers came from that change a model or its memory;
// none for a scenario that changes nothing.
func modifierSources(s Scenario) (list []report.Source) {
	add := func(path string, value any, kind report.Kind, text string) {
		list = append(list, report.Source{Path: path, Value: fmt.Sprint(value), Kind: kind, Text: text})
	}
	m, text := s.Model, ""
	if name := m.ExpertFormat.Name; name != "" {
		kind := report.Paper
		f, _ := quant.Of(name)
		text = f.Source
		if m.ExpertBits != name.Bits(m.Name) {
			kind, text = report.User, "set by the scenario"
		}
		add("model.expert_bits", m.ExpertBits, kind, text)
		kind, text = kernelSource(f.Kernel)
		add("model.expert_format", name, kind, text)
	}
	if m.ExpertFormat.Host+m.ExpertFormat.Device > 0 {
		add("model.expert_format", fmt.Sprint(m.ExpertFormat.Host, m.ExpertFormat.Device), report.User, "decoding elsewhere: measured nowhere")
	}
	if m.MeanK > 0 {
		add("model.mean_k", m.MeanK, report.User, "set by the scenario")
	}
	switch s.KV.Allocator {
	case kv.Static:
		text = "the longest sequence: 2,048 tokens unless the scenario says otherwise"
	case kv.Paged:
		text = "vLLM (arXiv 2309.06180), its defaults"
	case kv.VTensor:
		text = "vTensor (arXiv 2407.15309)"
	default:
		return list
	}
	add("kv", s.KV.Allocator, report.Paper, text)
	return list
}

// kernelSource says where the time of a format's kernels on the GPU came from; what
// decoding costs elsewhere is a parameter, and free if it is absent.
func kernelSource(k quant.Kernel) (report.Kind, string) {
	switch k {
	case quant.Striped:
		return report.Fitted, "half of MARLIN's published points (arXiv 2408.11743); the other layers are off by 7 %, at worst 12. Not tuned for Hopper"
	case quant.Unpacked:
		return report.Fitted, "bitsandbytes in MARLIN's figure, one token; the others are within 10 %"
	case quant.Vectors:
		return report.Paper, "0.65 to 1 of a bf16 product with a vector (QMoE, arXiv 2310.16795, section 5.3)"
	}
	return report.Derived, "as bf16, by its bytes"
}
