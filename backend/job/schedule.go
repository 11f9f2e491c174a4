package job

import (
	"slices"
	"sync"
	"time"
)

// A schedule decides whose piece is given out next: clients in turn, whatever they
// asked for, and of each client its jobs in turn. It lets out about as much as workers
// can do, so that whoever comes next waits for a few pieces and not for a sweep.
type schedule struct {
	mu      sync.Mutex
	workers map[string]seen
	out     int       // pieces that are given out
	clients []*client // that want a turn, the next one first
	now     func() time.Time
}

// seen is when a worker was last heard, and what it said.
type seen struct {
	beat
	at time.Time
}

// A client wants turns for its jobs, the next one first.
type client struct {
	name  string
	turns []*turn
}

// A turn is one job's wish to give a piece out.
type turn struct{ granted chan struct{} }

func newSchedule() *schedule { return &schedule{workers: map[string]seen{}, now: time.Now} }

// ahead is how many pieces are out for each that can be worked on: one is worked on
// while the next one travels.
const ahead = 2

// heard notes that a worker is there.
func (s *schedule) heard(b beat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.Left {
		delete(s.workers, b.Worker)
	} else {
		s.workers[b.Worker] = seen{b, s.now()}
	}
	s.grant()
}

// slots returns how many pieces can be worked on at once.
func (s *schedule) slots() int {
	n := 0
	for name, w := range s.workers {
		if s.now().Sub(w.at) > lostAfter {
			delete(s.workers, name)
			continue
		}
		n += w.Slots
	}
	return n
}

// crew counts the workers that are there, and what they can do at once.
func (s *schedule) crew() (workers, slots int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	slots = s.slots()
	return len(s.workers), slots
}

// depth returns how many pieces are given out.
func (s *schedule) depth() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out
}

// want asks for a turn of a client. It is granted by closing turn.granted, and then
// counts until release; or taken back by drop.
func (s *schedule) want(name string) *turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &turn{make(chan struct{})}
	i := slices.IndexFunc(s.clients, func(c *client) bool { return c.name == name })
	if i < 0 {
		s.clients = append(s.clients, &client{name: name})
		i = len(s.clients) - 1
	}
	s.clients[i].turns = append(s.clients[i].turns, t)
	s.grant()
	return t
}

// drop takes a wish back; one that was granted is released.
func (s *schedule) drop(t *turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, c := range s.clients {
		if j := slices.Index(c.turns, t); j >= 0 {
			c.turns = slices.Delete(c.turns, j, j+1)
			if len(c.turns) == 0 {
				s.clients = slices.Delete(s.clients, i, i+1)
			}
			return
		}
	}
	s.out--
	s.grant()
}

// release says that a piece which was given out is done.
func (s *schedule) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out--
	s.grant()
}

// grant gives turns while there is work to give. A client whose turn it was goes to the end.
func (s *schedule) grant() {
	for len(s.clients) > 0 && s.out < ahead*max(1, s.slots()) {
		c := s.clients[0]
		s.clients = s.clients[1:]
		close(c.turns[0].granted)
		s.out++
		if c.turns = c.turns[1:]; len(c.turns) > 0 {
			s.clients = append(s.clients, c)
		}
	}
}
