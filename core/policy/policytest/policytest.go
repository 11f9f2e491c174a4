// Package policytest checks what every policy.Placer, policy.First and policy.Precision
// promises.
package policytest

import (
	"slices"
	"testing"

	"monde/core/policy"
	"monde/core/policy/replace"
	"monde/core/rng"
	"monde/core/unit"
)

// Run checks the contract of the Placer that fresh returns; all says that GPU memory
// holds every expert.
func Run(t *testing.T, fresh func() policy.Placer, all bool) {
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
	t.Run("gives Resident only to experts that are held", func(t *testing.T) {
		p := fresh()
		for _, v := range views {
			for id, site := range p.Place(nil, &v) {
				if held := all || v.Held != nil && v.Held[id]; site == policy.Resident && !held {
					t.Fatalf("expert %d is resident, and not held", id)
				} else if site == policy.Moved && held {
					t.Fatalf("expert %d is moved, and held", id)
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
		if i%2 == 1 {
			v.Held = make([]bool, e)
		}
		for j := range e {
			if v.Held != nil {
				v.Held[j] = r.IntN(3) == 0
			}
			v.Tokens[j] = int32(r.IntN(8) * r.IntN(8))
			v.GPU[j] = unit.Time(1 + r.IntN(10_000))
			v.Near[j] = unit.Time(1 + r.IntN(100_000))
		}
		views[i] = v
	}
	return views
}

// RunOrder checks the contract of f.
func RunOrder(t *testing.T, f policy.First) {
	t.Helper()
	r := rng.Stream(2, "policytest")
	for _, v := range Views(100) {
		left := make([]unit.Time, len(v.Tokens))
		for i := range left {
			left[i] = unit.Time(r.IntN(3) * r.IntN(1000))
		}
		for _, known := range [][]unit.Time{nil, left} {
			ids := policy.ByTokens(nil, v.Tokens)
			want := slices.Clone(ids)
			if f.Sort(ids, v.Tokens, known); !slices.Equal(slices.Sorted(slices.Values(ids)), slices.Sorted(slices.Values(want))) {
				t.Fatalf("%v became %v", want, ids)
			}
			if f.Sort(want, v.Tokens, known); !slices.Equal(ids, want) {
				t.Fatalf("%v and %v are the same experts", ids, want)
			}
		}
	}
}

// RunPrecision checks the contract of p: more tokens never want less of an expert, nor
// does a larger draw.
func RunPrecision(t *testing.T, p policy.Precision) {
	t.Helper()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	for tokens := int32(1); tokens < 100; tokens++ {
		for i := range 100 {
			draw := float64(i) / 100
			got := p.Class(tokens, draw)
			if !p.Twins && got != replace.High {
				t.Fatalf("%d tokens want class %d without twins", tokens, got)
			}
			if more := p.Class(tokens+1, draw); more < got {
				t.Fatalf("%d tokens want class %d, one more %d", tokens, got, more)
			}
			if larger := p.Class(tokens, draw+0.01); larger < got {
				t.Fatalf("draw %g wants class %d, the next %d", draw, got, larger)
			}
		}
	}
}
