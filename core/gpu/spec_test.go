package gpu_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"monde/core/fault"
	"monde/core/gpu"
	"monde/core/unit"
)

func TestEveryGPUIsValidAndHasANameOfItsOwn(t *testing.T) {
	names, cards := map[string]bool{}, map[string]bool{}
	for _, p := range gpu.Presets() {
		if err := p.Spec.Validate(); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		if names[p.Name] || cards[p.Spec.Name] || p.Spec.Name == "" {
			t.Errorf("%s (%s) is there twice, or has no name", p.Name, p.Spec.Name)
		}
		names[p.Name], cards[p.Spec.Name] = true, true
		if got, ok := gpu.Named(p.Name); !ok || got != p {
			t.Errorf("%s is not found by name", p.Name)
		}
		if p.Fitted != (p.Nearest == "") {
			t.Errorf("%s does not say whose efficiencies it has", p.Name)
		}
	}
	for _, p := range gpu.Presets() {
		if near, ok := gpu.Named(p.Nearest); p.Nearest != "" && (!ok || !near.Fitted) {
			t.Errorf("%s has the efficiencies of %q, which nobody measured", p.Name, p.Nearest)
		}
	}
	if _, ok := gpu.Named("h100"); ok {
		t.Error("part of a name is enough")
	}
}

func TestEveryFieldThatNoGPUCanHaveIsNamed(t *testing.T) {
	nan := math.NaN()
	for path, change := range map[string]func(*gpu.Spec){
		"memory_bytes":              func(s *gpu.Spec) { s.Memory = 0 },
		"reserved_bytes":            func(s *gpu.Spec) { s.Reserved = -1 },
		"reserved_per_expert_bytes": func(s *gpu.Spec) { s.ReservedEach = 1<<34 + 1 },
		"bandwidth_bytes_per_s":     func(s *gpu.Spec) { s.Bandwidth = 1e15 + 1 },
		"bandwidth_efficiency":      func(s *gpu.Spec) { s.BandwidthEfficiency = nan },
		"compute_flops_per_s":       func(s *gpu.Spec) { s.Compute = -5 },
		"compute_efficiency":        func(s *gpu.Spec) { s.ComputeEfficiency = math.Inf(1) },
		"sms":                       func(s *gpu.Spec) { s.SMs = 0 },
		"l2_bytes":                  func(s *gpu.Spec) { s.L2 = -1 },
		"kernel_ps":                 func(s *gpu.Spec) { s.Kernel = -1 },
		"small_kernel_ps":           func(s *gpu.Spec) { s.Small = unit.Second + 1 },
		"launch_ps":                 func(s *gpu.Spec) { s.Launch = math.MinInt64 },
		"start_ps":                  func(s *gpu.Spec) { s.Start = math.MaxInt64 },
		"block_floor_ps":            func(s *gpu.Spec) { s.Floor = -1 },
		"moe_block_floor_ps":        func(s *gpu.Spec) { s.MoEFloor = unit.Second + 1 },
		"experts":                   func(s *gpu.Spec) { s.Experts = "" },
		"group_rows":                func(s *gpu.Spec) { s.GroupRows = 1025 },
		"fused_tiles":               func(s *gpu.Spec) { s.Tiles = "newer" },
		"power_mw":                  func(s *gpu.Spec) { s.Power = -1 },
	} {
		s := h100
		change(&s)
		if f := fault.Fields(s.Validate()); len(f) != 1 || f[0].Path != path {
			t.Errorf("%s: got %v", path, f)
		}
	}
	if n := len(fault.Fields(gpu.Spec{}.Validate())); n < 8 {
		t.Errorf("of an empty GPU only %d fields are named", n)
	}
}

func TestConstantsAreSharesAndTimes(t *testing.T) {
	k := gpu.Fitted()
	s := k.Into(gpu.Spec{})
	if s.BandwidthEfficiency != k.Bytes || s.ComputeEfficiency != k.FLOPs || s.Kernel != unit.Time(math.Round(k.Kernel*1e6)) ||
		s.Small != unit.Time(math.Round(k.Small*1e6)) || s.Launch != unit.Time(math.Round(k.Launch*1e6)) || s.Start != unit.Time(math.Round(k.Start*1e6)) {
		t.Errorf("%+v became %+v", k, s)
	}
	for _, share := range []float64{k.Bytes, k.FLOPs, k.Serial, k.GroupedBytes, k.GroupedFLOPs, k.FusedBytes128, k.FusedBytes64, k.FusedBytes32, k.AttentionFLOPs} {
		if !(share > 0 && share <= 1) {
			t.Errorf("%g is no share", share)
		}
	}
}

