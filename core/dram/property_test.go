package dram_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"monde/core/dram"
)

// Whatever the memory and whatever it is asked for: every rule is kept, every
// request is served once, no clock goes back, no bound is beaten (see package
// audit), and nobody who watches changes anything.
func TestEveryMemoryServesEveryRequestByTheRules(t *testing.T) {
	for _, k := range kinds {
		t.Run(string(k.kind), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				s := drawSpec(t, k.kind, k.standards)
				if err := s.Validate(); err != nil {
					t.Fatal(err)
				}
				reqs := drawRequests(t, s, 150)
				window := rapid.SampledFrom([]int{0, 0, 1, 2, 16}).Draw(t, "window")
				seen, err := attempt(s, reqs, window, nil)
				if err != nil {
					t.Fatal(err)
				}
				unseen, err := dram.Run(context.Background(), s, reqs, dram.Options{Window: window})
				if err != nil || seen != unseen {
					t.Errorf("unwatched, the result is %+v (%v), watched %+v", unseen, err, seen)
				}
			})
		})
	}
}

func TestEveryNamedMemoryServesEveryPatternByTheRules(t *testing.T) {
	for i, s := range dram.Configs() {
		if slow && i%5 != 0 {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			for _, stream := range dram.Patterns {
				reqs := pattern(t, stream, s.Name, 2000/s.Channels)
				for _, window := range [...]int{0, 16} {
					if _, err := attempt(s, reqs, window, nil); err != nil {
						t.Errorf("%s, window %d: %v", stream, window, err)
					}
				}
			}
		})
	}
}

// The known exceptions are met where they are known to be, and nowhere else.
func TestOnlyTheReferencesBreakRulesAndOnlyThoseThatAreKnown(t *testing.T) {
	for _, s := range dram.Configs() {
		if s.Channels > 1 || slow && s.Name != "d3_lp5eq_6400_refpb" {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			reqs := pattern(t, "mix90_rand", s.Name, 2000)
			got := excused(t, s, reqs)
			known := s.Name == "d3_lp5eq_6400_refpb" || s.Name == "r2_lp5_6400_2rank"
			if known != (len(got) > 0) {
				t.Errorf("%v", got)
			}
		})
	}
}

// ACT2 comes when nothing else can be done, and at its deadline at the latest: at
// that very clock, where the stream leaves no other.
func TestACT2ComesAtItsDeadlineAtTheLatest(t *testing.T) {
	for _, deadline := range []int32{2, 3, 4, 8} {
		s := named(t, "r2_lp5_6400")
		s.Timing.AAD = deadline
		longest, begun := int64(0), int64(0)
		watched(t, s, pattern(t, "mix90_rand", s.Name, 20_000), 0, func(c dram.Command) {
			switch c.Op {
			case dram.ACT:
				begun = c.Clock
			case dram.ACT2:
				longest = max(longest, c.Clock-begun)
			}
		})
		if longest != int64(deadline) {
			t.Errorf("ACT2 came up to %d clocks after ACT1, want %d", longest, deadline)
		}
	}
}
