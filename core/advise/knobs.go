package advise

import (
	"fmt"

	"monde/core/policy"
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
	cache
	popular
	bits
)

// strategies are all that there is to choose from: every system, and GPU+PM's ways to
// move. What joins core/policy's table joins the search. Their keys are those of the
// catalogue.
var strategies = func() []strategy {
	var all []strategy
	for _, x := range policy.Systems() {
		if x.Name == policy.GPUPM {
			all = append(all,
				strategy{"GPU+PM serial", "GPU+PM, serial", `{"strategy":{"name":"GPU+PM","transfer":"serial"}}`, nil, []knob{tier}},
				strategy{"GPU+PM", usualTitle, `{"strategy":{"name":"GPU+PM","staging":2}}`, nil, []knob{staging, tier}},
				strategy{"GPU+PM block", "GPU+PM, a layer at a time", `{"strategy":{"name":"GPU+PM","transfer":"block"}}`, nil, nil})
			continue
		}
		all = append(all, of(x))
	}
	return all
}()

// of returns a system with the knobs of its axes.
func of(x policy.System) strategy {
	s := strategy{key: string(x.Name), title: x.Title, patch: string(scenario.PatchAt("strategy.name", x.Name))}
	for _, b := range x.Badges {
		s.badges = append(s.badges, report.Badge(b))
	}
	axes := scenario.Default().Strategy.As(x.Name)
	if axes.Tuned() && x.Name != policy.GPUPM {
		s.patch = fmt.Sprintf(`{"strategy":{"name":%q,"alpha_mode":"auto","staging":2}}`, x.Name)
		s.knobs = append(s.knobs, split, staging)
	}
	if axes.Home == policy.OnHost && axes.CacheShare == 0 && axes.Deferred == 0 && !axes.Whole() {
		s.knobs = append(s.knobs, tier)
	}
	switch {
	case axes.CacheShare > 0:
		s.knobs = append(s.knobs, cache)
	case axes.Splits() && axes.Moves():
		s.knobs = append(s.knobs, popular)
	}
	return s
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
		return []setting{usual, {"from flash", `{"strategy":{"home":"flash"}}`, nil}}
	case cache:
		return []setting{usual, {"half of all experts cached", `{"strategy":{"cache_share":0.5}}`, nil}, {"a tenth of all experts cached", `{"strategy":{"cache_share":0.1}}`, nil}, {"as many experts cached as fit", `{"strategy":{"cache_fills":true}}`, nil}}
	case popular:
		return []setting{usual, {"as many popular experts cached as fit", `{"strategy":{"cache":{"name":"static","warm":true},"cache_fills":true}}`, nil}}
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
