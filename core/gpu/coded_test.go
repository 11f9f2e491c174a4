package gpu

import (
	"math"
	"testing"

	"monde/core/quant"
)

// What MARLIN's authors measured, as factors over fp16 (arXiv 2408.11743; figures of
// the repository IST-DASLab/marlin, read by eye; shapes from its bench.py).
var (
	marlinTokens = []int{1, 2, 4, 8, 16, 32, 64, 128}
	marlinCurve  = []float64{3.87, 3.87, 3.87, 3.90, 3.90, 3.82, 3.09, 1.56} // A10, 73,728 × 18,432, group 128
	marlinLayers = []struct {
		name     string
		k, n     []int
		measured [4]float64 // 16 tokens: A10, 3090, A6000, A100
	}{
		{"Llama 7B", []int{4096, 4096, 4096, 10752}, []int{3 * 4096, 4096, 2 * 10752, 4096}, [4]float64{3.69, 3.61, 3.40, 2.22}},
		{"Llama 13B", []int{5120, 5120, 5120, 13568}, []int{3 * 5120, 5120, 2 * 13568, 5120}, [4]float64{3.79, 3.69, 3.65, 2.80}},
		{"Llama 33B", []int{6656, 6656, 6656, 17664}, []int{3 * 6656, 6656, 2 * 17664, 6656}, [4]float64{3.83, 4.14, 3.78, 3.04}},
		{"Llama 65B", []int{8192, 8192, 8192, 21760}, []int{3 * 8192, 8192, 2 * 21760, 8192}, [4]float64{3.85, 4.05, 3.87, 3.20}},
		{"Falcon 180B", []int{14848, 14848 * 5}, []int{14848*5 + 1024, 14848}, [4]float64{3.74, 4.26, 3.80, 3.64}},
	}
)

// heldOut are the points of the curve that nothing is fitted to; of the layers, every
// second. The decline beyond 32 tokens is two points, and both are fitted.
func heldOut(tokens int) bool { return tokens > 1 && tokens < 64 && tokens != 4 }

// a10 is NVIDIA's data sheet: 24 GB, 600 GB/s, 125 TFLOP/s dense, 72 SMs, 6 MB of L2.
func a10() Spec { return older(sheet("NVIDIA A10", 24<<30, 600, 125, 72, 6, 150)) }

func marlinGPUs() [4]GPU {
	var all [4]GPU
	all[0] = New(a10())
	for i, name := range []string{"rtx_3090", "rtx_a6000", "a100_sxm"} {
		p, _ := Named(name)
		all[i+1] = New(p.Spec)
	}
	return all
}

// speedup is fp16's time over MARLIN's, of some products together.
func speedup(g GPU, ks, ns []int, m int, c coded) float64 {
	var fp16, marlin float64
	for i := range ks {
		x := Gemm{M: m, N: ns[i], K: ks[i], Bits: 16}
		fixed := float64(g.spec.Kernel) / 1e6
		fp16 += g.plain(x) + fixed
		x.Bits = 4.125
		marlin += g.stripes(x, c) + c.stripe + fixed
	}
	return fp16 / marlin
}

func onCurve(c coded, tokens int) float64 {
	return speedup(marlinGPUs()[0], []int{4 * 256 * 72}, []int{256 * 72}, tokens, c)
}

// V11.
func TestMarlinFollowsItsPublishedCurve(t *testing.T) {
	for i, m := range marlinTokens {
		got := onCurve(codes, m)
		t.Logf("%3d tokens: %.2f, published %.2f (%+.1f %%), held out: %v", m, got, marlinCurve[i], 100*(got/marlinCurve[i]-1), heldOut(m))
		if off := got/marlinCurve[i] - 1; math.Abs(off) > 0.05 {
			t.Errorf("%d tokens: %.2f times fp16, published %.2f", m, got, marlinCurve[i])
		}
	}
}

func TestMarlinIsATenthSlowerForLongInputs(t *testing.T) {
	for _, m := range []int{1024, 4096} {
		if got := onCurve(codes, m); got < 0.85 || got > 0.95 {
			t.Errorf("%d tokens: %.2f times fp16, published is about 0.91", m, got)
		}
	}
}

func TestSmallLayersOnFastMemoryGainLess(t *testing.T) {
	var sum, worst, n float64
	for i, l := range marlinLayers {
		for j, g := range marlinGPUs() {
			got := speedup(g, l.k, l.n, 16, codes)
			off := math.Abs(got/l.measured[j] - 1)
			t.Logf("%-11s %-22s %.2f, published %.2f (%+.1f %%)", l.name, g.spec.Name, got, l.measured[j], 100*(got/l.measured[j]-1))
			if i%2 == 1 {
				sum, worst, n = sum+off, max(worst, off), n+1
			}
		}
	}
	t.Logf("held out: %.1f %%, worst %.1f %%", 100*sum/n, 100*worst)
	if sum/n > 0.08 || worst > 0.13 {
		t.Errorf("layers held out are off by %.1f %%, worst %.1f %%; stated are 8 and 13", 100*sum/n, 100*worst)
	}
}

