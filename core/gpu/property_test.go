package gpu_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/gpu"
	"monde/core/unit"
)

// anyGPU draws a preset in any style.
func anyGPU(t *rapid.T) gpu.Spec {
	s := rapid.SampledFrom(gpu.Presets()).Draw(t, "gpu").Spec
	s.Experts = rapid.SampledFrom([]gpu.Style{gpu.Grouped, gpu.Fused}).Draw(t, "style")
	s.Tiles = rapid.SampledFrom([]gpu.Tiles{gpu.NewTiles, gpu.OldTiles}).Draw(t, "tiles")
	s.GroupRows = rapid.SampledFrom([]int{0, 0, 16, 128}).Draw(t, "group_rows")
	return s
}

// width draws the width of a matrix, often one that tiles divide.
func width(t *rapid.T, name string) int {
	if rapid.Bool().Draw(t, name+" round") {
		return 128 << rapid.IntRange(0, 7).Draw(t, name)
	}
	return rapid.IntRange(1, 20_000).Draw(t, name)
}

func bits(t *rapid.T) float64 { return rapid.SampledFrom([]float64{4, 8, 16, 32}).Draw(t, "bits") }

func anyGemm(t *rapid.T) gpu.Gemm {
	return gpu.Gemm{M: width(t, "m"), N: width(t, "n"), K: width(t, "k"), Bits: bits(t)}
}

func anyFFN(t *rapid.T) gpu.FFN {
	return gpu.FFN{DModel: width(t, "d_model"), DFF: width(t, "d_ff"), Gated: rapid.Bool().Draw(t, "gated"), Bits: bits(t)}
}

// anyGroup draws experts, some idle, of a batch that gives them their tokens.
func anyGroup(t *rapid.T) gpu.Group {
	tokens := rapid.SliceOfN(rapid.Int32Range(0, 600), 1, 40).Draw(t, "tokens")
	tokens[0] = max(1, tokens[0])
	x := gpu.Group{FFN: anyFFN(t), Tokens: tokens, TopK: rapid.IntRange(1, 8).Draw(t, "top_k"), Experts: len(tokens)}
	return withBatch(x)
}

func withBatch(x gpu.Group) gpu.Group {
	sum := 0
	for _, n := range x.Tokens {
		sum += int(n)
	}
	x.Batch = max((sum+x.TopK-1)/x.TopK, int(slices.Max(x.Tokens)))
	return x
}

func anyAttention(t *rapid.T) gpu.Attention {
	heads, dim := rapid.IntRange(1, 64).Draw(t, "heads"), rapid.SampledFrom([]int{32, 64, 128, 192}).Draw(t, "dim")
	a := gpu.Attention{
		Batch: rapid.IntRange(1, 64).Draw(t, "batch"), Queries: rapid.SampledFrom([]int{1, 0}).Draw(t, "queries"), Heads: heads, HeadDim: dim,
		DModel: heads * dim, Keys: rapid.IntRange(1, 9000).Draw(t, "keys"),
	}
	if a.Queries == 0 { // prefill: as many keys as queries
		a.Queries = a.Keys
	}
	a.Cache = unit.Bytes(a.Batch) * unit.Bytes(a.Keys) * unit.Bytes(2*heads*dim*2)
	return a
}

// roof is the least time of bytes and operations at the rates of the data sheet, less
// the rounding of a Time to the nearest picosecond.
func roof(s gpu.Spec, bytes, flops float64) unit.Time {
	return unit.Time(1e12*max(bytes/float64(s.Bandwidth), flops/float64(s.Compute))) - 2
}

// products are the bytes of weights and the operations of matrix products.
type products struct{ bytes, flops float64 }

func (x products) of(n, k, m int, bits float64) products {
	return products{x.bytes + float64(n)*float64(k)*bits/8, x.flops + 2*float64(n)*float64(k)*float64(m)}
}

func ofFFN(f gpu.FFN, tokens int) products {
	x := products{}.of(f.DFF, f.DModel, tokens, f.Bits).of(f.DModel, f.DFF, tokens, f.Bits)
	if f.Gated {
		x = x.of(f.DFF, f.DModel, tokens, f.Bits)
	}
	return x
}

