package validate

import (
	"math"
	"strings"
	"testing"
)

// A bar is what the error of held-out rows must not exceed. The wanted ones are the
// project's; where today's model misses one, Now is just above what it reaches and
// Wanted says what it should.
type bar struct {
	set        string
	strategies []string // or machines; none: all
	mean, p90  float64  // p90 0: none
	wanted     float64  // mean; 0: met
}

var bars = []bar{
	{set: "h100/graph_layers", strategies: []string{"pm_serial"}, mean: 0.05},
	{set: "h100/graph_layers", strategies: []string{"pm_overlap"}, mean: 0.05},
	{set: "h100/graph_layers", strategies: []string{"ideal_grouped"}, mean: 0.10},
	{set: "h100/graph_layers", strategies: []string{"ideal_loop"}, mean: 0.10},

	{set: "h100/layers", strategies: []string{"pm_serial", "pm_overlap", "ideal"}, mean: 0.15},
	{set: "h100/layers", strategies: []string{"pm_serial"}, mean: 0.15},
	{set: "h100/layers", strategies: []string{"pm_overlap"}, mean: 0.15},
	// By itself ideal misses: all looped layers of eight experts are predicted at 1.4 ms,
	// the time of their launches, and were measured at 0.7 to 3.9 ms.
	{set: "h100/layers", strategies: []string{"ideal"}, mean: 0.20, wanted: 0.15},
	{set: "h100/layers", strategies: []string{"hybrid"}, mean: 0.25},
	{set: "h100/layers", strategies: []string{"am_cpu"}, mean: 0.25},

	{set: "h100/ffn", mean: 0.08},
	{set: "h100/ffn", strategies: []string{"eager"}, mean: 0.08},
	{set: "h100/ffn", strategies: []string{"graph"}, mean: 0.08},

	{set: "h100/dense", mean: 0.15},
	{set: "h100/dense", strategies: []string{"prefill graph"}, mean: 0.15},
	{set: "h100/dense", strategies: []string{"decode graph"}, mean: 0.15},
	// Eager rows alone miss: nine launches are 231 µs whatever the shape, and were
	// measured at 130 to 312 µs.
	{set: "h100/dense", strategies: []string{"prefill eager"}, mean: 0.19, wanted: 0.15},
	{set: "h100/dense", strategies: []string{"decode eager"}, mean: 0.255, wanted: 0.15},

	{set: "h100/link", mean: 0.10},
	{set: "h100/link", strategies: []string{"h2d"}, mean: 0.10},
	{set: "h100/link", strategies: []string{"d2h"}, mean: 0.10},
	// By itself it misses: of its five rows, 256 KiB from pageable memory is 35 % off,
	// where a lone copy returns before it has arrived.
	{set: "h100/link", strategies: []string{"h2d_host_visible"}, mean: 0.12, wanted: 0.10},

	{set: "gpu_moe/moe_kernels", strategies: []string{"h100_sxm"}, mean: 0.08, p90: 0.20},
	{set: "gpu_moe/moe_kernels", strategies: []string{"a100_sxm"}, mean: 0.15},
	{set: "gpu_moe/moe_kernels", strategies: []string{"l40s"}, mean: 0.15},

	{set: "pregated/block_lats", strategies: []string{"DeepSpeed"}, mean: 0.10},
	{set: "pregated/block_lats", strategies: []string{"SE-MoE"}, mean: 0.10},
	{set: "pregated/ubench_b64_block_lats", strategies: []string{"DeepSpeed"}, mean: 0.10},
	{set: "pregated/ubench_b64_block_lats", strategies: []string{"SE-MoE"}, mean: 0.10},
	{set: "pregated/throughputs", mean: 0.15},
	{set: "pregated/throughputs", strategies: []string{"GPU-only"}, mean: 0.15},
	{set: "pregated/throughputs", strategies: []string{"DeepSpeed"}, mean: 0.15},
	{set: "pregated/throughputs", strategies: []string{"SE-MoE"}, mean: 0.15},
	{set: "pregated/throughputs", strategies: []string{"Pre-gated"}, mean: 0.15},
	{set: "pregated/peak_mems", mean: 0.05},
	{set: "pregated/peak_mems", strategies: []string{"GPU-only"}, mean: 0.05},
	{set: "pregated/peak_mems", strategies: []string{"SE-MoE"}, mean: 0.05},
	// Both miss at batch 8 and 16: too little is predicted with 8 experts, too much with
	// 64, so what a batch adds is not only experts in transit.
	{set: "pregated/peak_mems", strategies: []string{"DeepSpeed"}, mean: 0.068, wanted: 0.05},
	{set: "pregated/peak_mems", strategies: []string{"Pre-gated"}, mean: 0.064, wanted: 0.05},

	// No bar is set for these: they only must not get worse.
	{set: "h100/cpu", mean: 0.155},
	{set: "h100/link below 64 KiB", mean: 0.235},
	{set: "pregated/block_lats", mean: 0.085},
	{set: "pregated/block_lats", strategies: []string{"Pre-gated"}, mean: 0.125},
	{set: "pregated/block_lats", strategies: []string{"GPU-only"}, mean: 0.05},
}

