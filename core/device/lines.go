package device

import (
	"monde/core/device/memory"
	"monde/core/dram"
	"monde/core/unit"
)

// Lines of requests that one channel is asked from, in order of urgency.
const (
	writing  int32 = iota // results, and intermediates that do not fit
	reading               // activations
	fetching              // weights
	moving                // weights of another expert, for PMove
	lines
)

// A line is a run of bursts under way: those of channel 0, which has the largest
// share of every run.
type line struct {
	req    dram.Request
	at     memory.Address // of the next burst
	end    memory.Address
	active bool
}

// begin starts a run of size bytes at start, from clock arrive on. It is not
// active if it has no burst in this channel.
func (l *line) begin(m *grid, start memory.Address, size unit.Bytes, arrive int64) {
	l.at, l.end = m.first(start), start+memory.Address(size)
	l.req.Arrive = arrive
	l.active = l.at < l.end
	if l.active {
		m.place(&l.req, l.at)
	}
}

// next moves on to the next burst, and says whether there is one.
func (l *line) next(m *grid) bool {
	l.at = m.after(l.at)
	if l.active = l.at < l.end; l.active {
		m.place(&l.req, l.at)
	}
	return l.active
}

// grid is where the bursts of one channel are among the addresses.
type grid struct {
	memory *memory.Map
	stride memory.Address // from a burst of channel 0 to the next
}

func newGrid(m *memory.Map) *grid {
	g := m.Geometry()
	burst := memory.Address(g.Burst)
	return &grid{m, burst * memory.Address(g.Channels)}
}

// first returns the first burst of channel 0 that begins at a or after. So of two
// runs side by side, each burst is part of one.
func (g *grid) first(a memory.Address) memory.Address {
	return (a + g.stride - 1) / g.stride * g.stride
}

func (g *grid) after(a memory.Address) memory.Address { return a + g.stride }

// place makes r go to where the byte at a is.
func (g *grid) place(r *dram.Request, a memory.Address) {
	l := g.memory.Locate(a)
	r.Place = dram.Place{Rank: l.Rank, Group: l.BankGroup, Bank: l.Bank, Row: l.Row, Col: l.Column}
}
