package advise

import (
	"fmt"
	"slices"

	"monde/core/report"
	"monde/core/unit"
)

// row returns what a run said of c.
func row(c candidate, r report.Report) report.Candidate {
	y := report.Candidate{
		Key: c.key, Title: c.title, Given: c.given, Tokens: r.Tokens, Batch: c.s.Workload.Batch,
		Latency: r.Latency, TTFT: r.TTFT, TokensPerSecond: r.TokensPerSecond,
		EnergyPerToken: perToken(r), GPUMemory: r.Memory[0].Used, Unknown: []string{}, Badges: []report.Badge{},
	}
	for _, b := range c.badges {
		if !slices.Contains(y.Badges, b) {
			y.Badges = append(y.Badges, b)
		}
	}
	if r.TPOT != nil {
		y.TPOT = r.TPOT.Mean
	}
	for _, x := range r.Resources {
		y.Waits = append(y.Waits, x.Critical)
	}
	m := marginOf(c.s, r)
	y.Error, y.Outside = m.share, m.outside
	y.Unknown = append(y.Unknown, m.unknown...)
	if r.Simulated {
		y.Badges = append(y.Badges, report.SimulatedBadge)
	}
	c.s.Fidelity = "event"
	y.Short = c.s.Short()
	return y
}

func perToken(r report.Report) unit.Energy {
	var sum unit.Energy
	for _, e := range r.Energy {
		if sum += e.Energy; sum < 0 {
			return 1<<63 - 1
		}
	}
	return sum / unit.Energy(max(1, r.Tokens))
}

// overfull says which memory r does not fit; empty: none.
func overfull(r report.Report, ask report.AdviceAsk) string {
	room := map[string]unit.Bytes{"gpu": ask.Memory.GPU, "host": ask.Memory.Host, "device": ask.Memory.Device, "flash": ask.Memory.Flash}
	for _, p := range r.Memory {
		limit := p.Capacity
		if own := room[p.Name]; own > 0 {
			limit = min(limit, own)
		}
		if p.Used > limit {
			return fmt.Sprintf("does not fit %s memory of %s", memoryName[p.Name], amount(limit))
		}
	}
	return ""
}

var memoryName = map[string]string{"gpu": "GPU", "host": "host", "device": "device", "flash": "flash"}

// missed says which limit a row misses, if limits are relaxed by a factor; empty: none.
func missed(y report.Candidate, ask report.AdviceAsk, by float64) string {
	over := func(v, limit float64) bool { return limit > 0 && v > limit*by }
	switch {
	case over(float64(y.Latency), float64(ask.Latency)):
		return "misses the limit of latency"
	case over(float64(y.TTFT), float64(ask.TTFT)):
		return "misses the limit of time to first token"
	case over(float64(y.TPOT), float64(ask.TPOT)):
		return "misses the limit of time per output token"
	case y.TokensPerSecond*by < ask.TokensPerSecond:
		return "misses the limit of throughput"
	case over(float64(y.EnergyPerToken), float64(ask.EnergyPerToken)):
		return "misses the limit of energy per token"
	}
	return ""
}
