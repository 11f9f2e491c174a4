package dram

// lpddr5 returns the rules of LPDDR5 and LPDDR5X in 16-bank, 4-group mode.
func lpddr5(t Timing) []Rule {
	write := t.CWL + t.BL // from WR to its last data
	return sourced("JESD209-5B, as in Ramulator 2.1 python/ramulator/dram/lpddr5.py (MIT)", []Rule{
		{In: InChannel, From: anyRD, To: anyRD, Cycles: t.BL, Name: "BL/n_min"},
		{In: InChannel, From: anyWR, To: anyWR, Cycles: t.BL, Name: "BL/n_min"},

		{In: InRank, From: anyRD, To: anyRD, Cycles: t.CCDS, Name: "tCCD_S"},
		{In: InRank, From: anyWR, To: anyWR, Cycles: t.CCDSWR, Name: "tCCD_S"},
		{In: InRank, From: anyRD, To: anyWR, Cycles: t.CL + t.BL + 2 - t.CWL, Name: "tRTW"},
		{In: InRank, From: anyWR, To: anyRD, Cycles: write + t.WTRS, Name: "tWTR_S"},
		{In: InRank, From: anyRD, To: anyBurst, Cycles: t.BL + t.CS, Other: true, Name: "rank switch"},
		{In: InRank, From: anyWR, To: anyRD, Cycles: t.CL + t.BL + t.CS - t.CWL, Other: true, Name: "rank switch"},
		{In: InRank, From: rd, To: preAll, Cycles: t.RTP, Name: "tRTP"},
		{In: InRank, From: wr, To: preAll, Cycles: write + t.WR, Name: "tWR"},
		{In: InRank, From: act, To: act, Cycles: t.RRDS, Name: "tRRD"},
		{In: InRank, From: act, To: act, Cycles: t.FAW, Window: 4, Name: "tFAW"},
		{In: InRank, From: act, To: preAll, Cycles: t.RAS, Name: "tRAS"},
		{In: InRank, From: preAll, To: act, Cycles: t.RPab, Name: "tRPab"},
		{In: InRank, From: anyPre, To: anyPre, Cycles: t.PPD, Name: "tPPD"},
		{In: InRank, From: act, To: refAll, Cycles: t.RC, Name: "tRC"},
		{In: InRank, From: anyPre, To: refAll, Cycles: t.RP, Name: "tRPpb"},
		{In: InRank, From: rda, To: refAll, Cycles: t.RTP + t.RP, Name: "tRTP + tRPpb"},
		{In: InRank, From: wra, To: refAll, Cycles: write + t.WR + t.RP, Name: "tWR + tRPpb"},
		{In: InRank, From: refAll, To: []Op{ACT, PREab, REFab, REFpb}, Cycles: t.RFC, Name: "tRFCab"},
		{In: InRank, From: refBank, To: refBank, Cycles: t.PBR2PBR, Name: "tpbR2pbR"},
		{In: InRank, From: refBank, To: refAll, Cycles: t.RFCpb, Name: "tRFCpb"},
		{In: InRank, From: refBank, To: act, Cycles: t.PBR2ACT, Name: "tpbR2act"},

		{In: InGroup, From: anyRD, To: anyRD, Cycles: t.CCDL, Name: "tCCD_L"},
		{In: InGroup, From: anyWR, To: anyWR, Cycles: t.CCDLWR, Name: "tCCD_L"},
		{In: InGroup, From: anyWR, To: anyRD, Cycles: t.CWL + t.BLMax + t.WTRL, Name: "tWTR_L"},
		{In: InGroup, From: act, To: act, Cycles: t.RRDL, Name: "tRRD"},

		{In: InBank, From: act, To: act, Cycles: t.RC, Name: "tRC"},
		{In: InBank, From: act, To: anyBurst, Cycles: t.RCD, Name: "tRCD"},
		{In: InBank, From: act, To: pre, Cycles: t.RAS, Name: "tRAS"},
		{In: InBank, From: pre, To: act, Cycles: t.RP, Name: "tRPpb"},
		{In: InBank, From: rd, To: pre, Cycles: t.RTP, Name: "tRTP"},
		{In: InBank, From: wr, To: pre, Cycles: write + t.WR, Name: "tWR"},
		{In: InBank, From: rda, To: act, Cycles: t.RTP + t.RP, Name: "tRTP + tRPpb"},
		{In: InBank, From: wra, To: act, Cycles: write + t.WR + t.RP, Name: "tWR + tRPpb"},
		{In: InBank, From: refBank, To: act, Cycles: t.RFCpb, Name: "tRFCpb"},
		{In: InBank, From: act, To: refBank, Cycles: t.RC, Name: "tRC"},
		{In: InBank, From: pre, To: refBank, Cycles: t.RP, Name: "tRPpb"},
	})
}
