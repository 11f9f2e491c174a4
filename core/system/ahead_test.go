package system_test

import (
	"strings"
	"testing"

	"monde/core/policy"
	"monde/core/policy/predict"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// What is right of every expert, and of the precision that it is wanted in, costs nothing
// but what a gate waits for a chunk that is on its way.
func TestAnOracleIsNeverSlowerThanNoPredictor(t *testing.T) {
	for _, name := range []policy.Name{"ProMoE", "HOBBIT", "MoE-APEX", "EdgeMoE", "Mixtral-offloading", "HybriMoE", "FineMoE"} {
		for _, f := range []scenario.Fidelity{scenario.Analytic, scenario.Event} {
			s := recorded(t, name)
			s.Fidelity, s.Strategy.Predictor.Name = f, predict.Nothing
			none, oracle := changed(t, s, func(s *scenario.Scenario) { s.Strategy.Predictor.Name = predict.Oracle })
			if float64(oracle.Latency) > 1.01*float64(none.Latency) {
				t.Errorf("%s, %s: %.3f s with an oracle, %.3f without", name, f, oracle.Latency.Seconds(), none.Latency.Seconds())
			}
			if c := oracle.Cache; c.Late+c.Used == 0 {
				t.Errorf("%s, %s: nothing came ahead of need: %+v", name, f, *c)
			}
		}
	}
}

// HOBBIT's ablation: prefetches gain about 1.05 times with twins, where whole ones would
// take four times as long to come.
func TestATwinComesAheadOfNeedAsATwin(t *testing.T) {
	for _, name := range []policy.Name{"HOBBIT", "MoE-APEX", "EdgeMoE"} {
		s := recorded(t, name)
		s.Strategy.Predictor.Name = predict.Oracle
		s.Strategy.Precision.High, s.Strategy.Precision.Low, s.Strategy.Precision.Fixed = 0, 1, 1
		s.Strategy.Cache.Name, s.Strategy.Cache.LowSlots = "lru", 0
		twins, whole := changed(t, s, func(s *scenario.Scenario) {
			s.Strategy.Precision.Twins, s.Strategy.Precision.Fixed = false, 0
		})
		if float64(in(twins)) > 0.5*float64(in(whole)) {
			t.Errorf("%s: %d bytes come as twins, %d whole", name, in(twins), in(whole))
		}
	}
}

// HybriMoE computes at home what would come too late: a right prediction comes on for the
// cache then, and is never worse than a wrong one.
func TestHybriMoEIsNoSlowerTheMoreOftenItIsRight(t *testing.T) {
	s := recorded(t, "HybriMoE")
	s.Strategy.Predictor.Name = predict.Nothing
	none := done(t, s)
	s = recorded(t, "HybriMoE")
	s.Strategy.Predictor.Accuracy = 0.2
	before := done(t, s)
	for _, accuracy := range []float64{0.5, 0.8, 1} {
		s.Strategy.Predictor.Accuracy = accuracy
		r := done(t, s)
		if float64(r.Latency) > 1.02*float64(before.Latency) {
			t.Errorf("%.3f s at accuracy %.1f, %.3f s where less is right", r.Latency.Seconds(), accuracy, before.Latency.Seconds())
		}
		before = r
	}
	if before.Latency >= none.Latency || before.Cache.HitRate <= none.Cache.HitRate {
		t.Errorf("always right: %.3f s at %.2f hits; without: %.3f s at %.2f", before.Latency.Seconds(), before.Cache.HitRate, none.Latency.Seconds(), none.Cache.HitRate)
	}
}

// A block that moves ahead and an expert that comes ahead would use the link at once.
func TestExpertsThatMoveTogetherAreNotPredicted(t *testing.T) {
	for _, transfer := range []policy.Transfer{policy.Block, policy.Ahead} {
		s := recorded(t, "ProMoE")
		s.Strategy.Transfer = transfer
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "strategy.predictor.name: experts that move together are not predicted") {
			t.Errorf("%s: %v", transfer, err)
		}
	}
}

// MoE-Infinity (2401.14361): a request is matched with earlier ones, which a run of one
// sequence has none of, unless its store has.
func TestMoEInfinityMatchesARequestWithEarlierOnes(t *testing.T) {
	s := recorded(t, "MoE-Infinity")
	s.Workload.OutputTokens = 48
	c := done(t, s).Cache
	right := float64(c.Used+c.Late) / float64(c.Prefetched+c.Late+c.Dropped)
	if chance := float64(s.Model.TopK) / float64(s.Model.Experts); c.Late+c.Used == 0 || right < 1.5*chance {
		t.Errorf("%+v: %.2f of what was expected is asked for, by chance %.2f", *c, right, chance)
	}
	s.Strategy.CacheShare = 0.05 // so that some has to come
	s.Machine.Link.Bandwidth *= 8
	if c := done(t, s).Cache; c.Used == 0 {
		t.Errorf("over a fast link: %+v", *c)
	}
}

func TestEveryPredictorPredictsInARun(t *testing.T) {
	for _, name := range predict.Names() {
		s := recorded(t, "ProMoE")
		s.Workload.Phase, s.Workload.InputTokens, s.Workload.OutputTokens = workload.Generate, 32, 24
		s.Strategy.Predictor.Name, s.Strategy.Predictor.Distance = name, 1
		c := done(t, s).Cache
		if predicted := c.Prefetched + c.Late + c.Dropped; (predicted == 0) != (name == predict.Nothing) {
			t.Errorf("%s: %+v", name, *c)
		}
	}
}

// A prediction that takes as long as a pass is never there when its gate asks, and then
// nothing is late: it moves as any other miss.
func TestWhatIsPredictedTooLateMovesAsAMiss(t *testing.T) {
	s := recorded(t, "ProMoE")
	s.Strategy.Predictor.Name, s.Strategy.Predictor.Latency = predict.Oracle, unit.Second
	slow, none := changed(t, s, func(s *scenario.Scenario) { s.Strategy.Predictor.Name = predict.Nothing })
	if c := slow.Cache; c.Late+c.Used+c.Prefetched > 0 {
		t.Errorf("%+v", *c)
	}
	if float64(slow.Latency) > 1.01*float64(none.Latency) || in(slow) > in(none)+in(none)/50 {
		t.Errorf("%v with %d bytes, without %v with %d", slow.Latency, in(slow), none.Latency, in(none))
	}
}

// ProMoE's predictor takes 200 µs on a CPU: published, so nobody has to say it.
func TestAReplayedPredictorTakesAsLongAsPublished(t *testing.T) {
	s := recorded(t, "ProMoE")
	published, said := changed(t, s, func(s *scenario.Scenario) { s.Strategy.Predictor.Latency = 200 * unit.Microsecond })
	if published.Spans != said.Spans {
		t.Errorf("%v as published, %v with 200 µs", published.Latency, said.Latency)
	}
}
