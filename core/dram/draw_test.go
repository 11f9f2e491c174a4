package dram_test

import (
	"pgregory.net/rapid"

	"monde/core/dram"
	"monde/core/unit"
)

// kinds are the controllers that every property holds for, with the standards
// whose rules each keeps.
var kinds = []struct {
	kind      dram.Kind
	standards []dram.Standard
}{
	{dram.Window, []dram.Standard{dram.LPDDR5, dram.DDR4, dram.DDR5}},
	{dram.Banks, []dram.Standard{dram.UMD}},
	{dram.Streaming, []dram.Standard{dram.LPDDR5, dram.DDR4, dram.DDR5}},
}

func within[N ~int | ~int32 | ~int64](t *rapid.T, lo, hi N, what string) N {
	return N(rapid.Int64Range(int64(lo), int64(hi)).Draw(t, what))
}

// drawSpec draws a memory: small, so that requests meet, and with timings that
// need not be those of any standard.
func drawSpec(t *rapid.T, kind dram.Kind, standards []dram.Standard) dram.Spec {
	s := dram.Spec{
		Name: "drawn", Standard: rapid.SampledFrom(standards).Draw(t, "standard"), Channels: within(t, 1, 3, "channels"),
		Period: unit.Time(within(t, 300, 2000, "period")),
		Geometry: dram.Geometry{
			Ranks: within(t, 1, 2, "ranks"), Groups: within(t, 1, 4, "groups"), Banks: within(t, 1, 4, "banks"),
			Rows: within(t, 2, 6, "rows"), Bursts: 2 * within(t, 1, 8, "bursts"), Burst: 32, Column: within(t, 1, 16, "column"),
		},
		Timing: drawTiming(t),
	}
	s.Controller = drawController(t, kind, s)
	return s
}

func drawTiming(t *rapid.T) dram.Timing {
	at := func(lo, hi int32, what string) int32 { return within(t, lo, hi, what) }
	var k dram.Timing
	k.BL = at(1, 8, "BL")
	k.BLMax = at(k.BL, 2*k.BL, "BLMax")
	k.CL = at(3, 40, "CL")
	k.CWL = at(1, k.CL, "CWL")
	k.RCD, k.RP = at(1, 40, "RCD"), at(1, 40, "RP")
	k.RPab = at(k.RP, k.RP+5, "RPab")
	k.RAS = at(1, 60, "RAS")
	k.RC = at(1, k.RAS+k.RP+5, "RC")
	k.WR, k.RTP, k.PPD = at(0, 60, "WR"), at(0, 20, "RTP"), at(0, 4, "PPD")
	k.CCDS = at(1, 8, "CCDS")
	k.CCDL = at(k.CCDS, 12, "CCDL")
	k.CCDSWR = at(1, 8, "CCDSWR")
	k.CCDLWR = at(k.CCDSWR, 50, "CCDLWR")
	k.RRDS = at(0, 8, "RRDS")
	k.RRDL = at(k.RRDS, 12, "RRDL")
	k.WTRS = at(0, 10, "WTRS")
	k.WTRL = at(k.WTRS, 30, "WTRL")
	k.FAW = at(0, 50, "FAW")
	k.RFC = at(1, 300, "RFC")
	k.RFCpb = at(0, k.RFC, "RFCpb")
	// Long enough for every open row to be used and closed before the next one.
	k.REFI = 2*k.RFC + at(1500, 3000, "REFI")
	k.PBR2PBR, k.PBR2ACT = at(0, 90, "PBR2PBR"), at(0, 10, "PBR2ACT")
	k.REFIpb = k.PBR2PBR + k.RFCpb + at(500, 900, "REFIpb")
	k.WCKPST, k.CS = at(0, 3, "WCKPST"), at(0, 3, "CS")
	k.AAD = at(2, 10, "AAD")
	return k
}

func drawController(t *rapid.T, kind dram.Kind, s dram.Spec) dram.Controller {
	modes := []dram.Refresh{dram.NoRefresh, dram.AllBanks}
	if s.Standard == dram.LPDDR5 || kind == dram.Banks {
		modes = append(modes, dram.PerBank)
	}
	c := dram.Controller{
		Kind: kind, Reads: within(t, 1, 40, "reads"), Writes: within(t, 1, 40, "writes"), Refresh: rapid.SampledFrom(modes).Draw(t, "refresh"),
		WCKAlways: rapid.Bool().Draw(t, "WCK always"),
	}
	switch kind {
	case dram.Banks:
		c.PerBank = within(t, 1, 8, "per bank")
		c.Dual = rapid.Bool().Draw(t, "dual")
	case dram.Window:
		c.RowHit = rapid.Bool().Draw(t, "row hit")
		c.Cap = within(t, 0, 5, "cap")
	}
	return c
}

// drawRequests draws a stream of up to most requests, some in bursts, some after
// a pause, some to few places, some all over the memory.
func drawRequests(t *rapid.T, s dram.Spec, most int) []dram.Request {
	g := s.Geometry
	crowd := rapid.SampledFrom([]int{1, 2, 100}).Draw(t, "crowd")
	pause := rapid.SampledFrom([]int64{0, 0, 3, 40, 3000}).Draw(t, "pause")
	writes := rapid.SampledFrom([]int{0, 10, 50, 100}).Draw(t, "writes %")
	under := func(n int, what string) int32 { return within(t, 0, int32(min(n, crowd)-1), what) }
	reqs := make([]dram.Request, within(t, 0, most, "requests"))
	clock := int64(0)
	for i := range reqs {
		clock += within(t, 0, pause, "pause")
		reqs[i] = dram.Request{
			Arrive: clock, Channel: within(t, 0, int32(s.Channels-1), "channel"), Write: within(t, 0, 99, "kind") < writes,
			Place: dram.Place{
				Rank: within(t, 0, int32(g.Ranks-1), "rank"), Group: under(g.Groups, "group"), Bank: under(g.Banks, "bank"),
				Row: within(t, 0, int32(g.Rows-1), "row"), Col: within(t, 0, int32(g.Bursts-1), "burst"),
			},
		}
	}
	if s.Controller.Kind == dram.Banks {
		keepApart(t, s, reqs)
	}
	return reqs
}

// keepApart changes reqs so that DRAMsim3 does not wait for ever, which it may
// when a write drain meets a waiting read of the same burst: either no burst is
// both read and written, or so few are written that no drain begins.
func keepApart(t *rapid.T, s dram.Spec, reqs []dram.Request) {
	few := rapid.Bool().Draw(t, "few writes")
	written := 0
	for i := range reqs {
		r := &reqs[i]
		switch {
		case few && r.Write:
			written++
			r.Write = written <= min(8, s.Controller.Writes-1)
		case r.Write:
			r.Col |= 1
		case !few:
			r.Col &^= 1
		}
	}
}
