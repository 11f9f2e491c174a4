package memory

import (
	"fmt"

	"monde/core/unit"
)

// A Store holds the bytes of a device, each in the row and bank that a Map says.
// Rows that were never written take no room and read as zero. It is for
// functional runs: it has no clock.
type Store struct {
	layout *Map
	rows   map[uint64][]byte // by number over all banks; only looked up, never walked
}

// NewStore returns an empty Store.
func NewStore(m *Map) *Store { return &Store{m, map[uint64][]byte{}} }

// Write copies src to the addresses from a on. The error says that they are not
// all in the device; then nothing is written.
func (s *Store) Write(a Address, src []byte) error {
	if err := s.check(a, len(src)); err != nil {
		return err
	}
	g := &s.layout.geometry
	for len(src) > 0 {
		l := s.layout.Locate(a)
		number := g.number(l)
		row, ok := s.rows[number]
		if !ok {
			row = make([]byte, g.Columns*int(g.Burst))
			s.rows[number] = row
		}
		n := copy(g.burst(row, l), src)
		a, src = a+Address(n), src[n:]
	}
	return nil
}

// Read fills dst from the addresses from a on. The error says that they are not
// all in the device; then dst stays.
func (s *Store) Read(a Address, dst []byte) error {
	if err := s.check(a, len(dst)); err != nil {
		return err
	}
	g := &s.layout.geometry
	for len(dst) > 0 {
		l := s.layout.Locate(a)
		n := min(len(dst), int(g.Burst)-int(l.Offset))
		if row, ok := s.rows[g.number(l)]; ok {
			copy(dst, g.burst(row, l))
		} else {
			clear(dst[:n])
		}
		a, dst = a+Address(n), dst[n:]
	}
	return nil
}

// burst returns the bytes of row from l to the end of its burst.
func (g *Geometry) burst(row []byte, l Location) []byte {
	start := int(l.Column) * int(g.Burst)
	return row[start+int(l.Offset) : start+int(g.Burst)]
}

// number counts rows over all banks.
func (g *Geometry) number(l Location) uint64 {
	n := uint64(l.Channel)
	n = n*uint64(g.Ranks) + uint64(l.Rank)
	n = n*uint64(g.BankGroups) + uint64(l.BankGroup)
	n = n*uint64(g.Banks) + uint64(l.Bank)
	return n*uint64(g.Rows) + uint64(l.Row)
}

func (s *Store) check(a Address, n int) error {
	whole := s.layout.Whole()
	if a > whole.End() || unit.Bytes(n) > unit.Bytes(whole.End()-a) {
		return fmt.Errorf("memory: %d bytes at %d are outside the device's %d", n, a, whole.Size)
	}
	return nil
}
