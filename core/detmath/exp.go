package detmath

import "math"

// inverseFactorials are 1/n! for n from 14 down to 2.
var inverseFactorials = [...]float64{
	1.0 / 87178291200, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800,
	1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
	1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2,
}

// Exp returns e^x within 1 ulp, or 2 where the result is subnormal.
func Exp(x float64) float64 { return exp(x, 0) }

// exp returns e^(x+extra), where extra is far below x.
func exp(x, extra float64) float64 {
	const overflow, underflow = 709.8, -745.2
	switch {
	case math.IsNaN(x):
		return x
	case x > overflow:
		return math.Inf(1)
	case x < underflow:
		return 0
	}
	k := math.Floor(float64(x*math.Log2E) + 0.5)
	hi, lo := x-float64(k*ln2hi), float64(k*ln2lo)
	r := hi - lo
	rest := (hi - r) - lo + extra
	return math.Ldexp(expSmall(r, rest), int(k))
}

// expSmall returns e^(r+rest) for |r| <= ln(2)/2, by Taylor's series.
func expSmall(r, rest float64) float64 {
	q := 0.0
	for _, c := range inverseFactorials {
		q = float64(q*r) + c
	}
	tail := float64(float64(r*r) * q)
	return 1 + (r + (tail + float64(rest*(1+r+tail))))
}
