// Package bound says what no run can beat: the oracle that runs are held to.
//
// It knows peak rates and amounts of work, nothing of latencies, queues or
// efficiency. A layer is at least as long as its serial parts and the busiest of
// what runs side by side; where a strategy splits experts between two places, at
// the best split. It takes the amounts of work from package model, as the devices
// do, and shares with them no code that turns work into time.
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
	PeerBytes                        unit.BytesPerSecond // of one of several GPUs, each direction
	FlashBytes                       unit.BytesPerSecond
}

// Load is work for one place: bytes of its memory and operations.
type Load struct {
	FLOPs unit.FLOPs
	Bytes unit.Bytes
}

// Home is where the experts' weights live, and may be computed.
type Home uint8

// Homes.
const (
	Device Home = iota
	Host
)

// Expert is the work of one active expert of a layer.
type Expert struct {
	FLOPs       unit.FLOPs
	GPUBytes    unit.Bytes // of GPU memory, if it is computed there
	Activations unit.Bytes // over the link each way, if it is computed at home
	Moved       bool       // its weights cross the link to the GPU
	Near        bool       // it is computed at home; neither: on the GPU, which has it
}

// Layer is the work of one block in one pass.
type Layer struct {
	Serial      []Load // on the GPU, one after the other
	GPU         Load   // shared experts, beside the others
	Experts     []Expert
	ExpertBytes unit.Bytes // weights of one
	Home        Home
	Flash       bool       // every one of Experts is read from flash
	Apart       []Load     // experts of each of several GPUs, all at once; Experts is empty
	Exchanged   unit.Bytes // between those, by the busiest, before its experts and as many after
	Split       bool       // any of Experts may be moved or not: the bound is over all splits
	Stack       bool       // and none crosses the link: the GPU and their home read the same memory
}

// Time returns the least time that l can take.
func (r Rates) Time(l Layer) unit.Time {
	var t unit.Time
	for _, part := range l.Serial {
		t += roof(part, r.GPUBytes, r.GPUFLOPs)
	}
	var beside unit.Time // what else must end
	if l.Flash {
		n := 0
		for _, e := range l.Experts {
			if e.Moved || e.Near {
				n++
			}
		}
		beside = least(int64(n)*int64(l.ExpertBytes), int64(r.FlashBytes))
	}
	if l.Stack {
		return t + r.both(l)
	}
	t += 2 * least(int64(l.Exchanged), int64(r.PeerBytes))
	if l.Split {
		return t + max(beside, r.split(l))
	}
	for _, part := range l.Apart {
		beside = max(beside, roof(part, r.GPUBytes, r.GPUFLOPs))
	}
	var s side
	s.gpu = l.GPU
	for _, e := range l.Experts {
		s.add(e, l.ExpertBytes, e.Moved, e.Near)
	}
	return t + max(beside, r.longest(s, l.Home))
}

// split returns the least time over every number of experts moved. The busiest
// come first in Experts; moving those leaves the least work and the fewest bytes
// behind, so no other choice of as many can beat it. GPU work is left out: it
// only adds.
func (r Rates) split(l Layer) unit.Time {
	var s side
	for _, e := range l.Experts {
		s.add(e, l.ExpertBytes, false, true)
	}
	least := r.longest(s, l.Home)
	for _, e := range l.Experts {
		s.in += l.ExpertBytes - e.Activations
		s.out -= e.Activations
		s.home.FLOPs -= e.FLOPs
		s.home.Bytes -= l.ExpertBytes
		least = min(least, r.longest(s, l.Home))
	}
	return max(least, roof(l.GPU, r.GPUBytes, r.GPUFLOPs))
}

// both returns the least time of experts that the GPU and their home share as they like.
func (r Rates) both(l Layer) unit.Time {
	all := l.GPU
	for _, e := range l.Experts {
		all.FLOPs += e.FLOPs
		all.Bytes += l.ExpertBytes
	}
	return max(roof(l.GPU, r.GPUBytes, r.GPUFLOPs), roof(all, r.GPUBytes+r.DeviceBytes, r.GPUFLOPs+r.DeviceFLOPs))
}

// side is what runs side by side.
type side struct {
	gpu, home Load
	in, out   unit.Bytes
}

func (s *side) add(e Expert, weights unit.Bytes, moved, near bool) {
	if near {
		s.home.FLOPs += e.FLOPs
		s.home.Bytes += weights
		s.in += e.Activations
		s.out += e.Activations
		return
	}
	s.gpu.FLOPs += e.FLOPs
	s.gpu.Bytes += e.GPUBytes
	if moved {
		s.in += weights
	}
}

func (r Rates) longest(s side, home Home) unit.Time {
	bytes, flops := r.DeviceBytes, r.DeviceFLOPs
	if home == Host {
		bytes, flops = r.HostBytes, r.HostFLOPs
	}
	return max(
		roof(s.gpu, r.GPUBytes, r.GPUFLOPs),
		roof(s.home, bytes, flops),
		least(int64(s.in), int64(r.LinkBytes)),
		least(int64(s.out), int64(r.LinkBytes)),
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
