package predict

// activations is MoE-Infinity's predictor: it counts which experts a request has activated
// in each layer, finds the stored matrix of an earlier request with the least cosine
// distance, and expects what that one activated most at the target. The paper weighs
// layers by how near they are, which orders prefetches of several layers; for one target
// the order of its experts is the same.
//
// It keeps the last so many requests; the paper keeps representatives.
type activations struct{ matrices }

var (
	_ Predictor = (*activations)(nil)
	_ Expecter  = (*activations)(nil)
)

func newActivations(s Spec, layers, experts int) Predictor {
	return &activations{newMatrices(s, layers, experts)}
}

// Begin implements Predictor: a sequence that starts ends the one before.
func (a *activations) Begin(sequenceStarts bool) {
	if !sequenceStarts {
		return
	}
	norm := 0.0
	for _, n := range a.now {
		norm += float64(n * n)
	}
	if at := a.keep(); at >= 0 {
		a.norms[at] = norm
	}
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
func (a *activations) Predict(dst []int32, v *View) []int32 { return a.from(dst, v.Target, v.Count) }

// Expected implements Expecter: the row of the matrix that Predict found, MoE-Infinity's
// pEAM.
func (a *activations) Expected() []float64 {
	if a.stored == 0 {
		return nil
	}
	return a.scores
}
