package order_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/internal/order"
)

func TestSortsAsTheLibraryDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.SliceOf(rapid.Int32()).Draw(t, "s")
		want := slices.Clone(s)
		slices.Sort(want)
		order.By(s, func(a, b int32) bool { return a < b })
		if !slices.Equal(s, want) {
			t.Fatalf("got %v, want %v", s, want)
		}
	})
}

func TestKeysAreInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.MapOf(rapid.String(), rapid.Bool()).Draw(t, "m")
		if got, want := order.Keys(m), slices.Sorted(maps.Keys(m)); !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}
