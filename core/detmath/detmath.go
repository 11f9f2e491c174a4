// Package detmath has the elementary functions and random draws that feed a
// digest, equal to the bit on every target.
//
// Exp, Log and Pow are Taylor and atanh series after a reduction by powers of
// two, with the critical parts carried in two float64s (Dekker, "A
// floating-point technique for extending the available precision", 1971);
// Normal is Marsaglia and Bray's polar method (1964), Gamma is Marsaglia and
// Tsang's (2000).
//
// It leaves out speed: the assembly and the fused multiply-adds of package math
// are what differ between targets. Every product is rounded by an explicit
// float64(), which the language forbids a compiler to fuse.
package detmath

// ln 2 in two parts. The first has 21 significant bits short of a float64's, so
// its product with any exponent is exact.
const (
	ln2hi = 6.93147180369123816490e-01
	ln2lo = 1.90821492927058770002e-10
)
