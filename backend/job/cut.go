package job

import (
	"monde/core/scenario"
	"monde/core/sweep"
	"monde/core/system"
)

// How a sweep is cut: pieces short enough to lose, long enough not to be mostly
// bookkeeping.
const (
	pieceCost = 250.0  // estimated ms of a piece
	worstCost = 2000.0 // of one whose points are all like the worst
	maxPiece  = 256    // points
	samples   = 48     // points that are estimated, evenly spread
	unsure    = 0.05   // ms of a point that cannot be simulated
)

// plan returns what a sweep's pieces are made of.
func plan(doc []byte, spec sweep.Spec) (work, error) {
	sc, err := scenario.Decode(doc)
	if err != nil {
		return work{}, err
	}
	p, err := spec.Plan(sc)
	if err != nil {
		return work{}, err
	}
	w := work{plan: p}
	for _, a := range spec.Axes {
		w.paths = append(w.paths, a.Path)
	}
	base, err := sweep.NewBase(doc, w.paths)
	if err != nil {
		return work{}, err
	}
	n := min(samples, p.Len())
	for i := range n {
		cost := unsure
		if s, err := base.At(p.Values(i * p.Len() / n)); err == nil {
			cost = max(cost, system.Estimate(s))
		}
		w.profile = append(w.profile, cost)
	}
	return w, nil
}

// costs returns the estimated mean and worst of the points that were looked at.
func (w work) costs() (mean, worst float64) {
	for _, c := range w.profile {
		mean += c / float64(len(w.profile))
		worst = max(worst, c)
	}
	return mean, worst
}

// pieceSize returns how many points a piece has.
func pieceSize(mean, worst float64, most int) int {
	return max(1, min(most, int(min(pieceCost/mean, worstCost/worst))))
}
