package predict

// Trajectory is FineMoE's predictor (arXiv 2502.05370): the stored pass whose experts so
// far are most like this one's.
const Trajectory Name = "trajectory"

// trajectories keeps an expert map a pass: which experts each layer asked for. The
// layers of this pass that are known are matched with the same layers of stored passes,
// and the target's experts of the nearest one are expected.
//
// The paper's maps hold what the gates gave every expert, and it matches the first layers
// by what the prompt means; traces record neither, so a map holds choices, and nothing is
// expected of the first layers.
type trajectories struct {
	matrices
	sizes []float64 // experts of a layer, by layer and matrix
}

var _ Predictor = (*trajectories)(nil)

func newTrajectories(s Spec, layers, experts int) Predictor {
	return &trajectories{newMatrices(s, layers, experts), make([]float64, layers*s.Store)}
}

// Begin implements Predictor: a pass that starts ends the one before.
func (p *trajectories) Begin(bool) {
	if at := p.next; p.any {
		for layer := range len(p.sizes) / p.most {
			size := 0.0
			for _, n := range p.now[layer*p.experts : (layer+1)*p.experts] {
				size += n
			}
			p.sizes[layer*p.most+at] = size
		}
	}
	p.keep()
	clear(p.norms)
}

// Learn implements Predictor: it completes the map, and is not matched before its gate.
func (p *trajectories) Learn(v *View) { p.mark(v.Target, v.Truth) }

func (p *trajectories) mark(layer int, experts []int32) {
	for _, e := range experts {
		p.any = true
		p.now[layer*p.experts+int(e)] = 1
	}
}

// Predict implements Predictor.
func (p *trajectories) Predict(dst []int32, v *View) []int32 {
	if v.Layer < 0 || len(v.Chosen) == 0 {
		return dst
	}
	p.mark(v.Layer, v.Chosen)
	for _, e := range v.Chosen {
		for i, n := range p.row(v.Layer, e) {
			p.dots[i] += n
		}
	}
	for i, n := range p.sizes[v.Layer*p.most : v.Layer*p.most+p.stored] {
		p.norms[i] += n
	}
	return p.from(dst, v.Target, v.Count)
}
