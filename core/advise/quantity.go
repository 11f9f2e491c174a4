package advise

import (
	"errors"
	"math"
	"slices"
	"strings"

	"monde/core/fault"
	"monde/core/policy/replace"
	"monde/core/report"
	"monde/core/scenario"
)

// A quantity is a number of the scenario of which more never is worse. A new field
// joins by a row.
type quantity struct {
	path, title, unit string
	from, to          float64
}

// quantities are those whose range need not be given.
var quantities = []quantity{
	{"machine.device.bandwidth_bytes_per_s", "bandwidth of the memory device", "B/s", 32e9, 8e12},
	{"machine.device.ndp.arrays", "MAC arrays of the memory device", "arrays", 1, 4096},
	{"machine.device.count", "memory devices", "devices", 1, 16},
	{"machine.link.bandwidth_bytes_per_s", "bandwidth of the link", "B/s", 4e9, 1e12},
	{"machine.gpu.memory_bytes", "GPU memory", "B", 1e9, 512e9},
	{"machine.gpu.bandwidth_bytes_per_s", "bandwidth of GPU memory", "B/s", 100e9, 20e12},
	{"machine.host.bandwidth_bytes_per_s", "bandwidth of host memory", "B/s", 10e9, 2e12},
	{"strategy.cache_share", "share of all experts that GPU memory caches", "of all", 0.01, 1},
	{"strategy.cache.slots", "experts that GPU memory caches", "slots", 1, 1024},
	{"machine.flash.bandwidth_bytes_per_s", "bandwidth of flash", "B/s", 500e6, 100e9},
}

// per is in how many steps 1 is told apart: whole numbers are, and shares by hundredths
// of the least.
func (q quantity) per() float64 {
	n := 1.0
	for q.from*n < 1 {
		n *= 10
	}
	if n > 1 {
		n *= 100
	}
	return n
}

// round returns the value that is run for v.
func (q quantity) round(v float64) float64 { return math.Round(v*q.per()) / q.per() }

// Quantities returns the paths that need no range.
func Quantities() []string {
	var all []string
	for _, q := range quantities {
		all = append(all, q.path)
	}
	return all
}

// quantityOf returns what ask varies, and fills in its range.
func quantityOf(s scenario.Scenario, ask *report.InverseAsk) (quantity, error) {
	q := quantity{path: ask.Vary, title: ask.Vary, from: ask.From, to: ask.To}
	for _, x := range quantities {
		if x.path == ask.Vary {
			q.title, q.unit = x.title, x.unit
			ask.From, ask.To = or(ask.From, x.from), or(ask.To, x.to)
		}
	}
	q.from, q.to = ask.From, ask.To
	_, numeric := s.NumberAt(ask.Vary)
	absent := s.Machine.Device.Count == 0 && strings.HasPrefix(ask.Vary, "machine.device.") && ask.Vary != "machine.device.count"
	cache := strings.HasPrefix(ask.Vary, "strategy.cache")
	return q, errors.Join(
		fault.Unless(!cache || s.Strategy.Cache.Name != replace.NoCache && !s.Strategy.CacheFills, "vary", "strategy %s has no cache whose size is to be chosen", s.Strategy.Name),
		fault.Unless(!absent, "vary", "%s has no memory device", s.Machine.Name),
		fault.Unless(numeric, "vary", "must be the path of a number of the scenario, such as %s; got %.60q", strings.Join(Quantities(), ", "), ask.Vary),
		fault.Unless(!numeric || q.from > 0 && q.to > q.from, "from", "a range above 0 is needed, from less to more; got %g to %g", q.from, q.to),
		goal(*ask),
	)
}

func goal(ask report.InverseAsk) error {
	_, over := strategyOf(ask.Over)
	var keys []string
	for _, t := range strategies {
		keys = append(keys, t.key)
	}
	return errors.Join(
		fault.Unless(slices.Contains(report.Metrics(), ask.Metric), "metric", "must be one of %q, got %q", report.Metrics(), ask.Metric),
		fault.Unless(ask.Target > 0 || ask.Metric == report.InMemory, "target", "must be above 0, got %g", ask.Target),
		fault.Unless(over || ask.Metric != report.InSpeedUp, "over", "must be one of %q, got %q", keys, ask.Over),
	)
}

func strategyOf(key string) (strategy, bool) {
	for _, t := range strategies {
		if t.key == key {
			return t, true
		}
	}
	return strategy{}, false
}

func or(v, usual float64) float64 {
	if v != 0 {
		return v
	}
	return usual
}
