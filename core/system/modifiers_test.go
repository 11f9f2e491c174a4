package system_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"monde/core/kv"
	"monde/core/policy"
	"monde/core/policy/predict"
	"monde/core/probe"
	"monde/core/quant"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// formatted returns s with its experts in a format.
func formatted(s scenario.Scenario, name quant.Name) scenario.Scenario {
	s.Model.ExpertFormat.Name, s.Model.ExpertBits = name, name.Bits(s.Model.Name)
	return s
}

func TestAFormatShrinksWhatMovesAndWhatIsKeptUnderEveryStrategy(t *testing.T) {
	for _, f := range []scenario.Fidelity{scenario.Analytic, scenario.Event} {
		for _, strategy := range policy.Names() {
			s := layer(t, strategy, 70, 20, 5, 1, 1, 1)
			desktop, _ := scenario.MachineNamed("desktop-4090")
			s.Machine.Flash = desktop.Machine.Flash
			s.Fidelity, s.Strategy.Precision.Fixed = f, 0 // EdgeMoE's few bits are a format of its own
			native := run(t, s, probe.Probe{})
			for _, name := range quant.Names() {
				q := formatted(s, name)
				r := run(t, q, probe.Probe{})
				if r.Latency < r.Bound {
					t.Errorf("%s %s %s: %d ps beat the bound, %d", f, strategy, name, r.Latency, r.Bound)
				}
				if strategy == policy.GPUPM {
					if got, want := r.Resources[probe.LinkIn].Bytes, 6*q.Model.ExpertBytes(); got != want {
						t.Errorf("%s %s: %d B cross the link, want %d", f, name, got, want)
					}
					if name.Bits("") < 16 && name != quant.QMoE && r.Latency >= native.Latency {
						t.Errorf("%s %s: %d ps, bf16 takes %d", f, name, r.Latency, native.Latency)
					}
				}
				if got, want := holds(r, "experts")+max(0, holds(r, "experts held")), q.Model.AllExpertBytes(); got != want {
					t.Errorf("%s %s: memories hold %d B of experts, want %d", strategy, name, got, want)
				}
			}
		}
	}
}

// holds returns what the item of that name takes, in whatever memory it is.
func holds(r report.Report, name string) unit.Bytes {
	for _, p := range r.Memory {
		for _, i := range p.Items {
			if i.Name == name {
				return i.Bytes
			}
		}
	}
	return -1
}

func TestDecodingCostsWhereItIsSaidTo(t *testing.T) {
	for _, strategy := range []policy.Name{policy.CPUAM, policy.MDAM, policy.GPUPM} {
		for _, f := range []scenario.Fidelity{scenario.Analytic, scenario.Event, scenario.Cycle} {
			s := formatted(layer(t, strategy, 9), quant.INT4)
			s.Model.DModel, s.Model.ExpertFF, s.Fidelity = 256, 512, f
			free := run(t, s, probe.Probe{}).Latency
			weights := s.Model.ExpertWeights()
			s.Model.ExpertFormat.Host, s.Model.ExpertFormat.Device = 1e8, 1e8 // far slower than all else
			each := unit.Time(weights) * unit.Second / 1e8
			got := run(t, s, probe.Probe{}).Latency
			switch {
			case strategy == policy.GPUPM && got != free:
				t.Errorf("%s: the GPU pays for decoding elsewhere", f)
			case strategy == policy.CPUAM && got != free+each:
				t.Errorf("%s: on the host decoding adds %d ps, want %d", f, got-free, each)
			case strategy == policy.MDAM && (got < 3*each || got > 3*each+free): // 9 tokens are 3 passes
				t.Errorf("%s: on the device it takes %d ps, want some %d", f, got, 3*each)
			}
		}
	}
}

func TestAFormatThatChangesTheOutputSaysSo(t *testing.T) {
	for _, name := range append(quant.Names(), "") {
		s := layer(t, policy.MDLB, 3, 1)
		if name != "" {
			s = formatted(s, name)
		}
		f, _ := quant.Of(name)
		r := run(t, s, probe.Probe{})
		warned := slices.ContainsFunc(r.Warnings, func(w report.Warning) bool { return w.Path == "model.expert_format" })
		sourced := slices.ContainsFunc(r.Provenance, func(x report.Source) bool { return x.Path == "model.expert_format" && x.Text != "" })
		if warned != f.Lossy || sourced != (name != "") {
			t.Errorf("%q: warned %v, sourced %v", name, warned, sourced)
		}
	}
}