func TestNoKernelBeatsTheDataSheet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyGPU(t)
		s.BandwidthEfficiency = rapid.Float64Range(0.01, 1).Draw(t, "bandwidth_efficiency")
		s.ComputeEfficiency = rapid.Float64Range(0.01, 1).Draw(t, "compute_efficiency")
		g := gpu.New(s)
		check := func(what string, took unit.Time, x products) {
			if least := roof(s, x.bytes, x.flops); took < least {
				t.Fatalf("%s takes %d ps, its roofline %d", what, took, least)
			}
		}
		m := anyGemm(t)
		check("a GEMM", g.Gemm(m).Time, products{}.of(m.N, m.K, m.M, m.Bits))
		x := anyGroup(t)
		var all products
		for _, n := range x.Tokens {
			if n == 0 {
				continue
			}
			one := ofFFN(x.FFN, int(n))
			check("an FFN", g.FFN(x.FFN, int(n)).Time, one)
			check("a looped expert", g.Looped(x.FFN, int(n)).Time, one)
			all = products{all.bytes + one.bytes, all.flops + one.flops}
		}
		check("experts together", g.Experts(x).Time, all)
		a := anyAttention(t)
		read, half := float64(a.Cache), 0.5 // a causal mask leaves half of the scores
		if a.Queries == 1 {
			half = 1
		}
		check("attention", g.Attention(a).Time, products{read, half * 4 * float64(a.Batch) * float64(a.Heads) * float64(a.HeadDim) * float64(a.Queries) * float64(a.Keys)})
	})
}

func TestMoreOfADimensionOfAGemmIsNeverFaster(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, x := gpu.New(anyGPU(t)), anyGemm(t)
		more := x
		dim := rapid.SampledFrom([]*int{&more.M, &more.N, &more.K}).Draw(t, "dimension")
		*dim += rapid.IntRange(1, 300).Draw(t, "by")
		if a, b := g.Gemm(x), g.Gemm(more); b.Time < a.Time {
			t.Fatalf("%+v takes %d ps, %+v %d", x, a.Time, more, b.Time)
		}
	})
}

func TestMoreTokensOfAnExpertAreNeverFaster(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, f := gpu.New(anyGPU(t)), anyFFN(t)
		n := rapid.IntRange(1, 3000).Draw(t, "tokens")
		more := n + rapid.IntRange(1, 300).Draw(t, "by")
		if g.FFN(f, more).Time < g.FFN(f, n).Time || g.Looped(f, more).Time < g.Looped(f, n).Time {
			t.Fatalf("%d tokens are faster than %d", more, n)
		}
	})
}

// more adds a token to a group: to an expert that has some, or to any.
func more(t *rapid.T, x gpu.Group, idle bool) gpu.Group {
	y := x
	y.Tokens = slices.Clone(x.Tokens)
	i := rapid.IntRange(0, len(y.Tokens)-1).Draw(t, "to")
	if idle || y.Tokens[i] > 0 {
		y.Tokens[i]++
	}
	return withBatch(y)
}

func TestMoreTokensOfGroupedExpertsAreNeverFaster(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyGPU(t)
		s.Experts = gpu.Grouped
		g, x := gpu.New(s), anyGroup(t)
		if y := more(t, x, false); g.Experts(y).Time < g.Experts(x).Time {
			t.Fatalf("%v: %d ps, %v: %d ps", x.Tokens, g.Experts(x).Time, y.Tokens, g.Experts(y).Time)
		}
	})
}

// Rows of a tile follow the mean tokens of an active expert, which a token that wakes
// another expert may halve: padding then falls by more than work grows, by half at
// most. A library that chose a tile for each expert would not have that step.
func TestATokenThatWakesAGroupedExpertIsNeverTwiceAsFast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyGPU(t)
		s.Experts = gpu.Grouped
		g, x := gpu.New(s), anyGroup(t)
		if y := more(t, x, true); 2*g.Experts(y).Time < g.Experts(x).Time {
			t.Fatalf("%v: %d ps, with one more %v: %d ps", x.Tokens, g.Experts(x).Time, y.Tokens, g.Experts(y).Time)
		}
	})
}

// side says which of its tiles the fused kernel takes.
func side(x gpu.Group, tiles gpu.Tiles) (at int, grouped bool) {
	if tiles == gpu.OldTiles {
		return min(1, x.Batch/(x.Experts+1)), false
	}
	at, _ = slices.BinarySearch([]int{32, 64, 96, 512}, x.Batch)
	return at, x.Batch/x.Experts > 128
}

