package memory

import (
	"fmt"

	"monde/core/unit"
)

// A Heap hands out a device's memory by what it is for. It belongs to one driver:
// it is not safe for concurrent use.
type Heap struct {
	layout *Map
	arenas []*Arena // one, or weights then activations
}

// NewHeap returns the Heap of an empty device.
func NewHeap(m *Map) *Heap {
	h := &Heap{layout: m}
	for _, p := range m.parts {
		h.arenas = append(h.arenas, NewArena(p.region))
	}
	return h
}

// Alloc returns a region for kind k, of at least 1 byte. Weights start on fresh
// rows of every bank that their stream visits, so that all experts stream alike;
// the price is the rest of the rows at the end of each. Activations start on the
// next free line. The error names the kind and wraps a *Full.
func (h *Heap) Alloc(k Kind, size unit.Bytes) (Region, error) {
	align := Line
	if k == Weights {
		align = leastCommon(h.layout.Rows(k), Line)
	}
	r, err := h.arena(k).Alloc(size, align)
	if err != nil {
		return r, fmt.Errorf("%v: %w", k, err)
	}
	return r, nil
}

// Free gives back a region that Alloc returned, or fails with ErrNotHeld and
// changes nothing.
func (h *Heap) Free(r Region) error {
	for _, a := range h.arenas {
		if a.whole.Contains(r) {
			return a.Free(r)
		}
	}
	return fmt.Errorf("%w: %d bytes at %d are outside the device", ErrNotHeld, r.Size, r.Start)
}

// Used returns how many bytes of the banks of kind k are handed out.
func (h *Heap) Used(k Kind) unit.Bytes { return h.arena(k).Used() }

// Available returns how many bytes of the banks of kind k are not.
func (h *Heap) Available(k Kind) unit.Bytes { return h.arena(k).Available() }

func (h *Heap) arena(k Kind) *Arena { return h.arenas[min(int(k), len(h.arenas)-1)] }

// leastCommon returns the least common multiple of two positive sizes.
func leastCommon(a, b unit.Bytes) unit.Bytes {
	x, y := a, b
	for y != 0 {
		x, y = y, x%y
	}
	return a / x * b
}
