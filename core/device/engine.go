package device

import (
	"monde/core/device/memory"
	"monde/core/dram"
	"monde/core/ndp"
	"monde/core/unit"
)

// engine is the controller beside the memory: it fetches what the core's schedule
// asks for, has the core compute, and writes results back. One channel of the
// memory stands for all, which are alike and get equal shares of every run.
type engine struct {
	grid   *grid
	clock  unit.Clock // of the core
	period unit.Time  // of the memory
	base   [4]memory.Address

	weights, reads, compute ndp.Cursor
	line                    [lines]line
	chosen                  int32        // the line whose head is offered
	left                    [lines]int64 // bursts on their way
	limit                   int64        // chunks to fetch before a pause
	fetch                   step         // whose weights are fetched next
	read                    step         // whose activations are fetched, or wait to be
	now, then               step         // computed next, and the one after it
	chunks                  [4]chunk     // by number, of which at most three matter

	came  unit.Time   // the last activations
	wrote unit.Time   // the last result to leave
	queue write       // a result that waits for its line
	began unit.Cycles // of the step before now
	ended unit.Cycles
	busy  unit.Cycles // the arrays computed

	moves    memory.Region // what PMove reads, again and again
	interval int64         // clocks of the memory between its bursts; 0 = no PMove
	moved    int64         // bursts that have come
	watch    func(from, to unit.Cycles)
}

var _ dram.Source = (*engine)(nil)

// A chunk of weights, in one half of the buffer.
type chunk struct {
	number int64
	left   int64     // bursts on their way
	sent   bool      // all were asked for
	here   unit.Time // the last one came
	done   bool      // every step with it is computed
	ended  unit.Cycles
}

// A step of the schedule and its number, if there is one.
type step struct {
	ndp.Step
	n  int64
	ok bool
	at ndp.Cursor // before it
}

type write struct {
	ndp.Run
	after unit.Cycles
}

// unlimited is a limit that no expert reaches.
const unlimited = 1 << 62

func (e *engine) begin(s ndp.Schedule) {
	e.weights, e.reads, e.compute = s.Begin(), s.Begin(), s.Begin()
	e.limit = unlimited
	e.fetch, e.read, e.now = step{n: -1}, step{n: -1}, step{n: -1}
	e.fetch = follow(&e.weights, e.fetch)
	e.read = seek(&e.reads, e.read)
	e.now = follow(&e.compute, e.now)
	e.then = follow(&e.compute, e.now)
}

// follow returns the step after s.
func follow(c *ndp.Cursor, s step) step {
	at := *c
	next, ok := c.Next()
	return step{next, s.n + 1, ok, at}
}

// seek returns the next step after s that reads activations.
func seek(c *ndp.Cursor, s step) step {
	for {
		if s = follow(c, s); !s.ok || s.Read.Size > 0 {
			return s
		}
	}
}

// edge returns the first clock of the memory at or after cycle n of the core.
func (e *engine) edge(n unit.Cycles) int64 {
	return int64((e.clock.Edge(n) + e.period - 1) / e.period)
}

// at returns the address of an offset in a region of the expert.
func (e *engine) at(r ndp.Run) memory.Address { return e.base[r.Region] + memory.Address(r.Offset) }

// finished says whether all is computed and written, or on its way.
func (e *engine) finished() bool {
	return !e.now.ok && e.queue.Size == 0 && !e.line[writing].active
}

// Done implements dram.Source.
func (e *engine) Done() bool {
	return e.finished() || e.fetch.ok && e.fetch.Chunk >= e.limit && !e.line[fetching].active
}

// Next implements dram.Source: the most urgent of what has arrived. PMove goes
// before the weights, which would leave it nothing: it comes no faster than the
// link takes it. It never ends, so it stands back while results wait to be written:
// a window would not turn to writes as long as reads keep coming.
func (e *engine) Next(now int64) (*dram.Request, bool) {
	for e.refill() {
	}
	best := int32(none)
	for i := range e.line {
		l := &e.line[i]
		if !l.active || int32(i) == moving && (e.finished() || e.left[writing] > 0) {
			continue
		}
		if l.req.Arrive <= now {
			best = int32(i)
			break
		}
		if best == none || l.req.Arrive < e.line[best].req.Arrive {
			best = int32(i)
		}
	}
	if best == none {
		return nil, false
	}
	e.chosen = best
	return &e.line[best].req, true
}

const none = -1

