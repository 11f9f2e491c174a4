package functional

import (
	"encoding/binary"
	"math"

	"monde/core/device/isa"
	"monde/core/fault"
)

// A Matrix is weights as they lie in a device's memory. The zero value is none.
type Matrix struct {
	Layout isa.Weights
	Data   []byte // of Layout.Bytes()
}

// NewMatrix returns N·K values, output by output, in layout l. With fewer than 16
// bits the scale of a group is its largest magnitude over 2ᵇ-1, rounded, and each
// weight takes the nearest level. The error names what is wrong with the layout, or
// a group whose scale is not finite.
func NewMatrix(l isa.Weights, values []float32) (Matrix, error) {
	if err := l.Validate(); err != nil {
		return Matrix{}, err
	}
	if len(values) != l.N*l.K {
		return Matrix{}, fault.At("values", "must be %d×%d, got %d", l.N, l.K, len(values))
	}
	m := Matrix{l, make([]byte, l.Bytes())}
	if l.Bits == 16 {
		for i, v := range values {
			binary.LittleEndian.PutUint16(m.Data[2*i:], Round(l.Format, v))
		}
		return m, nil
	}
	for n := range l.N {
		for g := range l.Groups() {
			from, to := g*l.Group, min(l.K, (g+1)*l.Group)
			if !m.quantise(n, g, values[n*l.K+from:n*l.K+to]) {
				return Matrix{}, fault.At("values", "group %d of output %d has no finite scale", g, n)
			}
		}
	}
	return m, nil
}

// quantise codes group g of output n, and reports whether its scale is finite.
func (m Matrix) quantise(n, g int, values []float32) bool {
	l := m.Layout
	top := 1<<l.Bits - 1
	var largest float32
	for _, v := range values {
		largest = max(largest, float32(math.Abs(float64(v))))
	}
	bits := Round(l.Format, largest/float32(top))
	scale := Value(l.Format, bits)
	if !(scale <= math.MaxFloat32) {
		return false
	}
	binary.LittleEndian.PutUint16(m.Data[int(l.Scales())+2*(n*l.Groups()+g):], bits)
	row := m.Data[n*int(l.RowBytes()):][:l.RowBytes()]
	for i, v := range values {
		putCode(row, (g*l.Group+i)*l.Bits, nearest(v, scale, top))
	}
	return true
}

// nearest returns the code from 0 to top whose level 2·code-top is nearest to
// v/scale.
func nearest(v, scale float32, top int) int {
	if scale == 0 {
		return 0
	}
	code := math.Floor((float64(v)/float64(scale) + float64(top) + 1) / 2)
	return int(min(max(code, 0), float64(top)))
}

// putCode adds a code at bit p of row, whose bits there are 0.
func putCode(row []byte, p, code int) {
	shifted := code << (p & 7)
	row[p>>3] |= byte(shifted)
	if shifted > 0xff {
		row[p>>3+1] |= byte(shifted >> 8)
	}
}

// code returns the code of b bits at bit p of row.
func code(row []byte, p, b int) int {
	c := int(row[p>>3]) >> (p & 7)
	if p&7+b > 8 {
		c |= int(row[p>>3+1]) << (8 - p&7)
	}
	return c & (1<<b - 1)
}

// row fills dst with the K weights of output n.
func (m Matrix) row(dst []float32, n int) {
	l := m.Layout
	codes := m.Data[n*int(l.RowBytes()):][:l.RowBytes()]
	decode(l, 0, codes, m.Data[min(len(m.Data), int(l.Scales())+2*n*l.Groups()):], dst)
}

// decode fills dst with the weights of an output from weight k on. k is a multiple
// of 8, codes begin with it, and scales with those of its group.
func decode(l isa.Weights, k int, codes, scales []byte, dst []float32) {
	if l.Bits == 16 {
		for i := range dst {
			dst[i] = Value(l.Format, binary.LittleEndian.Uint16(codes[2*i:]))
		}
		return
	}
	top := 1<<l.Bits - 1
	first := k / l.Group
	for i := range dst {
		scale := Value(l.Format, binary.LittleEndian.Uint16(scales[2*((k+i)/l.Group-first):]))
		level := 2*code(codes, i*l.Bits, l.Bits) - top
		dst[i] = Value(l.Format, Round(l.Format, float32(level)*scale))
	}
}
