package predict

// forgetful predictors learn nothing.
type forgetful struct{}

func (forgetful) Begin(bool)  {}
func (forgetful) Learn(*View) {}

// nobody is expected.
type nobody struct{ forgetful }

var _ Predictor = nobody{}

// Predict implements Predictor.
func (nobody) Predict(dst []int32, _ *View) []int32 { return dst }

// previous expects what the token before asked for. Real tokens reuse 26 to 44 % of it
// (docs/data.md).
type previous struct{ forgetful }

var _ Predictor = previous{}

// Predict implements Predictor.
func (previous) Predict(dst []int32, v *View) []int32 {
	return append(dst, v.Previous[:min(v.Count, len(v.Previous))]...)
}

// told predicts the truth: an oracle, or a pre-gate, whose routing is decided one block
// early (Pre-gated MoE, ISCA 2024, section IV), so that only the first block is unknown.
type told struct {
	forgetful
	afterFirst bool
}

var _ Predictor = told{}

// Predict implements Predictor.
func (p told) Predict(dst []int32, v *View) []int32 {
	if p.afterFirst && (v.Layer < 0 || v.Target == 0) {
		return dst
	}
	return append(dst, v.Truth[:min(v.Count, len(v.Truth))]...)
}

// prompt expects what the sequence's prompt asked for most (arXiv 2512.04476, where the
// cosine of prompt and decoding is 0.89 for Mixtral; DAOP, 2501.10375).
type prompt struct{ *ranking }

var _ Predictor = (*prompt)(nil)

func (*prompt) Begin(bool)  {}
func (*prompt) Learn(*View) {}

// Predict implements Predictor.
func (p *prompt) Predict(dst []int32, v *View) []int32 {
	if v.Prompt == nil {
		return dst
	}
	for i, n := range v.Prompt {
		p.scores[i] = float64(n)
	}
	return p.best(dst, v.Count)
}

// popularity expects the busiest: of the shares that it is given, or else of what it has
// learnt.
type popularity struct {
	*ranking
	counts []int32 // by layer and expert
	order  []int32 // by layer: its experts, the busiest first, the lower id first among equals
	places []int32 // by layer and expert: where it is in that order
}

var _ Predictor = (*popularity)(nil)

func newPopularity(_ Spec, layers, experts int) Predictor {
	all := layers * experts
	p := &popularity{newRanking(experts), make([]int32, all), make([]int32, all), make([]int32, all)}
	for i := range all {
		p.order[i], p.places[i] = int32(i%experts), int32(i%experts)
	}
	return p
}

func (*popularity) Begin(bool) {}

// Learn implements Predictor.
func (p *popularity) Learn(v *View) {
	counts, order, places := p.row(p.counts, v.Target), p.row(p.order, v.Target), p.row(p.places, v.Target)
	for _, e := range v.Truth {
		counts[e]++
		i := places[e]
		for ; i > 0; i-- {
			before := order[i-1]
			if counts[before] > counts[e] || counts[before] == counts[e] && before < e {
				break
			}
			order[i], places[before] = before, i
		}
		order[i], places[e] = e, i
	}
}

// row is the part of one layer.
func (p *popularity) row(all []int32, layer int) []int32 {
	n := len(p.scores)
	return all[layer*n : (layer+1)*n]
}

// Predict implements Predictor.
func (p *popularity) Predict(dst []int32, v *View) []int32 {
	if v.Popularity != nil {
		copy(p.scores, v.Popularity)
		return p.best(dst, v.Count)
	}
	counts := p.row(p.counts, v.Target)
	for _, e := range p.row(p.order, v.Target)[:max(0, min(v.Count, len(p.scores)))] {
		if counts[e] == 0 {
			break
		}
		dst = append(dst, e)
	}
	return dst
}

// A ranking is scratch: a score an expert.
type ranking struct{ scores []float64 }

func newRanking(experts int) *ranking { return &ranking{make([]float64, experts)} }

// best appends the experts with the highest scores above 0, at most n, the lower id first
// among equals.
func (r *ranking) best(dst []int32, n int) []int32 {
	if n <= 0 {
		return dst
	}
	from := len(dst)
	least := 0.0 // to beat once there are n
	for id, score := range r.scores {
		if score <= least {
			continue
		}
		if len(dst)-from == n {
			dst = dst[:len(dst)-1]
		}
		dst = r.place(dst, from, int32(id))
		if len(dst)-from == n {
			least = r.scores[dst[len(dst)-1]]
		}
	}
	return dst
}

// place puts id where it belongs behind from.
func (r *ranking) place(dst []int32, from int, id int32) []int32 {
	dst = append(dst, id)
	i := len(dst) - 1
	for ; i > from && r.scores[dst[i-1]] < r.scores[id]; i-- {
		dst[i] = dst[i-1]
	}
	dst[i] = id
	return dst
}
