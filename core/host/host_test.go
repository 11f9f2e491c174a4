package host_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"monde/core/fault"
	"monde/core/host"
	"monde/core/unit"
)

// rapids is as in scenario's presets.
var rapids = host.Spec{
	Memory: 256 << 30, Cores: 16, CoreBandwidth: 8_970e6, Bandwidth: 307e9, BandwidthEfficiency: 0.345,
	Compute: 65_536e9, ComputeEfficiency: 0.0825, ISA: host.AMX, Operator: 32_600 * unit.Nanosecond, Operators: 6, Activations: 10_130e6,
	Sync: 36 * unit.Microsecond, Round: 546 * unit.Microsecond,
}

// anyHost draws a valid host, likely or not.
func anyHost(t *rapid.T) host.Spec {
	rate := func(name string, most int64) int64 { return rapid.Int64Range(1, most).Draw(t, name) }
	s := host.Spec{
		Memory: 1, Cores: rapid.IntRange(1, 1<<16).Draw(t, "cores"), CoreBandwidth: unit.BytesPerSecond(rate("core", 1e15)),
		Bandwidth: unit.BytesPerSecond(rate("bandwidth", 1e15)), BandwidthEfficiency: rapid.Float64Range(1e-6, 1).Draw(t, "bandwidth_efficiency"),
		Compute: unit.FLOPsPerSecond(rate("compute", 1e18)), ComputeEfficiency: rapid.Float64Range(1e-6, 1).Draw(t, "compute_efficiency"),
		ISA:         rapid.SampledFrom([]host.ISA{host.AMX, host.AVX512, host.AVX2}).Draw(t, "isa"),
		Operator:    unit.Time(rapid.Int64Range(0, int64(unit.Second)).Draw(t, "operator")),
		Operators:   rapid.IntRange(0, 1000).Draw(t, "operators"),
		Activations: unit.BytesPerSecond(rate("activations", 1e15)),
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	return s
}

func anyExpert(t *rapid.T) host.Expert {
	e := host.Expert{
		DModel: rapid.IntRange(1, 1<<17).Draw(t, "d_model"), DFF: rapid.IntRange(1, 1<<17).Draw(t, "d_ff"),
		Matrices: rapid.IntRange(2, 3).Draw(t, "matrices"), Activation: unit.Bytes(rapid.SampledFrom([]int{2, 4}).Draw(t, "value")),
	}
	e.Weights = unit.Bytes(e.Matrices) * unit.Bytes(e.DModel) * unit.Bytes(e.DFF) * e.Activation
	return e
}

func TestMoreTokensOfAnExpertNeverTakeLessTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, e, alone := host.New(anyHost(t)), anyExpert(t), rapid.Bool().Draw(t, "alone")
		n := rapid.IntRange(1, 1<<23).Draw(t, "tokens")
		if rapid.Bool().Draw(t, "few") {
			n = rapid.IntRange(1, 70).Draw(t, "few tokens")
		}
		more := n + rapid.IntRange(1, 100).Draw(t, "more")
		if h.Time(e, more, alone) < h.Time(e, n, alone) {
			t.Fatalf("%d tokens take %d ps, %d %d", n, h.Time(e, n, alone), more, h.Time(e, more, alone))
		}
	})
}

func TestNoExpertBeatsTheDataSheet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, e := anyHost(t), anyExpert(t)
		n := rapid.IntRange(1, 1<<24).Draw(t, "tokens")
		least := max(s.Bandwidth.Transfer(e.Weights), s.Compute.Compute(2*unit.FLOPs(n)*unit.FLOPs(e.Matrices)*unit.FLOPs(e.DModel)*unit.FLOPs(e.DFF)))
		if got := host.New(s).Time(e, n, true); got < least || got <= 0 || host.New(s).Time(e, n, false) < got {
			t.Fatalf("%d tokens take %d ps, the roofline is %d", n, got, least)
		}
	})
}

func TestABetterHostIsNeverSlower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, e := anyHost(t), anyExpert(t)
		n, better := rapid.IntRange(1, 5000).Draw(t, "tokens"), s
		switch rapid.IntRange(0, 5).Draw(t, "what") {
		case 0:
			better.Cores = min(1<<16, 2*s.Cores)
		case 1:
			better.CoreBandwidth = min(1e15, 2*s.CoreBandwidth)
		case 2:
			better.Bandwidth = min(1e15, 2*s.Bandwidth)
		case 3:
			better.Compute = min(1e18, 2*s.Compute)
		case 4:
			better.Activations = min(1e15, 2*s.Activations)
		case 5:
			better.Operator /= 2
		}
		if before, after := host.New(s).Time(e, n, false), host.New(better).Time(e, n, false); after > before {
			t.Fatalf("takes %d ps, on the better host %d", before, after)
		}
	})
}

