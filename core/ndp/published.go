package ndp

import "monde/core/unit"

// Cited is a value and where it was read.
type Cited[Q any] struct {
	Value  Q
	Source string
}

// Figures are what has been published of one core and the configuration that it
// is of. They are a synthesis estimate: no such core has been made or measured.
type Figures struct {
	Arrays, Scratchpad, Operands, Control Cited[Area]
	Device                                Cited[unit.Power] // the memory device without the core
	Share                                 Cited[int64]      // that the core adds to Device, in thousandths
	MACs, Rows                            Cited[int64]      // multiply-adders; those that share a column of weights
	Buffers                               Cited[unit.Bytes] // scratchpad and operand buffers
	Clock                                 Cited[unit.Clock]
}

const (
	paper  = "MoNDE, DAC 2024, doi 10.1145/3649329.3655951, "
	table3 = paper + "table 3 as reported by one reader: synthesis estimate, 28 nm, 1 GHz"
	text   = paper + "as reported by readers: "
)

// Published returns MoNDE's figures. A later paper gives 2.95 mm² and 1.81 W for
// the same core at 28 nm and 1 GHz (DynaNDE), which agrees within 1 %.
func Published() Figures {
	return Figures{
		Arrays:     Cited[Area]{2_042_000, table3},
		Scratchpad: Cited[Area]{53_000, table3},
		Operands:   Cited[Area]{570_000, table3},
		Control:    Cited[Area]{289_000, table3},
		Device:     Cited[unit.Power]{114_200, table3},
		Share:      Cited[int64]{16, table3 + ": about 1.6 %"},
		MACs:       Cited[int64]{64 * 4 * 4, text + "64 arrays of 4×4"},
		Rows:       Cited[int64]{4, text + "64 arrays of 4×4"},
		Buffers:    Cited[unit.Bytes]{264 << 10, text + "264 KB, here 1024 bytes each; which part is the scratchpad is not known"},
		Clock:      Cited[unit.Clock]{unit.Gigahertz, text + "1 GHz"},
	}
}
