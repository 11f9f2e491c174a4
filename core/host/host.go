// Package host models the CPU as a place to compute experts, and its memory.
//
// It is a roofline like package gpu's with a fixed cost a call. Cores, caches
// and instruction sets are left out until the calibrated model.
package host

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
	Compute             unit.FLOPsPerSecond `json:"compute_flops_per_s"` // in the weights' precision, peak
	ComputeEfficiency   float64             `json:"compute_efficiency"`
	Call                unit.Time           `json:"call_ps"`  // fixed cost of one expert
	Power               unit.Power          `json:"power_mw"` // package, while busy
}

// Validate reports every field that no host can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Within("memory_bytes", s.Memory, 1, 1<<50),
		fault.Within("bandwidth_bytes_per_s", s.Bandwidth, 1, 1e15),
		fault.Share("bandwidth_efficiency", s.BandwidthEfficiency),
		fault.Within("compute_flops_per_s", s.Compute, 1, 1e18),
		fault.Share("compute_efficiency", s.ComputeEfficiency),
		fault.Within("call_ps", s.Call, 0, unit.Second),
		fault.Within("power_mw", s.Power, 0, 1e9),
	)
}

// A Host is a Spec made ready.
type Host struct {
	bandwidth unit.BytesPerSecond
	compute   unit.FLOPsPerSecond
	call      unit.Time
}

// New returns the Host of a valid Spec.
func New(s Spec) Host {
	return Host{unit.Scaled(s.Bandwidth, s.BandwidthEfficiency), unit.Scaled(s.Compute, s.ComputeEfficiency), s.Call}
}

// Time returns how long one expert takes that reads b bytes and computes f
// operations.
func (h Host) Time(f unit.FLOPs, b unit.Bytes) unit.Time {
	return max(h.bandwidth.Transfer(b), h.compute.Compute(f)) + h.call
}
