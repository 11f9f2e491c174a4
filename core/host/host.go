// Package host models the CPU as a place to compute experts, and its memory.
//
// An expert takes a dispatch an operator, its weights at the bandwidth that its
// cores draw, as often as the matrix library goes over them, its operations in tiles
// of rows, and its activations. These follow one another: an operator of a framework
// begins when the one before has ended. It leaves out caches that hold an expert's
// weights from one layer to the next, and NUMA.
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
	Cores               int                 `json:"cores"`
	CoreBandwidth       unit.BytesPerSecond `json:"core_bandwidth_bytes_per_s"` // that one core draws
	Bandwidth           unit.BytesPerSecond `json:"bandwidth_bytes_per_s"`      // peak
	BandwidthEfficiency float64             `json:"bandwidth_efficiency"`
	Compute             unit.FLOPsPerSecond `json:"compute_flops_per_s"` // in the precision of ISA, all cores, peak
	ComputeEfficiency   float64             `json:"compute_efficiency"`
	ISA                 ISA                 `json:"isa"`
	Operator            unit.Time           `json:"operator_ps"`            // dispatch of one operator to all cores, and its end
	Operators           int                 `json:"expert_operators"`       // of one expert beside its matrices: gather, activation, scale, scatter, copies
	Activations         unit.BytesPerSecond `json:"activation_bytes_per_s"` // at which operators read and write them
	Sync                unit.Time           `json:"sync_ps"`                // eager: until the host knows the tokens of every expert
	Round               unit.Time           `json:"round_ps"`               // CPU experts: the same, and activations through the framework, both ways
	Power               unit.Power          `json:"power_mw"`               // package, while busy
}

// ISA is the instruction set that the matrix library uses.
type ISA string

// Instruction sets.
const (
	AMX    ISA = "amx"    // bf16 tiles of 16 rows; weights are rearranged on every call: read, written, read
	AVX512 ISA = "avx512" // fp32
	AVX2   ISA = "avx2"   // fp32
)

// rows returns the rows of a tile.
func (i ISA) rows() int {
	if i == AMX {
		return 16
	}
	return 1
}

// passes returns how often a product of t rows goes over its weights: a library for
// vectors packs a part of them, unless the product is one with a vector.
func (i ISA) passes(t int) float64 {
	switch {
	case i == AMX:
		return 3
	case t == 1:
		return 1
	}
	return 1.55
}

// Validate reports every field that no host can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Within("memory_bytes", s.Memory, 1, 1<<50),
		fault.Within("cores", s.Cores, 1, 1<<16),
		fault.Within("core_bandwidth_bytes_per_s", s.CoreBandwidth, 1, 1e15),
		fault.Within("bandwidth_bytes_per_s", s.Bandwidth, 1, 1e15),
		fault.Share("bandwidth_efficiency", s.BandwidthEfficiency),
		fault.Within("compute_flops_per_s", s.Compute, 1, 1e18),
		fault.Share("compute_efficiency", s.ComputeEfficiency),
		fault.Unless(s.ISA == AMX || s.ISA == AVX512 || s.ISA == AVX2, "isa", "must be %q, %q or %q, got %q", AMX, AVX512, AVX2, s.ISA),
		fault.Within("operator_ps", s.Operator, 0, unit.Second),
		fault.Within("expert_operators", s.Operators, 0, 1000),
		fault.Within("activation_bytes_per_s", s.Activations, 1, 1e15),
		fault.Within("sync_ps", s.Sync, 0, unit.Second),
		fault.Within("round_ps", s.Round, 0, unit.Second),
		fault.Within("power_mw", s.Power, 0, 1e9),
	)
}

// A Host is a Spec made ready.
type Host struct {
	spec    Spec
	weights unit.BytesPerSecond
	compute unit.FLOPsPerSecond
}

// New returns the Host of a valid Spec.
func New(s Spec) Host {
	drawn := s.CoreBandwidth * unit.BytesPerSecond(s.Cores)
	if s.CoreBandwidth > 1e15/unit.BytesPerSecond(s.Cores) {
		drawn = 1e15
	}
	return Host{s, min(drawn, unit.Scaled(s.Bandwidth, s.BandwidthEfficiency)), unit.Scaled(s.Compute, s.ComputeEfficiency)}
}

// Expert is the shape of one expert.
type Expert struct {
	DModel, DFF int
	Matrices    int        // 2, or 3 with a gate
	Weights     unit.Bytes // of all matrices
	Activation  unit.Bytes // of one value
}

// Time returns how long t > 0 tokens of one expert take; alone is without the
// operators around its matrices.
func (h Host) Time(e Expert, t int, alone bool) unit.Time {
	s := h.spec
	operators := e.Matrices
	if !alone {
		operators += s.Operators
	}
	rows := int64(s.ISA.rows())
	tiled := (int64(t) + rows - 1) / rows * rows
	wide := unit.Bytes(3 * e.DFF)
	if e.Matrices == 3 {
		wide *= 2
	}
	weights := unit.Bytes(float64(float64(e.Weights) * s.ISA.passes(t)))
	sum := unit.Time(0)
	for _, part := range [...]unit.Time{
		unit.Time(operators) * s.Operator,
		h.weights.Transfer(weights),
		h.compute.Compute(unit.FLOPs(2 * tiled * int64(e.Matrices) * int64(e.DModel) * int64(e.DFF))),
		s.Activations.Transfer(unit.Bytes(t) * e.Activation * (2*unit.Bytes(e.DModel) + wide)),
	} {
		sum = sum.Plus(part)
	}
	return sum
}

// Attend returns how long the CPU takes to attend to so many bytes of keys and values.
func (h Host) Attend(cache unit.Bytes, f unit.FLOPs) unit.Time {
	return h.spec.Operator.Plus(max(h.weights.Transfer(cache), h.compute.Compute(f)))
}

// Sync and Round return the fixed costs of a layer.
func (h Host) Sync() unit.Time { return h.spec.Sync }

// Round is Sync with the way of activations through the framework.
func (h Host) Round() unit.Time { return h.spec.Round }
