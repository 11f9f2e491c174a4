package advise

import (
	"fmt"

	"monde/core/report"
	"monde/core/scenario"
)

// A strategy is a named way to place experts: a patch on the scenario, what it asks of
// its user, and which knobs it has.
type strategy struct {
	key, title, patch string
	badges            []report.Badge
	knobs             []knob
}

// A setting is one position of a knob. Its patch may be empty: as it was.
type setting struct {
	title, patch string
	badges       []report.Badge
}

// A knob is a parameter of a strategy.
type knob int

// Knobs.
const (
	staging knob = iota
	split
	tier
	bits
)

// strategies are all that there is to choose from. What joins here joins the search.
// Their keys are those of the catalogue.
var strategies = []strategy{
	{"Ideal", "Ideal (all experts in GPU memory)", `{"strategy":{"name":"Ideal","tier":"memory"}}`, nil, nil},
	{"GPU+PM serial", "GPU+PM, serial", `{"strategy":{"name":"GPU+PM","transfer":"serial","fetch":"active","tier":"memory"}}`, nil, []knob{tier}},
	{"GPU+PM", "GPU+PM, overlapped", `{"strategy":{"name":"GPU+PM","transfer":"overlap","fetch":"active","tier":"memory","staging":2}}`, nil, []knob{staging, tier}},
	{"GPU+PM block", "GPU+PM, a layer at a time", `{"strategy":{"name":"GPU+PM","transfer":"block","fetch":"active","tier":"memory"}}`, nil, nil},
	{"GPU+PM ahead", "GPU+PM, pre-gated", `{"strategy":{"name":"GPU+PM","transfer":"ahead","fetch":"active","tier":"memory"}}`,
		[]report.Badge{report.ChangesOutput, report.NeedsTraining}, nil}, // Pre-gated MoE routes by the block before, after fine-tuning
	{"GPU+PM ahead all", "GPU+PM, every expert prefetched", `{"strategy":{"name":"GPU+PM","transfer":"ahead","fetch":"all","tier":"memory"}}`, nil, nil},
	{"CPU+AM", "CPU+AM", `{"strategy":{"name":"CPU+AM","tier":"memory"}}`, nil, []knob{tier}},
	{"CPU+LB", "CPU+LB", `{"strategy":{"name":"CPU+LB","alpha_mode":"auto","tier":"memory","staging":2}}`, nil, []knob{split, staging, tier}},
	{"MD+AM", "MD+AM", `{"strategy":{"name":"MD+AM","tier":"memory"}}`, []report.Badge{report.NotSold}, nil},
	{"MD+LB", "MD+LB (MoNDE)", `{"strategy":{"name":"MD+LB","alpha_mode":"auto","tier":"memory","staging":2}}`, []report.Badge{report.NotSold}, []knob{split, staging}},
}

// usualTitle is the strategy that others are compared with: what people run.
const usualTitle = "GPU+PM, overlapped"

// batches are how many times as many sequences are tried at once.
var batches = [...]int{4, 16}

// sized is a batch that many times as large.
func sized(s scenario.Scenario, by int) setting {
	n := by * s.Workload.Batch
	return setting{fmt.Sprintf("batch %d", n), string(scenario.PatchAt("workload.batch", n)), nil}
}

// settingsOf returns the positions of k that make sense for s, the usual one first.
func settingsOf(k knob, s scenario.Scenario) []setting {
	usual := setting{}
	switch k {
	case staging:
		return []setting{usual, {"staging 4", `{"strategy":{"staging":4}}`, nil}, {"staging 8", `{"strategy":{"staging":8}}`, nil}}
	case split:
		return []setting{{"tuned split", "", nil}, {"best split of each layer", `{"strategy":{"alpha_mode":"exact"}}`, nil}}
	case tier:
		if s.Machine.Flash.None() {
			return []setting{usual}
		}
		return []setting{usual, {"from flash", `{"strategy":{"tier":"flash"}}`, nil}}
	default:
		return append([]setting{usual}, fewerBits(s)...)
	}
}

// fewerBits are weights that take less room, and give other results.
func fewerBits(s scenario.Scenario) []setting {
	output := []report.Badge{report.ChangesOutput}
	var all []setting
	if s.Model.ExpertBits > 8 {
		all = append(all, setting{"8-bit experts", `{"model":{"expert_bits":8}}`, output})
	}
	if s.Model.ExpertBits > 4.5 { // MXFP4 and its like have scales
		all = append(all, setting{"4-bit experts", `{"model":{"expert_bits":4.25}}`, output})
	}
	return all
}
