package dram_test

import . "monde/core/dram"

var (
	closing  = func(s *Spec) { s.Controller.Cap = 4 } // so that RDA and WRA are issued
	perBank  = func(s *Spec) { s.Controller.Refresh = PerBank }
	twoRanks = func(s *Spec) { s.Geometry.Ranks = 2 }
)

// Clocks of LPDDR5-6400, JESD209-5B as Ramulator 2.1 has it (facts of a clock of
// 1.25 ns): the sums are written out.
var lpddr5Gates = []gate{
	{"tRCD", nil, []step{{op: ACT}, {op: RD, at: 15}}},
	{"tRCD", nil, []step{{op: ACT}, {op: WR, at: 15}}},
	{"tRAS", nil, []step{{op: ACT}, {op: PRE, at: 34}}},
	{"tRAS", nil, []step{{op: ACT}, {op: PREab, at: 34}}},
	{"tRC", nil, []step{{op: ACT}, {op: PRE, at: 34}, {op: ACT, at: 49}}},
	{"tRC", nil, []step{{op: ACT}, {op: PRE, at: 34}, {op: REFab, at: 49}}},
	{"tRC", perBank, []step{{op: ACT}, {op: PRE, at: 34}, {op: REFpb, at: 49}}},
	{"tRPpb", nil, []step{{op: ACT}, {op: PRE, at: 40, earlier: 6}, {op: ACT, at: 55}}},
	{"tRPpb", nil, []step{{op: ACT}, {op: PRE, at: 40, earlier: 6}, {op: REFab, at: 55}}},
	{"tRPpb", nil, []step{{op: ACT}, {op: PREab, at: 40, earlier: 6}, {op: REFab, at: 55}}},
	{"tRPpb", perBank, []step{{op: ACT}, {op: PRE, at: 40, earlier: 6}, {op: REFpb, at: 55}}},
	{"tRPab", nil, []step{{op: ACT}, {op: PREab, at: 40, earlier: 6}, {op: ACT, at: 40 + 17}}},
	{"tRRD", nil, []step{{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}}},
	{"tRRD", func(s *Spec) { s.Timing.RRDL = 6 }, []step{{op: ACT}, {op: ACT, at: 6, place: place{0, 0, 1}}}},
	{"tFAW", func(s *Spec) { s.Timing.FAW = 20 }, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: ACT, at: 8, place: place{0, 2, 0}},
		{op: ACT, at: 12, place: place{0, 3, 0}}, {op: ACT, at: 20, place: place{0, 0, 1}},
	}},
	{"tPPD", nil, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: PRE, at: 40, earlier: 6}, {op: PRE, at: 42, place: place{0, 1, 0}},
	}},
	{"tCCD_S", func(s *Spec) { s.Timing.CCDS = 3 }, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: RD, at: 20, earlier: 5}, {op: RD, at: 23, place: place{0, 1, 0}},
	}},
	{"tCCD_S", func(s *Spec) { s.Timing.CCDSWR = 3 }, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: WR, at: 20, earlier: 5}, {op: WR, at: 23, place: place{0, 1, 0}},
	}},
	{"BL/n_min", nil, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: RD, at: 20, earlier: 5}, {op: RD, at: 22, place: place{0, 1, 0}},
	}},
	{"BL/n_min", twoRanks, []step{
		{op: ACT}, {op: ACT, at: 4, free: true, place: place{1, 0, 0}}, {op: WR, at: 20, earlier: 5}, {op: WR, at: 22, place: place{1, 0, 0}},
	}},
	{"tCCD_L", nil, []step{{op: ACT}, {op: RD, at: 15}, {op: RD, at: 19}}},
	{"tCCD_L", nil, []step{{op: ACT}, {op: WR, at: 15}, {op: WR, at: 19}}},
	{"tRTW", nil, []step{{op: ACT}, {op: RD, at: 15}, {op: WR, at: 15 + 17 + 2 + 2 - 9}}},
	{"tWTR_L", nil, []step{{op: ACT}, {op: WR, at: 15}, {op: RD, at: 15 + 9 + 4 + 10}}},
	{"tWTR_S", nil, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: WR, at: 20, earlier: 5}, {op: RD, at: 20 + 9 + 2 + 5, place: place{0, 1, 0}},
	}},
	{"rank switch", twoRanks, []step{
		{op: ACT}, {op: ACT, at: 4, free: true, place: place{1, 0, 0}}, {op: RD, at: 20, earlier: 5}, {op: RD, at: 20 + 2 + 2, place: place{1, 0, 0}},
	}},
	{"rank switch", twoRanks, []step{
		{op: ACT}, {op: ACT, at: 4, free: true, place: place{1, 0, 0}}, {op: WR, at: 20, earlier: 5}, {op: RD, at: 20 + 17 + 2 + 2 - 9, place: place{1, 0, 0}},
	}},
	{"tRTP", nil, []step{{op: ACT}, {op: RD, at: 40, earlier: 25}, {op: PRE, at: 48}}},
	{"tRTP", nil, []step{{op: ACT}, {op: RD, at: 40, earlier: 25}, {op: PREab, at: 48}}},
	{"tWR", nil, []step{{op: ACT}, {op: WR, at: 15}, {op: PRE, at: 15 + 9 + 2 + 28}}},
	{"tWR", nil, []step{{op: ACT}, {op: WR, at: 15}, {op: PREab, at: 15 + 9 + 2 + 28}}},
	{"tRTP + tRPpb", closing, []step{{op: ACT}, {op: RDA, at: 40, earlier: 25}, {op: ACT, at: 40 + 8 + 15}}},
	{"tRTP + tRPpb", closing, []step{{op: ACT}, {op: RDA, at: 40, earlier: 25}, {op: REFab, at: 40 + 8 + 15}}},
	{"tWR + tRPpb", closing, []step{{op: ACT}, {op: WRA, at: 15}, {op: ACT, at: 15 + 9 + 2 + 28 + 15}}},
	{"tWR + tRPpb", closing, []step{{op: ACT}, {op: WRA, at: 15}, {op: REFab, at: 15 + 9 + 2 + 28 + 15}}},
	{"tRFCab", nil, []step{{op: REFab}, {op: ACT, at: 224}}},
	{"tRFCab", nil, []step{{op: REFab}, {op: PREab, at: 224}}},
	{"tRFCab", nil, []step{{op: REFab}, {op: REFab, at: 224}}},
	{"tRFCpb", perBank, []step{{op: REFpb}, {op: ACT, at: 112}}},
	{"tpbR2pbR", perBank, []step{{op: REFpb}, {op: REFpb, at: 72, place: place{0, 0, 1}}}},
	{"tpbR2act", perBank, []step{{op: REFpb}, {op: ACT, at: 6, place: place{0, 1, 0}}}},
}

