package device

import (
	"fmt"

	"monde/core/device/memory"
	"monde/core/dram"
	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/unit"
)

// Clocked is a device simulated clock by clock, for the experts of one shape. An
// expert starts on an idle device, just after a refresh.
//
// Passes over the weights are the same whatever number of tokens is still to come,
// so the simulation of many tokens goes through that of fewer: what it was like
// after each pass is kept, and an expert for t tokens is simulated from there on.
type Clocked struct {
	core     ndp.Core
	expert   ndp.Expert
	command  unit.Time
	rows     int
	channels int
	channel  dram.Spec
	grid     *grid
	start    engine
	passes   []state // after as many whole passes
	perPass  int64   // chunks; 0 if passes cannot be told apart
}

// state is a device in the middle of an expert.
type state struct {
	port   *dram.Port
	engine engine
}

// Service is what an expert took on a device.
type Service struct {
	Time      unit.Time   // with the command that starts it
	Busy      unit.Time   // of the arrays
	Weights   unit.Bytes  // streamed, again for every pass
	Moved     unit.Bytes  // for PMove
	Memory    dram.Result // of one channel
	Simulated bool        // clock by clock to the end; otherwise the last passes are extrapolated
}

// MaxPasses is how many passes over the weights are simulated; what comes after
// takes as long as the last ones did.
const MaxPasses = 512

// slowest is the slowest clock of a core: at less, its memory would refresh for
// ages between two cycles.
const slowest = 1_000_000

// NewClocked returns the device of a valid Spec for the experts e. With pmove, an
// expert's weights leave the device at that rate all the while, or in every second
// burst if the link is as fast as that.
func NewClocked(s Spec, e ndp.Expert, pmove unit.BytesPerSecond) (*Clocked, error) {
	channel, n, err := s.DRAM.Memory()
	if err != nil {
		return nil, fault.In("dram", err)
	}
	if s.NDP.Clock < slowest {
		return nil, fault.At("ndp.clock_hz", "must be at least %d to be simulated clock by clock, got %d", slowest, s.NDP.Clock)
	}
	c := &Clocked{core: ndp.New(s.NDP), expert: e, command: s.Command, rows: s.NDP.Rows, channels: n, channel: channel}
	c.grid = newGrid(s.DRAM.Lay(channel, n))
	m := c.grid.memory
	c.start = engine{grid: c.grid, clock: s.NDP.Clock, period: channel.Period}
	if err := c.place(m); err != nil {
		return nil, err
	}
	if pmove > 0 {
		perBurst := pmove.Transfer(channel.Geometry.Burst * unit.Bytes(n))
		c.start.interval = max(2*int64(channel.Timing.BL), int64(perBurst/channel.Period))
		c.start.line[moving].req.Tag = moving
		c.start.line[moving].begin(c.grid, c.start.moves.Start, c.start.moves.Size, 0)
	}
	c.start.line[writing].req.Write = true
	c.start.line[reading].req.Tag = reading
	if one := c.core.Expert(e, s.NDP.Rows); one.Passes() == 1 && c.core.Expert(e, 2*s.NDP.Rows).Passes() == 2 {
		c.perPass = one.Totals().Steps
	}
	return c, nil
}

// Working has f told now and then how many steps of the core were computed since.
func (c *Clocked) Working(f func(done int64)) { c.start.watch = counting(f, nil) }

// counting returns a watch of an engine that tells f, and passes all on to next
// unless that is nil.
func counting(f func(done int64), next func(from, to unit.Cycles)) func(from, to unit.Cycles) {
	const every = 1 << 14 // steps: some tenths of a second
	n := int64(0)
	return func(from, to unit.Cycles) {
		if n++; n%every == 0 {
			f(n)
		}
		if next != nil {
			next(from, to)
		}
	}
}

// place finds room for the regions of the expert, and for another that PMove
// reads, each on fresh rows.
func (c *Clocked) place(m *memory.Map) error {
	s := c.core.Expert(c.expert, MaxPasses*c.rows)
	next := [2]memory.Address{m.Region(memory.Weights).Start, m.Region(memory.Activations).Start}
	take := func(k memory.Kind, size unit.Bytes) (memory.Address, bool) {
		span := memory.Address(m.Rows(k))
		at := (next[k] + span - 1) / span * span
		next[k] = at + memory.Address(size)
		return at, next[k] <= m.Region(k).End()
	}
	fits := true
	for r := ndp.Weights; r <= ndp.Output; r++ {
		kind := memory.Activations
		if r == ndp.Weights {
			kind = memory.Weights
		}
		at, ok := take(kind, s.Size(r))
		c.start.base[r], fits = at, fits && ok
	}
	// As much at least that its rows are not the same few again and again: a window
	// that serves hits first would let nothing else pass.
	size := max(s.Size(ndp.Weights), 16*m.Rows(memory.Weights))
	at, ok := take(memory.Weights, size)
	c.start.moves = memory.Region{Start: at, Size: size}
	if fits && ok {
		return nil
	}
	return c.crowded(m, s)
}