func TestTheErrorOfHeldOutRowsIsWithinItsBar(t *testing.T) {
	rows := embeddedResult(t).Rows
	for _, b := range bars {
		s := Summary{}.of(held(rows, b.set, b.strategies...))
		t.Logf("%s %v: mean %.2f %%, p90 %.2f %% of %d rows, bar %.1f %%", b.set, b.strategies, 100*s.Mean, 100*s.P90, s.Rows, 100*b.mean)
		if s.Rows == 0 || s.Mean > b.mean || b.p90 > 0 && s.P90 > b.p90 {
			t.Errorf("%s %v: mean %.4f, p90 %.4f of %d rows; at most %g, %g", b.set, b.strategies, s.Mean, s.P90, s.Rows, b.mean, b.p90)
		}
		if b.wanted > 0 && s.Mean <= b.wanted {
			t.Errorf("%s %v meets its bar of %g at last, with %.4f: set it", b.set, b.strategies, b.wanted, s.Mean)
		}
	}
}

// The points of Pre-gated MoE's repository that facts about systems quote: on demand with
// 1, 4, 16, 32 and 64 active experts of 64, and all experts prefetched at batch 1.
func TestEveryQuotedPointOfPreGatedMoEIsWithinATenth(t *testing.T) {
	quoted := map[string][]float64{
		"pregated/ubench_b64_block_lats DeepSpeed": {1_849, 4_168, 13_940, 27_480, 55_090},
		"pregated/block_lats SE-MoE":               {6_730, 12_750, 27_250, 51_030, 101_600, 199_700},
	}
	for set, points := range quoted {
		name, strategy, _ := strings.Cut(set, " ")
		for _, want := range points {
			found := false
			for _, r := range embeddedResult(t).Rows {
				if r.Set != name || r.Strategy != strategy || math.Abs(r.Measured/want-1) > 0.001 {
					continue
				}
				found = true
				if math.Abs(r.Error) > 0.1 {
					t.Errorf("%s, %g us: predicted %g", set, want, r.Predicted)
				}
			}
			if !found {
				t.Errorf("%s: no row measured %g us", set, want)
			}
		}
	}
}

func TestEverySetIsHeldToABar(t *testing.T) {
	barred := map[string]bool{}
	for _, b := range bars {
		barred[b.set] = true
	}
	for _, s := range embeddedResult(t).Sets {
		if !barred[s.Name] {
			t.Errorf("%s has none", s.Name)
		}
	}
}

func TestPredictionsBeatTheRooflineOfEverySet(t *testing.T) {
	for _, s := range embeddedResult(t).Sets {
		if s.Model == All && s.Roofline > 0 && s.Mean >= s.Roofline {
			t.Errorf("%s %s %s: error %.3f, a roofline's is %.3f", s.Name, s.Strategy, s.Machine, s.Mean, s.Roofline)
		}
	}
}

// A roofline is the least that is possible, so a measurement below it would be of
// another GPU, or of another shape, than it says. Two are: the benchmark repeats one
// layer, and its eight active experts, 75 MB, stay in the 96 MB of an L40S's L2. The
// model leaves that out (package gpu), and is off by over 300 % there.
func TestOnlyExpertsThatStayInL2WereMeasuredFasterThanTheRoofline(t *testing.T) {
	inL2 := map[int]bool{1570: true, 1610: true}
	for _, r := range embeddedResult(t).Rows {
		if faster := r.Problem == "" && r.Roofline > r.Measured; faster != (r.Machine == "l40s" && inL2[r.Line]) {
			t.Errorf("%s line %d: %s %s %s measured %g µs, roofline %g", r.Set, r.Line, r.Machine, r.Model, r.Strategy, r.Measured, r.Roofline)
		}
	}
}

func TestNoPredictionIsFasterThanItsRoofline(t *testing.T) {
	for _, r := range embeddedResult(t).Rows {
		if r.Roofline > r.Predicted {
			t.Errorf("%s line %d: %s %s predicted %g µs, roofline %g", r.Set, r.Line, r.Model, r.Strategy, r.Predicted, r.Roofline)
		}
	}
}
