// Package gpu models how long a GPU takes for the parts of a transformer.
//
// It is a roofline: a part takes its bytes at the effective memory bandwidth or
// its FLOPs at the effective compute rate, whichever is longer, and a fixed cost
// a kernel. Tile quantisation, cache residency and grouped expert kernels are
// left out until the calibrated model, which stands behind the same interface.
package gpu

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Spec is what a user may choose.
type Spec struct {
	Name                string              `json:"name"`
	Memory              unit.Bytes          `json:"memory_bytes"`
	Bandwidth           unit.BytesPerSecond `json:"bandwidth_bytes_per_s"` // peak
	BandwidthEfficiency float64             `json:"bandwidth_efficiency"`
	Compute             unit.FLOPsPerSecond `json:"compute_flops_per_s"` // bf16 with fp32 accumulation, dense, peak
	ComputeEfficiency   float64             `json:"compute_efficiency"`
	Kernel              unit.Time           `json:"kernel_ps"` // fixed cost of one kernel, launched from a graph
	Launch              unit.Time           `json:"launch_ps"` // added to a kernel that is launched eagerly
	Eager               bool                `json:"eager"`     // launch kernel by kernel instead of from a graph
	Power               unit.Power          `json:"power_mw"`  // board, while busy
}

// Validate reports every field that no GPU can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Unless(s.Memory > 0 && s.Memory <= 1<<50, "memory_bytes", "must be 1 to 2^50, got %d", s.Memory),
		fault.Unless(s.Bandwidth > 0 && s.Bandwidth <= 1e15, "bandwidth_bytes_per_s", "must be 1 to 1e15, got %d", s.Bandwidth),
		fault.Unless(s.BandwidthEfficiency > 0 && s.BandwidthEfficiency <= 1, "bandwidth_efficiency", "must be above 0 and at most 1, got %g", s.BandwidthEfficiency),
		fault.Unless(s.Compute > 0 && s.Compute <= 1e18, "compute_flops_per_s", "must be 1 to 1e18, got %d", s.Compute),
		fault.Unless(s.ComputeEfficiency > 0 && s.ComputeEfficiency <= 1, "compute_efficiency", "must be above 0 and at most 1, got %g", s.ComputeEfficiency),
		fault.Unless(s.Kernel >= 0 && s.Kernel <= unit.Second, "kernel_ps", "must be 0 to 1e12, got %d", s.Kernel),
		fault.Unless(s.Launch >= 0 && s.Launch <= unit.Second, "launch_ps", "must be 0 to 1e12, got %d", s.Launch),
		fault.Unless(s.Power >= 0 && s.Power <= 1e9, "power_mw", "must be 0 to 1e9, got %d", s.Power),
	)
}

// A GPU is a Spec made ready.
type GPU struct {
	bandwidth unit.BytesPerSecond
	compute   unit.FLOPsPerSecond
	kernel    unit.Time
}

// New returns the GPU of a valid Spec.
func New(s Spec) GPU {
	kernel := s.Kernel
	if s.Eager {
		kernel += s.Launch
	}
	return GPU{unit.Scaled(s.Bandwidth, s.BandwidthEfficiency), unit.Scaled(s.Compute, s.ComputeEfficiency), kernel}
}

// Time returns how long a part takes that reads and writes b bytes, computes f
// operations, and is launched as n kernels.
func (g GPU) Time(f unit.FLOPs, b unit.Bytes, n int) unit.Time {
	return max(g.bandwidth.Transfer(b), g.compute.Compute(f)) + unit.Time(n)*g.kernel
}
