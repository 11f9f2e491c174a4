package functional

import (
	"encoding/binary"
	"fmt"

	"monde/core/device/isa"
)

// A Tensor is rows of elements of 16 bits: activations, a token a row.
type Tensor struct {
	Rows, Cols int
	Format     isa.Format
	Elements   []uint16 // row by row
}

// NewTensor returns a Tensor of zeros. Rows and cols must not be negative.
func NewTensor(f isa.Format, rows, cols int) Tensor {
	return Tensor{rows, cols, f, make([]uint16, rows*cols)}
}

// Rounded returns the rows·cols values, row by row, rounded to format f.
func Rounded(f isa.Format, rows, cols int, values []float32) Tensor {
	if len(values) != rows*cols {
		panic(fmt.Sprintf("functional: bug: %d values for %d×%d", len(values), rows, cols))
	}
	t := NewTensor(f, rows, cols)
	for i, v := range values {
		t.Elements[i] = Round(f, v)
	}
	return t
}

// At returns the value in row r, column c.
func (t Tensor) At(r, c int) float32 { return Value(t.Format, t.Elements[r*t.Cols+c]) }

// Row returns the elements of row r, which are t's own.
func (t Tensor) Row(r int) []uint16 { return t.Elements[r*t.Cols:][:t.Cols] }

// values fills dst with the values of row r.
func (t Tensor) values(dst []float32, r int) {
	for c, bits := range t.Row(r) {
		dst[c] = Value(t.Format, bits)
	}
}

// bytes returns t as it lies in memory.
func (t Tensor) bytes() []byte {
	b := make([]byte, 0, 2*len(t.Elements))
	for _, e := range t.Elements {
		b = binary.LittleEndian.AppendUint16(b, e)
	}
	return b
}

// setBytes fills t from what lies in memory.
func (t Tensor) setBytes(b []byte) {
	for i := range t.Elements {
		t.Elements[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
}
