// Package memory models a device's memory as the host's driver sees it: byte
// addresses, the bank behind each, and who holds which range.
//
// MoNDE (DAC 2024, doi 10.1145/3649329.3655951) publishes no data layout. What is
// known is a follower's description (DynaNDE): weights and activations are
// spread over banks to cut bank conflicts. Here weights interleave bank groups at
// burst grain by default, and activations may have banks of their own. Orders are
// data, so that another layout is another string.
//
// It leaves out time (package dram's), ECC, bank hashing by exclusive or, and
// address translation: an Address is a device's physical one.
package memory

import "monde/core/unit"

// Line is the grain of everything the host sends or places: the 64 bytes of a CXL
// line. Regions start and end on it.
const Line unit.Bytes = 64

// maxBytes bounds the memory of a device: 1 PiB, above any that exists, and far
// below where sums of addresses wrap.
const maxBytes unit.Bytes = 1 << 50

// Address is a place in one device's memory, in bytes from its start.
type Address uint64

// A Region is a range of addresses. Its Size is in bytes, and not negative.
type Region struct {
	Start Address
	Size  unit.Bytes
}

// End returns the first address behind r.
func (r Region) End() Address { return r.Start + Address(r.Size) }

// Overlaps reports whether r and o share a byte. An empty region shares none.
func (r Region) Overlaps(o Region) bool {
	return r.Size > 0 && o.Size > 0 && r.Start < o.End() && o.Start < r.End()
}

// Contains reports whether every byte of o is in r.
func (r Region) Contains(o Region) bool {
	return o.Size == 0 || o.Start >= r.Start && o.Start < r.End() && o.Size <= unit.Bytes(r.End()-o.Start)
}
