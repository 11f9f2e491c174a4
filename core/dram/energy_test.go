package dram_test

import (
	"testing"

	"monde/core/dram"
)

// Energies by hand, from the currents that the source names: 80 mA while rows open
// and close, 34 mA with all closed, 47 mA with one open, 243 mA reading, 228 mA
// writing at 2400 MT/s, 280 mA refreshing, at 1.05 V and clocks of 1.25 ns.
func TestEnergiesFollowFromTheCurrents(t *testing.T) {
	s := named(t, "r2_lp5_6400")
	e := s.Energies()
	check := func(what string, got, want float64) {
		t.Helper()
		if d := got - want; d < -1.5 || d > 1.5 { // each term is rounded to whole pJ
			t.Errorf("%s takes %v pJ, want %v", what, got, want)
		}
	}
	const clock = 1.05 * 1.25
	check("ACT", float64(e.Each[dram.ACT]), clock*(80*49-47*34-34*15))
	const burst = 1.05 * 32 * 8 / (2.4 * 16) // 32 bytes over 16 pins at 2400 MT/s
	check("RD", float64(e.Each[dram.RD]), burst*(243-47))
	check("WR", float64(e.Each[dram.WR]), burst*(228-47))
	if faster := named(t, "lpddr5x_8533").Energies().Each[dram.RD]; faster != e.Each[dram.RD] {
		t.Errorf("a burst takes %d pJ at 8533 MT/s, %d at 6400", faster, e.Each[dram.RD])
	}
	check("REFab", float64(e.Each[dram.REFab]), clock*(280-47)*224)
	check("REFpb", float64(e.Each[dram.REFpb]), clock*(280-47)*224/16)
	if e.Source == "" {
		t.Error("they have no source")
	}
	for op, each := range e.Each {
		if each < 0 {
			t.Errorf("%s takes %d pJ", dram.Op(op), each)
		}
	}
}
