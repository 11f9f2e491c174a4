// Package policytest checks what every policy.Placer promises.
package policytest

import (
	"slices"
	"testing"

	"monde/core/policy"
	"monde/core/rng"
	"monde/core/unit"
)

// Run checks the contract of the Placer that fresh returns.
func Run(t *testing.T, fresh func() policy.Placer) {
	t.Helper()
	views := Views(100)

	t.Run("appends one site an expert", func(t *testing.T) {
		p := fresh()
		for _, v := range views {
			got := p.Place([]policy.Site{policy.Moved}, &v)
			if len(got) != 1+len(v.Tokens) || got[0] != policy.Moved {
				t.Fatalf("Place returned %d sites for %d experts behind one that was there", len(got), len(v.Tokens))
			}
		}
	})
	t.Run("gives Idle exactly to experts without tokens", func(t *testing.T) {
		p := fresh()
		for _, v := range views {
			for id, site := range p.Place(nil, &v) {
				if (site == policy.Idle) != (v.Tokens[id] == 0) {
					t.Fatalf("expert %d with %d tokens is at site %d", id, v.Tokens[id], site)
				}
			}
		}
	})
	t.Run("is deterministic and remembers nothing", func(t *testing.T) {
		used := fresh()
		for _, v := range views {
			if x, y := used.Place(nil, &v), fresh().Place(nil, &v); !slices.Equal(x, y) {
				t.Fatalf("a used placer and a fresh one disagree: %v and %v", x, y)
			}
		}
	})
	t.Run("allocates nothing in steady state", func(t *testing.T) {
		p, v := fresh(), views[0]
		dst := p.Place(nil, &v)
		if n := testing.AllocsPerRun(100, func() { dst = p.Place(dst[:0], &v) }); n != 0 {
			t.Errorf("Place allocates %v times, want 0", n)
		}
	})
}

// Views returns n views of random layers, the same every time.
func Views(n int) []policy.View {
	r := rng.Stream(1, "policytest")
	views := make([]policy.View, n)
	for i := range views {
		e := 1 + r.IntN(32)
		v := policy.View{
			Tokens: make([]int32, e), GPU: make([]unit.Time, e), Near: make([]unit.Time, e),
			Move: unit.Time(1 + r.IntN(1_000_000)), Latency: unit.Time(r.IntN(1000)), Token: unit.Time(r.IntN(1000)),
			LinkRate: 32e9, NearRate: unit.BytesPerSecond(1 + r.IntN(1e12)),
		}
		for j := range e {
			v.Tokens[j] = int32(r.IntN(8) * r.IntN(8))
			v.GPU[j] = unit.Time(1 + r.IntN(10_000))
			v.Near[j] = unit.Time(1 + r.IntN(100_000))
		}
		views[i] = v
	}
	return views
}