// vLLM's fused kernel has other tiles from 33, 65, 97 and 513 tokens of a batch on, and
// from one for each expert on (the old tiles), which read weights less often: a batch
// on the far side may be half as long, and is a sixth shorter in measurements (from 512
// to 768 tokens of Mixtral). On one side a token that begins a tile leaves each less
// full, and a less full tile is faster, by a quarter at most.
func TestATokenOfTheSameFusedTilesIsLittleFasterAtMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyGPU(t)
		s.Experts = gpu.Fused
		g, x := gpu.New(s), anyGroup(t)
		y := more(t, x, true)
		before, group := side(x, s.Tiles)
		if after, grouped := side(y, s.Tiles); before != after || group != grouped {
			t.Skip("other tiles")
		}
		if a, b := g.Experts(x).Time, g.Experts(y).Time; float64(b) < 0.75*float64(a) {
			t.Fatalf("batch %d %v: %d ps, batch %d %v: %d ps", x.Batch, x.Tokens, a, y.Batch, y.Tokens, b)
		}
	})
}

func TestMoreKeysOrSequencesAreNeverFaster(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, a := gpu.New(anyGPU(t)), anyAttention(t)
		keys, batch := a, a
		keys.Keys++
		keys.Cache = a.Cache / unit.Bytes(a.Keys) * unit.Bytes(keys.Keys)
		batch.Batch++
		batch.Cache = a.Cache / unit.Bytes(a.Batch) * unit.Bytes(batch.Batch)
		if least := g.Attention(a).Time; g.Attention(keys).Time < least || g.Attention(batch).Time < least {
			t.Fatalf("%+v takes %d ps, one more key %d, one more sequence %d", a, least, g.Attention(keys).Time, g.Attention(batch).Time)
		}
	})
}

// SMs share the GPU's operations, so that twice as many at the same rate are each half
// as fast and may waste more of a last wave: more of both never take longer.
func TestABetterGPUIsNeverSlower(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyGPU(t)
		better := s
		switch rapid.IntRange(0, 3).Draw(t, "what") {
		case 0:
			better.Bandwidth *= 2
		case 1:
			better.Compute *= 2
		case 2:
			better.SMs, better.Compute = 2*s.SMs, 2*s.Compute
		case 3:
			better.L2 *= 2
		}
		m, f, x, a := anyGemm(t), anyFFN(t), anyGroup(t), anyAttention(t)
		for what, cost := range map[string]func(gpu.GPU) gpu.Cost{
			"a GEMM":    func(g gpu.GPU) gpu.Cost { return g.Gemm(m) },
			"an FFN":    func(g gpu.GPU) gpu.Cost { return g.FFN(f, m.M) },
			"an expert": func(g gpu.GPU) gpu.Cost { return g.Looped(f, m.M) },
			"experts":   func(g gpu.GPU) gpu.Cost { return g.Experts(x) },
			"attention": func(g gpu.GPU) gpu.Cost { return g.Attention(a) },
		} {
			if before, after := cost(gpu.New(s)).Time, cost(gpu.New(better)).Time; after > before {
				t.Fatalf("%s takes %d ps, on the better GPU %d", what, before, after)
			}
		}
	})
}

func TestExpertsTogetherTakeNoLongerThanOneByOne(t *testing.T) {
	g := gpu.New(gpu.Presets()[0].Spec)
	f := gpu.FFN{DModel: 1024, DFF: 4096, Bits: 16}
	for _, n := range []int32{1, 16, 100} {
		x := withBatch(gpu.Group{FFN: f, Tokens: slices.Repeat([]int32{n}, 64), TopK: 1, Experts: 64})
		if together, alone := g.Experts(x).Time, g.Looped(f, int(n)).Times(64).Time; together > alone {
			t.Errorf("64 experts of %d tokens: %d ps together, %d one by one", n, together, alone)
		}
	}
}

func TestIdleExpertsTakeNoTime(t *testing.T) {
	for _, style := range []gpu.Style{gpu.Grouped, gpu.Fused} {
		s := h100
		s.Experts = style
		g := gpu.New(s)
		f := gpu.FFN{DModel: 64, DFF: 64, Bits: 16}
		if c := g.Experts(gpu.Group{FFN: f, Tokens: make([]int32, 8), Batch: 1, TopK: 1, Experts: 8}); c != (gpu.Cost{}) {
			t.Errorf("%s: no tokens cost %+v", style, c)
		}
		few := gpu.Group{FFN: f, Tokens: []int32{3, 4}, Batch: 7, TopK: 1, Experts: 8}
		many := few
		many.Tokens = []int32{0, 3, 0, 0, 4, 0, 0, 0}
		if g.Experts(few) != g.Experts(many) {
			t.Errorf("%s: idle experts count", style)
		}
	}
}
