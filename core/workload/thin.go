package workload

import (
	"math/rand/v2"

	"monde/core/rng"
)

// thinned routes to fewer experts a token than top-k: the mean of a model whose tokens
// take as many as they need (DS-MoE, arXiv 2404.05567, variable K). Every expert keeps
// its share of the tokens, rounded up or down by chance.
type thinned struct {
	of   Router
	keep float64
	draw *rand.Rand
}

var _ Router = (*thinned)(nil)

// thinned returns r, or fewer of its choices if the model has a mean. Given counts are
// what they are.
func (b *building) thinned(r Router) Router {
	if b.m.MeanK == 0 || b.s.Routing.Source == Counts {
		return r
	}
	b.story.say("%g experts a token on average", b.m.MeanK)
	return &thinned{r, b.m.MeanK / float64(b.m.TopK), rng.Stream(b.draws, "routing/thinned")}
}

// Count implements Router.
func (t *thinned) Count(dst []int32, p Pass, layer int) {
	t.of.Count(dst, p, layer)
	for e, n := range dst {
		if n > 0 {
			dst[e] = min(n, int32(float64(float64(n)*t.keep)+t.draw.Float64()))
		}
	}
}
