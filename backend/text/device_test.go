package text

import (
	"context"
	"strings"
	"testing"

	"monde/core/device/driver"
	"monde/core/scenario"
)

// small is an expert on the default scenario's device.
func small(t *testing.T) driver.Report {
	t.Helper()
	s := scenario.Default()
	s.Model.DModel, s.Model.ExpertFF, s.Model.Gated, s.Model.ExpertBits = 512, 1024, true, 4.25
	r, err := driver.Look(context.Background(), driver.Spec{
		Device: s.Machine.Device, Link: s.Machine.Link, Model: s.Model, Tokens: 6, PMove: true, Queue: 1, Burst: 3, Check: true,
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestADeviceSaysWhatAPersonNeeds(t *testing.T) {
	var out strings.Builder
	if err := WriteDevice(&out, small(t)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"MoNDE device · one expert of nllb-moe-54b\n", "has been measured nowhere", "lpddr5x_8533, 32 channels of 16 bits", "per-bank, streaming",
		"512 × 1,024, three matrices, silu(gate)·up, 4.25 bits", "6 tokens clock by clock, beside PMove\n", "for a row to open", "REFpb",
		"as so many passes", "NDP core ", "mm²", "6 tokens from the host's side: ", "a queue of 1, bursts of 3, a poll 0 ps after an answer (ours: not published)",
		"instructions code the model's 4.25 bits a weight as 4 bits", "1 gemm+silu*mul  6 ", "2 gemm: read results back", "All are equal to the bit; digest ",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	for _, odd := range []string{"NaN", "Inf", "%!", "-0.0 %"} {
		if strings.Contains(out.String(), odd) {
			t.Errorf("%q in\n%s", odd, &out)
		}
	}
}

func TestACheckThatFailsIsSaid(t *testing.T) {
	r := small(t)
	r.Check.Places[1].Differ = 7
	var out strings.Builder
	if err := WriteDevice(&out, r); err != nil || !strings.Contains(out.String(), "FAILED: driver: 7 of ") || strings.Contains(out.String(), "All are equal") {
		t.Errorf("%v\n%s", err, &out)
	}
}

func TestEveryWaitOfTheDataBusHasItsWords(t *testing.T) {
	for _, b := range small(t).Sight.Bus {
		if text := waited(b.Name); text == b.Name && b.Name != "data" && b.Name != "nothing asked for" {
			t.Errorf("%q is not told", b.Name)
		}
	}
}
