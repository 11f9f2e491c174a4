// Package flash models storage that holds experts which host memory has no room for.
//
// A read is cut into requests. Each takes a latency; as many as the queue holds are
// under way at once, so the rate is the drive's, or by Little's law that of its
// queue. It leaves out writes, the file system, garbage collection and a page cache.
package flash

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Spec is what a user may choose. The zero Spec is a machine without flash.
type Spec struct {
	Name       string              `json:"name"`
	Memory     unit.Bytes          `json:"memory_bytes"`
	Bandwidth  unit.BytesPerSecond `json:"bandwidth_bytes_per_s"` // of long reads, peak
	Efficiency float64             `json:"efficiency"`            // share of it that reads reach
	Latency    unit.Time           `json:"latency_ps"`            // of one request
	Request    unit.Bytes          `json:"request_bytes"`         // of one request
	Queue      int                 `json:"queue_depth"`           // requests under way at once
	Power      unit.Power          `json:"power_mw"`              // while it reads
}

// None reports whether there is no flash.
func (s Spec) None() bool { return s == Spec{} }

// Validate reports every field that no flash can have.
func (s Spec) Validate() error {
	if s.None() {
		return nil
	}
	return errors.Join(
		fault.Within("memory_bytes", s.Memory, 1, 1<<50),
		fault.Within("bandwidth_bytes_per_s", s.Bandwidth, 1, 1e15),
		fault.Share("efficiency", s.Efficiency),
		fault.Within("latency_ps", s.Latency, 0, unit.Second),
		fault.Within("request_bytes", s.Request, 512, 1<<40),
		fault.Within("queue_depth", s.Queue, 1, 1<<16),
		fault.Within("power_mw", s.Power, 0, 1e9),
	)
}

// Rate returns the bandwidth of long reads: the drive's, or what its queue keeps
// under way a latency.
func (s Spec) Rate() unit.BytesPerSecond {
	drive := unit.Scaled(s.Bandwidth, s.Efficiency)
	if s.Latency == 0 {
		return drive
	}
	queue := float64(s.Queue) * float64(s.Request) / s.Latency.Seconds()
	if queue >= float64(drive) {
		return drive
	}
	return max(1, unit.BytesPerSecond(queue))
}

// Read returns how long b bytes take to reach host memory.
func (s Spec) Read(b unit.Bytes) unit.Time { return s.Latency.Plus(s.Rate().Transfer(b)) }

// Preset is a drive by name.
type Preset struct {
	Name string
	Spec Spec
	Text string // where its bandwidth came from
}

// Presets returns every drive, the fastest first.
func Presets() []Preset {
	drive := func(name string, gbps, efficiency float64, latency unit.Time, watts unit.Power) Spec {
		return Spec{
			Name: name, Memory: 2e12, Bandwidth: unit.BytesPerSecond(gbps * 1e9), Efficiency: efficiency,
			Latency: latency, Request: 128 << 10, Queue: 32, Power: watts * 1000,
		}
	}
	const nand, sata = 80 * unit.Microsecond, 100 * unit.Microsecond
	return []Preset{
		{"nvme_pcie5", drive("NVMe SSD, PCIe 5 x4", 14, 0.9, nand, 11), "PCI Express 5.0 x4 carries 15.8 GB/s; drives are sold with 14"},
		{"nvme_pcie4", drive("NVMe SSD, PCIe 4 x4", 7, 0.9, nand, 8), "Samsung 980 PRO, as HOBBIT (2411.01433) names it; on a Jetson it reached about 3 GB/s"},
		{"nvme_pcie3", drive("NVMe SSD, PCIe 3 x4", 3.5, 0.9, nand, 6), "PCI Express 3.0 x4 carries 3.9 GB/s; drives are sold with 3.5"},
		{"sata_ssd", drive("SATA SSD", 0.55, 1, sata, 3), "Samsung 860 EVO, the test bed of EdgeMoE (2308.14352)"},
	}
}
