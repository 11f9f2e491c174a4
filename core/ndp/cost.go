package ndp

import (
	"math"
	"math/bits"

	"monde/core/unit"
)

// Area is in square micrometres.
type Area int64

// Attojoules is an energy of 10⁻¹⁸ J: one operation takes far less than a
// unit.Energy tells.
type Attojoules int64

// Estimate is what a core takes on a 28 nm die and draws, scaled from Published:
// as little measured as that is.
type Estimate struct {
	Arrays  Area       // in proportion to multiply-adders
	Buffers Area       // in proportion to bytes
	Control Area       // the same for every core: one sequencer leads all arrays
	Power   unit.Power // while every array computes and weights stream in; linear in the clock, at one voltage
}

// Total returns the area of all parts.
func (e Estimate) Total() Area { return e.Arrays + e.Buffers + e.Control }

// Estimate returns the area and power of a valid Spec. Spec.Power is not used: it
// is what the user says.
func (s Spec) Estimate() Estimate {
	p := Published()
	rows, columns := int64(s.Rows), int64(s.Arrays)*int64(s.Cols)
	cycle := p.Energies().of(rows*columns, streamed(rows, columns), 1).over(1)
	return Estimate{
		Arrays:  scaled(p.Arrays.Value, rows*columns, p.MACs.Value),
		Buffers: scaled(p.Scratchpad.Value+p.Operands.Value, int64(s.Buffers().Total()), int64(p.Buffers.Value)),
		Control: p.Control.Value,
		Power:   unit.Power(exact{}.plus(cycle, int64(s.Clock)).over(1e15)), // 1 mW is 10¹⁵ aJ/s
	}
}

func scaled(a Area, n, of int64) Area { return Area(exact{}.plus(int64(a), n).over(of)) }

// Energies is what the operations of a core take, at any clock and in any
// configuration. Arrays take nothing where a tile leaves them idle, and the core
// nothing while it waits for memory.
type Energies struct {
	MAC   Attojoules // a multiply-add of bf16 into fp32
	Byte  Attojoules // a byte into or out of a buffer
	Cycle Attojoules // control, a cycle of computing
}

// Energies splits the published power by two assumptions of ours: arrays, buffers
// and control draw as they take area, and they do so while every array computes
// and weights stream in.
func (p Figures) Energies() Energies {
	buffers := p.Scratchpad.Value + p.Operands.Value
	area := p.Arrays.Value + buffers + p.Control.Value
	microwatts := int64(p.Device.Value) * p.Share.Value // mW and thousandths
	cycle := microwatts * 1_000_000_000_000 / int64(p.Clock.Value)
	part := func(of Area, among int64) Attojoules {
		return Attojoules(cycle * int64(of) / (int64(area) * among))
	}
	return Energies{
		MAC:   part(p.Arrays.Value, p.MACs.Value),
		Byte:  part(buffers, streamed(p.Rows.Value, p.MACs.Value/p.Rows.Value)),
		Cycle: part(p.Control.Value, 1),
	}
}

// streamed returns the bytes into and out of the buffers in a cycle at full rate:
// a bf16 weight a column in and out, and an activation a row, which all arrays
// share. Inputs and results move too seldom to count.
func streamed(rows, columns int64) int64 { return 4*columns + ActivationBytes*rows }

// Energy returns what the core takes for t, to the nearest picojoule; the
// device's memory is not in it.
func (t Totals) Energy() unit.Energy {
	e := Published().Energies().of(t.MACs, int64(t.Buffer), int64(t.Cycles))
	return unit.Energy(e.over(1_000_000))
}

// of returns the attojoules of so many operations.
func (e Energies) of(macs, bytes, cycles int64) exact {
	return exact{}.plus(int64(e.MAC), macs).plus(int64(e.Byte), bytes).plus(int64(e.Cycle), cycles)
}

// exact is a sum of products that does not round or wrap.
type exact struct{ hi, lo uint64 }

// plus returns x + a·b, of which none is negative.
func (x exact) plus(a, b int64) exact {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	lo, carry := bits.Add64(x.lo, lo, 0)
	return exact{x.hi + hi + carry, lo}
}

// over returns x/d to the nearest, at most what an int64 holds.
func (x exact) over(d int64) int64 {
	lo, carry := bits.Add64(x.lo, uint64(d)/2, 0)
	if hi := x.hi + carry; hi < uint64(d) {
		q, _ := bits.Div64(hi, lo, uint64(d))
		return int64(min(q, math.MaxInt64))
	}
	return math.MaxInt64
}
