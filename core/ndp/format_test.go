package ndp_test

import (
	"testing"

	"pgregory.net/rapid"

	"monde/core/ndp"
	"monde/core/unit"
)

func TestBytesOfATileAreThoseWorkedOutByHand(t *testing.T) {
	for _, tt := range []struct {
		format        ndp.Format
		rows, columns int64
		want          unit.Bytes
		why           string
	}{
		{ndp.Format{}, 3, 7, 42, "bf16: 21 weights of 2 B"},
		{ndp.Format{Bits: 8}, 3, 7, 21, "a byte each"},
		{ndp.Format{Bits: 4}, 3, 7, 11, "84 bits"},
		{ndp.Format{Bits: 3}, 3, 7, 8, "63 bits"},
		{ndp.Format{Bits: 2}, 3, 7, 6, "42 bits"},
		{ndp.Format{Bits: 1}, 3, 7, 3, "21 bits"},
		{ndp.Format{Bits: 4, Group: 32, ScaleBits: 8}, 2880, 256, 2880 * 256 * 17 / 32, "MXFP4: 4.25 bits"},
		{ndp.Format{Bits: 4, Group: 128, ScaleBits: 16}, 129, 2, 129 + 8, "two groups, one of a single row"},
		{ndp.Format{Group: 64, ScaleBits: 51}, 64, 8, 51, "a codebook: 51 bits a group and column"},
	} {
		if got := tt.format.Bytes(tt.rows, tt.columns); got != tt.want {
			t.Errorf("%+v, %d×%d: %d B, want %d: %s", tt.format, tt.rows, tt.columns, got, tt.want, tt.why)
		}
	}
}

func TestAMeanWidthBecomesAFormatOfAtLeastThatWidth(t *testing.T) {
	for bits, want := range map[float64]ndp.Format{
		16:    {Bits: 16},
		4.25:  {Bits: 4, Group: 32, ScaleBits: 8}, // MXFP4
		4.125: {Bits: 4, Group: 32, ScaleBits: 4},
		2.6:   {Bits: 2, Group: 128, ScaleBits: 77},
		0.5:   {Bits: 0, Group: 32, ScaleBits: 16},
	} {
		if got := ndp.FormatOf(bits); got != want {
			t.Errorf("%v bits: %+v, want %+v", bits, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.Float64Range(0.5, 32).Draw(t, "bits")
		f := ndp.FormatOf(bits)
		if err := f.Validate(); err != nil {
			t.Fatalf("%v bits: %+v: %v", bits, f, err)
		}
		const weights = 1 << 17
		if mean := float64(f.Bytes(weights, 1)) * 8 / weights; mean < bits || mean > bits+1./128 {
			t.Errorf("%v bits: %+v takes %v", bits, f, mean)
		}
	})
}

// 3·2880² weights of 4.25 bits; and of NLLB-MoE, 2·2048·8192 of 16.
func TestAnExpertsWeightsTakeNoMoreThanTheirBits(t *testing.T) {
	for want, e := range map[unit.Bytes]ndp.Expert{
		13_219_200: {DModel: 2880, DFF: 2880, Gated: true, Weights: ndp.FormatOf(4.25)},
		67_108_864: {DModel: 2048, DFF: 8192, Weights: ndp.FormatOf(16)},
	} {
		if got := ndp.New(monde).Expert(e, 1).Size(ndp.Weights); got != want {
			t.Errorf("%+v takes %d B, want %d", e, got, want)
		}
	}
}

func TestFewerBitsSaveBytesAndNoCycles(t *testing.T) {
	core := ndp.New(monde)
	e := ndp.Expert{DModel: 2048, DFF: 8192}
	full := core.Expert(e, 4).Totals()
	for _, bits := range []int{8, 4, 2, 1} {
		e.Weights = ndp.Format{Bits: bits}
		got := core.Expert(e, 4).Totals()
		if got.Cycles != full.Cycles || got.Weights*16 != full.Weights*unit.Bytes(bits) {
			t.Errorf("%d bits: %+v, with bf16 %+v", bits, got, full)
		}
	}
}

func TestRegionsHaveNames(t *testing.T) {
	for region, want := range map[ndp.Region]string{ndp.Weights: "weights", ndp.Input: "input", ndp.Inner: "inner", ndp.Output: "output"} {
		if got := region.String(); got != want {
			t.Errorf("region %d is %q, want %q", region, got, want)
		}
	}
}
