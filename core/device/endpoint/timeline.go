package endpoint

import "monde/core/unit"

// Step is one stage of a task. The steps of a task follow one another without a
// gap, in this order.
type Step uint8

// Steps.
const (
	Write Step = iota // until the last byte of its inputs has arrived
	Issue             // until the device has taken the instruction: its turn on the link, and refusals
	Wait              // in the device's queue
	Run               // Spec.Start and compute
	Poll              // until the host has the answer that says so
	Read              // until the last byte of its results is with the host
	Steps             // how many there are
)

// String returns the step's name.
func (s Step) String() string {
	return [...]string{"write", "issue", "wait", "run", "poll", "read"}[s]
}

// A Life is when a task came to each stage. Instants never decrease from one field
// to the next, and those of a field never from one task of a device to the next;
// but a task with nothing to write or read passes Written or Back at once.
type Life struct {
	Begin    unit.Time // handed to the link
	Written  unit.Time
	Accepted unit.Time
	Popped   unit.Time
	Done     unit.Time // the done register says so
	Known    unit.Time // the host knows
	Back     unit.Time // the results are with the host
	Refused  int64     // how often the queue was full, or an instruction before it had been refused
}

// Step returns when step s began and ended.
func (l Life) Step(s Step) (start, end unit.Time) {
	at := [...]unit.Time{l.Begin, l.Written, l.Accepted, l.Popped, l.Done, l.Known, l.Back}
	return at[s], at[s+1]
}

// A Span is one step of one task.
type Span struct {
	Device, Task int32
	Step         Step
	Start, End   unit.Time
}

// A Timeline is what a run did, from instant 0.
type Timeline struct {
	Lives   [][]Life   // by device, then task
	End     unit.Time  // when the host has every result
	Polls   int64      // answered
	Words   int64      // instructions sent, those refused included
	Refused int64      // of Words
	Sent    unit.Bytes // to all devices
	Got     unit.Bytes // from all devices
}

// Spans passes every step that takes time to emit: by device, then task, then
// step.
func (t Timeline) Spans(emit func(Span)) {
	for d, lives := range t.Lives {
		for i, l := range lives {
			for s := range Steps {
				if start, end := l.Step(s); start < end {
					emit(Span{int32(d), int32(i), s, start, end})
				}
			}
		}
	}
}
