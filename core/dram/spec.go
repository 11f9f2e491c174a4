// Package dram simulates DRAM channels clock by clock: LPDDR5 and LPDDR5X, DDR4
// and DDR5, and what DRAMsim3 makes of LPDDR4 and HBM2.
//
// Timing rules are rows of data (JESD209-5B, JESD79-4 and -5, as Ramulator 2.1
// and DRAMsim3 have them), compiled to flat arrays of earliest clocks. Three
// controllers: one that issues every command at the clock where Ramulator 2.1
// does, one that does as DRAMsim3, and one of our own for streams of weights.
// It steps from event to event, never over an idle clock.
//
// It leaves out data, ECC, self-refresh, power-down, temperature, and training.
package dram

import (
	"errors"
	"strings"

	"monde/core/fault"
	"monde/core/unit"
)

// Spec is one memory: its channels are alike, and each has its own controller.
// It is comparable plain data.
type Spec struct {
	Name       string     `json:"name"`
	Standard   Standard   `json:"standard"`
	Channels   int        `json:"channels"`
	Geometry   Geometry   `json:"geometry"`
	Period     unit.Time  `json:"period_ps"` // of the controller's clock (CK)
	Timing     Timing     `json:"timing"`
	Controller Controller `json:"controller"`
	Source     string     `json:"source"`
}

// Geometry is the shape of one channel.
type Geometry struct {
	Ranks  int        `json:"ranks"`
	Groups int        `json:"bank_groups"`     // a rank
	Banks  int        `json:"banks_per_group"` // a bank group
	Rows   int        `json:"rows"`            // a bank
	Bursts int        `json:"bursts"`          // a row
	Burst  unit.Bytes `json:"burst_bytes"`
	Column int        `json:"column"` // columns that a burst takes, for those who count columns
}

// Standard names a family of rules.
type Standard string

// Standards. UMD is whatever DRAMsim3 simulates, by its own rules.
const (
	LPDDR5 Standard = "LPDDR5"
	DDR4   Standard = "DDR4"
	DDR5   Standard = "DDR5"
	UMD    Standard = "DRAMsim3"
)

// Standards lists them.
var Standards = [...]Standard{LPDDR5, DDR4, DDR5, UMD}

// Chips names the standard of the memory's chips: of what DRAMsim3 simulates, that is
// not whose rules it keeps.
func (s Spec) Chips() string {
	if s.Standard != UMD {
		return string(s.Standard)
	}
	for _, of := range [...][2]string{{"d3_ddr4", "DDR4"}, {"d3_lp5", "LPDDR5"}, {"d3_lp4", "LPDDR4"}, {"d3_hbm2", "HBM2"}} {
		if strings.HasPrefix(s.Name, of[0]) {
			return of[1]
		}
	}
	return string(UMD)
}

// Timing is in clocks of Spec.Period. What a standard does not have is 0.
type Timing struct {
	BL      int32 `json:"BL"`     // a burst on the data bus (BL/n_min of LPDDR5)
	BLMax   int32 `json:"BLmax"`  // BL/n_max of LPDDR5
	CL      int32 `json:"CL"`     // RD to its first data
	CWL     int32 `json:"CWL"`    // WR to its first data
	RCD     int32 `json:"RCD"`    // ACT to RD or WR
	RP      int32 `json:"RP"`     // PRE of a bank to ACT
	RPab    int32 `json:"RPab"`   // PRE of all banks to ACT
	RAS     int32 `json:"RAS"`    // ACT to PRE
	RC      int32 `json:"RC"`     // ACT to ACT, one bank
	WR      int32 `json:"WR"`     // last written data to PRE
	RTP     int32 `json:"RTP"`    // RD to PRE
	PPD     int32 `json:"PPD"`    // PRE to PRE
	CCDS    int32 `json:"CCDS"`   // RD to RD, other bank group
	CCDL    int32 `json:"CCDL"`   // RD to RD, same bank group
	CCDSWR  int32 `json:"CCDSWR"` // WR to WR
	CCDLWR  int32 `json:"CCDLWR"`
	RRDS    int32 `json:"RRDS"` // ACT to ACT, other bank group
	RRDL    int32 `json:"RRDL"`
	WTRS    int32 `json:"WTRS"` // last written data to RD, other bank group
	WTRL    int32 `json:"WTRL"`
	FAW     int32 `json:"FAW"`    // a window of four ACT
	RFC     int32 `json:"RFC"`    // refresh of all banks
	RFCpb   int32 `json:"RFCpb"`  // refresh of one
	REFI    int32 `json:"REFI"`   // between refreshes of all banks
	REFIpb  int32 `json:"REFIpb"` // between refreshes of one
	PBR2PBR int32 `json:"PBR2PBR"`
	PBR2ACT int32 `json:"PBR2ACT"`
	WCKPST  int32 `json:"WCKPST"` // how long WCK runs on after a burst
	AAD     int32 `json:"AAD"`    // ACT1 to ACT2 at the latest
	CS      int32 `json:"CS"`     // between ranks on the data bus
}

