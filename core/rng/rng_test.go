package rng_test

import (
	"testing"

	"monde/core/rng"
)

func TestStreamsOfOneSeedDiffer(t *testing.T) {
	a, b := rng.Stream(1, "arrivals"), rng.Stream(1, "routing")
	if x, y := a.Uint64(), b.Uint64(); x == y {
		t.Errorf("both streams began with %d", x)
	}
}

func TestStreamIsTheSameEveryTimeAndOnEveryTarget(t *testing.T) {
	want := []uint64{16702116700377587807, 5264105506303909065, 5584727401150710424}
	r := rng.Stream(42, "routing")
	for i, w := range want {
		if got := r.Uint64(); got != w {
			t.Errorf("draw %d is %d, want %d", i, got, w)
		}
	}
}