// crowded says what keeps two experts of s from fitting: too little memory, or a layout
// of which each region takes too much, as it starts on fresh rows.
func (c *Clocked) crowded(m *memory.Map, s ndp.Schedule) error {
	activations := s.Size(ndp.Input) + s.Size(ndp.Inner) + s.Size(ndp.Output)
	if 2*s.Size(ndp.Weights) <= m.Region(memory.Weights).Size && activations <= m.Region(memory.Activations).Size {
		return fault.At("dram.layout", "two experts do not fit: each starts on fresh rows, which this layout has every %d bytes only; put column nearer to the end",
			m.Rows(memory.Weights))
	}
	return fault.At("dram.channels", "two experts and their activations do not fit into %s", channels(c.channels))
}

func channels(n int) string {
	if n == 1 {
		return "one channel"
	}
	return fmt.Sprintf("%d channels", n)
}

// Expert simulates t > 0 tokens of one expert.
func (c *Clocked) Expert(stop fault.Stop, t int) (Service, error) {
	whole := t / c.rows
	if c.perPass == 0 || t < c.rows {
		return c.finish(stop, c.fresh(t), t)
	}
	if whole > MaxPasses {
		return c.extrapolate(stop, t)
	}
	if err := c.reach(stop, whole); err != nil {
		return Service{}, err
	}
	from := c.passes[whole-1]
	s := state{from.port.Clone(), from.engine}
	s.engine.retarget(c.core.Expert(c.expert, t))
	return c.finish(stop, s, t)
}

// fresh returns a device before an expert for t tokens.
func (c *Clocked) fresh(t int) state {
	s := state{dram.NewPort(c.channel, nil), c.start}
	s.engine.begin(c.core.Expert(c.expert, t))
	return s
}

// reach simulates whole passes, up to the fetch of the last weights of each.
func (c *Clocked) reach(stop fault.Stop, whole int) error {
	for len(c.passes) < whole {
		var s state
		if n := len(c.passes); n > 0 {
			s = state{c.passes[n-1].port.Clone(), c.passes[n-1].engine}
		} else {
			s = c.fresh(ndp.MaxTokens)
		}
		s.engine.limit = int64(len(c.passes)+1) * c.perPass
		if err := s.port.Run(stop, &s.engine, false); err != nil {
			return err
		}
		c.passes = append(c.passes, s)
	}
	return nil
}

// finish simulates s to its end.
func (c *Clocked) finish(stop fault.Stop, s state, t int) (Service, error) {
	if err := s.port.Run(stop, &s.engine, true); err != nil {
		return Service{}, err
	}
	e := &s.engine
	return Service{
		Time: c.command + max(e.clock.Edge(e.ended), e.wrote), Busy: e.clock.Edge(e.busy),
		Weights: c.core.Expert(c.expert, t).Totals().Weights, Memory: s.port.Result(), Simulated: true,
		Moved: unit.Bytes(e.moved) * c.channel.Geometry.Burst * unit.Bytes(c.channels),
	}, nil
}

// extrapolate takes as long for each pass beyond MaxPasses as the second half of
// those did in the mean, rounded up.
func (c *Clocked) extrapolate(stop fault.Stop, t int) (Service, error) {
	rest := t - MaxPasses*c.rows
	over := (rest + c.rows - 1) / c.rows
	half, err := c.Expert(stop, MaxPasses/2*c.rows)
	if err != nil {
		return half, err
	}
	all, err := c.Expert(stop, MaxPasses*c.rows)
	if err != nil {
		return all, err
	}
	each := func(a, b unit.Time) unit.Time {
		return b + ((b-a)*unit.Time(over)+MaxPasses/2-1)/(MaxPasses/2)
	}
	all.Time, all.Busy = each(half.Time, all.Time), each(half.Busy, all.Busy)
	all.Weights = c.core.Expert(c.expert, t).Totals().Weights
	all.Simulated = false
	return all, nil
}

// retarget makes e go on with s, an expert for other tokens, whose passes so far
// are the same.
func (e *engine) retarget(s ndp.Schedule) {
	e.limit = unlimited
	e.weights, e.reads, e.compute = e.weights.In(s), e.reads.In(s), e.compute.In(s)
	for _, p := range [...]*step{&e.fetch, &e.read, &e.now, &e.then} {
		p.at = p.at.In(s)
		again := p.at
		p.Step, p.ok = again.Next()
	}
}
