package predict

import (
	"strings"

	"monde/core/unit"
)

// Published is an accuracy that somebody measured: the share of a token's experts that
// were expected.
type Published struct {
	Predictor Name      `json:"predictor"`
	Model     string    `json:"model"`
	Distance  int       `json:"distance"`
	Accuracy  float64   `json:"accuracy"`
	Latency   unit.Time `json:"latency_ps"` // that was published with it; 0: none
	Source    string    `json:"source"`
}

// Accuracies returns what is published. The first of a predictor is the default.
func Accuracies() []Published {
	const proMoE, hobbit = "ProMoE (arXiv 2410.22134), section 4", "HOBBIT (arXiv 2411.01433)"
	return []Published{
		{TokenTable, "average of its models", 1, 0.583, 0, proMoE + ".2"},
		{SkipGate, "Qwen2-57B", 1, 0.669, 0, proMoE},
		{SkipGate, "Mixtral-8x7B, top-1 expert", 1, 0.96, 0, hobbit},
		{SkipGate, "Mixtral-8x7B, top-1 expert", 2, 0.90, 0, hobbit + ": about, for the next 2 to 3 layers"},
		{SkipGate, "Mixtral-8x7B", 1, 0.84, 0, "DAOP (arXiv 2501.10375), as quoted by others: about"},
		{Learned, "average of its models", 1, 0.847, 200 * unit.Microsecond, proMoE + ", on a CPU"},
		{Learned, "average of its models", 2, 0.797, 200 * unit.Microsecond, proMoE + ": about 5 points lower at stride 2"},
		{RPP, "in domain", 1, 0.90, 0, "ExpertFlow (arXiv 2410.17954), as quoted by others: above; all layers in one pass"},
		{RPP, "other domain", 1, 0.825, 0, "the same: 5 to 10 points less"},
		{Path, "one path", 1, 0.871, 0, "EdgeMoE (arXiv 2308.14352), an example"},
		{Popularity, "Mixtral, hot experts that are really hot", 1, 0.5889, 0, "Klotski (arXiv 2502.06888)"},
	}
}

// Of returns the published accuracy that s stands for with a model: of its family if it
// was measured, then of its distance, and else the first; ok is false if none is. What
// was measured of the top expert alone says nothing of the others.
func (s Spec) Of(model string) (p Published, ok bool) {
	best := -1
	for _, row := range Accuracies() {
		fit := 0
		if kin(row.Model, model) {
			fit += 2
		}
		if row.Distance == s.Distance {
			fit++
		}
		if row.Predictor == s.Name && fit > best && !strings.Contains(row.Model, ", ") {
			p, ok, best = row, true, fit
		}
	}
	return p, ok
}

// kin reports whether a row is about a model's family: Mixtral of "Mixtral-8x7B".
func kin(row, model string) bool {
	family, _, named := strings.Cut(row, "-")
	of, _, _ := strings.Cut(model, "-")
	return named && strings.EqualFold(family, of)
}

// For returns s with a model's published accuracy and latency where it gives none.
func (s Spec) For(model string) Spec {
	p, ok := s.Of(model)
	if !ok || !s.Name.Replayed() {
		return s
	}
	if s.Accuracy == 0 {
		s.Accuracy = p.Accuracy
	}
	if s.Latency == 0 {
		s.Latency = p.Latency
	}
	return s
}

// replay is right about each expert with a given probability, and otherwise expects
// another one, drawn by popularity. Which of its experts are right nobody knows: they are
// in the order of the truth.
type replay struct {
	forgetful
	accuracy float64
	taken    []bool // by expert: chosen, or expected
}

var _ Predictor = (*replay)(nil)

func newReplay(s Spec, _, experts int) Predictor {
	return &replay{accuracy: s.For("").Accuracy, taken: make([]bool, experts)}
}

// Predict implements Predictor.
func (r *replay) Predict(dst []int32, v *View) []int32 {
	clear(r.taken)
	for _, e := range v.Truth {
		r.taken[e] = true
	}
	left := -1.0 // weight of those that are not taken, once it is needed
	for _, e := range v.Truth[:min(v.Count, len(v.Truth))] {
		if v.Draw() >= r.accuracy {
			if left < 0 {
				left = r.left(v)
			}
			if e = r.other(v, left); e < 0 {
				continue // every expert is asked for
			}
			r.taken[e] = true
			left = max(0, left-weight(v, e))
		}
		dst = append(dst, e)
	}
	return dst
}

// left is the weight of what the truth leaves.
func (r *replay) left(v *View) (sum float64) {
	if v.Popularity == nil {
		return float64(len(r.taken) - len(v.Truth))
	}
	for _, w := range v.Popularity {
		sum += w
	}
	for _, e := range v.Truth {
		sum -= v.Popularity[e]
	}
	return max(0, sum)
}

// other draws an expert that is not taken, of those whose weights sum to sum; -1 if there
// is none.
func (r *replay) other(v *View, sum float64) int32 {
	left, last := float64(v.Draw()*sum), int32(-1)
	if v.Popularity == nil {
		return r.nth(int(left))
	}
	for e, taken := range r.taken {
		if taken {
			continue
		}
		last = int32(e)
		if left -= weight(v, last); left < 0 {
			break
		}
	}
	return last
}

// nth is other where all are as likely: n others are before it.
func (r *replay) nth(n int) int32 {
	last := int32(-1)
	for e, taken := range r.taken {
		if taken {
			continue
		}
		if last = int32(e); n == 0 {
			break
		}
		n--
	}
	return last
}

// weight is how likely expert e is where popularity is known, and 1 where it is not.
func weight(v *View, e int32) float64 {
	if v.Popularity == nil {
		return 1
	}
	return v.Popularity[e]
}
