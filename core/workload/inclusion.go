package workload

import (
	"math"
	"slices"

	"monde/core/detmath"
)

// mix says how to draw k distinct experts such that expert e is among them with
// probability k·share(e): some always are, the others are drawn one after
// another, without replacement, by weight.
type mix struct {
	always  []int32   // in every choice
	draws   int       // the others in a choice
	weights []float64 // of the others; 0 for those of always, and who is never chosen
}

// newMix returns the mix of shares, which need not sum to 1. An expert whose
// share asks for more than every token gets every token, and the others share
// the rest in proportion. Where fewer than k experts have a share, all of them
// are in every choice, and the others are drawn alike.
func newMix(shares []float64, k int) mix {
	m := mix{draws: k, weights: make([]float64, len(shares))}
	p := inclusion(visible(shares), k)
	for e, x := range p {
		if x >= certain {
			m.always, m.draws, p[e] = append(m.always, int32(e)), m.draws-1, 0
		}
	}
	switch {
	case m.draws == 0:
	case anyPositive(p):
		copy(m.weights, weigh(p, m.draws))
	default:
		m.fill()
	}
	return m
}

// visible returns shares without those so far below the largest that no run
// could draw them, and that a sum of them alone might be subnormal.
func visible(shares []float64) []float64 {
	const least = 1e-200
	out := slices.Clone(shares)
	top := slices.Max(out)
	for e, s := range out {
		if s < top*least {
			out[e] = 0
		}
	}
	return out
}

// fill gives all but those of always one weight.
func (m mix) fill() {
	for e := range m.weights {
		m.weights[e] = 1
	}
	for _, e := range m.always {
		m.weights[e] = 0
	}
}

// certain is where a probability counts as 1: its weight would exceed all
// others by so much that the difference cannot be seen.
const certain = 1 - 1e-9

func anyPositive(p []float64) bool {
	for _, x := range p {
		if x > 0 {
			return true
		}
	}
	return false
}

// inclusion returns min(1, c·share) for each, with c such that they sum to k, or
// to the number of positive shares if that is less.
func inclusion(shares []float64, k int) []float64 {
	p := make([]float64, len(shares))
	full := 0 // how many have 1; rises each round, so the rounds end
	for {
		c := scale(shares, p, k-full)
		more := 0
		for e, s := range shares {
			if p[e] < 1 && s > 0 && s*c >= certain {
				p[e] = 1
				more++
			}
		}
		full += more
		if more == 0 || full >= k {
			for e, s := range shares {
				if p[e] < 1 && full < k {
					p[e] = s * c
				}
			}
			return p
		}
	}
}

// scale returns what makes the shares of those below 1 sum to left.
func scale(shares, p []float64, left int) float64 {
	sum := 0.0
	for e, s := range shares {
		if p[e] < 1 {
			sum += s
		}
	}
	if sum == 0 {
		return 0
	}
	return float64(left) / sum
}

// weigh returns the weights with which k draws one after another include each
// with about the probabilities p, which sum to k. One draw is exact, two are
// solved for. More follow Rosén (J. Statist. Plann. Inference 62, 1997): the
// first k of exponential clocks of rate w ring before time 1 with probability
// 1-e^-w, so w = -ln(1-p).
func weigh(p []float64, k int) []float64 {
	w := slices.Clone(p)
	switch k {
	case 1:
	case 2:
		weighPairs(w, p)
	default:
		for e := range w {
			w[e] = -detmath.Log(1 - p[e])
		}
	}
	return w
}

// weighPairs changes w, by fixed-point iteration, until two draws include each
// with probability p: its chance to come first, and to come second after each
// of the others.
func weighPairs(w, p []float64) {
	const rounds, close = 60, 1e-9
	for range rounds {
		normalise(w)
		odds := 0.0
		for _, x := range w {
			odds += x / (1 - x)
		}
		worst := 0.0
		for e, x := range w {
			if x == 0 {
				continue
			}
			chance := float64(x * (1 + (odds - x/(1-x))))
			w[e] = x * (p[e] / chance)
			worst = max(worst, math.Abs(p[e]/chance-1))
		}
		if worst < close {
			return
		}
	}
}

func normalise(w []float64) {
	sum := 0.0
	for _, x := range w {
		sum += x
	}
	for e := range w {
		w[e] /= sum
	}
}
