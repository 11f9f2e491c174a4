package system

import (
	"slices"

	"monde/core/kv"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
)

// kvDemand is what the key-value cache holds after the last step: keys and values of
// every token, and of the encoder's output for cross attention.
func kvDemand(s scenario.Scenario, p plan) kv.Demand {
	m, w := s.Model, s.Workload
	d := kv.Demand{Sequences: w.Batch, Token: m.KVBytes()}
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

// Names of the cache among what GPU memory holds.
const (
	kvItem     = "KV cache"
	kvRounded  = "KV cache, rounded up"
	kvReserved = "KV cache, reserved"
)

// kvUsage returns what the cache takes beside the other items, and what those take.
func kvUsage(s scenario.Scenario, p plan, items []report.Item) (u kv.Usage, others unit.Bytes) {
	for _, i := range items {
		switch i.Name {
		case kvItem, kvRounded, kvReserved:
		default:
			others += i.Bytes
		}
	}
	return s.KV.Usage(kvDemand(s, p), s.Machine.GPU.Memory, others), others
}

// withCache returns the items of GPU memory with those of the cache, which come second.
func withCache(s scenario.Scenario, p plan, items []report.Item) []report.Item {
	u, _ := kvUsage(s, p, items)
	at := 1
	add := func(name string, b unit.Bytes) {
		if b > 0 || at == 1 {
			items = slices.Insert(items, at, report.Item{Name: name, Bytes: b})
			at++
		}
	}
	add(kvItem, u.Used)
	add(kvRounded, u.Held-u.Used)
	add(kvReserved, u.Pool-u.Held)
	return items
}

// kvReport says what the scenario's allocator does; nil if it names none.
func kvReport(s scenario.Scenario, p plan, gpu report.Pool) *report.KV {
	if s.KV == (kv.Spec{}) {
		return nil
	}
	u, others := kvUsage(s, p, gpu.Items)
	r := report.KV{Used: u.Used, Held: u.Held, Pool: u.Pool, Slots: kv.Slots(gpu.Capacity-gpu.Used, s.Model.ExpertBytes())}
	if s.KV.Allocator == kv.VTensor {
		r.Freed = s.KV.Freed(u, s.Machine.GPU.Memory, others)
	}
	return &r
}
