package workload

import (
	"fmt"
	"math"
	"math/rand/v2"

	"monde/core/detmath"
)

// curve returns the shares of n experts of one layer. Shares are of all choices:
// newMix turns them into what a token draws by.
func (r Routing) curve(draw *rand.Rand, n int) []float64 {
	shares := make([]float64, n)
	switch r.Source {
	case LogNormal:
		for e := range shares {
			shares[e] = detmath.Exp(float64(r.Sigma * detmath.Normal(draw)))
		}
	case Dirichlet:
		dirichlet(shares, r.Alpha, draw)
	case Zipf:
		for rank, e := range draw.Perm(n) {
			shares[e] = detmath.Pow(float64(rank+1), -r.Exponent)
		}
	default:
		for e := range shares {
			shares[e] = 1
		}
	}
	return shares
}

// dirichlet draws gammas by their logarithms and divides them by the largest, so
// that a tiny alpha leaves one expert with a share and not none.
func dirichlet(shares []float64, alpha float64, draw *rand.Rand) {
	top := math.Inf(-1)
	for e := range shares {
		shares[e] = detmath.GammaLog(draw, alpha)
		top = max(top, shares[e])
	}
	for e := range shares {
		shares[e] = detmath.Exp(shares[e] - top)
	}
}

// curveText describes a curve to people.
func (r Routing) curveText() string {
	switch r.Source {
	case LogNormal:
		return fmt.Sprintf("lognormal curve, sigma %g", r.Sigma)
	case Dirichlet:
		return fmt.Sprintf("Dirichlet curve, alpha %g", r.Alpha)
	case Zipf:
		return fmt.Sprintf("Zipf curve, exponent %g", r.Exponent)
	default:
		return "uniform routing"
	}
}
