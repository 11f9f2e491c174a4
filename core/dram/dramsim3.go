package dram

// umd returns the rules that DRAMsim3 keeps, for whatever its .ini calls the
// standard. PRE to PRE (tPPD) is kept where t has one. Its refresh of one bank
// blocks the other banks and not the bank itself (its issue 24); it is here as
// it is there, so that results compare.
func umd(t Timing) []Rule {
	write := t.CWL + t.BL
	long, short := max(t.BL, t.CCDL), max(t.BL, t.CCDS)
	return sourced("DRAMsim3 src/timing.cc (MIT)", []Rule{
		{In: InRank, From: anyRD, To: anyRD, Cycles: short, Name: "tCCD_S"},
		{In: InRank, From: anyWR, To: anyWR, Cycles: short, Name: "tCCD_S"},
		{In: InRank, From: anyRD, To: anyWR, Cycles: t.CL + t.BL - t.CWL + t.CS, Name: "tRTW"},
		{In: InRank, From: anyWR, To: anyRD, Cycles: write + t.WTRS, Name: "tWTR_S"},
		{In: InRank, From: act, To: act, Cycles: t.RRDS, Name: "tRRD_S"},
		{In: InRank, From: act, To: act, Cycles: t.FAW, Window: 4, Name: "tFAW"},
		{In: InRank, From: refAll, To: []Op{ACT, REFab}, Cycles: t.RFC, Name: "tRFC"},

		{In: InRank, From: anyRD, To: anyRD, Cycles: t.BL + t.CS, Other: true, Name: "tRTRS"},
		{In: InRank, From: anyRD, To: anyWR, Cycles: t.CL + t.BL + t.CS - t.CWL, Other: true, Name: "tRTRS"},
		{In: InRank, From: anyWR, To: anyRD, Cycles: write + t.CS - t.CL, Other: true, Name: "tRTRS"},
		{In: InRank, From: anyWR, To: anyWR, Cycles: t.BL, Other: true, Name: "burst"},

		{In: InGroup, From: anyRD, To: anyRD, Cycles: long, Name: "tCCD_L"},
		{In: InGroup, From: anyWR, To: anyWR, Cycles: long, Name: "tCCD_L"},
		{In: InGroup, From: anyWR, To: anyRD, Cycles: write + t.WTRL, Name: "tWTR_L"},
		{In: InGroup, From: act, To: act, Cycles: t.RRDL, Name: "tRRD_L"},
		{In: InGroup, From: refBank, To: act, Cycles: t.RFC, Other: true, Name: "tRFC, where tRFCb is meant"},
		{In: InGroup, From: refBank, To: refBank, Cycles: t.REFI, Other: true, Name: "tREFI, where tREFIb is meant"},
		{In: InGroup, From: act, To: refBank, Cycles: t.RC, Other: true, Name: "tRC"},
		{In: InGroup, From: pre, To: pre, Cycles: t.PPD, Other: true, Name: "tPPD"},

		{In: InBank, From: act, To: act, Cycles: t.RC, Name: "tRC"},
		{In: InBank, From: act, To: anyBurst, Cycles: t.RCD, Name: "tRCD"},
		{In: InBank, From: act, To: pre, Cycles: t.RAS, Name: "tRAS"},
		{In: InBank, From: pre, To: []Op{ACT, REFab, REFpb}, Cycles: t.RP, Name: "tRP"},
		{In: InBank, From: rd, To: pre, Cycles: t.RTP, Name: "tRTP"},
		{In: InBank, From: wr, To: pre, Cycles: write + t.WR, Name: "tWR"},
		{In: InBank, From: refBank, To: act, Cycles: t.RFC, Other: true, Name: "tRFC, where tRFCb is meant"},
		{In: InBank, From: refBank, To: refBank, Cycles: t.REFI, Other: true, Name: "tREFI, where tREFIb is meant"},
		{In: InBank, From: act, To: refBank, Cycles: t.RC, Other: true, Name: "tRC"},
		{In: InBank, From: pre, To: pre, Cycles: t.PPD, Other: true, Name: "tPPD"},
	})
}
