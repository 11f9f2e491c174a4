package functional_test

import (
	"fmt"
	"hash/fnv"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device/functional"
	"monde/core/device/isa"
	"monde/core/rng"
)

// A layer's output is the same to the bit however its experts are split over GPU, CPU
// and devices, whatever the tiles and the layout of memory.
func TestALayerDoesNotDependOnWhereItsExpertsRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r := shapes().Draw(t, "shape"), stream(t)
		experts := make([]functional.Expert, rapid.IntRange(1, 5).Draw(t, "experts"))
		for i := range experts {
			experts[i] = s.expert(t, r)
		}
		x := s.tokens(r, rapid.IntRange(0, 9).Draw(t, "tokens"))
		routes := make([][]functional.Choice, x.Rows)
		for token := range routes {
			for _, e := range r.Perm(len(experts))[:rapid.IntRange(0, len(experts)).Draw(t, "k")] {
				routes[token] = append(routes[token], functional.Choice{Expert: e, Gate: r.Float32()})
			}
		}
		cpu, gpu := functional.NewCPU(experts), functional.NewGPU(experts)
		places := []functional.Executor{cpu, gpu}
		for range 2 {
			places = append(places, ndp(t, layouts().Draw(t, "layout"), cores().Draw(t, "core"), experts...))
		}
		all, split := make([]functional.Executor, len(experts)), make([]functional.Executor, len(experts))
		for e := range experts {
			all[e], split[e] = cpu, rapid.SampledFrom(places).Draw(t, "place")
		}
		want, err := functional.Layer(x, routes, all)
		if err != nil {
			t.Fatal(err)
		}
		got, err := functional.Layer(x, routes, split)
		if err != nil || !slices.Equal(got.Elements, want.Elements) {
			t.Fatalf("split over %T: %v\n%x, want\n%x", split, err, got.Elements, want.Elements)
		}
	})
}

// A token's output does not depend on its batch, so tokens of one expert may be cut
// too.
func TestATokenDoesNotDependOnItsBatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r := shapes().Draw(t, "shape"), stream(t)
		x := s.tokens(r, rapid.IntRange(1, 20).Draw(t, "tokens"))
		cut := rapid.IntRange(0, x.Rows).Draw(t, "cut")
		for name, executor := range everywhere(t, s.expert(t, r)) {
			whole, err := executor.FFN(0, x)
			if err != nil {
				t.Fatal(err)
			}
			var parts []uint16
			for _, p := range [][2]int{{0, cut}, {cut, x.Rows}} {
				y, err := executor.FFN(0, functional.Tensor{Rows: p[1] - p[0], Cols: x.Cols, Format: x.Format, Elements: x.Elements[p[0]*x.Cols : p[1]*x.Cols]})
				if err != nil {
					t.Fatal(err)
				}
				parts = append(parts, y.Elements...)
			}
			if !slices.Equal(parts, whole.Elements) {
				t.Fatalf("%s: cut at %d: %x, want %x", name, cut, parts, whole.Elements)
			}
		}
	})
}

// Infinities, NaN and zeros of both signs go the same way everywhere.
func TestOddNumbersGoTheSameWayEverywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r := shapes().Draw(t, "shape"), stream(t)
		e, x := s.expert(t, r), s.tokens(r, 3)
		odd := rapid.SampledFrom([]uint16{0x0000, 0x8000, 0x0001, 0x8001, 0x7c00, 0x7f80, 0xff80, 0x7fc1, 0xffff, 0x7bff, 0x7f7f})
		for range rapid.IntRange(1, 5).Draw(t, "how many") {
			x.Elements[rapid.IntRange(0, len(x.Elements)-1).Draw(t, "where")] = odd.Draw(t, "odd")
		}
		var want functional.Tensor
		for _, name := range []string{"cpu", "gpu", "ndp"} {
			got, err := everywhere(t, e)[name].FFN(0, x)
			if err != nil {
				t.Fatal(err)
			}
			if name == "cpu" {
				want = got
			}
			if !slices.Equal(got.Elements, want.Elements) {
				t.Fatalf("%s gives %x, want %x", name, got.Elements, want.Elements)
			}
		}
	})
}

// By hand: (5, 6) times rows (1, 2) and (3, -4) is 17 and -9, so 17 and 0; times
// rows (1, 1) and (2, 0) is 17 and 34.
func TestAnExpertByHand(t *testing.T) {
	for _, f := range formats {
		e := functional.Expert{Up: plain(t, f, 2, 1, 2, 3, -4), Down: plain(t, f, 2, 1, 1, 2, 0)}
		for name, executor := range everywhere(t, e) {
			y, err := executor.FFN(0, functional.Rounded(f, 1, 2, []float32{5, 6}))
			if err != nil || y.At(0, 0) != 17 || y.At(0, 1) != 34 {
				t.Errorf("%s in %v: got %v and %v, %v; want 17 and 34", name, f, y.At(0, 0), y.At(0, 1), err)
			}
		}
	}
}

