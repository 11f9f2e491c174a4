// Package endpoint models how a host and its near-data devices talk: the host's
// driver writes activations, issues instructions, polls a done register and reads
// results back; a device queues instructions and runs them in order.
//
// From MoNDE (DAC 2024, doi 10.1145/3649329.3655951): a CXL controller, an
// instruction queue on the device, a controller that makes memory requests, and
// completion by a memory-mapped done register. The paper publishes no protocol.
// Ours, in lines of 64 bytes over two directions that keep their order:
//
//   - An instruction carries a tag, counting from 1. The device takes the one whose
//     tag it expects, if its queue has room, and refuses every other. So none
//     overtakes, none is lost and none runs twice, whatever the driver sends.
//   - The driver sends at most a burst of instructions, waits, and polls. The answer
//     tells how many instructions were taken and how many are done. Both only grow,
//     and the poll went behind the burst, so the answer has settled its fate: the
//     driver goes on from the first that was refused. A queue drains by itself, so
//     this ends.
//   - Whatever is newly done is asked for with one line, and its results follow.
//
// Compute time is a function that the caller supplies, so any model of the core
// fits. Left out: packets and credits below a line, CXL's coherence, faults,
// interrupts, the host's own time for a store or a load, and bandwidth of the
// device's memory that a link transfer takes from the core. No measurement of this
// protocol exists: nothing here is calibrated.
package endpoint

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Direction is one way of a link.
type Direction struct {
	Latency   unit.Time           `json:"latency_ps"`            // from the last byte's sending to its arrival, 0 to 1 s
	Bandwidth unit.BytesPerSecond `json:"bandwidth_bytes_per_s"` // effective, 1 MB/s to 1 PB/s
}

// Spec is what a user may choose. All devices are alike.
type Spec struct {
	ToDevice   Direction  `json:"to_device"`
	FromDevice Direction  `json:"from_device"`
	Shared     bool       `json:"shared"`     // all devices are behind one such link; otherwise each has its own
	Turn       unit.Bytes `json:"turn_bytes"` // what a device sends before another has its turn on a shared link, at least a line
	Queue      int        `json:"queue"`      // instructions that a device holds beside the one that runs, at least 1
	Burst      int        `json:"burst"`      // instructions that a driver sends before it polls; 0: as many as it knows to be room for, at least 1
	Start      unit.Time  `json:"start_ps"`   // from taking an instruction off the queue to its first memory request
	Poll       unit.Time  `json:"poll_ps"`    // from the answer, or the last instruction's leaving, to the next poll
}

// Validate reports every field that no endpoint can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.In("to_device", s.ToDevice.validate()),
		fault.In("from_device", s.FromDevice.validate()),
		fault.Within("turn_bytes", s.Turn, line, 1<<40),
		fault.Within("queue", s.Queue, 1, 1<<16),
		fault.Within("burst", s.Burst, 0, 1<<16),
		fault.Within("start_ps", s.Start, 0, unit.Second),
		fault.Within("poll_ps", s.Poll, 0, unit.Second),
	)
}

func (d Direction) validate() error {
	return errors.Join(
		fault.Within("latency_ps", d.Latency, 0, unit.Second),
		fault.Within("bandwidth_bytes_per_s", d.Bandwidth, 1e6, 1e15),
	)
}

// An Endpoint is a Spec made ready. It keeps nothing between runs.
type Endpoint struct {
	spec      Spec
	everyPoll bool // simulate polls that can see nothing new; for tests
}

// New returns the Endpoint of a valid Spec.
func New(s Spec) Endpoint { return Endpoint{spec: s} }
