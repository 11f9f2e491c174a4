package dram

import "monde/core/unit"

// lpddr5Times are what LPDDR5 needs in nanoseconds, whatever the clock, from
// Ramulator 2.1's LPDDR5_6400 (JESD209-5B).
var lpddr5Times = [...]struct {
	clocks func(*Timing) *int32
	time   unit.Time
	name   string
}{
	{func(t *Timing) *int32 { return &t.CL }, 21_250, "RL: 17 clocks at 6400 MT/s; gives the assumed 23 at 8533"},
	{func(t *Timing) *int32 { return &t.CWL }, 11_250, "WL: 9 clocks at 6400 MT/s; gives the assumed 12 at 8533"},
	{func(t *Timing) *int32 { return &t.RCD }, 18_000, "tRCD"},
	{func(t *Timing) *int32 { return &t.RP }, 18_000, "tRPpb"},
	{func(t *Timing) *int32 { return &t.RPab }, 21_000, "tRPab"},
	{func(t *Timing) *int32 { return &t.RAS }, 42_000, "tRAS"},
	{func(t *Timing) *int32 { return &t.WR }, 34_000, "tWR"},
	{func(t *Timing) *int32 { return &t.WTRS }, 6_250, "tWTR_S"},
	{func(t *Timing) *int32 { return &t.WTRL }, 12_000, "tWTR_L"},
	{func(t *Timing) *int32 { return &t.RRDS }, 5_000, "tRRD"},
	{func(t *Timing) *int32 { return &t.RRDL }, 5_000, "tRRD"},
	{func(t *Timing) *int32 { return &t.FAW }, 20_000, "tFAW"},
	{func(t *Timing) *int32 { return &t.RFC }, 280_000, "tRFCab, 16 Gb"},
	{func(t *Timing) *int32 { return &t.RFCpb }, 140_000, "tRFCpb, 16 Gb"},
	{func(t *Timing) *int32 { return &t.REFI }, 3_906_000, "tREFI"},
	{func(t *Timing) *int32 { return &t.REFIpb }, 488_000, "tREFIpb"},
	{func(t *Timing) *int32 { return &t.PBR2PBR }, 90_000, "tpbR2pbR"},
	{func(t *Timing) *int32 { return &t.PBR2ACT }, 7_500, "tpbR2act"},
}

// lpddr5At returns the timing of LPDDR5 at rate MT/s: nanoseconds are rounded up
// to clocks (of rate/8 MHz: a burst of 16 takes two), and clocks stay clocks.
func lpddr5At(rate int) Timing {
	t := Timing{BL: 2, BLMax: 4, RTP: 8, PPD: 2, CCDS: 2, CCDL: 4, CCDSWR: 2, CCDLWR: 4, WCKPST: 1, AAD: 8, CS: 2}
	for _, row := range lpddr5Times {
		const bits = 8_000_000 // of a pin, in the ps·MT/s of one clock
		*row.clocks(&t) = int32((int64(row.time)*int64(rate) + bits - 1) / bits)
	}
	t.RC = t.RAS + t.RP
	return t
}

// lpddr5Period returns the clock of LPDDR5 at rate MT/s, rounded to a picosecond.
func lpddr5Period(rate int) unit.Time {
	return unit.Time((8_000_000 + rate/2) / rate)
}
