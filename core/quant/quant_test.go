package quant_test

import (
	"math"
	"testing"

	"monde/core/fault"
	"monde/core/quant"
	"monde/core/unit"
)

// V12: QMoE (arXiv 2310.16795), table 6.
func TestQMoECompressesAsPublished(t *testing.T) {
	for model, want := range map[string]float64{
		"switch-base-128": 17.06, "switch-large-128": 18.34, "switch-c-2048": 20.07, "anything else": 17.06,
	} {
		if got := quant.QMoERatio(model); got != want {
			t.Errorf("%s: %v times smaller, want %v", model, got, want)
		}
		if got := 16 / quant.QMoE.Bits(model); math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: bits are %v times fewer, want %v", model, got, want)
		}
	}
}

// MARLIN's README: 16 / (4 + 16/128) = 3.88.
func TestMarlinTakes4And1EighthBits(t *testing.T) {
	if got := quant.Marlin.Bits(""); got != 4+16.0/128 {
		t.Errorf("%v bits a weight", got)
	}
}

func TestEveryFormatIsValidSourcedAndHoldsItsBits(t *testing.T) {
	for _, name := range quant.Names() {
		f, ok := quant.Of(name)
		s := quant.Spec{Name: name}
		if !ok || f.Source == "" || f.Title == "" || s.Validate() != nil || s.Holds(name.Bits("")) != nil {
			t.Errorf("%s: %+v, %v, %v", name, f, s.Validate(), s.Holds(name.Bits("")))
		}
		if f.Lossy != (s.Badge() != "") || f.Lossy != (f.Kernel != quant.Plain) {
			t.Errorf("%s: lossy %v, badge %q", name, f.Lossy, s.Badge())
		}
		if s.Holds(f.Most+0.01) == nil || s.Holds(f.Least-0.01) == nil {
			t.Errorf("%s holds bits beyond %v to %v", name, f.Least, f.Most)
		}
	}
	if (quant.Spec{}).Validate() != nil || (quant.Spec{}).Holds(4.25) != nil || (quant.Spec{}).Badge() != "" {
		t.Error("the zero format restricts something")
	}
}

func TestEveryMistakeOfAFormatIsNamed(t *testing.T) {
	err := quant.Spec{Name: "int5", MatVec: 0.5, Host: -1, Device: -1}.Validate()
	var paths string
	for _, f := range fault.Fields(err) {
		paths += f.Path + " "
	}
	if want := "name matvec_share host_weights_per_s device_weights_per_s "; paths != want {
		t.Errorf("faults at %q, want %q", paths, want)
	}
}

func TestDecodingTakesWeightsOverTheirRate(t *testing.T) {
	s := quant.Spec{Name: quant.QMoE, Host: 1e9, Device: 2e9}
	if got := s.OnHost(1e6); got != unit.Millisecond {
		t.Errorf("10⁶ weights at 10⁹/s take %d ps", got)
	}
	if got := s.OnDevice(1e6); got != unit.Millisecond/2 {
		t.Errorf("10⁶ weights at 2·10⁹/s take %d ps", got)
	}
	if (quant.Spec{Name: quant.QMoE}).OnHost(1e6) != 0 {
		t.Error("without a rate decoding is not free")
	}
}