func TestAnAllocatorTakesItsPoolAndLeavesTheRestToExperts(t *testing.T) {
	s := scenario.Default()
	s.Model, s.Workload.Phase, s.Strategy = mistral(), workload.Generate, s.Strategy.As(policy.GPUPM)
	s.Workload.Batch, s.Workload.InputTokens, s.Workload.OutputTokens, s.Fidelity = 1, 100, 3, scenario.Analytic
	bare := run(t, s, probe.Probe{})
	used, weights := holds(bare, "KV cache"), s.Model.ExpertBytes()
	slots := map[kv.Allocator]int64{}
	for _, a := range []kv.Allocator{kv.Static, kv.Paged, kv.VTensor} {
		s.KV.Allocator = a
		r := run(t, s, probe.Probe{})
		if r.Latency != bare.Latency {
			t.Errorf("%s changes the time", a)
		}
		rounded, reserved := holds(r, "KV cache, rounded up"), holds(r, "KV cache, reserved")
		if holds(r, "KV cache") != used || rounded < 0 || (reserved > 0) != (a == kv.Paged) {
			t.Errorf("%s: %+v", a, r.Memory[0].Items)
		}
		if got := r.Memory[0].Used - bare.Memory[0].Used; got != rounded+reserved {
			t.Errorf("%s: GPU memory holds %d B more, want %d", a, got, rounded+reserved)
		}
		slots[a] = kv.Slots(r.Memory[0].Capacity-r.Memory[0].Used, weights)
		want := fmt.Sprintf("room for %d experts more", slots[a])
		if !slices.ContainsFunc(r.Warnings, func(w report.Warning) bool { return w.Path == "kv" && strings.Contains(w.Text, want) }) {
			t.Errorf("%s: %v, want %s", a, r.Warnings, want)
		}
	}
	if slots[kv.VTensor] <= slots[kv.Paged] {
		t.Errorf("slots: %v", slots)
	}
}

// What an allocator frees, a cache takes: more experts stay, and fewer come.
func TestBytesThatTheKeyValueCacheLeavesBecomeSlotsOfExperts(t *testing.T) {
	s := recorded(t, "Mixtral-offloading")
	s.Strategy.Predictor.Name, s.Strategy.CacheFills = predict.Nothing, true
	s.Workload.Phase, s.Workload.Batch, s.Workload.InputTokens, s.Workload.OutputTokens = workload.Generate, 4, 64, 24
	s.Workload.Routing.Source, s.Machine.GPU.Memory = workload.Measured, 16<<30
	s.KV.MaxTokens = 64 << 10
	with := func(a kv.Allocator) report.Report {
		x := s
		x.KV.Allocator = a
		r := done(t, x)
		if pool := r.Memory[0]; !pool.Fits || pool.Capacity-pool.Used > unit.Bytes(s.Model.MoEBlocks())*s.Model.ExpertBytes() {
			t.Errorf("%s: %d of %d bytes of GPU memory are used", a, pool.Used, pool.Capacity)
		}
		return r
	}
	static, paged := with(kv.Static), with(kv.VTensor)
	if paged.Cache.Slots <= static.Cache.Slots || in(paged) >= in(static) || paged.Latency >= static.Latency {
		t.Errorf("vTensor: %d slots, %d bytes moved, %v; static: %d, %d, %v", paged.Cache.Slots, in(paged), paged.Latency, static.Cache.Slots, in(static), static.Latency)
	}
}

func TestAMeanOfExpertsIsWhatTokensTakeOnAverage(t *testing.T) {
	s := scenario.Default()
	s.Model.MeanK = 1.25 // of top-2
	s.Fidelity, s.Strategy = scenario.Analytic, s.Strategy.As(policy.MDAM)
	r := run(t, s, probe.Probe{})
	var all, layers int64
	for _, l := range r.Layers {
		if l.MoE {
			layers++
			for _, n := range l.Tokens {
				all += n
			}
		}
	}
	per := float64(all) / float64(layers) / float64(s.Workload.Batch*s.Workload.InputTokens)
	if per < 1.24 || per > 1.26 {
		t.Errorf("a token takes %.3f experts, want 1.25", per)
	}
}