// Clocks of DDR4-3200AA, JESD79-4.
var ddr4Gates = []gate{
	{"tRCD", nil, []step{{op: ACT}, {op: RD, at: 22}}},
	{"tRAS", nil, []step{{op: ACT}, {op: PRE, at: 52}}},
	{"tRAS", nil, []step{{op: ACT}, {op: PREab, at: 52}}},
	{"tRC", nil, []step{{op: ACT}, {op: PRE, at: 52}, {op: ACT, at: 74}}},
	{"tRC", nil, []step{{op: ACT}, {op: PRE, at: 52}, {op: REFab, at: 74}}},
	{"tRP", nil, []step{{op: ACT}, {op: PRE, at: 60, earlier: 8}, {op: ACT, at: 82}}},
	{"tRP", nil, []step{{op: ACT}, {op: PREab, at: 60, earlier: 8}, {op: ACT, at: 82}}},
	{"tRP", nil, []step{{op: ACT}, {op: PREab, at: 60, earlier: 8}, {op: REFab, at: 82}}},
	{"tRRD_S", nil, []step{{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}}},
	{"tRRD_L", nil, []step{{op: ACT}, {op: ACT, at: 8, place: place{0, 0, 1}}}},
	{"tFAW", nil, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: ACT, at: 8, place: place{0, 2, 0}},
		{op: ACT, at: 12, place: place{0, 3, 0}}, {op: ACT, at: 34, place: place{0, 0, 1}},
	}},
	{"BL", nil, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: RD, at: 30, earlier: 8}, {op: RD, at: 34, place: place{0, 1, 0}},
	}},
	{"tCCD_S", func(s *Spec) { s.Timing.CCDS = 5 }, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: RD, at: 30, earlier: 8}, {op: RD, at: 35, place: place{0, 1, 0}},
	}},
	{"tCCD_L", nil, []step{{op: ACT}, {op: RD, at: 22}, {op: RD, at: 30}}},
	{"tCCD_L", nil, []step{{op: ACT}, {op: WR, at: 22}, {op: WR, at: 30}}},
	{"tRTW", nil, []step{{op: ACT}, {op: RD, at: 22}, {op: WR, at: 22 + 22 + 4 + 2 - 16}}},
	{"tWTR_L", nil, []step{{op: ACT}, {op: WR, at: 22}, {op: RD, at: 22 + 16 + 4 + 12}}},
	{"tWTR_S", nil, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: WR, at: 30, earlier: 8}, {op: RD, at: 30 + 16 + 4 + 4, place: place{0, 1, 0}},
	}},
	{"rank switch", twoRanks, []step{
		{op: ACT}, {op: ACT, at: 4, free: true, place: place{1, 0, 0}}, {op: RD, at: 30, earlier: 8}, {op: RD, at: 30 + 4 + 2, place: place{1, 0, 0}},
	}},
	{"tRTP", nil, []step{{op: ACT}, {op: RD, at: 60, earlier: 38}, {op: PRE, at: 72}}},
	{"tWR", nil, []step{{op: ACT}, {op: WR, at: 22}, {op: PRE, at: 22 + 16 + 4 + 24}}},
	{"tRTP + tRP", closing, []step{{op: ACT}, {op: RDA, at: 60, earlier: 38}, {op: ACT, at: 60 + 12 + 22}}},
	{"tWR + tRP", closing, []step{{op: ACT}, {op: WRA, at: 22}, {op: ACT, at: 22 + 16 + 4 + 24 + 22}}},
	{"tRFC", nil, []step{{op: REFab}, {op: ACT, at: 576}}},
	{"tRFC", nil, []step{{op: REFab}, {op: PREab, at: 576}}},
}

