package system

import (
	"monde/core/fault"
	"monde/core/policy"
	"monde/core/workload"
)

// alphas returns what MD+LB scales its formula with in input passes and in
// decoding steps, which differ by orders in tokens: given, or tuned on passes
// whose routing is drawn from streams of their own. 0 where none is used.
func (r *run) alphas(stop fault.Stop) (input, steps float64, err error) {
	st := r.s.Strategy
	if !st.Tuned() {
		return 0, 0, nil
	}
	inputs, others, err := r.profile(stop)
	if err != nil {
		return 0, 0, err
	}
	if r.plan.input {
		input = r.alpha(inputs)
	}
	if r.plan.output > 0 {
		steps = r.alpha(others)
	}
	return input, steps, nil
}

// alpha returns what the scenario gives, or the best over views.
func (r *run) alpha(views []policy.View) float64 {
	if r.s.Strategy.AlphaMode == policy.Fixed {
		return r.s.Strategy.Alpha
	}
	return policy.Tune(r.s.Strategy, views)
}

// profileSeed sets profiling passes apart from the run's: alpha must not be
// tuned on the very tokens that it is tried on.
const profileSeed = 1 << 53

// profile returns the views of the profiling passes, those of the input pass and
// those of decoding steps.
func (r *run) profile(stop fault.Stop) (inputs, steps []policy.View, err error) {
	if r.s.Strategy.AlphaMode == policy.Fixed {
		return nil, nil, nil
	}
	if err := r.tooLong(); err != nil {
		return nil, nil, err
	}
	router, _, err := workload.NewRouter(r.s.Workload, r.s.Model, r.s.Seed+profileSeed, r.s.Traces)
	if err != nil {
		return nil, nil, fault.In("workload", err)
	}
	first := 0
	if r.plan.input {
		if inputs, err = r.views(stop, router, 0, 1); err != nil {
			return nil, nil, err
		}
		first = 1
	}
	if r.plan.output > 0 {
		steps, err = r.views(stop, router, first, r.plan.output)
	}
	return inputs, steps, err
}

// maxProfile bounds the memory that profiling takes: some 40 bytes an expert.
const maxProfile = 4 << 20

// tooLong refuses more profiling than there is memory for.
func (r *run) tooLong() error {
	n := r.s.Strategy.Profile * r.s.Model.MoEBlocks() * r.s.Model.Experts
	return fault.Unless(n <= maxProfile, "strategy.profile_passes", "passes × MoE blocks × experts must be at most %d, got %d", maxProfile, n)
}

// views returns the views of as many profiling passes as the strategy asks for,
// taken from n passes of the run again and again.
func (r *run) views(stop fault.Stop, router workload.Router, first, n int) ([]policy.View, error) {
	var views []policy.View
	for i := range r.s.Strategy.Profile {
		r.rehearse(router, r.plan.at(first+i%n), func(_ pass, _ int, tokens []int32) {
			var v policy.View
			r.parts.view(&v, policy.ByNumber(nil, tokens), tokens)
			views = append(views, v)
		})
		if err := stop.Err(); err != nil {
			return nil, err
		}
	}
	return views, nil
}

// rehearse calls each with the tokens of every MoE block of a pass, which it may keep.
func (r *run) rehearse(router workload.Router, p pass, each func(p pass, moe int, tokens []int32)) {
	for moe := range r.moeBlocks(p) {
		tokens := make([]int32, r.s.Model.Experts)
		router.Count(tokens, p.route, moe)
		each(p, moe, tokens)
	}
}
