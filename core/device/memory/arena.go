package memory

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"monde/core/unit"
)

// ErrNotHeld says that a region to be freed was not allocated, or was freed
// before, or not with that size.
var ErrNotHeld = errors.New("memory: the region is not held")

// A Full is the error of an allocation that finds no room. All are in bytes.
type Full struct {
	Want unit.Bytes // what was asked for, in whole lines
	Free unit.Bytes // in all
	Run  unit.Bytes // the longest free run that starts on the alignment
}

// Missing returns how much more must be free, in one run, for the allocation.
func (f *Full) Missing() unit.Bytes { return f.Want - f.Run }

// Error says how much is missing, and whether it is room or a run that is.
func (f *Full) Error() string {
	if f.Want > f.Free {
		return fmt.Sprintf("memory: %d bytes are missing: asked for %d, %d are free", f.Want-f.Free, f.Want, f.Free)
	}
	return fmt.Sprintf("memory: %d bytes are missing in one run: asked for %d, %d are free, at most %d together", f.Missing(), f.Want, f.Free, f.Run)
}

// An Arena hands out regions of a range of addresses: first fit by address, with
// neighbours joined when they are freed. First fit keeps the regions of experts
// that are loaded once in address order, and needs no tuning; it does not move
// what it has handed out.
type Arena struct {
	whole      Region
	free, used []Region // by address; neighbours in free never touch
	held       unit.Bytes
}

// NewArena returns an Arena over the whole lines of r.
func NewArena(r Region) *Arena {
	start := up(r.Start, Line)
	end := r.End() / Address(Line) * Address(Line)
	a := &Arena{whole: Region{start, 0}}
	if end > start {
		a.whole.Size = unit.Bytes(end - start)
		a.free = []Region{a.whole}
	}
	return a
}

// Alloc returns a region of size bytes, at least 1 and rounded up to lines, whose
// address is a multiple of align, a positive number of lines. The error is a
// *Full.
func (a *Arena) Alloc(size, align unit.Bytes) (Region, error) {
	if align <= 0 || align%Line != 0 || size <= 0 {
		panic(fmt.Sprintf("memory: bug: %d bytes aligned to %d", size, align))
	}
	lines := (size-1)/Line + 1
	if lines > maxBytes/Line {
		return Region{}, &Full{Want: size, Free: a.Available(), Run: a.Longest(align)}
	}
	size = lines * Line
	for i, hole := range a.free {
		if r := (Region{up(hole.Start, align), size}); hole.Contains(r) {
			a.take(i, r)
			return r, nil
		}
	}
	return Region{}, &Full{Want: size, Free: a.Available(), Run: a.Longest(align)}
}

// take moves r from hole i to the used regions.
func (a *Arena) take(i int, r Region) {
	hole := a.free[i]
	var rest []Region
	if r.Start > hole.Start {
		rest = append(rest, Region{hole.Start, unit.Bytes(r.Start - hole.Start)})
	}
	if r.End() < hole.End() {
		rest = append(rest, Region{r.End(), unit.Bytes(hole.End() - r.End())})
	}
	a.free = slices.Replace(a.free, i, i+1, rest...)
	at, _ := find(a.used, r.Start)
	a.used = slices.Insert(a.used, at, r)
	a.held += r.Size
}

// Free gives back a region that Alloc returned, or fails with ErrNotHeld and
// changes nothing.
func (a *Arena) Free(r Region) error {
	at, ok := find(a.used, r.Start)
	if !ok || a.used[at] != r {
		return fmt.Errorf("%w: %d bytes at %d", ErrNotHeld, r.Size, r.Start)
	}
	a.used = slices.Delete(a.used, at, at+1)
	a.held -= r.Size
	i, _ := find(a.free, r.Start)
	j := i
	if i > 0 && a.free[i-1].End() == r.Start {
		i--
		r = Region{a.free[i].Start, a.free[i].Size + r.Size}
	}
	if j < len(a.free) && r.End() == a.free[j].Start {
		r.Size += a.free[j].Size
		j++
	}
	a.free = slices.Replace(a.free, i, j, r)
	return nil
}

// Used returns how many bytes are handed out, in whole lines.
func (a *Arena) Used() unit.Bytes { return a.held }

// Available returns how many bytes are not. Used and Available sum to the arena.
func (a *Arena) Available() unit.Bytes { return a.whole.Size - a.held }

// Longest returns the largest size that Alloc would find with that alignment.
func (a *Arena) Longest(align unit.Bytes) unit.Bytes {
	var longest unit.Bytes
	for _, hole := range a.free {
		if start := up(hole.Start, align); start < hole.End() {
			longest = max(longest, unit.Bytes(hole.End()-start))
		}
	}
	return longest
}

// find returns where a region that starts at s is in sorted, or would be.
func find(sorted []Region, s Address) (int, bool) {
	return slices.BinarySearchFunc(sorted, s, func(r Region, s Address) int { return cmp.Compare(r.Start, s) })
}

// up rounds a up to a multiple of align.
func up(a Address, align unit.Bytes) Address {
	n := Address(align)
	return (a + n - 1) / n * n
}
