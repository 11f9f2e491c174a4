package system

import (
	"monde/core/fault"
	"monde/core/policy"
	"monde/core/workload"
)

// What predictors have seen before a run.
const (
	studied       = 8       // requests
	studiedShares = 4       // of which as many tell how popular experts are
	studiedPass   = 16      // passes of each
	studiedMost   = 1 << 16 // tokens of them all, beyond the first pass
)

// study has a predictor learn what its store holds of earlier requests, whose tokens are
// others, and counts how popular experts were in them.
func (r *run) study(stop fault.Stop) error {
	if !r.foresees() || !r.ahead.spec.Name.Studies() && !r.ahead.spec.Name.Weighs() {
		return nil
	}
	a := r.ahead
	a.shares = make([]float64, len(a.tokens))
	requests, tokens := uint64(studied), 0
	if !a.spec.Name.Studies() {
		requests = studiedShares
	}
	for i := range requests {
		router, _, err := workload.NewRehearsal(r.s.Workload, r.s.Model, r.s.Seed, r.s.Seed+profileSeed+i, r.s.Traces)
		if err != nil {
			return fault.In("workload", err)
		}
		first, passes := r.plan.steps()
		for n := range min(passes, studiedPass) {
			p := r.plan.at(first + n)
			if tokens += p.route.Tokens; tokens > studiedMost && i+uint64(n) > 0 {
				break
			}
			a.predictor.Begin(n == 0)
			r.studyPass(router, p)
			if err := stop.Err(); err != nil {
				return err
			}
		}
	}
	a.share(r.s.Model.Experts)
	return nil
}

// studyPass shows a predictor one pass.
func (r *run) studyPass(router workload.Router, p pass) {
	a, n := r.ahead, r.s.Model.Experts
	for moe := range r.moeBlocks(p) {
		row, at := a.row(moe, n), r.layer(p, moe)*n
		router.Count(row, p.route, moe)
		a.asked[moe] = policy.ByTokens(a.asked[moe][:0], row)
		for id, t := range row {
			a.shares[at+id] += float64(t)
		}
		if from := moe - a.spec.Distance; from >= 0 && a.spec.Name.Studies() {
			r.foretell(p, from, moe)
		}
	}
}

// share turns tokens by layer and expert into shares of their layer. An expert that no
// token has asked for is as popular as if one had.
func (a *ahead) share(experts int) {
	for at := 0; at < len(a.shares); at += experts {
		sum, row := 0.0, a.shares[at:at+experts]
		for i := range row {
			row[i]++
			sum += row[i]
		}
		for i := range row {
			row[i] /= sum
		}
	}
}
