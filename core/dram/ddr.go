package dram

// ddr4 returns the rules of DDR4: one clock a command.
func ddr4(t Timing) []Rule {
	return append(ddr(t, 0), sourced("JESD79-4, as in Ramulator 2.1 python/ramulator/dram/ddr4.py (MIT)", []Rule{
		{In: InRank, From: anyRD, To: anyWR, Cycles: t.CL + t.BL + 2 - t.CWL, Name: "tRTW"},
	})...)
}

// ddr5 returns the rules of DDR5. ACT, RD and WR take two clocks of the command
// bus and the others one; a rule counts from the end of a command to the end of
// the next, so it is a clock longer from a long command to a short one, and a
// clock shorter the other way round.
func ddr5(t Timing) []Rule {
	long := []Op{ACT, RD, WR, RDA, WRA}
	every := []Op{ACT, PRE, PREab, RD, WR, RDA, WRA, REFab}
	return append(ddr(t, 1), sourced("JESD79-5, as in Ramulator 2.1 python/ramulator/dram/ddr5.py (MIT)", []Rule{
		{In: InChannel, From: long, To: every, Cycles: 2, Name: "two-clock command"},
		{In: InRank, From: anyPre, To: anyPre, Cycles: t.PPD, Name: "tPPD"},
		{In: InRank, From: anyRD, To: anyWR, Cycles: t.CL + t.BL + 4 - t.CWL, Name: "tRTW"},
	})...)
}

// ddr returns the rules that DDR4 and DDR5 share. long is by how many clocks
// ACT, RD and WR take the command bus longer than PRE and REF.
func ddr(t Timing, long int32) []Rule {
	write := t.CWL + t.BL
	return sourced("JESD79-4 and JESD79-5, as in Ramulator 2.1 python/ramulator/dram (MIT)", []Rule{
		{In: InChannel, From: anyRD, To: anyRD, Cycles: t.BL, Name: "BL"},
		{In: InChannel, From: anyWR, To: anyWR, Cycles: t.BL, Name: "BL"},

		{In: InRank, From: anyRD, To: anyRD, Cycles: t.CCDS, Name: "tCCD_S"},
		{In: InRank, From: anyWR, To: anyWR, Cycles: t.CCDSWR, Name: "tCCD_S"},
		{In: InRank, From: anyWR, To: anyRD, Cycles: write + t.WTRS, Name: "tWTR_S"},
		{In: InRank, From: anyRD, To: anyBurst, Cycles: t.BL + t.CS, Other: true, Name: "rank switch"},
		{In: InRank, From: anyWR, To: anyRD, Cycles: write + t.CS - t.CL, Other: true, Name: "rank switch"},
		{In: InRank, From: rd, To: preAll, Cycles: t.RTP + long, Name: "tRTP"},
		{In: InRank, From: wr, To: preAll, Cycles: write + t.WR + long, Name: "tWR"},
		{In: InRank, From: act, To: act, Cycles: t.RRDS, Name: "tRRD_S"},
		{In: InRank, From: act, To: act, Cycles: t.FAW, Window: 4, Name: "tFAW"},
		{In: InRank, From: act, To: preAll, Cycles: t.RAS + long, Name: "tRAS"},
		{In: InRank, From: preAll, To: act, Cycles: t.RP - long, Name: "tRP"},
		{In: InRank, From: act, To: refAll, Cycles: t.RC + long, Name: "tRC"},
		{In: InRank, From: anyPre, To: refAll, Cycles: t.RP, Name: "tRP"},
		{In: InRank, From: rda, To: refAll, Cycles: t.RTP + t.RP + long, Name: "tRTP + tRP"},
		{In: InRank, From: wra, To: refAll, Cycles: write + t.WR + t.RP + long, Name: "tWR + tRP"},
		{In: InRank, From: refAll, To: act, Cycles: t.RFC - long, Name: "tRFC"},
		{In: InRank, From: refAll, To: preAll, Cycles: t.RFC, Name: "tRFC"},

		{In: InGroup, From: anyRD, To: anyRD, Cycles: t.CCDL, Name: "tCCD_L"},
		{In: InGroup, From: anyWR, To: anyWR, Cycles: t.CCDLWR, Name: "tCCD_L"},
		{In: InGroup, From: anyWR, To: anyRD, Cycles: write + t.WTRL, Name: "tWTR_L"},
		{In: InGroup, From: act, To: act, Cycles: t.RRDL, Name: "tRRD_L"},

		{In: InBank, From: act, To: act, Cycles: t.RC, Name: "tRC"},
		{In: InBank, From: act, To: anyBurst, Cycles: t.RCD, Name: "tRCD"},
		{In: InBank, From: act, To: pre, Cycles: t.RAS + long, Name: "tRAS"},
		{In: InBank, From: pre, To: act, Cycles: t.RP - long, Name: "tRP"},
		{In: InBank, From: rd, To: pre, Cycles: t.RTP + long, Name: "tRTP"},
		{In: InBank, From: wr, To: pre, Cycles: write + t.WR + long, Name: "tWR"},
		{In: InBank, From: rda, To: act, Cycles: t.RTP + t.RP, Name: "tRTP + tRP"},
		{In: InBank, From: wra, To: act, Cycles: write + t.WR + t.RP, Name: "tWR + tRP"},
	})
}
