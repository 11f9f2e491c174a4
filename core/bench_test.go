package core_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"monde/core"
	"monde/core/policy"
	"monde/core/wire"
)

// A what-if rerun is one change in the page: NLLB-MoE's whole encoder, batch 4 of
// 512 tokens, decoded, run, digested and encoded for each strategy compared.
func BenchmarkWhatIfRerun(b *testing.B) {
	for _, names := range [][]policy.Name{{policy.MDLB}, {policy.Ideal}, policy.Names()} {
		b.Run(fmt.Sprintf("%d strategies from %s", len(names), names[0]), func(b *testing.B) {
			var session core.Session
			var times []time.Duration
			for seed := 0; b.Loop(); seed++ {
				start := time.Now()
				for _, name := range names {
					request := encoded(b, wire.Request{Op: wire.OpRun, Scenario: fmt.Appendf(nil, `{"strategy":%q,"seed":%d}`, name, seed)})
					session.Call(b.Context(), request, func([]byte) {})
				}
				times = append(times, time.Since(start))
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds()), "p50-us")
			b.ReportMetric(float64(times[len(times)*99/100].Microseconds()), "p99-us")
		})
	}
}
