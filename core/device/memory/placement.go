package memory

import (
	"fmt"

	"monde/core/fault"
)

// A Placement says on which device each expert lives: the device's number, by
// expert. Which one is the caller's choice; the functions below are the usual
// ones.
type Placement []int32

// RoundRobin places expert i on device i mod devices. Neighbouring experts, which
// a popularity order makes similarly busy, go to different devices.
func RoundRobin(experts, devices int) Placement {
	p := make(Placement, experts)
	for i := range p {
		p[i] = int32(i % devices)
	}
	return p
}

// Blocks places runs of neighbouring experts together, in runs that differ by at
// most one.
func Blocks(experts, devices int) Placement {
	p := make(Placement, experts)
	for i := range p {
		p[i] = int32(i * devices / experts)
	}
	return p
}

// Validate reports the first expert on a device that is not one of devices.
func (p Placement) Validate(devices int) error {
	for i, d := range p {
		if d < 0 || int(d) >= devices {
			return fault.At(fmt.Sprintf("[%d]", i), "must be on device 0 to %d, got %d", devices-1, d)
		}
	}
	return nil
}

// On appends the experts of device d to dst, in order, and returns it.
func (p Placement) On(dst []int32, d int32) []int32 {
	for i, at := range p {
		if at == d {
			dst = append(dst, int32(i))
		}
	}
	return dst
}
