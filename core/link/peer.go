package link

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Peer is what joins several GPUs: each reaches all others over ports of its own, as
// behind a switch. The zero Peer is a machine without.
type Peer struct {
	Name       string              `json:"name"`
	Bandwidth  unit.BytesPerSecond `json:"bandwidth_bytes_per_s"` // of one GPU, each direction, peak
	Efficiency float64             `json:"efficiency"`            // share of it that an exchange between all reaches
	Latency    unit.Time           `json:"latency_ps"`            // of such an exchange, however small
}

// None reports whether nothing joins GPUs.
func (p Peer) None() bool { return p == Peer{} }

// Validate reports every field that no link between GPUs can have.
func (p Peer) Validate() error {
	if p.None() {
		return nil
	}
	return errors.Join(
		fault.Within("bandwidth_bytes_per_s", p.Bandwidth, 1, 1e15),
		fault.Share("efficiency", p.Efficiency),
		fault.Within("latency_ps", p.Latency, 0, unit.Second),
	)
}

// Exchange returns how long an exchange between all GPUs takes in which the busiest
// sends or receives b bytes.
func (p Peer) Exchange(b unit.Bytes) unit.Time {
	return p.Latency.Plus(unit.Scaled(p.Bandwidth, p.Efficiency).Transfer(b))
}

// PeerPreset is a link between GPUs by name.
type PeerPreset struct {
	Name   string
	Spec   Peer
	Source string // of its bandwidth
}

// Peers returns every link between GPUs, the fastest first. Bandwidths are half of what
// data sheets add up of both directions; nothing else of them was measured here.
func Peers() []PeerPreset {
	peer := func(name string, gbps unit.BytesPerSecond) Peer {
		return Peer{Name: name, Bandwidth: gbps * 1e9, Efficiency: 0.8, Latency: 10 * unit.Microsecond}
	}
	return []PeerPreset{
		{"nvlink5", peer("NVLink 5 (Blackwell)", 900), "NVIDIA B200: 1,800 GB/s, both directions"},
		{"nvlink4", peer("NVLink 4 (H100)", 450), "NVIDIA H100 SXM data sheet: 900 GB/s, 18 links, both directions"},
		{"nvlink3", peer("NVLink 3 (A100)", 300), "NVIDIA A100 SXM data sheet: 600 GB/s, 12 links, both directions"},
		{"nvlink2", peer("NVLink 2 (V100)", 150), "NVIDIA V100 SXM2 data sheet: 300 GB/s, 6 links, both directions"},
	}
}
