package functional_test

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"monde/core/device/functional"
	"monde/core/device/isa"
)

// reference is what gonum makes of a stage in float64, and how far off a stage in
// our arithmetic may be, element by element.
type reference struct{ value, bound *mat.Dense }

// gamma is Higham's γ(n) = nu/(1-nu): the relative error of n roundings of unit u
// (Accuracy and Stability of Numerical Algorithms, 2002, lemma 3.1).
func gamma(n int, u float64) float64 { return float64(n) * u / (1 - float64(n)*u) }

// product bounds sums over k of x·w whose x is off by at most x.bound:
//
//	|sum - exact| <= γ_K(2⁻²⁴)·Σ(|x|+Δx)|w| + ΣΔx|w| + K·2⁻¹⁴⁹
//
// as products are exact but for underflow and there are K additions. gonum's own
// float64 error is a γ of 2⁻⁵³.
func product(x reference, w *mat.Dense) reference {
	_, k := w.Dims()
	var value, sizes, carried, bound mat.Dense
	value.Mul(x.value, w.T())
	size := func(_, _ int, v float64) float64 { return math.Abs(v) }
	var ax, aw mat.Dense
	ax.Apply(size, x.value)
	ax.Add(&ax, x.bound)
	aw.Apply(size, w)
	sizes.Mul(&ax, aw.T())
	carried.Mul(x.bound, aw.T())
	bound.Apply(func(i, j int, v float64) float64 {
		return (gamma(k, 0x1p-24)+gamma(k, 0x1p-53))*sizes.At(i, j) + v + float64(k)*0x1p-149
	}, &carried)
	return reference{&value, &bound}
}

// rounded adds the rounding of a result to f: 2⁻⁸ or 2⁻¹¹ of it, or half of the
// smallest subnormal.
func (r reference) rounded(f isa.Format) reference {
	unit, least := 0x1p-8, 0x1p-134
	if f == isa.FP16 {
		unit, least = 0x1p-11, 0x1p-25
	}
	r.bound.Apply(func(i, j int, b float64) float64 { return b + unit*(math.Abs(r.value.At(i, j))+b) + least }, r.bound)
	return r
}

// relu does not stretch: its bound is that of its argument.
func (r reference) relu() reference {
	r.value.Apply(func(_, _ int, v float64) float64 { return max(0, v) }, r.value)
	return r
}

// silu(g)·u: |silu'| <= 1.0999, silu in float32 is off by 2⁻²³, the product by 2⁻²⁴.
func siluMul(g, u reference) reference {
	var value, bound mat.Dense
	silu := func(x float64) float64 { return x / (1 + math.Exp(-x)) }
	value.Apply(func(i, j int, v float64) float64 { return silu(v) * u.value.At(i, j) }, g.value)
	bound.Apply(func(i, j int, b float64) float64 {
		s, v, vb := math.Abs(silu(g.value.At(i, j))), math.Abs(u.value.At(i, j)), u.bound.At(i, j)
		sb := 1.0999*b + 0x1p-23*(s+1.0999*b)
		return sb*(v+vb) + s*vb + 0x1p-24*(s+sb)*(v+vb) + 0x1p-149
	}, g.bound)
	return reference{&value, &bound}
}

// weights reads a matrix out, exactly.
func weights(t fatal, f isa.Format, m functional.Matrix) *mat.Dense {
	l := m.Layout
	w := mat.NewDense(l.N, l.K, nil)
	for n := range l.N {
		one := functional.Matrix{Layout: l, Data: m.Data}
		one.Layout.N = 1
		one.Data = row(m, n)
		for k, v := range weightsOf(t, f, one) {
			w.Set(n, k, float64(v))
		}
	}
	return w
}

// row returns the matrix of output n alone.
func row(m functional.Matrix, n int) []byte {
	l := m.Layout
	one := l
	one.N = 1
	data := make([]byte, one.Bytes())
	copy(data, m.Data[n*int(l.RowBytes()):(n+1)*int(l.RowBytes())])
	if l.Group > 0 {
		size := 2 * l.Groups()
		copy(data[one.Scales():], m.Data[int(l.Scales())+n*size:][:size])
	}
	return data
}

// An expert's output is within a derived bound of gonum's in float64.
func TestAnExpertIsWithinItsBoundOfAFloat64Reference(t *testing.T) {
	worst := 0.0
	rapid.Check(t, func(t *rapid.T) {
		s, r := shapes().Draw(t, "shape"), stream(t)
		e, x := s.expert(t, r), s.tokens(r, rapid.IntRange(1, 6).Draw(t, "tokens"))
		in := reference{mat.NewDense(x.Rows, x.Cols, nil), mat.NewDense(x.Rows, x.Cols, nil)}
		in.value.Apply(func(i, j int, _ float64) float64 { return float64(x.At(i, j)) }, in.value)
		h := product(in, weights(t, s.format, e.Up))
		if s.gated {
			h = siluMul(product(in, weights(t, s.format, e.Gate)), h)
		} else {
			h = h.relu()
		}
		want := product(h.rounded(s.format), weights(t, s.format, e.Down)).rounded(s.format)
		got, err := ndp(t, smallLayout, smallCore, e).FFN(0, x)
		if err != nil {
			t.Fatal(err)
		}
		for i := range got.Rows {
			for j := range got.Cols {
				diff, bound := math.Abs(float64(got.At(i, j))-want.value.At(i, j)), want.bound.At(i, j)
				if !(diff <= bound) {
					t.Fatalf("output %d of token %d is %v, want %v: off by %v, at most %v is allowed", j, i, got.At(i, j), want.value.At(i, j), diff, bound)
				}
				worst = max(worst, diff/bound)
			}
		}
	})
	if worst < 0.1 {
		t.Errorf("no output came nearer to its bound than %.3f of it: the bound says nothing", worst)
	}
}

// The sum of 2²⁴, 1, 1 and -2²⁴ is 0 in float32: off by 2, far more than the rounding
// of the output to bf16 allows, and within the bound of the sum.
func TestCancellationIsWithinTheBoundOfTheSum(t *testing.T) {
	x := reference{mat.NewDense(1, 4, []float64{1 << 24, 1, 1, -1 << 24}), mat.NewDense(1, 4, nil)}
	sum := product(x, mat.NewDense(1, 4, []float64{1, 1, 1, 1}))
	if v, b := sum.value.At(0, 0), sum.bound.At(0, 0); v != 2 || b < 2 || b > 9 {
		t.Errorf("the sum is %v and may be off by %v, want 2 and 8: 4 roundings of 2⁻²⁴ of 2²⁵", v, b)
	}
}
