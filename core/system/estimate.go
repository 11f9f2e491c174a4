package system

import (
	"monde/core/scenario"
	"monde/core/workload"
)

// What parts of a run cost natively, in nanoseconds, rounded from benchmarks on
// one core of a 2024 server: to ask before a long run, not to plan by.
const (
	costBlock   = 1_000   // of any kind
	costExpert  = 200     // an active one
	costChoice  = 12      // drawing one expert for one token
	costBurst   = 110     // or a refresh, of one memory channel, clock by clock
	skew        = 8       // tokens of the busiest expert over the mean, of usual routing
	drawnAtMost = 1 << 16 // tokens of a pass that are drawn one by one
)

// Estimate returns about how many milliseconds a run of a valid Scenario takes.
func Estimate(s scenario.Scenario) float64 {
	p := newPlan(s)
	total := 0.0
	if p.input {
		total += passCost(s, p.inputPass())
	}
	if p.output > 0 {
		total += float64(p.output) * passCost(s, p.step(0, 0))
	}
	if s.Fidelity == scenario.Cycle && s.Strategy.NearData() {
		layers := 1.0
		if s.Workload.Scope == workload.WholeModel {
			layers = 2 // later layers meet few numbers of tokens for the first time
		}
		busiest := min(tokensOfPass(s), skew*tokensOfPass(s)*s.Model.TopK/s.Model.Experts+1)
		total += layers * workOfLayer(s, busiest) * costBurst
	}
	return total / 1e6
}

func passCost(s scenario.Scenario, p pass) float64 {
	blocks, moe := p.stack.Blocks, p.stack.MoEBlocks()
	if s.Workload.Scope.Partial() {
		blocks, moe = 1, 1
	}
	choices := float64(min(p.route.Tokens, drawnAtMost)) * float64(s.Model.TopK)
	active := min(choices, float64(s.Model.Experts))
	layer := choices*costChoice + active*costExpert
	if s.Strategy.Splits() {
		layer *= 1.5 // profiling, and the bound of every split
	}
	return float64(blocks)*costBlock + float64(moe)*layer
}
