package dram_test

import (
	"context"
	"fmt"
	"testing"

	"monde/core/dram"
	"monde/core/rng"
)

// through sends requests through a grade under two controllers.
func through(t *testing.T, grade string, reqs []dram.Request, window int) (streaming, window1 dram.Result) {
	t.Helper()
	s := named(t, grade)
	run := func(kind dram.Kind) dram.Result {
		s.Controller.Kind = kind
		r, err := dram.Run(context.Background(), s, reqs, dram.Options{Window: window})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	return run(dram.Streaming), run(dram.Window)
}

// Both have the same queues and refresh bank by bank. A hundredth of the reads may
// wait a little longer than in a window, none by more than three quarters.
func TestStreamingIsNoSlowerThanAWindowAndItsTailIsBounded(t *testing.T) {
	const clocks, p99, worst = 1.001, 1.2, 1.75 // the last arrival of an open stream may be just before a refresh
	for _, grade := range []string{"lpddr5_6400", "lpddr5x_8533"} {
		for _, stream := range dram.Patterns {
			t.Run(grade+"/"+stream, func(t *testing.T) {
				t.Parallel()
				s, w := through(t, grade, pattern(t, stream, grade, 60_000), 0)
				over := func(what string, got, want int64, most float64) {
					if float64(got) > most*float64(want) {
						t.Errorf("%s %d clocks, in a window %d", what, got, want)
					}
				}
				over("all takes", s.Cycles, w.Cycles, clocks)
				over("99 of 100 reads take", s.Latency.P99, w.Latency.P99, p99)
				over("the slowest read takes", s.Latency.Max, w.Latency.Max, worst)
				if s.Undrained != 0 {
					t.Errorf("%d writes are left", s.Undrained)
				}
			})
		}
	}
}

// With few requests under way a bank that nobody waits for now may be wanted next.
func TestStreamingIsNoSlowerWithFewRequestsUnderWay(t *testing.T) {
	const clocks = 1.01
	for _, grade := range []string{"lpddr5_6400", "lpddr5x_8533"} {
		for _, stream := range []string{"seq_bg", "seq_onebank", "seq_row", "expert"} {
			for _, window := range []int{1, 4, 5, 16} {
				t.Run(fmt.Sprintf("%s/%s/w%d", grade, stream, window), func(t *testing.T) {
					t.Parallel()
					s, w := through(t, grade, pattern(t, stream, grade, 20_000), window)
					if float64(s.Cycles) > clocks*float64(w.Cycles) {
						t.Errorf("takes %d clocks, a window %d", s.Cycles, w.Cycles)
					}
				})
			}
		}
	}
}

// Three of four requests hit one row of a bank, the others three more: with a full
// queue all have waited for long, and none may have its row closed at once. The
// others wait less for it than in a window, which costs a few rows more.
func TestStreamingKeepsARowOpenThoughAllHaveWaited(t *testing.T) {
	const clocks = 1.05
	r := rng.Stream(1, "one bank")
	reqs := make([]dram.Request, 20_000)
	for i := range reqs {
		p := &reqs[i].Place
		p.Col = int32(r.IntN(64))
		if r.IntN(4) == 0 {
			p.Row = int32(1 + r.IntN(3))
		}
	}
	for _, grade := range []string{"lpddr5_6400", "lpddr5x_8533"} {
		if s, w := through(t, grade, reqs, 0); float64(s.Cycles) > clocks*float64(w.Cycles) {
			t.Errorf("%s: takes %d clocks, a window %d", grade, s.Cycles, w.Cycles)
		}
	}
}
