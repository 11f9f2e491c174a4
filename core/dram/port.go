package dram

import (
	"slices"

	"monde/core/fault"
)

// A Source asks one channel for bursts whose times depend on when earlier ones
// are served.
type Source interface {
	// Next returns the request at the head of the line at clock now, which may
	// arrive later, and false while there is none, before more is served.
	Next(now int64) (*Request, bool)
	// Sent says that the channel has taken the head of the line.
	Sent(now int64)
	// Served says that a burst of tag has its last data, or was written, at clock
	// at. It is told when the command is issued, so at may lie ahead.
	Served(tag int32, at int64)
	// Done says that there is no more to send, or none for now that the asker wants
	// to be sent.
	Done() bool
}

// A Port is one channel that a Source is connected to.
type Port struct {
	ctl  *windowed
	now  int64 // the clock to go on at
	next int64 // when the channel is due
}

// NewPort returns a channel of a valid Spec of LPDDR5 whose controller is Window
// or Streaming, at clock 0. emit is told of every command; it may be nil.
func NewPort(s Spec, emit func(Command)) *Port {
	if s.Controller.Kind == Banks || s.Standard != LPDDR5 {
		panic("dram: bug: a port of what no device has")
	}
	rules := s.forStreams(lpddr5(s.Timing)) // not Rules: a page needs no other standard
	return &Port{ctl: newWindowed(s, s.compile(rules), &tap{bl: int64(s.Timing.BL), emit: emit})}
}

// Run connects src until it is done; with drain, also until all that was sent is
// served. To go on with the same source later changes nothing.
func (p *Port) Run(stop fault.Stop, src Source, drain bool) error {
	p.ctl.out.done = src.Served
	g := p.ctl.spec.Geometry
	r, ok := src.Next(p.now)
	for steps := 1; !src.Done() || drain && p.ctl.busy(); steps++ {
		now := p.now
		refused := false
		if ok && r.Arrive <= now {
			if taken, _ := p.ctl.offer(r, g.bank(r.Place), now); taken {
				src.Sent(now)
				p.next = now
			} else {
				refused = true
			}
		}
		if p.next <= now {
			p.next = p.ctl.tick(now)
		}
		p.now = p.next
		if r, ok = src.Next(now + 1); ok && !refused {
			p.now = min(p.next, max(now+1, r.Arrive))
		}
		if p.now == never && !src.Done() {
			return fault.At("", "the memory waits for ever")
		}
		if p.now = max(p.now, now+1); src.Done() && !drain {
			p.now = now + 1 // whatever comes may come at once
		}
		if p.now > now+1 {
			r, ok = src.Next(p.now) // more may have arrived by then
		}
		if steps%patience == 0 && stop.Err() != nil {
			return stop.Err()
		}
	}
	return nil
}

// Clone returns a copy that goes on from here by itself.
func (p *Port) Clone() *Port {
	q := *p
	c := *p.ctl
	t := *c.out
	t.latency, t.flight = slices.Clone(t.latency), flight{}
	c.out = &t
	all := *c.slots.all
	c.slots.all = &all
	c.reads.slots, c.writes.slots = &c.slots, &c.slots
	c.active, c.orders = slices.Clone(c.active), slices.Clone(c.orders)
	q.ctl = &c
	return &q
}

// Now returns the clock that the port has come to.
func (p *Port) Now() int64 { return p.now }

// Result sums up what the channel did so far.
func (p *Port) Result() Result {
	m := channels{spec: p.ctl.spec, taps: []*tap{p.ctl.out}}
	m.spec.Channels = 1
	return m.result(int(p.ctl.out.moved))
}
