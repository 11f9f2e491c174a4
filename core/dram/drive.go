package dram

import (
	"fmt"

	"monde/core/fault"
)

// controller is one channel. Clocks are those of the front end, from 0.
type controller interface {
	// offer hands over r, which goes to the given bank, before the tick of clock
	// now. It reports whether it was taken, and whether there is room for another of
	// its kind.
	offer(r *Request, bank int, now int64) (taken, room bool)
	// tick does what happens at clock now, and returns the next clock at which
	// something can happen unless a request is offered before: now+1 if it made room.
	tick(now int64) int64
	// busy says whether it will still serve something unasked.
	busy() bool
}

var (
	_ controller = (*windowed)(nil)
	_ controller = (*banked)(nil)
)

// Options are what a run may be asked beside its requests.
type Options struct {
	Window  int                // requests under way at most; 0 = no limit
	Emit    func(Command)      // is told of every command, in order of clocks; may be nil
	Working func(done, of int) // is told now and then how many requests were sent; may be nil
}

// channels is a memory at work.
type channels struct {
	spec Spec
	ctl  []controller
	taps []*tap
	next []int64 // when each has something to do
	done int64   // sent, served and opened, when it was last looked at
}

func newChannels(s Spec, o Options) *channels {
	m := &channels{spec: s, ctl: make([]controller, s.Channels), taps: make([]*tap, s.Channels), next: make([]int64, s.Channels)}
	from := compile(s)
	for i := range m.ctl {
		t := &tap{channel: int32(i), bl: int64(s.Timing.BL), emit: o.Emit}
		t.flight.on = o.Window > 0
		m.taps[i] = t
		m.ctl[i] = newController(s, from, t)
	}
	return m
}

// Run sends reqs to the memory in order, as the front end of facts of the
// reference runs does: each clock the head of the line, up to as many times as
// there are channels, until one is refused, has not arrived, or would be one
// more under way than the window allows.
func Run(stop fault.Stop, s Spec, reqs []Request, o Options) (Result, error) {
	if err := s.Validate(); err != nil {
		return Result{}, err
	}
	if err := s.fits(reqs); err != nil {
		return Result{}, err
	}
	m := newChannels(s, o)
	run := m.run
	if s.Channels == 1 && o.Window == 0 {
		run = m.runOne
	}
	if err := run(stop, reqs, o); err != nil {
		return Result{}, err
	}
	return m.result(len(reqs)), nil
}

// fits reports the first request that is nowhere in the memory.
func (s Spec) fits(reqs []Request) error {
	for i := range reqs {
		if err := s.outside(&reqs[i]); err != nil {
			return fault.At("", "request %d: %v", i+1, err)
		}
	}
	return nil
}

const (
	lastArrive = 1 << 50 // above every clock at which a request may arrive
	maxIdle    = 1 << 28 // refreshes, of all channels, that a run may walk: half a minute
)

// latest returns the clock above every one at which a request may arrive: refreshes
// are simulated one by one, even of a memory that nobody asks for anything.
func (s *Spec) latest() int64 {
	every := int64(s.Timing.REFI)
	switch s.Controller.Refresh {
	case NoRefresh:
		return lastArrive
	case PerBank:
		every = int64(s.Timing.REFIpb)
	}
	if every <= 0 {
		return lastArrive
	}
	return min(lastArrive, maxIdle/int64(s.Channels)*every)
}

// holds says whether r is somewhere in the memory.
func (s *Spec) holds(r *Request) bool {
	g := &s.Geometry
	return r.Arrive >= 0 && uint(r.Channel) < uint(s.Channels) && uint(r.Rank) < uint(g.Ranks) && uint(r.Group) < uint(g.Groups) &&
		uint(r.Bank) < uint(g.Banks) && uint(r.Row) < uint(g.Rows) && uint(r.Col) < uint(g.Bursts) && r.Arrive < s.latest()
}

// outside says which of r's numbers is nowhere in the memory, as a trace names it;
// nil if none is.
func (s *Spec) outside(r *Request) error {
	if s.holds(r) {
		return nil
	}
	g := s.Geometry
	if latest := s.latest(); r.Arrive >= latest && latest < lastArrive {
		return fmt.Errorf("arrive must be below %d in this memory, got %d: the refreshes until then are simulated one by one", latest, r.Arrive)
	}
	most := [...]int64{lastArrive, int64(s.Channels), int64(g.Ranks), int64(g.Groups), int64(g.Banks), int64(g.Rows), int64(g.Bursts)}
	got := [...]int64{r.Arrive, int64(r.Channel), int64(r.Rank), int64(r.Group), int64(r.Bank), int64(r.Row), int64(r.Col)}
	for i, name := range columns {
		if most[i] == 1 && got[i] != 0 {
			return fmt.Errorf("%s must be 0: the memory has one; got %d", name, got[i])
		}
		if got[i] < 0 || got[i] >= most[i] {
			return fmt.Errorf("%s must be 0 to %d in this memory, got %d", name, most[i]-1, got[i])
		}
	}
	return nil
}

