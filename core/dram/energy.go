package dram

import "monde/core/unit"

// Currents are what a rank draws, all its chips together, in milliamperes at VDD.
type Currents struct {
	VDD                                     float64 // volts
	IDD0, IDD2N, IDD3N, IDD4R, IDD4W, IDD5A float64
	Rate                                    float64 // bits a nanosecond while it reads or writes
	Source                                  string
}

// standIn are the currents of DRAMsim3's LPDDR4_8Gb_x16_2400.ini at the 1.05 V of
// LPDDR5: nobody has published those of LPDDR5.
var standIn = Currents{1.05, 80, 34, 47, 243, 228, 280, 2.4 * 16, "DRAMsim3 configs/LPDDR4_8Gb_x16_2400.ini (MIT) at 1.05 V: a stand-in, no LPDDR5 currents are public"}

// Energies are what one command takes beyond a rank that stands by, and a rank
// that stands by with a row open.
type Energies struct {
	Each    [Ops]unit.Energy // pJ
	Standby unit.Power       // mW, of a rank with a row open
	Source  string
}

// Energies returns what commands of s take, by the formulas of Micron TN-40-07 as
// DRAMsim3's src/configuration.cc has them: an ACT with its PRE, a burst, a
// refresh. A bit takes what it takes at the data rate of the currents: they grow
// with the rate, and the time that it takes shrinks.
func (s Spec) Energies() Energies {
	c, t := standIn, s.Timing
	pJ := func(mA float64, clocks int32) unit.Energy {
		return unit.Energy(float64(float64(c.VDD*mA)*float64(clocks)) * float64(s.Period) / 1000)
	}
	e := Energies{Source: c.Source, Standby: unit.Power(c.VDD * c.IDD3N)}
	e.Each[ACT] = pJ(c.IDD0, t.RC) - pJ(c.IDD3N, t.RAS) - pJ(c.IDD2N, t.RC-t.RAS)
	burst := func(mA float64) unit.Energy {
		return unit.Energy(float64(c.VDD*mA) * float64(8*s.Geometry.Burst) / c.Rate)
	}
	e.Each[RD], e.Each[WR] = burst(c.IDD4R-c.IDD3N), burst(c.IDD4W-c.IDD3N)
	e.Each[RDA], e.Each[WRA] = e.Each[RD], e.Each[WR]
	e.Each[REFab] = pJ(c.IDD5A-c.IDD3N, t.RFC)
	if banks := int32(s.Geometry.Groups * s.Geometry.Banks); t.RFCpb > 0 {
		e.Each[REFpb] = e.Each[REFab] / unit.Energy(banks)
	}
	return e
}

// Energy returns what the commands of r took in all, and standing by.
func (s Spec) Energy(r Result) (commands, standby unit.Energy) {
	e := s.Energies()
	for op, n := range r.Counts {
		commands += unit.Energy(n) * e.Each[op]
	}
	ranks := unit.Energy(s.Channels * s.Geometry.Ranks)
	return commands, ranks * e.Standby.Over(r.Time)
}
