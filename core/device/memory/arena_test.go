package memory_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device/memory"
	"monde/core/unit"
)

// The model of an arena: a list of what is held. Regions never overlap, lie in the
// arena on their alignment, and used and free sum to the whole; an allocation
// fails only if no gap between those held would take it.
func TestAnArenaNeverOverlapsAndLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := memory.Region{Start: memory.Address(rapid.IntRange(0, 5).Draw(t, "start") * 64), Size: unit.Bytes(rapid.IntRange(0, 64).Draw(t, "lines") * 64)}
		arena := memory.NewArena(whole)
		var held []memory.Region
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			if len(held) > 0 && rapid.Bool().Draw(t, "free") {
				i := rapid.IntRange(0, len(held)-1).Draw(t, "which")
				if err := arena.Free(held[i]); err != nil {
					t.Fatal(err)
				}
				if err := arena.Free(held[i]); !errors.Is(err, memory.ErrNotHeld) {
					t.Fatalf("a second free: %v", err)
				}
				held = slices.Delete(held, i, i+1)
			} else {
				size := unit.Bytes(rapid.IntRange(1, 64*20).Draw(t, "size"))
				align := unit.Bytes(64 * rapid.IntRange(1, 5).Draw(t, "align"))
				held = allocate(t, arena, whole, held, size, align)
			}
			var sum unit.Bytes
			for _, r := range held {
				sum += r.Size
			}
			if arena.Used() != sum || arena.Available() != whole.Size-sum {
				t.Fatalf("%d used and %d free, want %d and %d", arena.Used(), arena.Available(), sum, whole.Size-sum)
			}
		}
	})
}

// allocate asks arena for a region and holds the answer to the list of those held.
func allocate(t *rapid.T, arena *memory.Arena, whole memory.Region, held []memory.Region, size, align unit.Bytes) []memory.Region {
	r, err := arena.Alloc(size, align)
	var full *memory.Full
	switch {
	case err == nil:
		if !whole.Contains(r) || r.Start%memory.Address(align) != 0 || r.Size < size || r.Size >= size+64 {
			t.Fatalf("asked %+v for %d bytes aligned to %d, got %+v", whole, size, align, r)
		}
		for _, o := range held {
			if r.Overlaps(o) {
				t.Fatalf("%+v overlaps %+v", r, o)
			}
		}
		return append(held, r)
	case !errors.As(err, &full):
		t.Fatal(err)
	case full.Missing() <= 0:
		t.Fatalf("refused, but nothing is missing: %v", err)
	}
	for a := whole.Start; a+memory.Address(size) <= whole.End(); a += 64 {
		r := memory.Region{Start: a, Size: size}
		if a%memory.Address(align) == 0 && !slices.ContainsFunc(held, r.Overlaps) {
			t.Fatalf("refused %d bytes aligned to %d, but they fit at %d: %v", size, align, a, err)
		}
	}
	return held
}

func TestAFullArenaSaysHowMuchIsMissing(t *testing.T) {
	arena := memory.NewArena(memory.Region{Size: 4 * 64})
	var held [4]memory.Region
	for i := range held {
		held[i], _ = arena.Alloc(64, 64)
	}
	check := func(size unit.Bytes, want string, missing unit.Bytes) {
		t.Helper()
		_, err := arena.Alloc(size, 64)
		var full *memory.Full
		if !errors.As(err, &full) || err.Error() != want || full.Missing() != missing {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	check(100, "memory: 128 bytes are missing: asked for 128, 0 are free", 128)
	for _, i := range []int{0, 2} {
		if err := arena.Free(held[i]); err != nil {
			t.Fatal(err)
		}
	}
	check(128, "memory: 64 bytes are missing in one run: asked for 128, 128 are free, at most 64 together", 64)
	check(1<<62, "memory: 4611686018427387776 bytes are missing: asked for 4611686018427387904, 128 are free", 1<<62-64)
	if err := arena.Free(memory.Region{Start: held[1].Start, Size: 128}); !errors.Is(err, memory.ErrNotHeld) {
		t.Errorf("a free of more than was held: %v", err)
	}
}

func TestFreedNeighboursJoin(t *testing.T) {
	orders := [][]int{{0, 1, 2}, {2, 1, 0}, {0, 2, 1}, {1, 0, 2}}
	for _, order := range orders {
		arena := memory.NewArena(memory.Region{Start: 1, Size: 4 * 64}) // three whole lines
		var held [3]memory.Region
		for i := range held {
			held[i], _ = arena.Alloc(1, 64)
		}
		for _, i := range order {
			if err := arena.Free(held[i]); err != nil {
				t.Fatal(err)
			}
		}
		if r, err := arena.Alloc(192, 64); err != nil || r.Start != 64 {
			t.Errorf("freed in order %v, the arena is in pieces: %v", order, err)
		}
	}
}

func TestAHeapKeepsWeightsAndActivationsApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := memory.NewMap(layout().Draw(t, "layout"))
		h := memory.NewHeap(m)
		for range 10 {
			kind := memory.Kind(rapid.IntRange(0, 1).Draw(t, "kind"))
			r, err := h.Alloc(kind, unit.Bytes(rapid.IntRange(1, 300).Draw(t, "size")))
			if err != nil {
				var full *memory.Full
				if !errors.As(err, &full) {
					t.Fatal(err)
				}
				continue
			}
			if !m.Region(kind).Contains(r) {
				t.Fatalf("%v got %+v, which is not in %+v", kind, r, m.Region(kind))
			}
			if l := m.Locate(r.Start); kind == memory.Weights && (l.Column != 0 || l.Offset != 0) {
				t.Fatalf("weights start in the middle of a row: %+v", l)
			}
			if rapid.Bool().Draw(t, "free") {
				used := h.Used(kind)
				if err := h.Free(r); err != nil || h.Used(kind) != used-r.Size {
					t.Fatalf("free of %+v: %v", r, err)
				}
			}
		}
		if err := h.Free(memory.Region{Start: m.Whole().End(), Size: 64}); !errors.Is(err, memory.ErrNotHeld) {
			t.Fatalf("a free outside the device: %v", err)
		}
	})
}

func ExampleHeap() {
	m := memory.NewMap(memory.Layout{Geometry: lpddr5, Weights: memory.SeqBG, Activations: memory.SeqRow, ActivationBanks: 1})
	h := memory.NewHeap(m)
	up, _ := h.Alloc(memory.Weights, 2*1024*4096)
	in, _ := h.Alloc(memory.Activations, 2*1024)
	fmt.Println(m.Locate(up.Start).Bank, m.Locate(in.Start).Bank)
	_, err := h.Alloc(memory.Weights, 2<<30)
	fmt.Println(err)
	// Output:
	// 0 3
	// weights: memory: 545259520 bytes are missing: asked for 2147483648, 1602224128 are free
}
