package scenario

import (
	"fmt"

	"monde/core/kv"
	"monde/core/quant"
	"monde/core/report"
)

// modifierSources say where the numbers came from that change a model or its memory;
// none for a scenario that changes nothing.
func modifierSources(s Scenario) []report.Source {
	return append(append(formatSources(s), meanSource(s)...), cacheSource(s)...)
}

// formatSources are of the format of experts.
func formatSources(s Scenario) []report.Source {
	spec := s.Model.ExpertFormat
	f, ok := quant.Of(spec.Name)
	if !ok || spec == (quant.Spec{}) {
		return nil
	}
	const path = "model.expert_format"
	bits := report.Source{Path: "model.expert_bits", Value: fmt.Sprint(s.Model.ExpertBits), Kind: report.Paper, Text: f.Source}
	if s.Model.ExpertBits != spec.Name.Bits(s.Model.Name) {
		bits.Kind, bits.Text = report.User, fmt.Sprintf("set by the scenario; usual are %v", spec.Name.Bits(s.Model.Name))
	} else if _, known := qmoeModels[s.Model.Name]; spec.Name == quant.QMoE && !known {
		bits.Kind, bits.Text = report.Assumed, "the least compression that QMoE (arXiv 2310.16795), table 6, reached; nobody has compressed this model"
	}
	list := []report.Source{bits, kernelSource(path, spec, f)}
	for _, rate := range []struct {
		field string
		value int64
	}{{".host_weights_per_s", spec.Host}, {".device_weights_per_s", spec.Device}} {
		x := report.Source{Path: path + rate.field, Value: fmt.Sprint(rate.value), Kind: report.User, Text: "set by the scenario"}
		if rate.value == 0 {
			x.Kind, x.Text = report.Assumed, "decoding is free: nobody has measured it there"
		}
		list = append(list, x)
	}
	return list
}

var qmoeModels = map[string]bool{"switch-base-128": true, "switch-large-128": true, "switch-c-2048": true}

// kernelSource says where the time of a format's kernels on the GPU came from.
func kernelSource(path string, s quant.Spec, f quant.Format) report.Source {
	x := report.Source{Path: path + " on the GPU", Value: string(f.Name), Kind: report.Fitted}
	switch f.Kernel {
	case quant.Striped:
		x.Text = "half of MARLIN's published points (arXiv 2408.11743, repository); the other layers are off by 7 %, by 12 % at worst. Not tuned for Hopper and later"
	case quant.Unpacked:
		x.Text = "bitsandbytes as measured by MARLIN's authors for one token; a copy in bf16 for any more, which they measured within 10 %"
	case quant.Vectors:
		x.Value, x.Kind = fmt.Sprint(s.Code().MatVec), report.Paper
		x.Text = "share of a bf16 product with a vector: 0.65 to 1 is published, without a table (QMoE, arXiv 2310.16795, section 5.3)"
	default:
		x.Kind, x.Text = report.Derived, "as bf16, by its bytes"
	}
	return x
}

// meanSource is of the mean number of experts a token.
func meanSource(s Scenario) []report.Source {
	if s.Model.MeanK == 0 {
		return nil
	}
	return []report.Source{{Path: "model.mean_k", Value: fmt.Sprint(s.Model.MeanK), Kind: report.User,
		Text: "set by the scenario; which token takes how many is published for no model"}}
}

// cacheSource is of the allocator of the key-value cache.
func cacheSource(s Scenario) []report.Source {
	text := map[kv.Allocator]string{
		kv.Static:  "the longest sequence, reserved: 2,048 tokens unless the scenario says otherwise",
		kv.Paged:   "vLLM (arXiv 2309.06180) and its defaults: blocks of 16 tokens, 0.9 of GPU memory",
		kv.VTensor: "vTensor (arXiv 2407.15309): chunks of 2 MiB, the granularity of CUDA's virtual memory",
	}[s.KV.Allocator]
	if text == "" {
		return nil
	}
	return []report.Source{{Path: "kv", Value: string(s.KV.Allocator), Kind: report.Paper, Text: text}}
}
