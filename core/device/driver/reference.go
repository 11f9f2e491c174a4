package driver

import (
	"encoding/binary"
	"math"

	"monde/core/detmath"
	"monde/core/device/functional"
)

// vector is numbers in float64, and how far off each may be in the arithmetic of
// package functional.
type vector struct{ value, bound []float64 }

func newVector(n int) vector { return vector{make([]float64, n), make([]float64, n)} }

// Unit roundoffs, and half of the least numbers, of bf16 and float32.
const (
	unitBF16, leastBF16 = 0x1p-8, 0x1p-134
	unit32, least32     = 0x1p-24, 0x1p-149
	unit64              = 0x1p-53
)

// gamma is Higham's γ(n) = nu/(1-nu), the relative error of n roundings, of ours
// and of float64's here (Accuracy and Stability of Numerical Algorithms, 2002,
// lemma 3.1).
func gamma(n int) float64 {
	of := func(u float64) float64 { return float64(n) * u / (1 - float64(n)*u) }
	return of(unit32) + of(unit64)
}

// reference computes the layer by plain loops in float64, token by token.
func (v *scene) reference() []vector {
	weights := make([][3][][]float64, len(v.experts))
	for i, e := range v.experts {
		for j, m := range [3]functional.Matrix{e.Gate, e.Up, e.Down} {
			weights[i][j] = decoded(m)
		}
	}
	var all []vector
	for t, choices := range v.routes {
		x := newVector(v.x.Cols)
		for i := range x.value {
			x.value[i] = float64(v.x.At(t, i))
		}
		y, sizes := newVector(v.x.Cols), make([]float64, v.x.Cols)
		for _, c := range choices {
			o := ffn(x, weights[c.Expert])
			for i, gate := range sizes {
				g := float64(c.Gate)
				y.value[i] += float64(g * o.value[i])
				y.bound[i] += float64(math.Abs(g) * o.bound[i])
				sizes[i] = gate + float64(math.Abs(g)*(math.Abs(o.value[i])+o.bound[i]))
			}
		}
		for i, size := range sizes { // a product and its additions are rounded
			y.bound[i] += float64(gamma(len(choices)+1)*size) + float64(len(choices))*least32
		}
		all = append(all, y.rounded())
	}
	return all
}

// ffn is an expert of gate (if there is one), up and down.
func ffn(x vector, w [3][][]float64) vector {
	h := x.times(w[1])
	if w[0] == nil {
		for i, v := range h.value { // does not stretch the bound
			h.value[i] = max(0, v)
		}
	} else {
		h = siluMul(x.times(w[0]), h)
	}
	return h.rounded().times(w[2]).rounded()
}

// times returns the products with each row of w:
//
//	|sum - exact| <= γ(K)·Σ(|x|+Δx)|w| + ΣΔx|w| + K·2⁻¹⁴⁹
//
// as products of two bf16 are exact but for underflow, and there are K additions.
func (x vector) times(w [][]float64) vector {
	y := newVector(len(w))
	for n, row := range w {
		var sum, size, carried float64
		for k, weight := range row {
			a := math.Abs(weight)
			sum += float64(x.value[k] * weight)
			size += float64((math.Abs(x.value[k]) + x.bound[k]) * a)
			carried += float64(x.bound[k] * a)
		}
		y.value[n] = sum
		y.bound[n] = float64(gamma(len(row))*size) + carried + float64(len(row))*least32
	}
	return y
}

// rounded adds the rounding to bf16.
func (x vector) rounded() vector {
	for i, b := range x.bound {
		x.bound[i] = b + float64(unitBF16*(math.Abs(x.value[i])+b)) + leastBF16
	}
	return x
}

// siluMul is silu(g)·u: |silu'| is at most 1.0999, silu in float32 is off by 2⁻²³ of
// it, and the product by 2⁻²⁴.
func siluMul(g, u vector) vector {
	const steepest = 1.0999
	y := newVector(len(g.value))
	for i, v := range g.value {
		s := v / (1 + detmath.Exp(-v))
		y.value[i] = float64(s * u.value[i])
		carried := steepest * g.bound[i]
		sb := carried + float64(2*unit32*(math.Abs(s)+carried))
		most := math.Abs(u.value[i]) + u.bound[i]
		y.bound[i] = float64(sb*most) + float64(math.Abs(s)*u.bound[i]) + float64(unit32*float64((math.Abs(s)+sb)*most)) + least32
	}
	return y
}

// decoded reads a matrix output by output, as package isa says that it lies. It is
// nil for none.
func decoded(m functional.Matrix) [][]float64 {
	l := m.Layout
	if m.Data == nil {
		return nil
	}
	element := func(at int) float32 { return functional.Value(l.Format, binary.LittleEndian.Uint16(m.Data[at:])) }
	rows := make([][]float64, l.N)
	for n := range rows {
		rows[n] = make([]float64, l.K)
		start := n * int(l.RowBytes())
		for k := range rows[n] {
			if l.Bits == 16 {
				rows[n][k] = float64(element(start + 2*k))
				continue
			}
			level := 1 - 1<<l.Bits
			for b := range l.Bits { // bit by bit, the lowest first
				at := k*l.Bits + b
				level += int(m.Data[start+at/8]) >> (at % 8) & 1 << (b + 1)
			}
			scale := element(int(l.Scales()) + 2*(n*l.Groups()+k/l.Group))
			rows[n][k] = float64(functional.Value(l.Format, functional.Round(l.Format, float32(level)*scale)))
		}
	}
	return rows
}