// Controller is how a channel orders what it is asked for.
type Controller struct {
	Kind      Kind    `json:"kind"`
	Reads     int     `json:"reads"`  // requests that the read buffer holds
	Writes    int     `json:"writes"` // the write buffer
	PerBank   int     `json:"per_bank,omitempty"`
	Refresh   Refresh `json:"refresh"`
	RowHit    bool    `json:"row_hit,omitempty"`    // no PRE while the window holds an older hit of the open row
	Cap       int     `json:"cap,omitempty"`        // closes a row after so many bursts; 0 leaves it open
	WCKAlways bool    `json:"wck_always,omitempty"` // WCK never stops, so no CAS
	Dual      bool    `json:"dual,omitempty"`       // HBM: a row and a column command in one clock
}

// Kind names a controller.
type Kind string

// Kinds of controller.
const (
	Window    Kind = "window"    // one FR-FCFS window over all banks: Ramulator 2.1
	Banks     Kind = "banks"     // a queue a bank, served in turn: DRAMsim3
	Streaming Kind = "streaming" // ours, for weights: see stream.go
)

// Refresh says which banks a refresh takes.
type Refresh string

// Refresh modes.
const (
	NoRefresh Refresh = "none"
	AllBanks  Refresh = "all-bank"
	PerBank   Refresh = "per-bank"
)

const (
	maxBanks  = 64 // of all ranks: one word of bits
	maxRanks  = 4
	maxGroups = 32
	maxQueue  = 256
)

// banks returns the banks of all ranks.
func (g Geometry) banks() int { return g.Ranks * g.Groups * g.Banks }

// Capacity returns the bytes of one channel.
func (g Geometry) Capacity() unit.Bytes {
	return unit.Bytes(g.banks()) * unit.Bytes(g.Rows) * unit.Bytes(g.Bursts) * g.Burst
}

// Peak returns the bandwidth of the data bus of all channels, rounded down.
func (s Spec) Peak() unit.BytesPerSecond {
	return unit.BytesPerSecond(s.Channels) * unit.BytesPerSecond(s.Geometry.Burst) * unit.BytesPerSecond(unit.Second) /
		(unit.BytesPerSecond(s.Timing.BL) * unit.BytesPerSecond(s.Period))
}

// Rules returns the rules between commands, each with its source.
func (s Spec) Rules() []Rule {
	switch s.Standard {
	case LPDDR5:
		return s.forStreams(lpddr5(s.Timing))
	case DDR4:
		return s.forStreams(ddr4(s.Timing))
	case DDR5:
		return s.forStreams(ddr5(s.Timing))
	default:
		return umd(s.Timing)
	}
}

// forStreams adds what Streaming keeps beside the rules of the reference.
func (s Spec) forStreams(rules []Rule) []Rule {
	if s.Controller.Kind == Streaming {
		return append(rules, rankSwitch(s.Timing)...)
	}
	return rules
}

// Validate reports every field that no memory can have.
func (s Spec) Validate() error {
	known := false
	for _, name := range Standards {
		known = known || name == s.Standard
	}
	return errors.Join(
		fault.Unless(known, "standard", "must be one of %v, got %q", Standards, s.Standard),
		fault.Within("channels", s.Channels, 1, 1024),
		fault.Within("period_ps", s.Period, 1, unit.Microsecond),
		fault.In("geometry", s.Geometry.validate()),
		fault.In("timing", s.Timing.validate(s.Standard)),
		fault.In("controller", s.Controller.validate(s)),
	)
}

