package functional_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device/functional"
	"monde/core/device/isa"
	"monde/core/fault"
)

// By hand: the codes 0 to 7 of 3 bits, the first lowest, are 0xfac688; code c is the
// level 2c-7, and the scale, in the next line, is a half.
func TestLowBitWeightsLieAsDocumented(t *testing.T) {
	data := make([]byte, 66)
	copy(data, []byte{0x88, 0xc6, 0xfa})
	copy(data[64:], []byte{0x00, 0x3f})
	m := functional.Matrix{Layout: isa.Weights{K: 8, N: 1, Format: isa.BF16, Bits: 3, Group: 16}, Data: data}
	for c, got := range weightsOf(t, isa.BF16, m) {
		if want := (2*float32(c) - 7) / 2; got != want {
			t.Errorf("code %d is %v, want %v", c, got, want)
		}
	}
}

func TestAGroupOfZerosIsZero(t *testing.T) {
	m, err := functional.NewMatrix(isa.Weights{K: 17, N: 1, Format: isa.FP16, Bits: 1, Group: 16}, append(make([]float32, 16), -0.25))
	if err != nil {
		t.Fatal(err)
	}
	for k, got := range weightsOf(t, isa.FP16, m) {
		if want := map[bool]float32{true: -0.25}[k == 16]; got != want {
			t.Errorf("weight %d is %v, want %v", k, got, want)
		}
	}
}

func TestAMatrixRefusesWhatItCannotHold(t *testing.T) {
	l := isa.Weights{K: 2, N: 1, Format: isa.FP16, Bits: 1, Group: 16}
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		values []float32
		want   string
	}{
		{[]float32{1, 2, 3}, "values: must be 1×2, got 3"},
		{[]float32{1, inf}, "values: group 0 of output 0 has no finite scale"},
		{[]float32{1, 1e6}, "values: group 0 of output 0 has no finite scale"}, // above fp16
		{[]float32{float32(math.NaN()), 1}, "values: group 0 of output 0 has no finite scale"},
	} {
		if _, err := functional.NewMatrix(l, c.values); err == nil || err.Error() != c.want || !fault.Is(err) {
			t.Errorf("%v: got %v, want %s", c.values, err, c.want)
		}
	}
	l.Bits = 7
	if _, err := functional.NewMatrix(l, nil); err == nil {
		t.Error("7 bits a weight are taken")
	}
}

func TestLowBitWeightsAreWithinAStepOfWhatTheyCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r := shapes().Draw(t, "shape"), stream(t)
		bits := rapid.SampledFrom([]int{8, 4, 3, 2, 1}).Draw(t, "bits")
		values := uniform(r, s.model)
		m, err := functional.NewMatrix(isa.Weights{K: s.model, N: 1, Format: s.format, Bits: bits, Group: s.group}, values)
		if err != nil {
			t.Fatal(err)
		}
		// An FFN of one-hot tokens reads the weights out: relu(w) - relu(-w).
		for k, got := range weightsOf(t, s.format, m) {
			top := float64(int(1)<<bits - 1)
			largest := 0.0
			for _, v := range values[k/s.group*s.group : min(len(values), (k/s.group+1)*s.group)] {
				largest = max(largest, math.Abs(float64(v)))
			}
			// Half a step is the scale. The scale and the weight are rounded, each by a share of
			// 2⁻⁸, which moves the outermost level by as much.
			bound := largest/top + 2*0x1p-8*largest + 0x1p-24*top
			if diff := math.Abs(float64(got - values[k])); diff > bound {
				t.Fatalf("weight %d of %d bits is %v, coded as %v: off by %v, at most %v is allowed", k, bits, values[k], got, diff, bound)
			}
		}
	})
}

// weightsOf reads the only row of m out of the CPU's product with one-hot tokens.
func weightsOf(t fatal, f isa.Format, m functional.Matrix) []float32 {
	t.Helper()
	k := m.Layout.K
	hot := make([]float32, 2*k*k)
	for i := range k {
		hot[i*k+i], hot[(k+i)*k+i] = 1, -1
	}
	ones := make([]float32, k)
	for i := range ones {
		ones[i] = 1
	}
	down, err := functional.NewMatrix(isa.Weights{K: 1, N: k, Format: f, Bits: 16}, ones)
	if err != nil {
		t.Fatal(err)
	}
	y, err := functional.NewCPU([]functional.Expert{{Up: m, Down: down}}).FFN(0, functional.Rounded(f, 2*k, k, hot))
	if err != nil {
		t.Fatal(err)
	}
	row := make([]float32, k)
	for i := range row {
		row[i] = y.At(i, 0) - y.At(k+i, 0)
	}
	return row
}
