package core_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"monde/core"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/scenario"
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

// BenchmarkDecode512 is 512 steps of Qwen3-30B-A3B at the default fidelity, by each
// composition, on the default machine or, from flash, on one that has it.
func BenchmarkDecode512(b *testing.B) {
	for _, name := range policy.Names() {
		for _, batch := range []int{1, 4, 16} {
			b.Run(fmt.Sprintf("%s/batch=%d", name, batch), func(b *testing.B) {
				s := decoding(b, name, batch)
				for b.Loop() {
					if _, err := core.Run(b.Context(), s, probe.Probe{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

func decoding(t testing.TB, name policy.Name, batch int) scenario.Scenario {
	t.Helper()
	var err error
	for _, machine := range []string{scenario.Default().Machine.Name, "desktop-4090", "h100-duplex"} {
		var s scenario.Scenario
		if s, err = scenario.Decode(fmt.Appendf(nil, `{"model":"qwen3-30b-a3b","machine":%q,"strategy":%q,
			"workload":{"phase":"decode","batch":%d,"output_tokens":512}}`, machine, name, batch)); err == nil {
			return s
		}
	}
	t.Fatal(err)
	return scenario.Scenario{}
}
