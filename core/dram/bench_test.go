package dram_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"monde/core/dram"
)

// A race is a stream that reference simulators were timed on.
type race struct {
	stream   string
	window   int64
	channels int64
	n        int64
	fastest  float64 // requests a second of the fastest reference, in millions
	by       string
}

// races returns the streams of speed.csv, in its order.
func races(t testing.TB) []race {
	t.Helper()
	var all []race
	at := map[string]int{}
	for _, row := range table(t, "speed.csv") {
		name := row["stream"] + "/" + row["window"] + "/" + row["nch"]
		i, seen := at[name]
		if !seen {
			i = len(all)
			at[name] = i
			all = append(all, race{stream: row["stream"], window: row.number(t, "window"), channels: row.number(t, "nch")})
		}
		var rate float64
		if _, err := fmt.Sscan(row["Mreq_per_s"], &rate); err != nil {
			t.Fatal(err)
		}
		if r := &all[i]; rate > r.fastest {
			r.fastest, r.by = rate, row["sim"]
		}
		all[i].n = max(all[i].n, row.number(t, "n"))
	}
	return all
}

// requests makes the stream of r up for s.
func (r race) requests(t testing.TB, s dram.Spec) []dram.Request {
	t.Helper()
	stream, _, _ := strings.Cut(r.stream, ":")
	return pattern(t, stream, s.Name, int(r.n/r.channels))
}

// BenchmarkStream reports millions of requests a second, on one core, of every
// stream that reference simulators were timed on, and how often faster that is
// than the fastest of them. docs/benchmarks.md has the table.
func BenchmarkStream(b *testing.B) {
	for _, r := range races(b) {
		for _, memory := range []string{"r2_lp5_6400", "d3_lp5eq_6400"} {
			if r.channels > 1 {
				memory += fmt.Sprintf("_%dch", r.channels)
			}
			b.Run(fmt.Sprintf("%s/%s/w%d", memory, r.stream, r.window), func(b *testing.B) {
				s := named(b, memory)
				reqs := r.requests(b, s)
				for b.Loop() {
					if _, err := dram.Run(context.Background(), s, reqs, dram.Options{Window: int(r.window)}); err != nil {
						b.Fatal(err)
					}
				}
				rate := float64(len(reqs)) * float64(b.N) / b.Elapsed().Seconds() / 1e6
				b.ReportMetric(rate, "Mreq/s")
				b.ReportMetric(rate/r.fastest, "x")
			})
		}
	}
}
