package driver

import (
	"math"
	"strings"
	"testing"

	"monde/core/device/functional"
	"monde/core/device/isa"
	"monde/core/rng"
)

// The digests are the same natively and under js/wasm.
func TestEveryPlaceComputesTheSameBits(t *testing.T) {
	for _, c := range []struct {
		gated  bool
		bits   float64
		digest string
	}{
		{false, 16, "3d421bb41813fc60"},
		{true, 16, "0365ebb366e9613b"},
		{true, 4.25, "80dd9a4d38ce28f3"},
		{false, 3, "6617cf8ee1ddbc05"},
		{true, 1, "d04b84ec75c90b43"},
	} {
		s := spec()
		s.Model.Gated, s.Model.ExpertBits, s.Check = c.gated, c.bits, true
		k := look(t, s).Check
		if err := k.Err(); err != nil || len(k.Places) != 6 {
			t.Errorf("%v bits, gated %v: %v in %d places", c.bits, c.gated, err, len(k.Places))
		}
		if k.Digest != c.digest {
			t.Errorf("%v bits, gated %v: the digest is %s, want %s", c.bits, c.gated, k.Digest, c.digest)
		}
		if k.Nearest < 0.05 || k.Largest.Off <= 0 || k.Largest.Off > k.Largest.Bound {
			t.Errorf("%v bits, gated %v: the bound says nothing: %v of it, %+v", c.bits, c.gated, k.Nearest, k.Largest)
		}
		if k.DModel != 64 || k.DFF != 64 || k.Experts != 8 || k.TopK != 2 {
			t.Errorf("the layer is %+v", k)
		}
	}
}

func TestACheckFailsForOneWrongBit(t *testing.T) {
	s := spec()
	w, err := s.coded()
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.check(t.Context(), w)
	if err != nil || c.Err() != nil {
		t.Fatal(err, c.Err())
	}
	wrong := c
	wrong.Places = append([]Place{}, c.Places...)
	wrong.Places[2].Differ = 1
	if err := wrong.Err(); err == nil || !strings.Contains(err.Error(), "1 of 1024 outputs differ with experts near the data") {
		t.Errorf("got %v", err)
	}
	for _, share := range []float64{1.001, math.Inf(1), math.NaN()} {
		wrong = c
		if wrong.Nearest = share; wrong.Err() == nil {
			t.Errorf("off by %v of the bound is taken", share)
		}
	}
	a := functional.NewTensor(isa.BF16, 2, 3)
	b := functional.NewTensor(isa.BF16, 2, 3)
	if b.Elements[4] = 1; differ(a, b) != 1 || differ(a, a) != 0 || digest(a) == digest(b) {
		t.Error("one bit makes no difference")
	}
}

func TestAnOutputThatIsOffIsFound(t *testing.T) {
	y := functional.Rounded(isa.BF16, 1, 3, []float32{1, 2, float32(math.NaN())})
	want := vector{[]float64{1, 2.5, 0}, []float64{0.1, 0.25, 0.1}}
	var c Check
	c.against([]vector{{want.value[:2], want.bound[:2]}}, functional.Rounded(isa.BF16, 1, 2, []float32{1, 2}))
	if c.Largest != (Error{0, 1, 2, 2.5, 0.5, 0.25}) || c.Nearest != 2 || c.Err() == nil {
		t.Errorf("got %+v", c)
	}
	c = Check{}
	c.against([]vector{want}, y)
	if c.Err() == nil {
		t.Error("NaN is within the bound")
	}
}

// By hand: up makes 2·5-6 = 4 and -5 of (5, 6), of which relu leaves 4; down makes 4
// and -8 of it. With a gate of the same sums as up, silu(4)·4 and silu(-5)·-5.
func TestTheReferenceByHand(t *testing.T) {
	up, down := [][]float64{{2, -1}, {-1, 0}}, [][]float64{{1, 1}, {-2, 0}}
	y := ffn(vector{[]float64{5, 6}, []float64{0, 0}}, [3][][]float64{nil, up, down})
	if y.value[0] != 4 || y.value[1] != -8 {
		t.Errorf("got %v", y.value)
	}
	// Two roundings to bf16, each 2⁻⁸, are most of the bound.
	if b := y.bound[0]; b < 8*unitBF16 || b > 8.2*unitBF16+1e-5*8 {
		t.Errorf("4 may be off by %v", b)
	}
	silu := func(x float64) float64 { return x / (1 + math.Exp(-x)) }
	y = ffn(vector{[]float64{5, 6}, []float64{0, 0}}, [3][][]float64{up, up, down})
	if want := silu(4)*4 + silu(-5)*-5; math.Abs(y.value[0]-want) > 1e-12 {
		t.Errorf("got %v, want %v", y.value[0], want)
	}
}

// By hand: the codes 0 to 7 of 3 bits, the first lowest, are 0xfac688; code c is the
// level 2c-7, and the scale, in the next line, is a half.
func TestTheReferenceReadsWeightsWhereTheyLie(t *testing.T) {
	data := make([]byte, 66)
	copy(data, []byte{0x88, 0xc6, 0xfa})
	copy(data[64:], []byte{0x00, 0x3f})
	m := functional.Matrix{Layout: isa.Weights{K: 8, N: 1, Format: isa.BF16, Bits: 3, Group: 16}, Data: data}
	for c, got := range decoded(m)[0] {
		if want := (2*float64(c) - 7) / 2; got != want {
			t.Errorf("code %d is %v, want %v", c, got, want)
		}
	}
	if decoded(functional.Matrix{}) != nil {
		t.Error("no matrix has weights")
	}
}

func TestTokensChooseDifferentExpertsAndShareOne(t *testing.T) {
	r := rng.Stream(1, "choices")
	counts := make([]int, 8)
	for range 1000 {
		list := choose(r, 8, 2)
		if len(list) != 2 || list[0].Expert == list[1].Expert || list[0].Gate < list[1].Gate || math.Abs(float64(list[0].Gate+list[1].Gate)-1) > 1e-6 {
			t.Fatalf("got %+v", list)
		}
		counts[list[0].Expert]++
		counts[list[1].Expert]++
	}
	if counts[0] <= counts[7] || counts[7] == 0 {
		t.Errorf("experts are chosen %d times", counts)
	}
}