// Clocks of DDR5-4800, JESD79-5. ACT, RD and WR take two clocks of the command
// bus, and rules count from the second.
var ddr5Gates = []gate{
	{"two-clock command", nil, []step{
		{op: ACT}, {op: ACT, at: 8, place: place{0, 1, 0}}, {op: RD, at: 200, earlier: 164}, {op: PRE, at: 202, place: place{0, 1, 0}},
	}},
	{"tRCD", nil, []step{{op: ACT}, {op: RD, at: 36}}},
	{"tRAS", nil, []step{{op: ACT}, {op: PRE, at: 77 + 1}}},
	{"tRC", nil, []step{{op: ACT}, {op: PRE, at: 78}, {op: ACT, at: 113}}},
	{"tRC", nil, []step{{op: ACT}, {op: PREab, at: 78}, {op: REFab, at: 113 + 1}}},
	{"tRP", nil, []step{{op: ACT}, {op: PRE, at: 90, earlier: 12}, {op: ACT, at: 90 + 36 - 1}}},
	{"tRP", nil, []step{{op: ACT}, {op: PREab, at: 90, earlier: 12}, {op: REFab, at: 90 + 36}}},
	{"tPPD", nil, []step{
		{op: ACT}, {op: ACT, at: 8, place: place{0, 1, 0}}, {op: PRE, at: 90, earlier: 12}, {op: PRE, at: 92, place: place{0, 1, 0}},
	}},
	{"tRRD_S", nil, []step{{op: ACT}, {op: ACT, at: 8, place: place{0, 1, 0}}}},
	{"tRRD_L", nil, []step{{op: ACT}, {op: ACT, at: 12, place: place{0, 0, 1}}}},
	{"tFAW", nil, []step{
		{op: ACT}, {op: ACT, at: 8, place: place{0, 1, 0}}, {op: ACT, at: 16, place: place{0, 2, 0}},
		{op: ACT, at: 24, place: place{0, 3, 0}}, {op: ACT, at: 48, place: place{0, 4, 0}},
	}},
	{"BL", nil, []step{
		{op: ACT}, {op: ACT, at: 8, place: place{0, 1, 0}}, {op: RD, at: 50, earlier: 14}, {op: RD, at: 58, place: place{0, 1, 0}},
	}},
	{"tCCD_S", func(s *Spec) { s.Timing.CCDS = 9 }, []step{
		{op: ACT}, {op: ACT, at: 8, place: place{0, 1, 0}}, {op: RD, at: 50, earlier: 14}, {op: RD, at: 59, place: place{0, 1, 0}},
	}},
	{"tCCD_L", nil, []step{{op: ACT}, {op: RD, at: 36}, {op: RD, at: 48}}},
	{"tCCD_L", nil, []step{{op: ACT}, {op: WR, at: 36}, {op: WR, at: 36 + 48}}},
	{"tRTW", nil, []step{{op: ACT}, {op: RD, at: 36}, {op: WR, at: 36 + 36 + 8 + 4 - 34}}},
	{"tWTR_L", nil, []step{{op: ACT}, {op: WR, at: 36}, {op: RD, at: 36 + 34 + 8 + 24}}},
	{"tWTR_S", nil, []step{
		{op: ACT}, {op: ACT, at: 8, place: place{0, 1, 0}}, {op: WR, at: 50, earlier: 14}, {op: RD, at: 50 + 34 + 8 + 6, place: place{0, 1, 0}},
	}},
	{"rank switch", twoRanks, []step{
		{op: ACT}, {op: ACT, at: 4, earlier: 2, place: place{1, 0, 0}}, {op: RD, at: 50, earlier: 14}, {op: RD, at: 50 + 8 + 2, place: place{1, 0, 0}},
	}},
	{"tRTP", nil, []step{{op: ACT}, {op: RD, at: 90, earlier: 54}, {op: PRE, at: 90 + 18 + 1}}},
	{"tWR", nil, []step{{op: ACT}, {op: WR, at: 36}, {op: PRE, at: 36 + 34 + 8 + 72 + 1}}},
	{"tRTP + tRP", closing, []step{{op: ACT}, {op: RDA, at: 90, earlier: 54}, {op: ACT, at: 90 + 18 + 36}}},
	{"tWR + tRP", closing, []step{{op: ACT}, {op: WRA, at: 36}, {op: ACT, at: 36 + 34 + 8 + 72 + 36}}},
	{"tRFC", nil, []step{{op: REFab}, {op: ACT, at: 710 - 1}}},
	{"tRFC", nil, []step{{op: REFab}, {op: PREab, at: 710}}},
}

