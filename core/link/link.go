// Package link models the full-duplex link between a GPU and the memory behind
// the host: PCIe, or CXL on the same lanes.
//
// A transfer takes a latency and then its bytes at the effective bandwidth, so
// bandwidth grows with size; the latency of one that was queued behind another is
// hidden, as a DMA engine's next descriptor is. Each direction is its own resource.
// Pageable memory is copied through a pinned buffer by one thread of the host. It
// leaves out contention in switches, and between the directions.
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
	Submit     unit.Time           `json:"submit_ps"`             // least time of a lone copy: the host's calls
	Chunk      unit.Bytes          `json:"chunk_bytes"`           // a waiting AMove overtakes a PMove at the next multiple
	Pageable   bool                `json:"pageable"`              // the host's memory is not pinned
	Staged     Staged              `json:"staged"`                // of pageable memory
}

// Staged is how fast pageable memory gets through the pinned buffer.
type Staged struct {
	Bandwidth unit.BytesPerSecond `json:"bandwidth_bytes_per_s"`
	Uncached  unit.BytesPerSecond `json:"uncached_bytes_per_s"` // of copies that the host's cache does not hold
	Cache     unit.Bytes          `json:"cache_bytes"`
	Latency   unit.Time           `json:"latency_ps"`
}

// Validate reports every field that no link can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Within("bandwidth_bytes_per_s", s.Bandwidth, 1, 1e15),
		fault.Share("efficiency", s.Efficiency),
		fault.Within("latency_ps", s.Latency, 0, unit.Second),
		fault.Within("submit_ps", s.Submit, 0, unit.Second),
		fault.Within("chunk_bytes", s.Chunk, 64, 1<<40),
		fault.Within("staged.bandwidth_bytes_per_s", s.Staged.Bandwidth, 1, 1e15),
		fault.Within("staged.uncached_bytes_per_s", s.Staged.Uncached, 1, 1e15),
		fault.Within("staged.cache_bytes", s.Staged.Cache, 0, 1<<40),
		fault.Within("staged.latency_ps", s.Staged.Latency, 0, unit.Second),
	)
}

// A Link is a Spec made ready: it tells how long transfers take.
type Link struct {
	latency, submit unit.Time
	rate, large     unit.BytesPerSecond
	cache           unit.Bytes // above it, large
	chunk           unit.Time
}

// New returns the Link of a valid Spec.
func New(s Spec) Link {
	rate := unit.Scaled(s.Bandwidth, s.Efficiency)
	l := Link{latency: s.Latency, submit: s.Submit, rate: rate, large: rate}
	if s.Pageable { // on the way through the buffer, nothing gets faster
		l.latency = max(s.Latency, s.Staged.Latency)
		l.rate = min(rate, s.Staged.Bandwidth)
		l.large, l.cache = min(l.rate, s.Staged.Uncached), s.Staged.Cache
	}
	l.chunk = max(1, l.rate.Transfer(s.Chunk))
	return l
}

// Rate returns the effective bandwidth of one direction.
func (l Link) Rate() unit.BytesPerSecond { return l.rate }

// Latency returns the time to the first byte on a direction that was idle.
func (l Link) Latency() unit.Time { return l.latency }

// Transfer returns how long b bytes occupy one direction, beyond the latency.
func (l Link) Transfer(b unit.Bytes) unit.Time {
	if b > l.cache {
		return l.large.Transfer(b)
	}
	return l.rate.Transfer(b)
}

// Copy returns how long a lone copy of b bytes takes as the host sees it.
func (l Link) Copy(b unit.Bytes) unit.Time {
	return max(l.submit, l.latency.Plus(l.Transfer(b)))
}

// Chunk returns the time between the instants at which a bulk transfer may be
// overtaken.
func (l Link) Chunk() unit.Time { return l.chunk }