// By hand: the sums are 2 and 3; silu(2) is 2/(1+e^-2) = 1.7615942, times 3 is
// 5.2847825, of which the nearest bf16 is 5.28125.
func TestAGatedExpertByHand(t *testing.T) {
	e := functional.Expert{Gate: plain(t, isa.BF16, 1, 2), Up: plain(t, isa.BF16, 1, 3), Down: plain(t, isa.BF16, 1, 1)}
	for name, executor := range everywhere(t, e) {
		if y, err := executor.FFN(0, functional.Rounded(isa.BF16, 1, 1, []float32{1})); err != nil || y.At(0, 0) != 5.28125 {
			t.Errorf("%s: got %v, %v", name, y.At(0, 0), err)
		}
	}
}

// By hand: in float32, 2²⁴+1 is 2²⁴, so the sum over k ascending is 0; any order that
// meets the ones first, or a wider sum, gives 1 or 2.
func TestSumsAreOverKAscendingInFloat32(t *testing.T) {
	e := functional.Expert{Up: plain(t, isa.BF16, 4, 1, 1, 1, 1), Down: plain(t, isa.BF16, 1, 1, 1, 1, 1)}
	for name, executor := range everywhere(t, e) {
		if y, err := executor.FFN(0, functional.Rounded(isa.BF16, 1, 4, []float32{1 << 24, 1, 1, -1 << 24})); err != nil || y.At(0, 0) != 0 {
			t.Errorf("%s: got %v, %v, want 0", name, y.At(0, 0), err)
		}
	}
}

// By hand: a third times 3 is 1 in float32, and the exact product is 2⁻²⁵ more, which
// a fused multiply-add would leave when it takes 1 from it.
func TestNoMultiplyAddIsFused(t *testing.T) {
	same := plain(t, isa.BF16, 1, 1)
	other := plain(t, isa.BF16, 1, -1)
	cpu := functional.NewCPU([]functional.Expert{{Up: same, Down: same}, {Up: same, Down: other}})
	third := float32(1) / 3
	routes := [][]functional.Choice{{{Expert: 0, Gate: third}, {Expert: 1, Gate: third}}}
	y, err := functional.Layer(functional.Rounded(isa.BF16, 1, 1, []float32{3}), routes, []functional.Executor{cpu, cpu})
	if err != nil || y.At(0, 0) != 0 {
		t.Errorf("got %v, %v, want 0", y.At(0, 0), err)
	}
}

// A token's outputs are combined in the order of its choices, not of experts: 2²⁴,
// 1 and -2²⁴ in two orders give 0 and 1.
func TestOutputsAreCombinedInTheOrderOfChoices(t *testing.T) {
	one := plain(t, isa.BF16, 1, 1)
	e := functional.Expert{Up: one, Down: one}
	gpu := functional.NewGPU([]functional.Expert{e, e, e})
	where := []functional.Executor{gpu, gpu, gpu}
	big, unit, minus := functional.Choice{Expert: 2, Gate: 1 << 24}, functional.Choice{Expert: 0, Gate: 1}, functional.Choice{Expert: 1, Gate: -1 << 24}
	routes := [][]functional.Choice{{big, unit, minus}, {big, minus, unit}, {}}
	y, err := functional.Layer(functional.Rounded(isa.BF16, 3, 1, []float32{1, 1, 1}), routes, where)
	if err != nil || y.At(0, 0) != 0 || y.At(1, 0) != 1 || y.At(2, 0) != 0 {
		t.Errorf("got %x, %v, want 0, 1, 0", y.Elements, err)
	}
}

// INV-8 for functional runs: these bits are the same natively and under js/wasm.
func TestTheBitsAreTheSameOnEveryTarget(t *testing.T) {
	r := rng.Stream(1, "golden")
	hash := fnv.New64a()
	for _, gated := range []bool{false, true} {
		for _, f := range formats {
			for _, bits := range []int{16, 8, 4, 3, 2, 1} {
				s := shape{67, 41, gated, f, bits, bits, 32}
				e, x := s.expert(t, r), s.tokens(r, 7)
				y, err := ndp(t, smallLayout, smallCore, e).FFN(0, x)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(hash, "%x", y.Elements)
			}
		}
	}
	const want = 0xec6219094001523a
	if got := hash.Sum64(); got != want {
		t.Errorf("the digest is %#x, want %#x", got, uint64(want))
	}
}
