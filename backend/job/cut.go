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
	samples   = 256    // points that are estimated, spread out
	segments  = 16     // of a sweep, whose mean costs are told apart
	unsure    = 0.05   // ms of a point that cannot be simulated
)

// work is what a job's pieces are made of.
type work struct {
	plan    sweep.Plan
	paths   []string
	profile []float64 // estimated mean ms of a point, by segments of the sweep
	mean    float64   // of all
	worst   float64   // of those that were estimated
}

// task returns piece n of a job.
func (w work) task(j Job, n int) task {
	t := task{Job: j.ID, Piece: n, Kind: j.Kind, Scenario: j.Scenario, Paths: w.paths}
	if j.Kind == Sweep {
		from, to := j.Range(n)
		for i := from; i < to; i++ {
			t.Points = append(t.Points, point{i, w.plan.Values(i)})
		}
	}
	return t
}

// prepare returns what a job's pieces are made of.
func prepare(j Job) (work, error) {
	if j.Kind == Run {
		return work{profile: []float64{float64(j.Cost)}}, nil
	}
	return plan(j.Scenario, *j.Sweep)
}

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
	costs := make([]float64, min(samples, p.Len()))
	for i := range costs {
		costs[i] = unsure
		if s, err := base.At(p.Values(sampled(i, len(costs), p.Len()))); err == nil {
			costs[i] = max(unsure, system.Estimate(s))
		}
		w.worst = max(w.worst, costs[i])
		w.mean += costs[i] / float64(len(costs))
	}
	w.profile = means(costs, min(segments, len(costs)))
	return w, nil
}

// means returns the mean of each of so many parts of a list, which are about equally long.
func means(all []float64, parts int) []float64 {
	out := make([]float64, parts)
	for k := range out {
		part := all[k*len(all)/parts : (k+1)*len(all)/parts]
		for _, v := range part {
			out[k] += v / float64(len(part))
		}
	}
	return out
}

// sampled returns the ith of n points that stand for all: one of each nth part, but not the
// same place in each, which the fastest axis of a grid would answer with one value.
func sampled(i, n, all int) int {
	from, to := i*all/n, (i+1)*all/n
	return from + int(uint32(i)*2_654_435_761>>16)%(to-from) // Knuth's multiplicative hash
}

// pieceSize returns how many points a piece has.
func pieceSize(mean, worst float64, most int) int {
	return max(1, min(most, int(min(pieceCost/mean, worstCost/worst))))
}
