package ndp_test

import (
	"math"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"monde/core/ndp"
	"monde/core/unit"
)

func TestEveryPublishedFigureHasASource(t *testing.T) {
	v := reflect.ValueOf(ndp.Published())
	for i := range v.NumField() {
		if v.Field(i).FieldByName("Source").String() == "" || v.Field(i).FieldByName("Value").Int() <= 0 {
			t.Errorf("%s is %+v", v.Type().Field(i).Name, v.Field(i))
		}
	}
}

func TestThePapersCoreIsEstimatedAsPublished(t *testing.T) {
	got := monde.Estimate()
	// 1.6 % of 114.2 W are 1827.2 mW; readers of table 3 give about 3.0 mm² in all.
	if want := (ndp.Estimate{Arrays: 2_042_000, Buffers: 623_000, Control: 289_000, Power: 1_827}); got != want || got.Total() != 2_954_000 {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// 1.8272 nJ a cycle, of which arrays take 2042/2954 in 1024 multiply-adds,
// buffers 623/2954 in 4·256 + 2·4 bytes, and control 289/2954.
func TestEnergiesAreThePublishedPowerSplitByArea(t *testing.T) {
	if got, want := ndp.Published().Energies(), (ndp.Energies{MAC: 1_233_477, Byte: 373_408, Cycle: 178_761_272}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestPowerIsLinearInTheClockAndAreaDoesNotKnowIt(t *testing.T) {
	half := monde
	half.Clock /= 2
	a, b := monde.Estimate(), half.Estimate()
	if d := a.Power - 2*b.Power; d < -1 || d > 1 || a.Total() != b.Total() {
		t.Errorf("at half the clock %+v, at all of it %+v", b, a)
	}
}

func TestTwiceTheArraysTakeTwiceTheArrayAreaAndNoMoreControl(t *testing.T) {
	twice := monde
	twice.Arrays *= 2
	a, b := monde.Estimate(), twice.Estimate()
	if b.Arrays != 2*a.Arrays || b.Control != a.Control || b.Buffers <= a.Buffers || b.Buffers >= 2*a.Buffers {
		t.Errorf("%+v, and with twice the arrays %+v", a, b)
	}
}

// A core at full rate takes its power over its time: what a schedule adds to the
// buffers beside the stream is a few per cent.
func TestEnergyOfABusyCoreIsItsPowerOverItsTime(t *testing.T) {
	got := ndp.New(monde).Expert(ndp.Expert{DModel: 2048, DFF: 8192}, 64).Totals()
	want := monde.Estimate().Power.Over(monde.Clock.Span(got.Cycles))
	if share := float64(got.Energy()) / float64(want); share < 0.99 || share > 1.01 {
		t.Errorf("%d pJ, and by power %d: %.4f of it", got.Energy(), want, share)
	}
}

func TestEnergyIsRoundedToTheNearestPicojoule(t *testing.T) {
	for _, tt := range []struct {
		sum  ndp.Totals
		want unit.Energy
	}{
		{ndp.Totals{MACs: 1}, 1},     // 1.233
		{ndp.Totals{Buffer: 2}, 1},   // 0.747
		{ndp.Totals{Cycles: 1}, 179}, // 178.761
	} {
		if got := tt.sum.Energy(); got != tt.want {
			t.Errorf("%+v takes %d pJ, want %d", tt.sum, got, tt.want)
		}
	}
}

func TestEnergyGrowsWithTokensAndSurvivesHugeSums(t *testing.T) {
	huge := ndp.Totals{MACs: math.MaxInt64, Buffer: math.MaxInt64, Cycles: math.MaxInt64}
	if got := huge.Energy(); got != math.MaxInt64 {
		t.Errorf("the largest sums take %d pJ, want the largest energy", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		spec, e, tokens := drawSpec(t), drawExpert(t, 300), rapid.IntRange(1, 40).Draw(t, "tokens")
		spec.Order = ndp.TokensOuter
		core := ndp.New(spec)
		if fewer, more := core.Expert(e, tokens).Totals().Energy(), core.Expert(e, tokens+spec.Rows).Totals().Energy(); fewer < 0 || fewer >= more {
			t.Errorf("%d pJ, and with a tile more %d", fewer, more)
		}
	})
	s := ndp.Spec{Arrays: 1 << 20, Rows: 1 << 12, Cols: 1 << 12, Clock: 100 * unit.Gigahertz}
	if e := s.Estimate(); e.Power <= 0 || e.Arrays <= 0 || e.Buffers <= 0 {
		t.Errorf("the largest core is estimated as %+v", e)
	}
}
