package unit_test

import (
	"testing"

	"monde/core/unit"
)

// INV-1: a clock's edges are exact, so they never drift.
func TestClockEdgesAreExact(t *testing.T) {
	for _, tt := range []struct {
		name  string
		clock unit.Clock
		n     unit.Cycles
		want  unit.Time
	}{
		{"even period", 1600 * unit.Megahertz, 3, 1875},
		{"half picosecond, odd edge", 3200 * unit.Megahertz, 1, 312},
		{"half picosecond, even edge", 3200 * unit.Megahertz, 2, 625},
		{"a third of a picosecond, third edge", 3 * unit.Gigahertz, 3, 1000},
		{"one second later, no drift", 1750 * unit.Megahertz, 1_750_000_000, unit.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.clock.Edge(tt.n); got != tt.want {
				t.Errorf("%v.Edge(%v) = %v, want %v", tt.clock, tt.n, got, tt.want)
			}
		})
	}
}

func TestASpanOfCyclesNeverEndsBeforeItsEdge(t *testing.T) {
	c := 3200 * unit.Megahertz
	if e, s := c.Edge(1), c.Span(1); s != e+1 {
		t.Errorf("edge 1 is at %d, one cycle spans %d, want the edge rounded up", e, s)
	}
	if e, s := c.Edge(2), c.Span(2); s != e {
		t.Errorf("edge 2 is at %d, two cycles span %d, want the same", e, s)
	}
}

func TestQuantitiesTooLargeSaturateInsteadOfWrapping(t *testing.T) {
	if got := unit.BytesPerSecond(1).Transfer(1 << 62); got != unit.Never {
		t.Errorf("2^62 B at 1 B/s take %d ps, want Never", got)
	}
	if got := unit.FLOPsPerSecond(0).Compute(1); got != unit.Never {
		t.Errorf("one operation at rate 0 takes %d ps, want Never", got)
	}
}

func TestPowerOverTimeIsEnergy(t *testing.T) {
	// 300 W for 1 ms are 0.3 J.
	if got := unit.Power(300_000).Over(unit.Millisecond); got != 300_000_000_000 {
		t.Errorf("300 W over 1 ms are %d pJ, want 3e11", got)
	}
}

func TestASumOfTimesSaturatesAtNever(t *testing.T) {
	for _, x := range []struct{ a, b, want unit.Time }{
		{1, 2, 3}, {-5, 2, -3}, {0, unit.Never, unit.Never}, {1, unit.Never, unit.Never},
		{unit.Never, unit.Never, unit.Never}, {unit.Never - 2, 2, unit.Never}, {unit.Never - 3, 2, unit.Never - 1},
	} {
		if got := x.a.Plus(x.b); got != x.want {
			t.Errorf("%d and %d ps are %d, want %d", x.a, x.b, got, x.want)
		}
	}
}

func FuzzTransferNeverBeatsTheLink(f *testing.F) {
	f.Add(int64(1), int64(64e9))
	f.Add(int64(16_777_216), int64(32e9))
	f.Fuzz(func(t *testing.T, b, bw int64) {
		if b < 0 || b > 1<<40 || bw < 1<<20 {
			t.Skip()
		}
		d := unit.BytesPerSecond(bw).Transfer(unit.Bytes(b))
		if d < 0 || float64(d)*float64(bw) < float64(b)*1e12*(1-1e-9) {
			t.Errorf("%d B at %d B/s took %d ps", b, bw, d)
		}
	})
}
