package ndp_test

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"

	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/unit"
)

// monde is the paper's core.
var monde = ndp.Spec{Arrays: 64, Rows: 4, Cols: 4, Clock: unit.Gigahertz, Power: 1_830}

var formats = []ndp.Format{
	{}, {Bits: 16}, {Bits: 8}, {Bits: 4}, {Bits: 3}, {Bits: 2}, {Bits: 1},
	{Bits: 8, Group: 128, ScaleBits: 16}, {Bits: 4, Group: 32, ScaleBits: 8}, {Bits: 3, Group: 7, ScaleBits: 5},
	{Bits: 2, Group: 1 << 17, ScaleBits: 128}, {Bits: 32, Group: 1000, ScaleBits: 128}, {Bits: 0, Group: 64, ScaleBits: 51},
}

// drawSpec draws small cores, from the tightest buffers to roomy ones.
func drawSpec(t *rapid.T) ndp.Spec {
	side := rapid.IntRange(1, 4)
	s := ndp.Spec{Arrays: side.Draw(t, "arrays"), Rows: side.Draw(t, "rows"), Cols: side.Draw(t, "cols"), Clock: unit.Gigahertz}
	s.Order = rapid.SampledFrom([]ndp.Order{"", ndp.TokensOuter, ndp.WeightsOuter}).Draw(t, "order")
	columns := s.Arrays * s.Cols
	size := func(name string, least, most int) unit.Bytes {
		if rapid.Bool().Draw(t, name+" absent") {
			return 0
		}
		return unit.Bytes(rapid.IntRange(least, most).Draw(t, name))
	}
	s.WeightBuffer = size("weights", 128*columns, 512*columns)
	s.ActivationBuffer = size("activations", 128*s.Rows, 1024*s.Rows)
	s.OutputBuffer = size("outputs", 8*s.Rows*columns, 64*s.Rows*columns)
	return s
}

func drawExpert(t *rapid.T, most int) ndp.Expert {
	side := rapid.IntRange(1, most)
	return ndp.Expert{
		DModel: side.Draw(t, "d_model"), DFF: side.Draw(t, "d_ff"), Gated: rapid.Bool().Draw(t, "gated"),
		Weights: rapid.SampledFrom(formats).Draw(t, "format"),
	}
}

func TestWhatTheTestsDrawIsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		if err := drawSpec(t).Validate(); err != nil {
			t.Error(err)
		}
		if err := drawExpert(t, 99).Validate(); err != nil {
			t.Error(err)
		}
	})
}

// Digests of scenarios are over their JSON.
func TestASpecOfDefaultsIsWrittenAsBeforeThereWereAny(t *testing.T) {
	doc, err := json.Marshal(monde)
	if want := `{"arrays":64,"rows":4,"cols":4,"clock_hz":1000000000,"power_mw":1830}`; err != nil || string(doc) != want {
		t.Errorf("got %s and %v, want %s", doc, err, want)
	}
}

func TestEveryMistakeIsReportedWithItsPath(t *testing.T) {
	least := monde
	least.WeightBuffer, least.ActivationBuffer, least.OutputBuffer = 256*128, 4*128, 2*4*256*4
	if err := least.Validate(); err != nil {
		t.Error(err)
	}
	for path, break_ := range map[string]func(*ndp.Spec){
		"arrays":                  func(s *ndp.Spec) { s.Arrays = 0 },
		"rows":                    func(s *ndp.Spec) { s.Rows = 1<<12 + 1 },
		"cols":                    func(s *ndp.Spec) { s.Cols = -1 },
		"clock_hz":                func(s *ndp.Spec) { s.Clock = 0 },
		"power_mw":                func(s *ndp.Spec) { s.Power = -1 },
		"order":                   func(s *ndp.Spec) { s.Order = "columns" },
		"weight_buffer_bytes":     func(s *ndp.Spec) { s.WeightBuffer-- },
		"activation_buffer_bytes": func(s *ndp.Spec) { s.ActivationBuffer-- },
		"output_buffer_bytes":     func(s *ndp.Spec) { s.OutputBuffer-- },
	} {
		s := least
		break_(&s)
		if f := fault.Fields(s.Validate()); len(f) == 0 || f[0].Path != path {
			t.Errorf("%+v: faults %v, want one at %s", s, f, path)
		}
	}
	for path, err := range map[string]error{
		"d_model":            ndp.Expert{DFF: 1}.Validate(),
		"d_ff":               ndp.Expert{DModel: 1}.Validate(),
		"k":                  ndp.GEMM{N: 1}.Validate(),
		"n":                  ndp.GEMM{K: 1, N: 1<<17 + 1}.Validate(),
		"weights.bits":       ndp.GEMM{K: 1, N: 1, Weights: ndp.Format{Bits: 33}}.Validate(),
		"weights.scale_bits": ndp.Expert{DModel: 1, DFF: 1, Weights: ndp.Format{Bits: 4, Group: 32}}.Validate(),
		"group":              ndp.Format{Group: -1, ScaleBits: 1}.Validate(),
	} {
		if f := fault.Fields(err); len(f) != 1 || f[0].Path != path {
			t.Errorf("faults %v, want one at %s", f, path)
		}
	}
}
