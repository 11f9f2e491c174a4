package dram

import (
	"strconv"
	"strings"

	"monde/core/fault"
)

// Sources of the configurations.
const (
	fromRamulator = "Ramulator 2.1 (c5b1c3a, MIT), preset %, resolved by its own Python DSL"
	fromUMD       = "DRAMsim3 (2981759, MIT), configs/%, with channels=1 and one rank"
)

// Configs returns the memories that the simulator knows by name, the reference
// ones first: each is equal to the file of that name in the reference data, but
// for what it is called.
func Configs() []Spec {
	base := []Spec{lp5(), lp5x(), ddr43200(), ddr43200eq(), ddr54800()}
	all := make([]Spec, 0, 64)
	for _, v := range variants {
		for _, s := range base {
			if s.Name == v.of {
				v.change(&s)
				s.Name += v.suffix
				all = append(all, s)
			}
		}
	}
	all = append(all, umdConfigs()...)
	return append(all, Grades()...)
}

// Named returns the memory of that name. A name that ends in ".probe" is that of
// a reference run that also counted refreshes; its memory is the same.
func Named(name string) (Spec, error) {
	for _, s := range Configs() {
		if s.Name == strings.TrimSuffix(name, ".probe") {
			return s, nil
		}
	}
	return Spec{}, fault.At("config", "there is no memory called %q; see `monde dram --list`", name)
}

// A variant differs from a base in one thing.
type variant struct {
	of, suffix string
	change     func(*Spec)
}

var variants = []variant{
	{"r2_lp5_6400", "", func(*Spec) {}},
	{"r2_lp5_6400", "_noref", noRefresh},
	{"r2_lp5_6400", "_refpb", perBank},
	{"r2_lp5_6400", "_rowhit", func(s *Spec) { s.Controller.RowHit = true }},
	{"r2_lp5_6400", "_wckon", wckAlways},
	{"r2_lp5_6400", "_wckon_noref", func(s *Spec) { wckAlways(s); noRefresh(s) }},
	{"r2_lp5_6400", "_closed4", func(s *Spec) { s.Controller.Cap = 4 }},
	{"r2_lp5_6400", "_q64", func(s *Spec) { s.Controller.Reads, s.Controller.Writes = 64, 64 }},
	{"r2_lp5_6400", "_2rank", func(s *Spec) { s.Geometry.Ranks = 2 }},
	{"r2_lp5_6400", "_8ch", eight},
	{"r2_lp5_6400", "_32ch", thirtyTwo},
	{"r2_lp5x_8533", "", func(*Spec) {}},
	{"r2_lp5x_8533", "_refpb", perBank},
	{"r2_lp5x_8533", "_8ch", eight},
	{"r2_lp5x_8533", "_32ch", thirtyTwo},
	{"r2_ddr4_3200", "", func(*Spec) {}},
	{"r2_ddr4_3200_eq", "", func(*Spec) {}},
	{"r2_ddr4_3200_eq", "_noref", noRefresh},
	{"r2_ddr5_4800", "", func(*Spec) {}},
}

func noRefresh(s *Spec) { s.Controller.Refresh = NoRefresh }
func perBank(s *Spec)   { s.Controller.Refresh = PerBank }
func wckAlways(s *Spec) { s.Controller.WCKAlways = true }
func eight(s *Spec)     { s.Channels = 8 }
func thirtyTwo(s *Spec) { s.Channels = 32 }

// windowOf32 is Ramulator's default controller.
var windowOf32 = Controller{Kind: Window, Reads: 32, Writes: 32, Refresh: AllBanks}

func ramulator(preset string) string { return strings.ReplaceAll(fromRamulator, "%", preset) }

func lp5() Spec {
	return Spec{
		Name: "r2_lp5_6400", Standard: LPDDR5, Channels: 1, Period: 1250,
		Geometry:   Geometry{Ranks: 1, Groups: 4, Banks: 4, Rows: 65536, Bursts: 64, Burst: 32, Column: 16},
		Timing:     lpddr5At(6400),
		Controller: windowOf32, Source: ramulator("LPDDR5_16Gb_x16 with LPDDR5_6400"),
	}
}

// lp5x is no vendor's and no JEDEC set: the nanoseconds of LPDDR5-6400 at a
// faster clock, as the reference runs had them, whose period is rounded up.
func lp5x() Spec {
	s := lp5()
	s.Name, s.Period, s.Timing = "r2_lp5x_8533", 938, lpddr5At(8533)
	s.Source = "ours: the nanoseconds of LPDDR5_6400 in Ramulator 2.1 (MIT) at 8533 MT/s; CL and CWL assumed"
	return s
}

func ddr43200() Spec {
	return Spec{
		Name: "r2_ddr4_3200", Standard: DDR4, Channels: 1, Period: 625,
		Geometry: Geometry{Ranks: 1, Groups: 4, Banks: 4, Rows: 65536, Bursts: 128, Burst: 64, Column: 8},
		Timing: Timing{
			BL: 4, CL: 22, CWL: 16, RCD: 22, RP: 22, RAS: 52, RC: 74, WR: 24, RTP: 12, CCDS: 4, CCDL: 8, CCDSWR: 4, CCDLWR: 8,
			RRDS: 4, RRDL: 8, WTRS: 4, WTRL: 12, FAW: 34, RFC: 576, REFI: 12480, CS: 2,
		},
		Controller: windowOf32, Source: ramulator("DDR4_8Gb_x8 with DDR4_3200AA"),
	}
}

func ddr43200eq() Spec {
	s := ddr43200()
	s.Name, s.Period, s.Timing.RFC, s.Timing.CS = "r2_ddr4_3200_eq", 630, 560, 1
	s.Source = ramulator("DDR4_3200AA") + "; RRD, FAW, RFC, REFI, tCK and rank switch as in DRAMsim3's DDR4_8Gb_x8_3200.ini"
	return s
}

