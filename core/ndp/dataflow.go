package ndp

import "monde/core/unit"

// Dataflow says which operand of a GEMM stays in a systolic array while the
// others stream past.
type Dataflow uint8

// Dataflows, named as SCALE-Sim does.
const (
	OS Dataflow = iota // results stay: rows hold M, columns N, and K streams
	WS                 // weights stay: rows hold K, columns N, and M streams
	IS                 // inputs stay: rows hold K, columns M, and N streams
)

// String returns the short name, in small letters.
func (d Dataflow) String() string { return [...]string{"os", "ws", "is"}[d] }

// Shape is a GEMM of M×K inputs and K×N weights. All are at least 1.
type Shape struct{ M, K, N int }

// Cycles returns what one array of rows×cols takes for g: folds·(R+C+T-2) if
// results stay, and otherwise folds·(2R+C+T-2), as the operand that stays is
// loaded first, a row a cycle. A fold at the edge takes as long as a full one.
//
// SCALE-Sim v3 reports one cycle less, counting from zero.
func (d Dataflow) Cycles(rows, cols int, g Shape) unit.Cycles {
	down, across, stream := d.mapped(g)
	folds := int64(ceilDiv(down, rows)) * int64(ceilDiv(across, cols))
	fold := int64(rows) + int64(cols) + int64(stream) - 2
	if d != OS {
		fold += int64(rows)
	}
	return unit.Cycles(folds * fold)
}

// mapped returns which extents of g lie along the rows and the columns of the
// array, and in time: what SCALE-Sim calls Sr, Sc and T.
func (d Dataflow) mapped(g Shape) (down, across, stream int) {
	switch d {
	case WS:
		return g.K, g.N, g.M
	case IS:
		return g.K, g.M, g.N
	default:
		return g.M, g.N, g.K
	}
}
