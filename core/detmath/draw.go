package detmath

import (
	"math"
	"math/rand/v2"
)

// Normal draws from the standard normal distribution.
func Normal(r *rand.Rand) float64 {
	for {
		u, v := 2*r.Float64()-1, 2*r.Float64()-1
		s := float64(u*u) + float64(v*v)
		if s > 0 && s < 1 {
			return u * math.Sqrt(-2*Log(s)/s)
		}
	}
}

// Gamma draws from Gamma(alpha, 1). Alpha must be above 0; a tiny one draws
// values that underflow to 0, which GammaLog does not.
func Gamma(r *rand.Rand, alpha float64) float64 {
	if alpha >= 1 {
		return gammaAboveOne(r, alpha)
	}
	return Exp(GammaLog(r, alpha))
}

// GammaLog draws the logarithm of a Gamma(alpha, 1). Below alpha = 1 it uses
// Gamma(α) = Gamma(α+1)·U^(1/α).
func GammaLog(r *rand.Rand, alpha float64) float64 {
	if alpha >= 1 {
		return Log(gammaAboveOne(r, alpha))
	}
	g := Log(gammaAboveOne(r, alpha+1))
	return g + Log(positive(r))/alpha
}

func gammaAboveOne(r *rand.Rand, alpha float64) float64 {
	d := alpha - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := Normal(r)
		v := 1 + float64(c*x)
		if v <= 0 {
			continue
		}
		v = float64(v * float64(v*v))
		if accept(positive(r), float64(x*x), d, v) {
			return d * v
		}
	}
}

// accept is Marsaglia and Tsang's test, the squeeze first. It compares
// ln u < x²/2 + d·(1-v+ln v).
func accept(u, square, d, v float64) bool {
	if u < 1-float64(0.0331*float64(square*square)) {
		return true
	}
	return Log(u) < float64(square/2)+float64(d*(1-v+Log(v)))
}

// positive draws from (0, 1].
func positive(r *rand.Rand) float64 { return 1 - r.Float64() }
