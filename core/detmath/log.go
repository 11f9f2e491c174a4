package detmath

import "math"

// inverseOdds are 1/n for odd n from 29 down to 5.
var inverseOdds = [...]float64{
	1.0 / 29, 1.0 / 27, 1.0 / 25, 1.0 / 23, 1.0 / 21, 1.0 / 19, 1.0 / 17,
	1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5,
}

// third is 1/3.
var third = twofold{1.0 / 3, 1.0 / 54043195528445952} // 1/3 rounds down by 2⁻⁵⁴/3

// Log returns the natural logarithm of x within 1 ulp: NaN below 0, -Inf at 0.
func Log(x float64) float64 {
	switch {
	case math.IsNaN(x) || x < 0:
		return math.NaN()
	case x == 0:
		return math.Inf(-1)
	case math.IsInf(x, 1):
		return x
	}
	l := logarithm(x)
	return l.hi + l.lo
}

// logarithm returns ln x of a finite x > 0 to about 2⁻⁶⁵.
func logarithm(x float64) twofold {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	l := logNearOne(m)
	k := float64(e)
	s := sum(float64(k*ln2hi), l.hi)
	return sum(s.hi, s.lo+(l.lo+float64(k*ln2lo)))
}

// logNearOne returns ln m for m in [√½, √2) as 2·atanh(s), s = (m-1)/(m+1): the
// first two terms in twofold, the others, below 2⁻¹², in float64.
func logNearOne(m float64) twofold {
	s := ratio(m-1, sum(m, 1))
	z := s.times(s)
	tail := 0.0
	for _, c := range inverseOdds {
		tail = float64(tail*z.hi) + c
	}
	tail = float64(float64(z.hi*z.hi) * tail)
	series := z.times(third).plus(tail).plus(1)
	l := s.times(series)
	return twofold{2 * l.hi, 2 * l.lo}
}
