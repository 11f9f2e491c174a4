package dram_test

import (
	"testing"

	"monde/core/dram"
)

// Energies by hand, from the currents that the source names: 80 mA while rows open
// and close, 34 mA with all closed, 47 mA with one open, 243 mA reading, 228 mA
// writing, 280 mA refreshing, at 1.05 V and clocks of 1.25 ns.
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
	check("RD", float64(e.Each[dram.RD]), clock*(243-47)*2)
	check("WR", float64(e.Each[dram.WR]), clock*(228-47)*2)
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
