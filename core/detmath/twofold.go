package detmath

// A twofold is an unevaluated sum of two float64s, |lo| <= ulp(hi)/2: twice the
// precision, for what an exponent or a power would otherwise magnify.
type twofold struct{ hi, lo float64 }

// sum returns a+b exactly (Knuth's TwoSum).
func sum(a, b float64) twofold {
	s := a + b
	t := s - a
	return twofold{s, (a - (s - t)) + (b - t)}
}

// product returns a·b exactly (Dekker), if nothing overflows: |a|, |b| < 2⁹⁹⁶.
func product(a, b float64) twofold {
	p := float64(a * b)
	x, y := split(a), split(b)
	lo := float64(x.hi*y.hi) - p
	lo += float64(x.hi * y.lo)
	lo += float64(x.lo * y.hi)
	return twofold{p, lo + float64(x.lo*y.lo)}
}

// split halves a's mantissa, so that products of halves are exact (Veltkamp).
func split(a float64) twofold {
	const shift = 1<<27 + 1
	c := float64(shift * a)
	hi := c - (c - a)
	return twofold{hi, a - hi}
}

// times returns a·b to about 2⁻¹⁰⁴.
func (a twofold) times(b twofold) twofold {
	p := product(a.hi, b.hi)
	cross := float64(a.hi*b.lo) + float64(a.lo*b.hi)
	return sum(p.hi, p.lo+cross)
}

// plus returns a+x to about 2⁻¹⁰⁴.
func (a twofold) plus(x float64) twofold {
	s := sum(a.hi, x)
	return sum(s.hi, s.lo+a.lo)
}

// ratio returns d/t to about 2⁻¹⁰⁴.
func ratio(d float64, t twofold) twofold {
	q := d / t.hi
	p := product(q, t.hi)
	rest := ((d - p.hi) - p.lo) - float64(q*t.lo)
	return sum(q, rest/t.hi)
}