// One Switch-Large expert, 16.78 MB: its weights three times at 105.9 GB/s, 475.3 µs;
// two operators, 65.2; 16 rows at 5.407 TFLOP/s, 49.7; 16 tokens' activations, 45.3.
func TestHandComputedTimesOfOneExpert(t *testing.T) {
	h := host.New(rapids)
	e := host.Expert{DModel: 1024, DFF: 4096, Matrices: 2, Weights: 2 * 1024 * 4096 * 2, Activation: 2}
	check := func(what string, got unit.Time, want float64) {
		if us := float64(got) / 1e6; math.Abs(us-want) > 0.2 {
			t.Errorf("%s takes %.2f µs, want %.2f", what, us, want)
		}
	}
	check("16 tokens", h.Time(e, 16, true), 475.21+65.2+49.65+45.29)
	check("with the operators around it", h.Time(e, 16, false), 475.21+65.2+6*32.6+49.65+45.29)
	check("15 tokens, in the same tile of rows", h.Time(e, 15, true), 475.21+65.2+49.65+45.29*15/16)
	check("17 tokens, in two", h.Time(e, 17, true), 475.21+65.2+2*49.65+45.29*17/16)
	if h.Sync() != rapids.Sync || h.Round() != rapids.Round {
		t.Error("fixed costs are others")
	}
}

func TestAVectorLibraryReadsWeightsOnceForOneToken(t *testing.T) {
	s := rapids
	s.ISA = host.AVX512
	h := host.New(s)
	e := host.Expert{DModel: 1024, DFF: 4096, Matrices: 2, Weights: 1 << 30, Activation: 4}
	one, two := h.Time(e, 1, true), h.Time(e, 2, true)
	if ratio := float64(two) / float64(one); ratio < 1.5 || ratio > 1.6 {
		t.Errorf("two tokens take %.3f of one", ratio)
	}
}

func TestTheBandwidthOfCoresDoesNotOverflow(t *testing.T) {
	s := rapids
	s.Cores, s.CoreBandwidth, s.Bandwidth, s.BandwidthEfficiency = 1<<16, 1e15, 1e15, 1
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	e := host.Expert{DModel: 1, DFF: 1, Matrices: 2, Weights: 1 << 40, Activation: 2}
	if got, most := host.New(s).Time(e, 1, true), unit.Millisecond*5; got <= 0 || got > most {
		t.Errorf("takes %d ps", got)
	}
}

func FuzzTheSlowestHostSaturates(f *testing.F) {
	f.Add(1, 1, 1, 2)
	f.Add(1<<24, 1<<17, 1<<17, 3)
	f.Fuzz(func(t *testing.T, tokens, d, ff, matrices int) {
		if tokens < 1 || tokens > 1<<24 || d < 1 || d > 1<<17 || ff < 1 || ff > 1<<17 || matrices < 2 || matrices > 3 {
			t.Skip("no model or pass is so large")
		}
		for _, isa := range []host.ISA{host.AMX, host.AVX512} {
			slow := host.Spec{
				Memory: 1, Cores: 1, CoreBandwidth: 1, Bandwidth: 1, BandwidthEfficiency: 5e-324, Compute: 1, ComputeEfficiency: 5e-324,
				ISA: isa, Operator: unit.Second, Operators: 1000, Activations: 1, Sync: unit.Second, Round: unit.Second,
			}
			if err := slow.Validate(); err != nil {
				t.Fatal(err)
			}
			e := host.Expert{DModel: d, DFF: ff, Matrices: matrices, Weights: 4 * unit.Bytes(matrices) * unit.Bytes(d) * unit.Bytes(ff), Activation: 4}
			fast := rapids
			fast.ISA = isa
			if a, b := host.New(fast).Time(e, tokens, false), host.New(slow).Time(e, tokens, false); a <= 0 || b < a {
				t.Errorf("%s: %d ps, on a slower host %d", isa, a, b)
			}
		}
	})
}

func TestEveryFieldThatNoHostCanHaveIsNamed(t *testing.T) {
	for path, change := range map[string]func(*host.Spec){
		"memory_bytes":               func(s *host.Spec) { s.Memory = 0 },
		"cores":                      func(s *host.Spec) { s.Cores = 0 },
		"core_bandwidth_bytes_per_s": func(s *host.Spec) { s.CoreBandwidth = -1 },
		"bandwidth_bytes_per_s":      func(s *host.Spec) { s.Bandwidth = 1e15 + 1 },
		"bandwidth_efficiency":       func(s *host.Spec) { s.BandwidthEfficiency = math.NaN() },
		"compute_flops_per_s":        func(s *host.Spec) { s.Compute = 0 },
		"compute_efficiency":         func(s *host.Spec) { s.ComputeEfficiency = math.Inf(-1) },
		"isa":                        func(s *host.Spec) { s.ISA = "neon" },
		"operator_ps":                func(s *host.Spec) { s.Operator = -1 },
		"expert_operators":           func(s *host.Spec) { s.Operators = 1001 },
		"activation_bytes_per_s":     func(s *host.Spec) { s.Activations = 0 },
		"sync_ps":                    func(s *host.Spec) { s.Sync = -1 },
		"round_ps":                   func(s *host.Spec) { s.Round = math.MaxInt64 },
		"power_mw":                   func(s *host.Spec) { s.Power = -1 },
	} {
		s := rapids
		change(&s)
		if f := fault.Fields(s.Validate()); len(f) != 1 || f[0].Path != path {
			t.Errorf("%s: got %v", path, f)
		}
	}
}
