package endpoint

import (
	"fmt"

	"monde/core/des"
	"monde/core/fault"
	"monde/core/unit"
)

// run is the state of one Run.
type run struct {
	Endpoint
	compute  Compute
	now      unit.Time
	queue    des.Queue
	lanes    []lane // to and from each link
	messages []message
	free     []int32 // of messages
	devices  []device
	drivers  []driver
	timeline Timeline
}

// Event kinds. The argument is a lane, a message, or a device.
const (
	turnEnds uint8 = iota
	arrives
	computed
	polls
	goesOn
)

// Run sends each device its program and returns what happened. All drivers start
// at instant 0 and know nothing of one another. Programs may be empty. The error
// names every field of the first task that is at fault, or says that the run is too
// large.
func (e Endpoint) Run(programs [][]Task, compute Compute) (Timeline, error) {
	if err := limit(programs); err != nil {
		return Timeline{}, err
	}
	r := &run{Endpoint: e, compute: compute, devices: make([]device, len(programs))}
	for i, tasks := range programs {
		if err := validate(tasks); err != nil {
			return Timeline{}, fault.In(fmt.Sprintf("programs[%d]", i), err)
		}
		r.drivers = append(r.drivers, driver{tasks: tasks})
		r.timeline.Lives = append(r.timeline.Lives, make([]Life, len(tasks)))
	}
	r.link()
	for i, tasks := range programs {
		if len(tasks) > 0 {
			r.burst(int32(i))
		}
	}
	for r.queue.Len() > 0 {
		ev := r.queue.Pop()
		r.now = ev.At
		r.handle(ev.Kind, ev.Arg)
	}
	return r.timeline, nil
}

// link makes the lanes.
func (r *run) link() {
	links, owners, turn := len(r.devices), 1, maxBytes
	if r.spec.Shared {
		links, owners, turn = 1, len(r.devices), r.spec.Turn
	}
	for range links {
		for _, d := range [...]Direction{r.spec.ToDevice, r.spec.FromDevice} {
			r.lanes = append(r.lanes, lane{Direction: d, turn: turn, owners: make([]fifo, owners)})
		}
	}
}

// at schedules an event after a while. What ends, frees a lane or finishes an
// instruction, comes before what arrives at the same instant: a poll sees an
// instruction that is done just then, and an instruction finds the room that it left.
func (r *run) at(after unit.Time, p des.Priority, kind uint8, arg int32) {
	r.queue.Push(des.Event{At: r.now + after, Priority: p, Kind: kind, Arg: arg})
}

func (r *run) handle(kind uint8, arg int32) {
	switch kind {
	case turnEnds:
		r.turnEnds(arg)
	case arrives:
		r.free = append(r.free, arg)
		r.arrive(r.messages[arg])
	case computed:
		r.computed(arg)
	case polls:
		r.put(message{meaning: poll, device: arg, size: line})
	case goesOn:
		r.burst(arg)
	}
}

func (r *run) arrive(m message) {
	switch m.meaning {
	case data:
		r.timeline.Lives[m.device][m.first].Written = r.now
	case word:
		r.take(m.device, m.first)
	case poll:
		r.tell(m.device)
	case request:
		r.give(m.device, m.first, m.last)
	case answer:
		r.hears(m.device, m)
	case result:
		r.drivers[m.device].reading--
		r.timeline.Lives[m.device][m.first].Back = r.now
		r.timeline.End = max(r.timeline.End, r.now)
	}
}