// What is added to Never stays Never, and no time is negative.
func TestTimesSaturate(t *testing.T) {
	never := gpu.Cost{Time: unit.Never, Kernels: 1}
	if c := never.Plus(never); c.Time != unit.Never || c.Kernels != 2 {
		t.Errorf("plus: %+v", c)
	}
	if c := (gpu.Cost{Time: unit.Never / 2, Kernels: 1}).Times(3); c.Time != unit.Never || c.Kernels != 3 {
		t.Errorf("times: %+v", c)
	}
	if c := (gpu.Cost{Time: 5, Kernels: 2}).Times(0); c != (gpu.Cost{}) {
		t.Errorf("none of it: %+v", c)
	}
	s := h100
	s.Eager, s.Start = true, unit.Second
	if got := gpu.New(s).Part(never); got != unit.Never {
		t.Errorf("eager: %d", got)
	}
}

// slowest is the slowest valid GPU, and the fastest.
func extreme(fast bool) gpu.Spec {
	s := gpu.Spec{
		Memory: 1, Bandwidth: 1, BandwidthEfficiency: 1e-300, Compute: 1, ComputeEfficiency: 1e-300, SMs: 1,
		Kernel: unit.Second, Small: unit.Second, Launch: unit.Second, Start: unit.Second, Eager: true, Experts: gpu.Grouped, Tiles: gpu.NewTiles,
	}
	if fast {
		s = gpu.Spec{
			Memory: 1 << 50, Bandwidth: 1e15, BandwidthEfficiency: 1, Compute: 1e18, ComputeEfficiency: 1, SMs: 4096, L2: 1 << 34,
			GroupRows: 1024, Experts: gpu.Grouped, Tiles: gpu.OldTiles,
		}
	}
	return s
}

func FuzzNoTimeIsNegative(f *testing.F) {
	f.Add(1, 1, 1, 1, true, true)
	f.Add(1<<24, 1<<17, 1<<17, 1<<14, false, false)
	f.Add(1<<24, 1<<17, 1, 1, true, false)
	f.Add(7, 1<<17, 1<<17, 3, false, true)
	f.Fuzz(func(t *testing.T, tokens, d, ff, experts int, fast, gated bool) {
		if tokens < 1 || tokens > 1<<24 || d < 1 || d > 1<<17 || ff < 1 || ff > 1<<17 || experts < 1 || experts > 1<<14 {
			t.Skip("no model or pass is so large")
		}
		s := extreme(fast)
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		for _, style := range []gpu.Style{gpu.Looped, gpu.Grouped, gpu.Fused} {
			s.Experts = style
			g, x := gpu.New(s), gpu.FFN{DModel: d, DFF: ff, Gated: gated, Bits: 32}
			counts := make([]int32, experts)
			for i := range counts {
				counts[i] = int32(tokens)
			}
			for what, c := range map[string]gpu.Cost{
				"GEMM":      g.Gemm(gpu.Gemm{M: tokens, N: d, K: ff, Bits: 32}),
				"small":     g.Small(unit.Bytes(tokens) * unit.Bytes(d) * 2),
				"FFN":       g.FFN(x, tokens),
				"looped":    g.Looped(x, tokens),
				"experts":   g.Experts(gpu.Group{FFN: x, Tokens: counts, Batch: tokens, TopK: min(256, experts), Experts: experts}),
				"decoding":  g.Attention(gpu.Attention{Batch: min(tokens, 1<<16), Queries: 1, Heads: max(1, d/128), HeadDim: min(d, 128), DModel: d, Keys: tokens, Cache: 1 << 50}),
				"prefill":   g.Attention(gpu.Attention{Batch: 1, Queries: tokens, Heads: max(1, d/128), HeadDim: min(d, 128), DModel: d, Keys: tokens, Cache: 1 << 50}),
				"many FFNs": g.FFN(x, tokens).Times(1 << 14),
			} {
				if c.Time <= 0 && strings.TrimSpace(what) != "small" || c.Time < 0 || g.Part(c) < c.Time || c.Kernels < 1 {
					t.Errorf("%s: %+v, as a part %d", what, c, g.Part(c))
				}
			}
		}
	})
}

func TestLaunchesBoundShortKernelsAndAResultTakesItsWayToTheHost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := h100
		s.Launch = unit.Time(rapid.IntRange(0, 1e8).Draw(t, "launch"))
		s.Start = unit.Time(rapid.IntRange(0, 1e8).Draw(t, "start"))
		c := gpu.Cost{Time: unit.Time(rapid.IntRange(1, 1e9).Draw(t, "time")), Kernels: rapid.IntRange(1, 40).Draw(t, "kernels")}
		graph := gpu.New(s)
		if graph.Part(c) != c.Time || graph.Launches(9) != 0 || graph.Start() != 0 {
			t.Fatal("a graph pays for launches")
		}
		s.Eager = true
		if got, want := gpu.New(s).Part(c), max(unit.Time(c.Kernels)*s.Launch, c.Time+s.Start); got != want {
			t.Fatalf("%+v takes %d ps, want %d", c, got, want)
		}
		if gpu.New(s).Part(gpu.Cost{}) != 0 {
			t.Fatal("no kernels take time")
		}
	})
}
