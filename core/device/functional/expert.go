package functional

import (
	"errors"

	"monde/core/device/isa"
	"monde/core/fault"
)

// An Expert is an FFN: relu(x·Upᵀ)·Downᵀ of two matrices, or
// (silu(x·Gateᵀ) * x·Upᵀ)·Downᵀ of three.
type Expert struct {
	Gate Matrix // none if there are two
	Up   Matrix
	Down Matrix
}

// Gated reports whether e has three matrices.
func (e Expert) Gated() bool { return e.Gate.Data != nil }

// Validate reports what makes e no FFN. Gate and Up are of one layout, as one
// instruction reads both; Down may have other bits.
func (e Expert) Validate() error {
	up, down := e.Up.Layout, e.Down.Layout
	return errors.Join(
		fault.In("up", e.Up.validate()),
		fault.In("down", e.Down.validate()),
		fault.Unless(!e.Gated() || e.Gate.Layout == up && len(e.Gate.Data) == len(e.Up.Data), "gate", "must be laid out as up"),
		fault.Unless(down.K == up.N && down.N == up.K && down.Format == up.Format, "down", "must be %d×%d in %v, got %d×%d in %v", up.K, up.N, up.Format, down.N, down.K, down.Format),
	)
}

func (m Matrix) validate() error {
	return errors.Join(m.Layout.Validate(),
		fault.Unless(int64(len(m.Data)) == int64(m.Layout.Bytes()), "data", "must be %d bytes, got %d", m.Layout.Bytes(), len(m.Data)))
}

// A stage is one of the two instructions of an FFN, without its addresses.
type stage struct {
	op           isa.Opcode
	first, extra Matrix // extra is the second matrix of a gated op
}

// stages returns the two.
func (e Expert) stages() [2]stage {
	last := stage{op: isa.GEMM, first: e.Down}
	if e.Gated() {
		return [2]stage{{isa.GEMMSiLUMul, e.Gate, e.Up}, last}
	}
	return [2]stage{{op: isa.GEMMReLU, first: e.Up}, last}
}

// An Executor computes the FFN of one of its experts for the tokens of x, a row
// each. Every executor gives the same bits. The error says what does not fit; no
// output is given with one.
type Executor interface {
	FFN(expert int, x Tensor) (Tensor, error)
}

// experts are what an executor holds, by number.
type experts []Expert

// find returns expert i if x fits it.
func (all experts) find(i int, x Tensor) (Expert, error) {
	if i < 0 || i >= len(all) {
		return Expert{}, fault.At("expert", "must be 0 to %d, got %d", len(all)-1, i)
	}
	return all[i], fits(all[i].Up.Layout, x)
}

// fits reports whether tokens x can be multiplied by a matrix of layout l.
func fits(l isa.Weights, x Tensor) error {
	return errors.Join(
		fault.Unless(x.Cols == l.K, "tokens", "must have %d columns, got %d", l.K, x.Cols),
		fault.Unless(x.Format == l.Format, "tokens", "must be %v, got %v", l.Format, x.Format),
		fault.Unless(x.Rows >= 0 && x.Rows <= isa.MaxRows && len(x.Elements) == x.Rows*x.Cols, "tokens", "must be at most %d whole rows, got %d elements for %d", isa.MaxRows, len(x.Elements), x.Rows),
	)
}
