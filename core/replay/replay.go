// Package replay plays a recorded trace of routing through an expert cache and a
// predictor: which share of the experts that gates ask for is there, and which share was
// expected. There is no time in it: what misses is there before the next gate.
//
// Requests are batched continuously: each of so many slots plays its requests one after
// another, and a step asks each layer for the experts of all slots' tokens. Gate scores
// are not recorded, so that every expert of a token counts the same.
package replay

import (
	"errors"
	"slices"

	"monde/core/fault"
	"monde/core/policy/predict"
	"monde/core/policy/replace"
	"monde/core/rng"
	"monde/core/workload"
)

// Learn says where hot sets and the tables of predictors come from.
type Learn string

// Sources of what is learnt.
const (
	Half   Learn = "half"   // half of the requests, then the other half: each is played after learning from the other
	Online Learn = "online" // the requests that are played, as they are; a hot set is hindsight
)

// Spec is what to play, and through what.
type Spec struct {
	Dataset string `json:"dataset"` // of the trace; "" is all
	Batch   int    `json:"batch"`   // slots
	Warmup  int    `json:"warmup"`  // steps that are played and not counted
	Learn   Learn  `json:"learn"`
	Seed    uint64 `json:"seed"` // of the order of requests, and of predictors that are replayed

	Cache    replace.Spec `json:"cache"`
	Predict  predict.Spec `json:"predict"`
	Factor   int          `json:"factor"`   // experts expected at most, of those that the gate asks for
	Prefetch bool         `json:"prefetch"` // expected experts go into the cache
}

// warmed is how many tokens are played before any is counted.
const warmed = 200

// Default returns one request at a time, an LRU cache and no predictor. Warmup is 200
// tokens.
func Default() Spec {
	return Spec{Batch: 1, Warmup: warmed, Learn: Half, Seed: 1, Cache: replace.Default(), Predict: predict.Default(), Factor: 1}
}

// InBatch returns s with so many slots, and the warm-up of as many tokens as before.
func (s Spec) InBatch(slots int) Spec {
	s.Batch, s.Warmup = slots, warmed/max(1, slots)
	return s
}

// Validate reports every field that no replay can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Within("batch", s.Batch, 1, 4096),
		fault.Within("warmup", s.Warmup, 0, 1<<20),
		fault.Unless(s.Learn == Half || s.Learn == Online, "learn", "must be %q or %q, got %q", Half, Online, s.Learn),
		fault.Within("factor", s.Factor, 1, 64),
		fault.In("cache", s.Cache.Validate()),
		fault.In("predict", s.Predict.Validate()),
	)
}

// Result is what a replay found.
type Result struct {
	Trace     string        `json:"trace"`
	Spec      Spec          `json:"spec"`
	Replayed  bool          `json:"replayed"` // predictions are drawn with a published accuracy
	Requests  int           `json:"requests"`
	Steps     int64         `json:"steps"`    // counted
	Union     float64       `json:"union"`    // experts that a gate asks for, mean
	HitRate   float64       `json:"hit_rate"` // of experts asked for
	Recall    float64       `json:"recall"`
	Precision float64       `json:"precision"`
	GoodPred  float64       `json:"good_pred"` // precision · share of expected experts that are there
	Score     predict.Score `json:"score"`
	Layers    []Layer       `json:"layers"`
}

// Layer is a Result's of one layer.
type Layer struct {
	Hits    int64         `json:"hits"`
	Misses  int64         `json:"misses"`
	HitRate float64       `json:"hit_rate"`
	Score   predict.Score `json:"score"`
}

// Run plays a trace. stop may end it early.
func Run(stop fault.Stop, t *workload.Trace, s Spec) (Result, error) {
	if err := s.Validate(); err != nil {
		return Result{}, err
	}
	all := t.Stretches(s.Dataset)
	if len(all) == 0 {
		return Result{}, fault.At("dataset", "the trace has no data set %q: must be empty or one of %q", s.Dataset, t.Datasets)
	}
	r := Result{Trace: t.Name, Spec: s, Replayed: s.Predict.Name.Replayed(), Requests: len(all), Layers: make([]Layer, t.Layers)}
	for _, part := range s.parts(all) {
		if err := r.add(stop, t, part); err != nil {
			return Result{}, err
		}
	}
	r.finish()
	return r, nil
}

// A part is requests to play, and those to learn from first.
type part struct{ learnt, played []workload.Stretch }

// parts splits requests by turns, so that both halves have some of every data set.
func (s Spec) parts(all []workload.Stretch) []part {
	if s.Learn == Online {
		return []part{{nil, all}}
	}
	var even, odd []workload.Stretch
	for i, r := range all {
		if i%2 == 0 {
			even = append(even, r)
		} else {
			odd = append(odd, r)
		}
	}
	return []part{{even, odd}, {odd, even}}
}

// add plays one part into r.
func (r *Result) add(stop fault.Stop, t *workload.Trace, part part) error {
	s := r.Spec
	if len(part.played) < s.Batch {
		return fault.At("batch", "%d requests are played, which is fewer than %d slots", len(part.played), s.Batch)
	}
	p := newPlayer(t, s)
	p.learn(part)
	order := rng.Stream(s.Seed, "replay/order").Perm(len(part.played))
	requests := make([]workload.Stretch, len(order))
	for i, at := range order {
		requests[i] = part.played[at]
	}
	if err := p.play(stop, newSlots(requests, s.Batch)); err != nil {
		return err
	}
	p.tally(r)
	return nil
}

// finish works out shares.
func (r *Result) finish() {
	var hits, asked int64
	for i := range r.Layers {
		l := &r.Layers[i]
		l.HitRate = share(l.Hits, l.Hits+l.Misses)
		hits, asked = hits+l.Hits, asked+l.Hits+l.Misses
	}
	r.HitRate = share(hits, asked)
	r.Union = share(asked, r.Steps*int64(len(r.Layers)))
	r.Recall, r.Precision, r.GoodPred = r.Score.Recall(), r.Score.Precision(), r.Score.GoodPred()
}

func share(part, whole int64) float64 { return float64(part) / float64(max(1, whole)) }

// Reuse returns, by layer, which share of a token's experts the token so many steps later
// asks for again.
func Reuse(t *workload.Trace, dataset string, lag int) []float64 {
	shares := make([]float64, t.Layers)
	for layer := range shares {
		same, of := 0, 0
		for _, r := range t.Stretches(dataset) {
			for now := r.First; now+lag < r.End; now++ {
				later := t.Chosen(layer, now+lag)
				for _, e := range t.Chosen(layer, now) {
					if slices.Contains(later, e) {
						same++
					}
				}
				of += t.TopK
			}
		}
		shares[layer] = float64(same) / float64(max(1, of))
	}
	return shares
}
