package finetune_test

import (
	"math"
	"slices"
	"testing"

	"monde/core/fault"
	"monde/core/finetune"
	"monde/core/gpu"
	"monde/core/host"
	"monde/core/link"
	"monde/core/unit"
)

// box is the paper's: an RTX 3090 and 32 cores with AVX2. What the host's memory
// and cores reach is not given; 8 channels of DDR4-3200 and 2.5 GHz are usual.
func box(t testing.TB) finetune.Machine {
	t.Helper()
	g, ok := gpu.Named("rtx_3090")
	at := slices.IndexFunc(link.Presets(), func(l link.Preset) bool { return l.Name == "pcie4_x16" })
	if !ok || at < 0 {
		t.Fatal("no such part")
	}
	return finetune.Machine{GPU: g.Spec, Link: link.Presets()[at].Spec, Host: host.Spec{
		Memory: 256 << 30, Cores: 32, CoreBandwidth: 10e9, Bandwidth: 204_800e6, BandwidthEfficiency: 0.7,
		Compute: 32 * 2_500e6 * 32, ComputeEfficiency: 0.5, ISA: host.AVX2, Activations: 10e9,
	}}
}

// MEFT, section 3.3: 0.56 M parameters an iteration instead of 2 M, 3.57 times fewer.
// The example's r and β are not printed: 244 pairs have 2 M weights of d 4,096.
func TestTrafficIs3Point57TimesLess(t *testing.T) {
	s := finetune.Default()
	s.Pairs, s.Beta = 244, 0.56e6/(2*4096*64)
	got := s.Traffic()
	if got.Rows != 560_000 && got.Rows != 559_999 || math.Abs(float64(got.Offload)/2e6-1) > 0.001 {
		t.Fatalf("%+v, want 0.56 M and 2 M", got)
	}
	if math.Abs(got.Ratio-3.57) > 0.005 {
		t.Errorf("ratio %.3f, published 3.57", got.Ratio)
	}
	if got.Hidden != 2*256*4096 {
		t.Errorf("hidden states are %d values", got.Hidden)
	}
}

// MEFT, abstract and section 3.3: at least 63 % of the speed without offloading.
func TestSpeedIsAtLeast63PercentOfAdaptersInGPUMemory(t *testing.T) {
	for _, pairs := range []int{1024, 3072, 6144} {
		s := finetune.Default()
		s.Pairs = pairs
		r, err := finetune.Step(s, box(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d pairs: %.0f ms, %.0f ms in GPU memory, %.0f %%, %.1f %% of pairs touched", pairs, 1e3*r.Time.Seconds(), 1e3*r.Resident.Seconds(), 100*r.Speed, 100*r.Activity)
		if r.Speed < 0.63 {
			t.Errorf("%d pairs: %.2f of the speed, published is at least 0.63", pairs, r.Speed)
		}
		if pairs == 6144 && r.Activity > 0.05 {
			t.Errorf("%.3f of the pairs are touched, published is below 0.05", r.Activity)
		}
	}
}

// Routing costs M·N·d and search k·r·M·d/N, so √(k·r) groups cost least; the paper
// says √r, for one group.
func TestRootOfThePairsIsTheBestNumberOfExperts(t *testing.T) {
	s := finetune.Default()
	s.Active = 1
	at := func(experts int) unit.Time {
		s.Experts = experts
		r, err := finetune.Step(s, box(t))
		if err != nil {
			t.Fatal(err)
		}
		return r.Parts[2].Time
	}
	if best := at(78); best > at(60) || best > at(100) || best != at(0) {
		t.Error("√6,144 = 78 experts are not the best")
	}
}

func TestPartsSumToTheStepAndEveryMistakeIsNamed(t *testing.T) {
	r, err := finetune.Step(finetune.Default(), box(t))
	if err != nil {
		t.Fatal(err)
	}
	var sum unit.Time
	for _, p := range r.Parts {
		sum += p.Time
	}
	if sum != r.Time {
		t.Errorf("parts take %d ps, the step %d", sum, r.Time)
	}
	var paths string
	for _, f := range fault.Fields(finetune.Spec{Beta: 0.5, Experts: -1}.Validate()) {
		paths += f.Path + " "
	}
	if want := "layers d_model weights batch tokens pairs k beta experts active_experts "; paths != want {
		t.Errorf("faults at %q, want %q", paths, want)
	}
}

func FuzzAStepNeverOverflows(f *testing.F) {
	f.Add(32, 4096, 2, 256, 6144, 64, 0.0)
	f.Add(1024, 1<<17, 1<<12, 1<<20, 1<<20, 1<<20, 1.0)
	machine := box(f)
	f.Fuzz(func(t *testing.T, layers, d, batch, tokens, pairs, k int, beta float64) {
		s := finetune.Default()
		s.Layers, s.DModel, s.Batch, s.Tokens, s.Pairs, s.K, s.Beta = layers, d, batch, tokens, pairs, k, beta
		r, err := finetune.Step(s, machine)
		if err != nil {
			if !fault.Is(err) {
				t.Errorf("%v names no field", err)
			}
			return
		}
		if r.Time <= 0 || r.Resident <= 0 || r.Beta < 1 && r.Beta*float64(k) < float64(pairs) {
			t.Errorf("%+v", r)
		}
		for _, p := range r.Parts {
			if p.Time < 0 || p.Bytes < 0 {
				t.Errorf("%+v", p)
			}
		}
	})
}