func (g Geometry) validate() error {
	return errors.Join(
		fault.Within("ranks", g.Ranks, 1, maxRanks),
		fault.Within("bank_groups", g.Groups, 1, 8),
		fault.Within("banks_per_group", g.Banks, 1, 16),
		fault.Unless(g.banks() <= maxBanks, "banks_per_group", "at most %d banks in all ranks are simulated, got %d", maxBanks, g.banks()),
		fault.Within("rows", g.Rows, 1, 1<<24),
		fault.Within("bursts", g.Bursts, 1, 1<<16),
		fault.Within("burst_bytes", g.Burst, 1, 1<<16),
		fault.Within("column", g.Column, 1, 1<<10),
	)
}

// timings name the fields of a Timing, as JSON does, and the least that each may
// be.
func (t *Timing) timings() []timing {
	return []timing{
		{"BL", t.BL, 1}, {"CL", t.CL, 1}, {"CWL", t.CWL, 1}, {"RCD", t.RCD, 1}, {"RP", t.RP, 1}, {"RAS", t.RAS, 1}, {"RC", t.RC, 1},
		{"CCDS", t.CCDS, 1}, {"CCDL", t.CCDL, 1}, {"RFC", t.RFC, 1}, {"BLmax", t.BLMax, 0}, {"RPab", t.RPab, 0}, {"WR", t.WR, 0},
		{"RTP", t.RTP, 0}, {"PPD", t.PPD, 0}, {"CCDSWR", t.CCDSWR, 0}, {"CCDLWR", t.CCDLWR, 0}, {"RRDS", t.RRDS, 0}, {"RRDL", t.RRDL, 0},
		{"WTRS", t.WTRS, 0}, {"WTRL", t.WTRL, 0}, {"FAW", t.FAW, 0}, {"RFCpb", t.RFCpb, 0}, {"REFIpb", t.REFIpb, 0},
		{"PBR2PBR", t.PBR2PBR, 0}, {"PBR2ACT", t.PBR2ACT, 0}, {"WCKPST", t.WCKPST, 0}, {"CS", t.CS, 0},
	}
}

type timing struct {
	name          string
	clocks, least int32
}

func (t Timing) validate(s Standard) error {
	errs := []error{
		fault.Within("REFI", int(t.REFI), 1, 1<<31-1),
		fault.Unless(t.REFI > 2*t.RFC, "REFI", "must be over twice RFC, or nothing else runs; got %d and %d", t.REFI, t.RFC),
	}
	for _, v := range t.timings() {
		errs = append(errs, fault.Within(v.name, int(v.clocks), int(v.least), 1<<20))
	}
	if s == LPDDR5 {
		errs = append(errs, fault.Within("AAD", int(t.AAD), 2, 64), fault.Within("BLmax", int(t.BLMax), 1, 1<<20))
	}
	return errors.Join(errs...)
}

func (c Controller) validate(s Spec) error {
	known := c.Kind == Window || c.Kind == Banks || c.Kind == Streaming
	mode := c.Refresh == NoRefresh || c.Refresh == AllBanks || c.Refresh == PerBank
	errs := []error{
		fault.Unless(known, "kind", "must be %q, %q or %q, got %q", Window, Banks, Streaming, c.Kind),
		fault.Unless(mode, "refresh", "must be %q, %q or %q, got %q", NoRefresh, AllBanks, PerBank, c.Refresh),
		fault.Within("reads", c.Reads, 1, maxQueue),
		fault.Within("writes", c.Writes, 1, maxQueue),
		fault.Within("cap", c.Cap, 0, 1<<20),
	}
	if c.Kind == Banks {
		errs = append(errs, fault.Within("per_bank", c.PerBank, 1, 64),
			fault.Unless(s.Geometry.banks()*c.PerBank+c.Reads+c.Writes < maxSlots, "per_bank", "all queues together must hold fewer than %d requests", maxSlots),
			fault.Unless(s.Standard == UMD, "kind", "%q keeps the rules of %s only", Banks, UMD))
	} else {
		errs = append(errs, fault.Unless(s.Standard != UMD, "kind", "%q keeps no rules of %s", c.Kind, UMD))
	}
	if c.Refresh == PerBank && c.Kind != Banks {
		errs = append(errs, fault.Unless(s.Standard == LPDDR5, "refresh", "%s has no refresh of one bank here", s.Standard),
			fault.Unless(int(s.Timing.REFIpb) > int(s.Timing.PBR2PBR), "refresh", "REFIpb must be over PBR2PBR"))
	}
	return errors.Join(errs...)
}