// misfit is the mean error of the points that are fitted to; one that misses V11's bar
// counts ten times more.
func misfit(c coded) float64 {
	sum, n := 0.0, 0.0
	add := func(got, want, weight float64) {
		off := math.Abs(got/want - 1)
		if off > 0.045 {
			off *= weight
		}
		sum, n = sum+off, n+1
	}
	for i, m := range marlinTokens {
		if !heldOut(m) {
			add(onCurve(c, m), marlinCurve[i], 11)
		}
	}
	add(onCurve(c, 1024), 1/1.1, 1)
	for i := 0; i < len(marlinLayers); i += 2 {
		l := marlinLayers[i]
		for j, g := range marlinGPUs() {
			add(speedup(g, l.k, l.n, 16, c), l.measured[j], 1)
		}
	}
	return sum / n
}

func TestConstantsOfMarlinAreTheBestOfTheirNeighbours(t *testing.T) {
	best := misfit(codes)
	for _, d := range []coded{{bytes: 0.01}, {flops: 0.01}, {again: 5}, {stripe: 1}} {
		for _, sign := range []float64{-1, 1} {
			c := codes
			c.bytes, c.flops = c.bytes+sign*d.bytes, c.flops+sign*d.flops
			c.again, c.stripe = c.again+sign*d.again, c.stripe+sign*d.stripe
			if got := misfit(c); got < best {
				t.Errorf("%+v is off by %.4f, the constants by %.4f", c, got, best)
			}
		}
	}
}

// bitsandbytes in the same figure: 3.01 times fp16 for one token, to which unpack is
// fitted, 0.38 for any more.
func TestUnpackedWeightsGainForOneTokenAndLoseForMore(t *testing.T) {
	g := New(a10())
	at := func(m int) float64 {
		x := Gemm{M: m, N: 256 * 72, K: 4 * 256 * 72, Bits: 16}
		fp16 := g.Gemm(x).Time
		x.Bits, x.Code.Kernel = 4.125, quant.Unpacked
		return float64(fp16) / float64(g.Gemm(x).Time)
	}
	if got := at(1); math.Abs(got/3.01-1) > 0.03 {
		t.Errorf("one token: %.2f times fp16, published 3.01", got)
	}
	for _, m := range marlinTokens[1:] {
		if got := at(m); math.Abs(got/0.38-1) > 0.10 {
			t.Errorf("%d tokens: %.2f times fp16, published 0.38", m, got)
		}
	}
}

// QMoE (arXiv 2310.16795), section 5.3: 0.65 to 1 of a bf16 product with a vector, for
// every token.
func TestQMoEMultipliesOneVectorAfterTheOther(t *testing.T) {
	p, _ := Named("rtx_a6000")
	g := New(p.Spec)
	x := Gemm{M: 1, N: 3072, K: 768, Bits: 16}
	bf16 := g.plain(x)
	x.Bits, x.Code = 16/17.06, quant.Spec{Name: quant.QMoE}.Code()
	one, _ := g.body(x)
	if share := one / bf16; share < quant.BestMatVec || share > quant.WorstMatVec {
		t.Errorf("one token takes %.2f of bf16's, published 0.65 to 1", share)
	}
	x.M = 7
	if seven, _ := g.body(x); math.Abs(seven-7*one) > 1e-9 {
		t.Errorf("7 tokens take %v µs, 7 times one is %v", seven, 7*one)
	}
}

// No coded kernel beats its bytes at the pins or its operations at the peak rate, and
// none gets faster with more tokens, but for the second token of Unpacked at most.
func FuzzCodedKernelsKeepToTheRoofline(f *testing.F) {
	f.Add(uint16(1), uint16(768), uint16(3072), uint8(0))
	f.Add(uint16(65), uint16(4096), uint16(14336), uint8(1))
	f.Add(uint16(2), uint16(1), uint16(1), uint8(2))
	f.Add(uint16(9999), uint16(2080), uint16(6144), uint8(3))
	specs := marlinGPUs()
	f.Fuzz(func(t *testing.T, tokens, k, n uint16, which uint8) {
		name := quant.Names()[int(which)%len(quant.Names())]
		g, m := specs[int(which)%len(specs)], 1+int(tokens)%20000
		x := Gemm{M: m, N: 1 + int(n), K: 1 + int(k), Bits: name.Bits(""), Code: quant.Spec{Name: name}.Code()}
		weights := float64(x.N) * float64(x.K)
		least := max(weights*x.Bits/8/g.pins, 2*float64(m)*weights/g.peak)
		got, _ := g.body(x)
		if got < least*(1-1e-12) {
			t.Errorf("%+v takes %v µs, its roofline is %v", x, got, least)
		}
		x.M++
		if more, _ := g.body(x); more < got*(1-1e-12) {
			t.Errorf("%+v takes %v µs, with one token less %v", x, more, got)
		}
	})
}

func TestExpertsTogetherTakeNoMoreThanOneByOne(t *testing.T) {
	p, _ := Named("a100_sxm")
	tokens := []int32{1, 0, 3, 17, 70, 0, 1, 2}
	for _, style := range []Style{Grouped, Fused} {
		p.Spec.Experts = style
		g := New(p.Spec)
		for _, name := range quant.Names()[3:] {
			ffn, one := FFN{DModel: 4096, DFF: 14336, Gated: true, Bits: name.Bits(""), Code: quant.Spec{Name: name}.Code()}, Cost{}
			for _, n := range tokens {
				if n > 0 {
					one = one.Plus(g.Looped(ffn, int(n)))
				}
			}
			all := g.Experts(Group{FFN: ffn, Tokens: tokens, Batch: 47, TopK: 2, Experts: 8})
			if all.Time <= 0 || all.Time > one.Time {
				t.Errorf("%s %s: together %d ps, one by one %d", style, name, all.Time, one.Time)
			}
		}
	}
}
