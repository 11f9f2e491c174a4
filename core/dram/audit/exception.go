package audit

import "monde/core/dram"

// beyond returns rules of the standards that a simulator's own rows lack.
func beyond(s dram.Spec) []dram.Rule {
	if s.Standard != dram.UMD {
		return nil
	}
	clocks := s.Timing.RFCpb
	if clocks == 0 {
		clocks = s.Timing.RFC
	}
	return []dram.Rule{{
		In: dram.InBank, From: []dram.Op{dram.REFpb}, To: []dram.Op{dram.ACT}, Cycles: clocks, Name: "tRFCpb", Source: "JESD209-4, JESD235",
	}}
}

// An Exception is a rule that a reference simulator is known to break, and so do
// we where we do as it does. docs/deviations.md lists the same.
type Exception struct {
	Rule   string
	Covers func(s dram.Spec, v Violation) bool
	Reason string
}

// Exceptions are all that are known.
var Exceptions = []Exception{
	{
		Rule: "tRFCpb", Covers: umdPerBank,
		Reason: "DRAMsim3 issue 24: a refresh of one bank blocks the others and not the bank itself",
	},
	{
		Rule: "refresh debt", Covers: umdPerBank,
		Reason: "DRAMsim3 issue 24: refreshes of single banks are tREFI apart, where tREFIb is meant",
	},
	{
		Rule: "data bus",
		Covers: func(s dram.Spec, v Violation) bool {
			return s.Controller.Kind == dram.Window && v.First.Rank != v.Then.Rank
		},
		Reason: "Ramulator 2.1 keeps a WR only BL + tCS from a RD of another rank, and so double-books the data bus",
	},
}

func umdPerBank(s dram.Spec, _ Violation) bool {
	return s.Standard == dram.UMD && s.Controller.Refresh == dram.PerBank
}
