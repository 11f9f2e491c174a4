// Package device models a CXL memory device with near-data processing: its
// memory, the path to it, and its NDP core.
//
// From MoNDE (DAC 2024, doi 10.1145/3649329.3655951). An expert's weights are
// read once a pass at the effective bandwidth, and compute and memory overlap,
// as double-buffered tiles allow. DRAM commands, bank conflicts and the
// instruction queue are left out until the cycle-level device, which stands
// behind the same interface.
package device

import (
	"errors"

	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/unit"
)

// Spec is what a user may choose. Count 0 means that the machine has no such
// device, and the other fields do not matter.
type Spec struct {
	Name       string              `json:"name"`
	Count      int                 `json:"count"`                 // alike, at most 16; expert i lives on device i mod count
	Memory     unit.Bytes          `json:"memory_bytes"`          // each
	Bandwidth  unit.BytesPerSecond `json:"bandwidth_bytes_per_s"` // each
	Efficiency float64             `json:"efficiency"`            // share of it that a weight stream reaches
	Command    unit.Time           `json:"command_ps"`            // from the host's instruction to its start, an expert
	NDP        ndp.Spec            `json:"ndp"`
	Power      unit.Power          `json:"power_mw"` // each, without the NDP core
	DRAM       DRAM                `json:"dram,omitzero"`
}

// Validate reports every field that no device can have.
func (s Spec) Validate() error {
	if s.Count == 0 {
		return nil
	}
	return errors.Join(
		fault.Within("count", s.Count, 0, MaxCount),
		fault.Within("memory_bytes", s.Memory, 1, 1<<50),
		fault.Within("bandwidth_bytes_per_s", s.Bandwidth, 1, 1e15),
		fault.Share("efficiency", s.Efficiency),
		fault.Within("command_ps", s.Command, 0, unit.Second),
		fault.In("ndp", s.NDP.Validate()),
		fault.Within("power_mw", s.Power, 0, 1e9),
		fault.In("dram", s.DRAM.validate()),
	)
}

// MaxCount is how many devices a machine may have.
const MaxCount = 16

// A Device is a Spec made ready.
type Device struct {
	rate    unit.BytesPerSecond
	command unit.Time
	core    ndp.Core
}

// New returns one device of a valid Spec with Count > 0.
func New(s Spec) Device {
	return Device{unit.Scaled(s.Bandwidth, s.Efficiency), s.Command, ndp.New(s.NDP)}
}

// Rate returns the bandwidth that a weight stream reaches on one device.
func (d Device) Rate() unit.BytesPerSecond { return d.rate }

// Beside returns d while something else reads it at a rate, and that rate: half of
// the bandwidth at most.
func (d Device) Beside(other unit.BytesPerSecond) (Device, unit.BytesPerSecond) {
	other = min(other, d.rate/2)
	d.rate = max(d.rate-other, 1)
	return d, other
}

// Expert returns how long one device takes for t > 0 tokens of one expert with
// the given weights, which take b bytes. Weights are streamed once a pass.
func (d Device) Expert(t int, weights int64, b unit.Bytes) unit.Time {
	stream := d.rate.Transfer(b * unit.Bytes(d.core.Passes(t)))
	return d.command + max(stream, d.core.Compute(t, weights))
}
