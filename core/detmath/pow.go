package detmath

import "math"

// Pow returns x^y within 2 ulp for x >= 0, and NaN for x < 0. As in package
// math, x^0 and 1^y are 1 whatever the other is.
func Pow(x, y float64) float64 {
	switch {
	case y == 0 || x == 1:
		return 1
	case math.IsNaN(x) || math.IsNaN(y) || x < 0:
		return math.NaN()
	case x == 0 || math.IsInf(x, 1):
		return powOfEdge((x == 0) == (y < 0))
	}
	l := logarithm(x)
	const beyond = 800 // e^±800 overflows and underflows; product must not
	switch p := y * l.hi; {
	case p > beyond:
		return math.Inf(1)
	case p < -beyond:
		return 0
	}
	p := l.times(twofold{hi: y})
	return exp(p.hi, p.lo)
}

// powOfEdge returns a power of 0 or of +Inf.
func powOfEdge(large bool) float64 {
	if large {
		return math.Inf(1)
	}
	return 0
}
