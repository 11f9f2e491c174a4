// Package link models the full-duplex link between a GPU and the memory behind
// the host: PCIe, or CXL on the same lanes.
//
// A transfer takes a latency and then its bytes at the effective bandwidth; the
// latency of one that was queued behind another is hidden, as a DMA engine's next
// descriptor is. Each direction is its own resource. Bandwidth that grows with the size of a
// transfer, pageable memory and switch contention are left out until the
// calibrated model.
package link

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Spec is what a user may choose. It is plain data, and does not change.
type Spec struct {
	Name       string              `json:"name"`
	Bandwidth  unit.BytesPerSecond `json:"bandwidth_bytes_per_s"` // each direction, peak
	Efficiency float64             `json:"efficiency"`            // share of it that a large copy reaches
	Latency    unit.Time           `json:"latency_ps"`            // from the request to the first byte, a transfer
	Chunk      unit.Bytes          `json:"chunk_bytes"`           // a waiting AMove overtakes a PMove at the next multiple
}

// Validate reports every field that no link can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Within("bandwidth_bytes_per_s", s.Bandwidth, 1, 1e15),
		fault.Share("efficiency", s.Efficiency),
		fault.Within("latency_ps", s.Latency, 0, unit.Second),
		fault.Within("chunk_bytes", s.Chunk, 64, 1<<40),
	)
}

// A Link is a Spec made ready: it tells how long transfers take.
type Link struct {
	latency unit.Time
	rate    unit.BytesPerSecond
	chunk   unit.Time
}

// New returns the Link of a valid Spec.
func New(s Spec) Link {
	rate := unit.Scaled(s.Bandwidth, s.Efficiency)
	return Link{s.Latency, rate, max(1, rate.Transfer(s.Chunk))}
}

// Rate returns the effective bandwidth of one direction.
func (l Link) Rate() unit.BytesPerSecond { return l.rate }

// Latency returns the time to the first byte on a direction that was idle.
func (l Link) Latency() unit.Time { return l.latency }

// Transfer returns how long b bytes occupy one direction, beyond the latency.
func (l Link) Transfer(b unit.Bytes) unit.Time { return l.rate.Transfer(b) }

// Chunk returns the time between the instants at which a bulk transfer may be
// overtaken.
func (l Link) Chunk() unit.Time { return l.chunk }