// Sent implements dram.Source.
func (e *engine) Sent(int64) {
	i := e.chosen
	l := &e.line[i]
	e.left[i]++
	arrive := l.req.Arrive
	more := l.next(e.grid)
	switch i {
	case fetching:
		c := &e.chunks[l.req.Tag>>2]
		c.left++
		c.sent = !more
	case moving:
		if !more {
			l.begin(e.grid, e.moves.Start, e.moves.Size, 0)
		}
		l.req.Arrive = arrive + e.interval
	}
}

// Served implements dram.Source.
func (e *engine) Served(tag int32, at int64) {
	t := unit.Time(at) * e.period
	i := tag & 3
	e.left[i]--
	switch i {
	case fetching:
		c := &e.chunks[tag>>2]
		c.left--
		c.here = max(c.here, t)
		if c.left > 0 || !c.sent {
			return
		}
	case reading:
		e.came = max(e.came, t)
		if e.left[reading] > 0 || e.line[reading].active {
			return
		}
		e.read = seek(&e.reads, e.read)
	case writing:
		e.wrote = max(e.wrote, t)
	case moving:
		e.moved++
		return
	}
	e.advance()
}

// refill gives every line that is free the next run that may go. It reports
// whether one was so short that other channels have all of it: then more may.
func (e *engine) refill() (again bool) {
	if l := &e.line[writing]; !l.active && e.queue.Size > 0 {
		l.begin(e.grid, e.at(e.queue.Run), e.queue.Size, e.edge(e.queue.after))
		e.queue.Size = 0
		again = !l.active
	}
	if e.read.ok && !e.line[reading].active && e.left[reading] == 0 && e.now.n >= e.read.n {
		again = e.beginRead() || again
	}
	if e.fetch.ok && !e.line[fetching].active && e.fetch.Chunk < e.limit {
		again = e.beginFetch() || again
	}
	if again {
		e.advance()
	}
	return again
}

// beginRead asks for activations when the step before begins, and not before
// what they bring back has left.
func (e *engine) beginRead() (empty bool) {
	arrive := e.edge(e.began)
	if e.read.Fence {
		if !e.written() {
			return false
		}
		arrive = max(arrive, int64((e.wrote+e.period-1)/e.period))
	}
	l := &e.line[reading]
	l.begin(e.grid, e.at(e.read.Read), e.read.Read.Size, arrive)
	if !l.active {
		e.read = seek(&e.reads, e.read)
	}
	return !l.active
}

// written says whether every result so far has left.
func (e *engine) written() bool {
	return e.queue.Size == 0 && !e.line[writing].active && e.left[writing] == 0
}

// beginFetch asks for a chunk of weights when the half of the buffer that it takes
// is free.
func (e *engine) beginFetch() (empty bool) {
	n, arrive := e.fetch.Chunk, int64(0)
	if n >= 2 {
		before := &e.chunks[(n-2)%4]
		if !before.done {
			return false
		}
		arrive = e.edge(before.ended)
	}
	l := &e.line[fetching]
	l.begin(e.grid, e.at(e.fetch.Weights), e.fetch.Weights.Size, arrive)
	l.req.Tag = fetching | int32(n%4)<<2
	e.chunks[n%4] = chunk{number: n, sent: !l.active}
	for e.fetch.ok && e.fetch.Chunk == n {
		e.fetch = follow(&e.weights, e.fetch)
	}
	return !l.active
}

// advance computes every step whose operands are there. Its times may lie ahead.
func (e *engine) advance() {
	for e.now.ok {
		c := &e.chunks[e.now.Chunk%4]
		if c.number != e.now.Chunk || !c.sent || c.left > 0 {
			return
		}
		from := max(e.ended, e.clock.After(c.here))
		if e.now.Read.Size > 0 {
			if e.read.ok && e.read.n <= e.now.n {
				return
			}
			from = max(from, e.clock.After(e.came))
		}
		to := from + e.now.Cycles
		if e.now.Write.Size > 0 {
			if !e.written() {
				return
			}
			to = max(to, e.clock.After(e.wrote))
			e.queue = write{e.now.Write, to}
		}
		e.began, e.ended, c.ended = from, to, to
		e.busy += e.now.Cycles
		if e.watch != nil {
			e.watch(from, from+e.now.Cycles)
		}
		c.done = !e.then.ok || e.then.Chunk != e.now.Chunk
		e.now = e.then
		e.then = follow(&e.compute, e.then)
	}
}
