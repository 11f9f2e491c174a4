// Package bound says what no run can beat: the oracle that runs are held to.
//
// It knows peak rates and amounts of work, nothing of latencies, queues or
// efficiency, and shares no code with the models that it checks. A layer is at
// least as long as its serial parts and the busiest of what runs side by side.
package bound

import (
	"math/bits"

	"monde/core/unit"
)

// Rates are peak rates of a machine. A rate of 0 means that nothing there may be
// used.
type Rates struct {
	GPUBytes, HostBytes, DeviceBytes unit.BytesPerSecond
	GPUFLOPs, HostFLOPs, DeviceFLOPs unit.FLOPsPerSecond
	LinkBytes                        unit.BytesPerSecond // each direction
}

// Load is work for one place: bytes of its memory and operations.
type Load struct {
	FLOPs unit.FLOPs
	Bytes unit.Bytes
}

// Layer is the work of one block in one pass.
type Layer struct {
	Serial          []Load // on the GPU, one after the other
	GPU, Host, NDP  Load   // experts, side by side
	LinkIn, LinkOut unit.Bytes
}

// Time returns the least time that l can take.
func (r Rates) Time(l Layer) unit.Time {
	var t unit.Time
	for _, part := range l.Serial {
		t += roof(part, r.GPUBytes, r.GPUFLOPs)
	}
	return t + max(
		roof(l.GPU, r.GPUBytes, r.GPUFLOPs),
		roof(l.Host, r.HostBytes, r.HostFLOPs),
		roof(l.NDP, r.DeviceBytes, r.DeviceFLOPs),
		least(int64(l.LinkIn), int64(r.LinkBytes)),
		least(int64(l.LinkOut), int64(r.LinkBytes)),
	)
}

func roof(l Load, bytes unit.BytesPerSecond, flops unit.FLOPsPerSecond) unit.Time {
	return max(least(int64(l.Bytes), int64(bytes)), least(int64(l.FLOPs), int64(flops)))
}

// least returns floor(n·10¹² / rate): a bound rounds down.
func least(n, rate int64) unit.Time {
	if n <= 0 || rate <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(n), 1_000_000_000_000)
	if hi >= uint64(rate) {
		return 1<<63 - 1
	}
	q, _ := bits.Div64(hi, lo, uint64(rate))
	return unit.Time(min(q, 1<<63-1))
}

// Add adds work at the same place.
func (l *Load) Add(x Load) {
	l.FLOPs += x.FLOPs
	l.Bytes += x.Bytes
}
