package dram

import (
	"context"
	"fmt"
	"testing"
)

// BenchmarkStream reports requests a second of every stream that the reference
// simulators were timed on, on one core; docs/benchmarks.md says how it compares.
func BenchmarkStream(b *testing.B) {
	for _, c := range []struct {
		stream   string
		n        int
		window   int
		channels string
	}{
		{stream: "seq_bg"}, {stream: "seq_row"}, {stream: "rand"}, {stream: "conf_all"}, {stream: "conf_bank", n: 20_000}, {stream: "mix90_seq"},
		{stream: "mix90_rand"}, {stream: "two_seq_sbg"}, {stream: "pingpong"}, {stream: "expert"}, {stream: "rand_open"}, {stream: "seq_open"},
		{stream: "rand", window: 1}, {stream: "seq_bg", window: 16},
		{stream: "seq_bg", n: 50_000, channels: "_8ch"}, {stream: "rand", n: 50_000, channels: "_8ch"},
		{stream: "seq_bg", n: 25_000, channels: "_32ch"}, {stream: "rand", n: 25_000, channels: "_32ch"},
	} {
		for _, memory := range []string{"r2_lp5_6400", "d3_lp5eq_6400"} {
			b.Run(fmt.Sprintf("%s%s/%s/w%d", memory, c.channels, c.stream, c.window), func(b *testing.B) {
				s, err := Named(memory + c.channels)
				if err != nil {
					b.Fatal(err)
				}
				reqs, err := Pattern(c.stream, s, max(c.n, 100_000*b2i(c.n == 0)), 1)
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if _, err := Run(context.Background(), s, reqs, Options{Window: c.window}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(reqs))*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mreq/s")
			})
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
