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
		fault.Unless(s.Memory > 0 && s.Memory <= 1<<50, "memory_bytes", "must be 1 to 2^50, got %d", s.Memory),
		fault.Unless(s.Bandwidth > 0 && s.Bandwidth <= 1e15, "bandwidth_bytes_per_s", "must be 1 to 1e15, got %d", s.Bandwidth),
		fault.Unless(s.BandwidthEfficiency > 0 && s.BandwidthEfficiency <= 1, "bandwidth_efficiency", "must be above 0 and at most 1, got %g", s.BandwidthEfficiency),
		fault.Unless(s.Compute > 0 && s.Compute <= 1e18, "compute_flops_per_s", "must be 1 to 1e18, got %d", s.Compute),
		fault.Unless(s.ComputeEfficiency > 0 && s.ComputeEfficiency <= 1, "compute_efficiency", "must be above 0 and at most 1, got %g", s.ComputeEfficiency),
		fault.Unless(s.Call >= 0 && s.Call <= unit.Second, "call_ps", "must be 0 to 1e12, got %d", s.Call),
		fault.Unless(s.Power >= 0 && s.Power <= 1e9, "power_mw", "must be 0 to 1e9, got %d", s.Power),
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
