package system_test

import (
	"testing"

	"monde/core/scenario"
	"monde/core/system"
)

func TestTheEstimateFollowsTheWork(t *testing.T) {
	of := func(doc string) float64 { return system.Estimate(decode(t, doc)) }
	short := of(`{"model":"qwen3-30b-a3b","workload":{"phase":"decode","output_tokens":100}}`)
	long := of(`{"model":"qwen3-30b-a3b","workload":{"phase":"decode","output_tokens":1000}}`)
	wide := of(`{"model":"qwen3-30b-a3b","workload":{"phase":"decode","output_tokens":100,"batch":64}}`)
	if ratio := long / short; ratio < 9.9 || ratio > 10.1 {
		t.Errorf("ten times the steps are estimated at %.2f times the time", ratio)
	}
	if wide <= 2*short {
		t.Errorf("sixteen times the batch is estimated at %.2f times the time", wide/short)
	}
	if got := system.Estimate(scenario.Default()); got <= 0 || got > 20 {
		t.Errorf("the default scenario is estimated at %.1f ms", got)
	}
}
