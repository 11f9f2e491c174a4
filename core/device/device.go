// Package device models a CXL memory device with near-data processing: its
// memory, the path to it, and its NDP core.
//
// From MoNDE (DAC 2024, doi 10.1145/3649329.3655951). Device is the closed form: an
// expert's weights are read once a pass at the effective bandwidth, and compute and
// memory overlap, as double-buffered tiles allow. Clocked is the same clock by clock:
// the core's schedule asks one channel of package dram, which stands for all, for its
// bursts. Look shows one expert of it, command by command. Where bytes lie is package
// memory's, what a host sends isa's and endpoint's.
//
// It leaves out other experts on the device (but for PMove's reads), errors and
// refreshes of the other channels at other times.
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
	Stacked    bool                `json:"stacked,omitzero"` // it is the GPU's own memory, computing on its logic dies (Duplex, 2409.01141); not simulated clock by clock
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
		fault.Unless(!s.Stacked || s.DRAM.PMoveFrom != FromDevice, "dram.pmove_from", "nothing moves to the GPU from its own memory"),
	)
}

// Resolved returns s with the defaults filled in that JSON may leave out; of no
// device, nothing.
func (s Spec) Resolved() Spec {
	if s.Count == 0 {
		return s
	}
	b := s.NDP.Buffers()
	s.DRAM = s.DRAM.Resolved()
	s.NDP.Order = s.NDP.Order.Resolved()
	s.NDP.WeightBuffer, s.NDP.ActivationBuffer, s.NDP.OutputBuffer = b.Weights, b.Activations, b.Outputs
	return s
}

// Plain returns s without what is as Resolved would fill it in.
func (s Spec) Plain() Spec {
	if s.Count == 0 {
		return s
	}
	bare := s
	bare.DRAM, bare.NDP.Order = DRAM{}, ""
	bare.NDP.WeightBuffer, bare.NDP.ActivationBuffer, bare.NDP.OutputBuffer = 0, 0, 0
	usual := bare.Resolved()
	d, n := &s.DRAM, &s.NDP
	leave(&d.Grade, usual.DRAM.Grade)
	leave(&d.Channels, usual.DRAM.Channels)
	leave(&d.Layout, usual.DRAM.Layout)
	leave(&d.Refresh, usual.DRAM.Refresh)
	leave(&d.Controller, usual.DRAM.Controller)
	leave(&d.PMoveFrom, usual.DRAM.PMoveFrom)
	leave(&n.Order, usual.NDP.Order)
	leave(&n.WeightBuffer, usual.NDP.WeightBuffer)
	leave(&n.ActivationBuffer, usual.NDP.ActivationBuffer)
	leave(&n.OutputBuffer, usual.NDP.OutputBuffer)
	return s
}

// leave makes *v absent if it is the default.
func leave[V comparable](v *V, usual V) {
	if *v == usual {
		var none V
		*v = none
	}
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

// Passes returns how often t tokens of an expert have its weights streamed.
func (d Device) Passes(t int) int64 { return d.core.Passes(t) }

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
