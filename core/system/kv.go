package system

import (
	"monde/core/kv"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
)

// kvDemand is what the key-value cache holds after the last step: keys and values of
// every token, and of the encoder's output for cross attention.
func kvDemand(s scenario.Scenario, p plan) kv.Demand {
	m, w := s.Model, s.Workload
	d := kv.Demand{Sequences: s.Each(w.Batch) * s.Strategy.Batching.Micro, Token: m.KVBytes()}
	if p.pair && p.output == 0 {
		return d // an encoder caches nothing
	}
	for block := range m.Decoder.Blocks {
		if p.pair {
			d.Tokens = append(d.Tokens, w.InputTokens+m.Cached(block, p.output)) // cross attention's, and the generated
		} else {
			d.Tokens = append(d.Tokens, m.Cached(block, w.InputTokens+p.output))
		}
	}
	return d
}

// withCache returns the items of GPU memory with those of the cache, which come second.
func withCache(s scenario.Scenario, p plan, items []report.Item) []report.Item {
	var others unit.Bytes
	for _, i := range items {
		others += i.Bytes
	}
	u := s.KV.Usage(kvDemand(s, p), s.Machine.GPU.Memory, others)
	all := append([]report.Item(nil), items[0], report.Item{Name: "KV cache", Bytes: u.Used})
	if s.KV.Allocator != "" {
		all = append(all, report.Item{Name: "KV cache, rounded up", Bytes: u.Held - u.Used}, report.Item{Name: "KV cache, reserved", Bytes: u.Pool - u.Held})
	}
	return append(all, items[1:]...)
}
