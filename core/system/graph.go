package system

import (
	"monde/core/des"
	"monde/core/device"
	"monde/core/probe"
	"monde/core/unit"
)

// graph runs tasks with dependencies over resources that do one thing at a time.
// A resource takes the ready task of the highest class, then the lowest number.
// A bulk task on a link gives way to an urgent one at the next chunk.
type graph struct {
	tasks    []task
	edges    []edge
	servers  [lanes]server
	segments []segment
	queue    des.Queue // of segments' ends
	asking   []int32   // lanes to start once all that ends now has been told, in order
	chunk    unit.Time
	last     int32 // segment that ended last
}

// lanes are what does one thing at a time: every resource, and every memory
// device beyond the first.
const lanes = int(probe.Resources) + device.MaxCount - 1

// laneBits hold a lane in an event.
const laneBits = 5

// lane returns that of memory device i.
func lane(i int) int32 {
	if i == 0 {
		return int32(probe.NDP)
	}
	return int32(probe.Resources) + int32(i) - 1
}

type task struct {
	span    probe.Span // what it is; Start and End unused
	lane    int32
	left    unit.Time  // still to do
	latency unit.Time  // part of left that is hidden behind work that went just before
	bytes   unit.Bytes // over a link
	waiting int32      // dependencies not done
	next    int32      // first edge to a task that depends on it; -1 = none
	cause   int32      // segment whose end made it ready; -1 = the start
	urgent  bool
}

type edge struct{ to, next int32 }

// segment is a stretch of one task without a break. Its cause ended when it
// began, so walking causes back partitions the time.
type segment struct {
	task, cause int32
	start, end  unit.Time
}

type server struct {
	ready   []int32 // a heap of tasks
	running int32   // segment; -1 = idle
	tail    int32   // the segment before; -1 = none yet
	epoch   int32   // of the running segment's end, so that an overtaken end is void
	asked   bool    // it is in asking
}

func (g *graph) reset(chunk unit.Time) {
	g.tasks, g.edges, g.segments = g.tasks[:0], g.edges[:0], g.segments[:0]
	g.chunk, g.last = chunk, -1
	for r := range g.servers {
		s := &g.servers[r]
		s.ready, s.running, s.tail, s.epoch, s.asked = s.ready[:0], -1, -1, 0, false
	}
}

// add appends a task that takes t, and returns its number.
func (g *graph) add(r probe.Resource, w probe.Work, expert int32, t unit.Time) int32 {
	g.tasks = append(g.tasks, task{span: probe.Span{Resource: r, Work: w, Expert: expert}, lane: int32(r), left: t, next: -1, cause: -1})
	return int32(len(g.tasks) - 1)
}

// carry appends a transfer of b bytes that takes t, and latency more if the link
// was idle.
func (g *graph) carry(r probe.Resource, w probe.Work, expert int32, b unit.Bytes, t, latency unit.Time) int32 {
	id := g.add(r, w, expert, latency+t)
	g.tasks[id].bytes, g.tasks[id].latency = b, latency
	return id
}

// after makes task b wait for task a.
func (g *graph) after(a, b int32) {
	g.edges = append(g.edges, edge{b, g.tasks[a].next})
	g.tasks[a].next = int32(len(g.edges) - 1)
	g.tasks[b].waiting++
}

// run does every task from instant now and returns when the last ends.
func (g *graph) run(now unit.Time) unit.Time {
	for i := range g.tasks {
		if g.tasks[i].waiting == 0 {
			g.release(int32(i), now)
		}
	}
	for asked := 0; ; {
		for g.queue.Len() > 0 && (g.queue.Next() == now || asked == len(g.asking)) {
			e := g.queue.Pop()
			now = e.At
			g.finish(e, now)
		}
		if asked == len(g.asking) {
			break
		}
		g.start(g.asking[asked], now)
		if asked++; asked == len(g.asking) {
			g.asking, asked = g.asking[:0], 0
		}
	}
	if g.last < 0 {
		return now
	}
	return g.segments[g.last].end
}

// release puts a task whose dependencies are done to its resource.
func (g *graph) release(id int32, now unit.Time) {
	r := g.tasks[id].lane
	g.push(&g.servers[r], id)
	g.ask(r)
	if g.tasks[id].urgent {
		g.overtake(r, now)
	}
}

// ask has r look for work once everything that ends now has been told.
func (g *graph) ask(r int32) {
	s := &g.servers[r]
	if s.running >= 0 || s.asked {
		return
	}
	s.asked = true
	g.asking = append(g.asking, r)
}

func (g *graph) start(r int32, now unit.Time) {
	s := &g.servers[r]
	s.asked = false
	if len(s.ready) == 0 {
		return
	}
	id := g.pop(s)
	t := &g.tasks[id]
	cause := t.cause
	if s.tail >= 0 && g.segments[s.tail].end == now && (cause < 0 || g.segments[cause].end < now) {
		cause = s.tail // it was ready before, and waited for the resource
	}
	if s.tail >= 0 && g.segments[s.tail].end == now {
		t.left -= t.latency
	}
	t.latency = 0 // paid or hidden, once
	g.segments = append(g.segments, segment{id, cause, now, now + t.left})
	s.running = int32(len(g.segments) - 1)
	g.end(r)
}

// end schedules the end of r's running segment.
func (g *graph) end(r int32) {
	s := &g.servers[r]
	s.epoch++
	g.queue.Push(des.Event{At: g.segments[s.running].end, Priority: des.Finish, Arg: s.epoch<<laneBits | r})
}

// finish ends a segment, unless it was cut and ends at another time.
func (g *graph) finish(e des.Event, now unit.Time) {
	r := e.Arg & (1<<laneBits - 1)
	s := &g.servers[r]
	if s.running < 0 || e.Arg>>laneBits != s.epoch {
		return
	}
	done := s.running
	s.running, s.tail, g.last = -1, done, done
	seg := g.segments[done]
	t := &g.tasks[seg.task]
	t.left -= seg.end - seg.start
	if t.left > 0 { // it was overtaken
		t.cause = done
		g.push(s, seg.task)
	} else {
		g.done(seg.task, done, now)
	}
	g.ask(r)
}

func (g *graph) done(id, seg int32, now unit.Time) {
	for i := g.tasks[id].next; i >= 0; i = g.edges[i].next {
		to := g.edges[i].to
		t := &g.tasks[to]
		t.waiting--
		t.cause = seg
		if t.waiting == 0 {
			g.release(to, now)
		}
	}
}

// overtake cuts r's running bulk transfer at its next chunk.
func (g *graph) overtake(r int32, now unit.Time) {
	s := &g.servers[r]
	if s.running < 0 || g.tasks[g.segments[s.running].task].urgent {
		return
	}
	seg := &g.segments[s.running]
	if g.chunk >= seg.end-seg.start {
		return
	}
	chunks := (now - seg.start + g.chunk - 1) / g.chunk
	if cut := seg.start + max(1, chunks)*g.chunk; cut < seg.end {
		seg.end = cut
		g.end(r)
	}
}
