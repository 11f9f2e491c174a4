package system

import (
	"fmt"
	"math"

	"monde/core/device"
	"monde/core/kv"
	"monde/core/policy"
	"monde/core/report"
	"monde/core/workload"
)

// warnings says what a reader should know before trusting the numbers.
func (r *run) warnings() []report.Warning {
	list := []report.Warning{}
	warn := func(path, format string, args ...any) {
		list = append(list, report.Warning{Path: path, Text: fmt.Sprintf(format, args...)})
	}
	s, y := r.s, r.report
	for _, note := range s.Notes {
		warn("model", "config.json: %s.", note)
	}
	if y.Simulated {
		warn("machine.device", "Simulated only: no NDP expert execution has been measured anywhere.")
	}
	if y.Routing.StandIn {
		warn("workload.routing", "Stand-in: %s", y.Routing.Text)
	}
	for _, p := range y.Memory {
		if !p.Fits {
			warn(memoryPath(p.Name), "Does not fit: %s needs %.1f GB and has %.1f GB. The times are those of a machine where it fits.",
				p.Name, float64(p.Used)/1e9, float64(p.Capacity)/1e9)
		}
	}
	if badge := s.Model.ExpertFormat.Badge(); badge != "" {
		warn("model.expert_format", "%s.", badge)
	}
	if gpu := y.Memory[0]; s.KV.Allocator != "" {
		warn("kv", "GPU memory has room for %d experts more.", kv.Slots(gpu.Capacity-gpu.Used, s.Model.ExpertBytes()))
	}
	if s.Strategy.Splits() && s.Strategy.Moves() && y.HotExperts == 0 {
		warn("strategy", "%s moved no expert to the GPU.", s.Strategy.Name)
	}
	if s.Strategy.OnCPU() && s.Machine.Device.Count > 0 && !s.Machine.Device.Stacked && s.Workload.Scope == workload.WholeModel {
		warn("strategy", "%s keeps the experts in host memory; the memory device only draws its power.", s.Strategy.Name)
	}
	if r.tunedOnItself() {
		warn("strategy.alpha_mode", "Alpha was tuned on the run's own tokens: this routing gives no others.")
	}
	if s.Several() && s.Strategy.Placement.Learns() && (s.Workload.Routing.Source == workload.Counts || s.Workload.Routing.Source == workload.File && r.plan.input) {
		warn("strategy.placement", "Experts were placed by the run's own tokens: this routing gives no others.")
	}
	if y.Simulated {
		warnDevice(s.Machine.Device, warn)
	}
	if r.parts.extrapolated {
		warn("fidelity", "Passes of an expert beyond %d are extrapolated from those before.", device.MaxPasses)
	}
	for _, e := range y.Energy {
		if e.Energy == math.MaxInt64 {
			warn("", "The energy of the %s is at least 9.2 MJ, the most that a report holds.", e.Name)
		}
	}
	if t := y.Timeline; t.Total > MaxSpans {
		warn("", "The timeline shows the first %d of %d spans; the digest covers all.", MaxSpans, t.Total)
	}
	return list
}

// warnDevice tells of a device whose closed form and channels are two devices.
func warnDevice(d device.Spec, warn func(path, format string, args ...any)) {
	rate, pins := device.New(d).Rate(), d.DRAM.Peak()
	if rate <= pins && rate > pins/2 {
		return
	}
	warn("machine.device.dram", "The channels carry %.0f GB/s, which fidelity cycle simulates; bandwidth_bytes_per_s times efficiency, which policies and the other fidelities count with, is %.0f GB/s.",
		float64(pins)/1e9, float64(rate)/1e9)
}

// tunedOnItself reports whether profiling passes had the run's own routing: given
// counts have no other, and a user's trace is read from its beginning.
func (r *run) tunedOnItself() bool {
	source := r.s.Workload.Routing.Source
	tuned := r.s.Strategy.Tuned() && r.s.Strategy.AlphaMode == policy.Auto
	return tuned && (source == workload.Counts || source == workload.File && r.plan.input)
}

func memoryPath(pool string) string { return "machine." + pool + ".memory_bytes" }
