package predict

// activations is MoE-Infinity's predictor: it counts which experts a request has activated
// in each layer, finds the stored matrix of an earlier request with the least cosine
// distance, and expects what that one activated most at the target. The paper weighs
// layers by how near they are, which orders prefetches of several layers; for one target
// the order of its experts is the same.
//
// It keeps the last so many requests; the paper keeps representatives.
type activations struct {
	*ranking
	layers, experts, most int

	now    []float64 // counts of this request, by layer and expert
	store  []float64 // of stored ones, by layer, expert and matrix
	norms  []float64 // squared, by matrix
	dots   []float64 // with now, by matrix
	stored int
	next   int // matrix that is written next
	any    bool
}

var _ Predictor = (*activations)(nil)

func newActivations(s Spec, layers, experts int) *activations {
	cells := layers * experts
	return &activations{
		ranking: newRanking(experts), layers: layers, experts: experts, most: s.Store,
		now: make([]float64, cells), store: make([]float64, cells*s.Store),
		norms: make([]float64, s.Store), dots: make([]float64, s.Store),
	}
}

// Begin implements Predictor: a sequence that starts ends the one before.
func (a *activations) Begin(sequenceStarts bool) {
	if !sequenceStarts {
		return
	}
	if a.any {
		a.keep()
	}
	clear(a.now)
	clear(a.dots)
	a.any = false
}

// keep stores the request's matrix in place of the oldest.
func (a *activations) keep() {
	norm := 0.0
	for cell, n := range a.now {
		a.store[cell*a.most+a.next] = n
		norm += float64(n * n)
	}
	a.norms[a.next] = norm
	a.next = (a.next + 1) % a.most
	a.stored = min(a.stored+1, a.most)
}

// row is one cell of every stored matrix.
func (a *activations) row(layer int, expert int32) []float64 {
	cell := layer*a.experts + int(expert)
	return a.store[cell*a.most : cell*a.most+a.stored]
}

// Learn implements Predictor. Products with stored matrices grow as counts do.
func (a *activations) Learn(v *View) {
	for _, e := range v.Truth {
		a.any = true
		a.now[v.Target*a.experts+int(e)]++
		for i, n := range a.row(v.Target, e) {
			a.dots[i] += n
		}
	}
}

// Predict implements Predictor.
func (a *activations) Predict(dst []int32, v *View) []int32 {
	at := a.nearest()
	if at < 0 {
		return dst
	}
	for e := range a.scores {
		a.scores[e] = a.store[(v.Target*a.experts+e)*a.most+at]
	}
	return a.best(dst, v.Count)
}

// nearest returns the matrix with the highest cosine, the first among equals; -1 if none
// is stored. The request's own norm is the same for all, and squares keep the order.
func (a *activations) nearest() int {
	best, most := -1, -1.0
	for i, dot := range a.dots[:a.stored] {
		if c := float64(dot*dot) / a.norms[i]; c > most {
			best, most = i, c
		}
	}
	return best
}
