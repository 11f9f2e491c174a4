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
		fault.Within("memory_bytes", s.Memory, 1, 1<<50),
		fault.Within("bandwidth_bytes_per_s", s.Bandwidth, 1, 1e15),
		fault.Share("bandwidth_efficiency", s.BandwidthEfficiency),
		fault.Within("compute_flops_per_s", s.Compute, 1, 1e18),
		fault.Share("compute_efficiency", s.ComputeEfficiency),
		fault.Within("kernel_ps", s.Kernel, 0, unit.Second),
		fault.Within("launch_ps", s.Launch, 0, unit.Second),
		fault.Within("power_mw", s.Power, 0, 1e9),
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
