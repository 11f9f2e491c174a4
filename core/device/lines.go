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
	moving                // weights of another expert, for PMove: as many as the link takes
	fetching              // weights
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
	l.at += m.stride
	if l.active = l.at < l.end; l.active {
		m.step(&l.req.Place, l.at)
	}
	return l.active
}

// grid is where the bursts of one channel are among the addresses.
type grid struct {
	memory  *memory.Map
	stride  memory.Address // from a burst of channel 0 to the next
	weights memory.Address // where they end, and activations begin
	digits  [2][]digit     // of the places of weights and of activations, the fastest first
}

// digit is one coordinate of a place, which counts from low to high.
type digit struct {
	field     memory.Field
	low, high int32
}

func newGrid(l memory.Layout) *grid {
	g := l.Geometry
	m := &grid{memory: memory.NewMap(l), stride: memory.Address(g.Burst) * memory.Address(g.Channels)}
	m.weights = m.memory.Region(memory.Weights).End()
	shared := int32(g.Banks - l.ActivationBanks)
	m.digits[0] = digitsOf(l.Weights, g, 0, shared)
	if l.ActivationBanks > 0 {
		m.digits[1] = digitsOf(l.Activations, g, shared, int32(g.Banks))
	}
	return m
}

func digitsOf(o memory.Order, g memory.Geometry, firstBank, endBank int32) []digit {
	fields, err := o.Fields()
	if err != nil {
		panic("device: bug: a layout that was not validated: " + err.Error())
	}
	var list []digit
	for _, f := range fields[2:] { // above offset and channel
		d := digit{field: f}
		switch f {
		case memory.Rank:
			d.high = int32(g.Ranks)
		case memory.BankGroup:
			d.high = int32(g.BankGroups)
		case memory.Bank:
			d.low, d.high = firstBank, endBank
		case memory.Column:
			d.high = int32(g.Columns)
		case memory.Row:
			d.high = int32(g.Rows)
		}
		list = append(list, d)
	}
	return list
}

// first returns the first burst of channel 0 that begins at a or after. So of two
// runs side by side, each burst is part of one.
func (g *grid) first(a memory.Address) memory.Address {
	return (a + g.stride - 1) / g.stride * g.stride
}

// place makes r go to where the byte at a is.
func (g *grid) place(r *dram.Request, a memory.Address) {
	l := g.memory.Locate(a)
	r.Place = dram.Place{Rank: l.Rank, Group: l.BankGroup, Bank: l.Bank, Row: l.Row, Col: l.Column}
}

// step moves p on to the next burst, whose address is a: what place would find
// there, for less.
func (g *grid) step(p *dram.Place, a memory.Address) {
	digits := g.digits[0]
	if a >= g.weights && g.digits[1] != nil {
		digits = g.digits[1]
	}
	for i := range digits {
		d := &digits[i]
		at := coordinate(p, d.field)
		if *at++; *at < d.high {
			return
		}
		*at = d.low
	}
}

func coordinate(p *dram.Place, f memory.Field) *int32 {
	switch f {
	case memory.Rank:
		return &p.Rank
	case memory.BankGroup:
		return &p.Group
	case memory.Bank:
		return &p.Bank
	case memory.Column:
		return &p.Col
	default:
		return &p.Row
	}
}