// patience is how many steps pass between looks at stop.
const patience = 1 << 16

func (m *channels) run(stop fault.Stop, reqs []Request, o Options) error {
	now, steps := int64(0), 0
	left := reqs
	for {
		var retry int64
		left, retry = m.send(left, now, o.Window)
		soonest := m.tick(now)
		if retry == never && o.Window > 0 && len(left) > 0 { // what was issued now frees a place later
			retry = max(now+1, m.release(now, o.Window))
		}
		soonest = min(soonest, retry)
		if len(left) == 0 && !m.busy() {
			return nil
		}
		if soonest == never {
			return waitsForEver(len(left))
		}
		now = soonest
		if steps++; steps%patience == 0 {
			if err := m.look(stop, len(reqs)-len(left), len(reqs), o); err != nil {
				return err
			}
		}
	}
}

// look is what happens now and then: it ends a run that was cancelled, or that
// does nothing but refresh.
func (m *channels) look(stop fault.Stop, sent, of int, o Options) error {
	if err := stop.Err(); err != nil {
		return err
	}
	if o.Working != nil {
		o.Working(sent, of)
	}
	done := int64(sent)
	for _, t := range m.taps {
		done += t.moved + t.counts[ACT]
	}
	if done == m.done && m.busy() {
		return waitsForEver(of - sent)
	}
	m.done = done
	return nil
}

func waitsForEver(left int) error {
	return fault.At("", "the controller waits for ever with %d requests to come", left)
}

// runOne is run for one channel and no window, which need less care.
func (m *channels) runOne(stop fault.Stop, reqs []Request, o Options) error {
	c, g := m.ctl[0], m.spec.Geometry
	now, next, head, room := int64(0), int64(0), 0, true
	for steps := 1; ; steps++ {
		retry := int64(never)
		if head < len(reqs) && room {
			if r := &reqs[head]; r.Arrive > now {
				retry = r.Arrive
			} else if taken, more := c.offer(r, g.bank(r.Place), now); taken {
				head++
				next, retry = now, now+1
				if !more && head < len(reqs) && reqs[head].Write == r.Write {
					room, retry = false, never
				}
			} else {
				room = false
			}
		}
		if next <= now {
			next = c.tick(now)
			room = room || next == now+1
		}
		if head == len(reqs) && !c.busy() {
			return nil
		}
		if now = min(next, retry); now == never {
			return waitsForEver(len(reqs) - head)
		}
		if steps%patience == 0 {
			if err := m.look(stop, head, len(reqs), o); err != nil {
				return err
			}
		}
	}
}

// send offers the head of the line as often as there are channels, and returns
// what is left and when to go on, unless a channel is due before.
func (m *channels) send(reqs []Request, now int64, window int) ([]Request, int64) {
	for range m.ctl {
		if len(reqs) == 0 {
			return nil, never
		}
		r := &reqs[0]
		if r.Arrive > now {
			return reqs, r.Arrive
		}
		if window > 0 {
			if at := m.release(now, window); at > now {
				return reqs, at
			}
		}
		if taken, _ := m.ctl[r.Channel].offer(r, m.spec.Geometry.bank(r.Place), now); !taken {
			return reqs, never
		}
		m.next[r.Channel] = now
		reqs = reqs[1:]
	}
	return reqs, now + 1
}

// release returns when fewer than window requests are under way; never if that
// takes a command that is not issued yet.
func (m *channels) release(now int64, window int) int64 {
	under, at := 0, int64(never)
	for _, t := range m.taps {
		under += t.flight.at(now)
		at = min(at, t.flight.next())
	}
	if under < window {
		return now
	}
	return at
}

// tick runs the channels that are due, and returns when the next one is.
func (m *channels) tick(now int64) int64 {
	soonest := int64(never)
	for i, at := range m.next {
		if at <= now {
			at = m.ctl[i].tick(now)
			m.next[i] = at
		}
		soonest = min(soonest, at)
	}
	return soonest
}

func (m *channels) busy() bool {
	for _, c := range m.ctl {
		if c.busy() {
			return true
		}
	}
	return false
}

// bank returns the number of p's bank in its channel.
func (g Geometry) bank(p Place) int {
	return (int(p.Rank)*g.Groups+int(p.Group))*g.Banks + int(p.Bank)
}

func newController(s Spec, from *[16]gaps, t *tap) controller {
	if s.Controller.Kind == Banks {
		return newBanked(s, from, t)
	}
	return newWindowed(s, from, t)
}
