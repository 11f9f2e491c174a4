package memory

import (
	"fmt"
	"math/bits"

	"monde/core/unit"
)

// A Location is where a byte is: indices from 0, and Offset in bytes.
type Location struct {
	Channel, Rank, BankGroup, Bank, Row, Column, Offset int32
}

// A Map is a Layout made ready: a bijection between the addresses of a device
// and the bytes of its banks. It does not change, and may be shared.
type Map struct {
	geometry Geometry
	parts    []part // one, or weights then activations
}

// part maps a range of addresses to some banks of every group.
type part struct {
	region    Region
	firstBank int32
	digits    [fields]digit // the lowest first
}

// digit is one place of a number whose places have different bases.
type digit struct {
	field Field
	size  uint64
	shift int // log2 of size, or -1 if that is no whole number
}

// NewMap returns the Map of a valid Layout.
func NewMap(l Layout) *Map {
	g := l.Geometry
	shared := g
	shared.Banks = g.Banks - l.ActivationBanks
	m := &Map{g, []part{newPart(shared, l.Weights, 0, 0)}}
	if l.ActivationBanks > 0 {
		own := g
		own.Banks = l.ActivationBanks
		m.parts = append(m.parts, newPart(own, l.Activations, m.parts[0].region.End(), int32(shared.Banks)))
	}
	return m
}

func newPart(g Geometry, o Order, start Address, firstBank int32) part {
	list, err := o.Fields()
	if err != nil {
		panic("memory: bug: a layout that was not validated: " + err.Error())
	}
	p := part{region: Region{start, g.Capacity()}, firstBank: firstBank}
	for i, f := range list {
		p.digits[i] = newDigit(f, uint64(g.size(f)))
	}
	return p
}

func newDigit(f Field, size uint64) digit {
	if bits.OnesCount64(size) == 1 {
		return digit{f, size, bits.TrailingZeros64(size)}
	}
	return digit{f, size, -1}
}

// split takes the digit off the low end of a.
func (d *digit) split(a uint64) (rest uint64, value int32) {
	if d.shift >= 0 {
		return a >> d.shift, int32(a & (d.size - 1))
	}
	return a / d.size, int32(a % d.size)
}

// Geometry returns what m maps to.
func (m *Map) Geometry() Geometry { return m.geometry }

// Whole returns every address of the device.
func (m *Map) Whole() Region { return Region{0, m.geometry.Capacity()} }

// Region returns the addresses that regions of kind k may take.
func (m *Map) Region(k Kind) Region { return m.of(k).region }

// Rows returns the bytes that lie between two places at which addresses of kind k
// enter new rows: a row of every bank that successive bursts visit in turn. A
// region that is aligned to it starts on fresh rows.
func (m *Map) Rows(k Kind) unit.Bytes {
	span := unit.Bytes(1)
	for _, d := range m.of(k).digits {
		span *= unit.Bytes(d.size)
		if d.field == Column {
			break
		}
	}
	return span
}

// Locate returns where the byte at a is. a must be an address of the device.
func (m *Map) Locate(a Address) Location {
	p := &m.parts[0]
	if a >= p.region.End() && len(m.parts) > 1 {
		p = &m.parts[1]
	}
	if a >= p.region.End() {
		panic(fmt.Sprintf("memory: bug: address %d is outside the device", a))
	}
	var at [fields]int32
	rest := uint64(a - p.region.Start)
	for i := range p.digits {
		d := &p.digits[i]
		rest, at[d.field] = d.split(rest)
	}
	return Location{
		Channel: at[Channel], Rank: at[Rank], BankGroup: at[BankGroup],
		Bank: at[Bank] + p.firstBank, Row: at[Row], Column: at[Column], Offset: at[Offset],
	}
}

// Address returns the address of the byte at l, which must be in the device.
func (m *Map) Address(l Location) Address {
	p := &m.parts[0]
	if len(m.parts) > 1 && l.Bank >= m.parts[1].firstBank {
		p = &m.parts[1]
	}
	at := [fields]int32{l.Offset, l.Channel, l.Rank, l.BankGroup, l.Bank - p.firstBank, l.Column, l.Row}
	var a uint64
	for i := len(p.digits) - 1; i >= 0; i-- {
		d := &p.digits[i]
		v := at[d.field]
		if v < 0 || uint64(v) >= d.size {
			panic(fmt.Sprintf("memory: bug: %+v is outside the device", l))
		}
		a = a*d.size + uint64(v)
	}
	return p.region.Start + Address(a)
}

// of returns the part that holds kind k.
func (m *Map) of(k Kind) *part { return &m.parts[min(int(k), len(m.parts)-1)] }