// Clocks of LPDDR5-6400 in the terms of DRAMsim3, by its src/timing.cc.
var umdGates = []gate{
	{"tRCD", nil, []step{{op: ACT}, {op: RD, at: 15}}},
	{"tRAS", nil, []step{{op: ACT}, {op: PRE, at: 34}}},
	{"tRC", nil, []step{{op: ACT}, {op: PRE, at: 34}, {op: ACT, at: 49}}},
	{"tRP", nil, []step{{op: ACT}, {op: PRE, at: 40, earlier: 6}, {op: ACT, at: 55}}},
	{"tRP", nil, []step{{op: ACT}, {op: PRE, at: 40, earlier: 6}, {op: REFab, at: 55}}},
	{"tRRD_S", nil, []step{{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}}},
	{"tRRD_L", func(s *Spec) { s.Timing.RRDL = 6 }, []step{{op: ACT}, {op: ACT, at: 6, place: place{0, 0, 1}}}},
	{"tFAW", func(s *Spec) { s.Timing.FAW = 20 }, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: ACT, at: 8, place: place{0, 2, 0}},
		{op: ACT, at: 12, place: place{0, 3, 0}}, {op: ACT, at: 20, place: place{0, 0, 1}},
	}},
	{"tPPD", nil, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: PRE, at: 40, earlier: 6}, {op: PRE, at: 42, place: place{0, 1, 0}},
	}},
	{"tPPD", nil, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 0, 1}}, {op: PRE, at: 40, earlier: 6}, {op: PRE, at: 42, place: place{0, 0, 1}},
	}},
	{"tCCD_S", nil, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: RD, at: 20, earlier: 5}, {op: RD, at: 22, place: place{0, 1, 0}},
	}},
	{"tCCD_L", nil, []step{{op: ACT}, {op: RD, at: 15}, {op: RD, at: 19}}},
	{"tRTW", nil, []step{{op: ACT}, {op: RD, at: 15}, {op: WR, at: 15 + 17 + 2 - 9 + 2}}},
	{"tWTR_L", nil, []step{{op: ACT}, {op: WR, at: 15}, {op: RD, at: 15 + 9 + 2 + 12}}},
	{"tWTR_S", nil, []step{
		{op: ACT}, {op: ACT, at: 4, place: place{0, 1, 0}}, {op: WR, at: 20, earlier: 5}, {op: RD, at: 20 + 9 + 2 + 5, place: place{0, 1, 0}},
	}},
	{"tRTRS", twoRanks, []step{
		{op: ACT}, {op: ACT, at: 4, free: true, place: place{1, 0, 0}}, {op: RD, at: 20, earlier: 5}, {op: RD, at: 20 + 2 + 2, place: place{1, 0, 0}},
	}},
	{"tRTRS", twoRanks, []step{
		{op: ACT}, {op: ACT, at: 4, free: true, place: place{1, 0, 0}}, {op: RD, at: 20, earlier: 5}, {op: WR, at: 20 + 17 + 2 + 2 - 9, place: place{1, 0, 0}},
	}},
	{"burst", twoRanks, []step{
		{op: ACT}, {op: ACT, at: 4, free: true, place: place{1, 0, 0}}, {op: WR, at: 20, earlier: 5}, {op: WR, at: 22, place: place{1, 0, 0}},
	}},
	{"tRTP", nil, []step{{op: ACT}, {op: RD, at: 40, earlier: 25}, {op: PRE, at: 48}}},
	{"tWR", nil, []step{{op: ACT}, {op: WR, at: 15}, {op: PRE, at: 15 + 9 + 2 + 28}}},
	{"tRFC", nil, []step{{op: REFab}, {op: ACT, at: 224}}},
	{"tRFC, where tRFCb is meant", perBank, []step{{op: REFpb}, {op: ACT, at: 224, place: place{0, 0, 1}}}},
	{"tREFI, where tREFIb is meant", perBank, []step{{op: REFpb}, {op: REFpb, at: 3125, place: place{0, 1, 0}}}},
}