func ddr54800() Spec {
	return Spec{
		Name: "r2_ddr5_4800", Standard: DDR5, Channels: 1, Period: 416,
		Geometry: Geometry{Ranks: 1, Groups: 8, Banks: 4, Rows: 65536, Bursts: 64, Burst: 64, Column: 16},
		Timing: Timing{
			BL: 8, CL: 36, CWL: 34, RCD: 36, RP: 36, RAS: 77, RC: 113, WR: 72, RTP: 18, PPD: 2, CCDS: 8, CCDL: 12, CCDSWR: 8, CCDLWR: 48,
			RRDS: 8, RRDL: 12, WTRS: 6, WTRL: 24, FAW: 48, RFC: 710, REFI: 9375, CS: 2,
		},
		Controller: windowOf32, Source: ramulator("DDR5_16Gb_x8 with DDR5_4800BN"),
	}
}

// umdQueues is DRAMsim3's default controller.
var umdQueues = Controller{Kind: Banks, Reads: 32, Writes: 32, PerBank: 8, Refresh: AllBanks}

func umdConfigs() []Spec {
	from := func(file string) string { return strings.ReplaceAll(fromUMD, "%", file) }
	ddr4 := Spec{
		Name: "d3_ddr4_3200", Standard: UMD, Channels: 1, Period: 630,
		Geometry: Geometry{Ranks: 1, Groups: 4, Banks: 4, Rows: 65536, Bursts: 128, Burst: 64, Column: 1},
		Timing: Timing{
			BL: 4, CL: 22, CWL: 16, RCD: 22, RP: 22, RAS: 52, RC: 74, WR: 24, RTP: 12, CCDS: 4, CCDL: 8, RRDS: 4, RRDL: 8,
			WTRS: 4, WTRL: 12, FAW: 34, RFC: 560, REFI: 12480, CS: 1,
		},
		Controller: umdQueues, Source: from("DDR4_8Gb_x8_3200.ini"),
	}
	lp5 := Spec{
		Name: "d3_lp5eq_6400", Standard: UMD, Channels: 1, Period: 1250,
		Geometry: Geometry{Ranks: 1, Groups: 4, Banks: 4, Rows: 65536, Bursts: 64, Burst: 32, Column: 1},
		Timing: Timing{
			BL: 2, CL: 17, CWL: 9, RCD: 15, RP: 15, RAS: 34, RC: 49, WR: 28, RTP: 8, PPD: 2, CCDS: 2, CCDL: 4, RRDS: 4, RRDL: 4,
			WTRS: 5, WTRL: 12, FAW: 16, RFC: 224, RFCpb: 112, REFI: 3125, REFIpb: 391, CS: 2,
		},
		Controller: umdQueues, Source: "ours: LPDDR5-6400 as in Ramulator 2.1, in the terms of DRAMsim3 (2981759, MIT)",
	}
	lp4 := Spec{
		Name: "d3_lp4_2400", Standard: UMD, Channels: 1, Period: 830,
		Geometry: Geometry{Ranks: 1, Groups: 2, Banks: 4, Rows: 65536, Bursts: 64, Burst: 128, Column: 1},
		Timing: Timing{
			BL: 8, CL: 17, CWL: 14, RCD: 15, RP: 15, RAS: 32, RC: 47, WR: 30, RTP: 12, PPD: 2, CCDS: 4, CCDL: 6, RRDS: 8, RRDL: 8,
			WTRS: 8, WTRL: 16, FAW: 32, RFC: 392, REFI: 8660, CS: 1,
		},
		Controller: umdQueues, Source: from("LPDDR4_8Gb_x16_2400.ini"),
	}
	hbm := Spec{
		Name: "d3_hbm2", Standard: UMD, Channels: 1, Period: 1000,
		Geometry: Geometry{Ranks: 1, Groups: 4, Banks: 4, Rows: 32768, Bursts: 32, Burst: 64, Column: 1},
		Timing: Timing{
			BL: 2, CL: 14, CWL: 4, RCD: 14, RP: 14, RAS: 34, RC: 48, WR: 16, RTP: 5, CCDS: 1, CCDL: 2, RRDS: 4, RRDL: 6,
			WTRS: 6, WTRL: 8, FAW: 30, RFC: 260, REFI: 3900, REFIpb: 128, CS: 2,
		},
		Controller: umdQueues, Source: from("HBM2_4Gb_x128.ini"),
	}
	hbm.Controller.Dual = true
	with := func(s Spec, suffix string, change func(*Spec)) Spec {
		change(&s)
		s.Name += suffix
		return s
	}
	return []Spec{
		ddr4, with(ddr4, "_noref", noRefresh), hbm, lp4,
		lp5, with(lp5, "_32ch", thirtyTwo), with(lp5, "_8ch", eight), with(lp5, "_noref", noRefresh), with(lp5, "_refpb", perBank),
	}
}

// Grades returns the memories for streams of weights, by speed grade: what a
// device may have.
func Grades() []Spec {
	var all []Spec
	for _, rate := range [...]int{6400, 7500, 8533} {
		s, name := lp5(), "lpddr5"
		if rate > 6400 {
			name = "lpddr5x"
		}
		s.Name = name + "_" + strconv.Itoa(rate)
		s.Period, s.Timing = lpddr5Period(rate), lpddr5At(rate)
		s.Controller = Controller{Kind: Streaming, Reads: 64, Writes: 64, Refresh: PerBank}
		s.Source = "ours: the nanoseconds of Ramulator 2.1's LPDDR5_6400 (JESD209-5B) at " + strconv.Itoa(rate) + " MT/s"
		all = append(all, s)
	}
	return all
}
