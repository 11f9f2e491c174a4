package core_test

import (
	"bytes"
	"context"
	"testing"

	"monde/core"
	"monde/core/fault"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/sweep"
)

func TestARowIsTheRunOfItsScenario(t *testing.T) {
	base := scenario.Default()
	spec := sweep.Spec{Method: sweep.Grid, Axes: []sweep.Axis{
		{Path: "workload.batch", Values: []sweep.Value{sweep.Number(1), sweep.Number(3)}},
		{Path: "strategy.name", Values: []sweep.Value{sweep.Name("GPU+PM"), sweep.Name("MD+LB"), sweep.Name("ProMoE")}},
	}}
	p, err := spec.Plan(base)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Len() {
		row, err := core.Row(context.Background(), p.Base(), i, p.Values(i))
		if err != nil || row.Result == nil || row.Index != i {
			t.Fatalf("point %d: %+v: %v", i, row, err)
		}
		s, _ := p.Scenario(i)
		again, err := scenario.Decode(s.Short()) // as somebody has it who opens the point
		if err != nil {
			t.Fatal(err)
		}
		r, err := core.Run(context.Background(), again, probe.Probe{})
		if err != nil || sweep.ResultOf(r) != *row.Result || r.Digest != row.Result.Digest {
			t.Errorf("point %d: %+v, and the run of its scenario %+v: %v", i, *row.Result, sweep.ResultOf(r), err)
		}
		if !bytes.Equal(again.Full(), s.Full()) {
			t.Errorf("point %d: its short form is another scenario", i)
		}
	}
}

func TestARowSaysWhyThereIsNoResult(t *testing.T) {
	b, err := sweep.NewBase([]byte(`{}`), []string{"workload.batch"})
	if err != nil {
		t.Fatal(err)
	}
	row, err := core.Row(context.Background(), b, 3, []sweep.Value{sweep.Number(0)})
	if err != nil || row.Failed != "workload.batch: must be 1 to 65536, got 0" || row.Result != nil {
		t.Errorf("%+v: %v", row, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := core.Row(ctx, b, 0, []sweep.Value{sweep.Number(1)}); err == nil || fault.Is(err) {
		t.Errorf("a sweep that is stopped: %v", err)
	}
}
