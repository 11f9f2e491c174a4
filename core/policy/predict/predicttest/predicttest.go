// Package predicttest checks what every predict.Predictor promises.
package predicttest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"monde/core/policy/predict"
	"monde/core/rng"
)

// Layers, Experts and K are the model's that the suite runs.
const Layers, Experts, K = 4, 16, 3

// Run checks the contract of the Predictor that fresh returns.
func Run(t *testing.T, fresh func() predict.Predictor) {
	t.Helper()
	t.Run("appends distinct experts, at most as many as are wanted", func(t *testing.T) { appends(t, fresh()) })
	t.Run("is deterministic", func(t *testing.T) {
		a, b := play(fresh(), 1, 40, nil), play(fresh(), 1, 40, nil)
		if !slices.Equal(a, b) {
			t.Error("the same run predicts otherwise")
		}
	})
	t.Run("keeps no reference to a view", func(t *testing.T) {
		a, b := play(fresh(), 2, 20, nil), play(fresh(), 2, 20, spoil)
		if !slices.Equal(a, b) {
			t.Error("what a view holds after the call matters")
		}
	})
	t.Run("allocates nothing in steady state", func(t *testing.T) { allocates(t, fresh()) })
}

// A Walk makes up gates, the same for the same seed: experts of a layer lean on those of
// the layer before.
type Walk struct {
	r      *rand.Rand
	draw   func() float64
	chosen [Layers][]int32
	before [Layers][]int32
	prompt []int32
	shares []float64
	view   predict.View
}

// NewWalk returns one of many.
func NewWalk(seed uint64) *Walk {
	w := &Walk{r: rng.Stream(seed, "predicttest"), prompt: make([]int32, Experts), shares: make([]float64, Experts)}
	w.draw = w.r.Float64 // once: a method's value is allocated
	for e := range Experts {
		w.prompt[e], w.shares[e] = int32(w.r.IntN(5)), w.r.Float64()
	}
	for l := range Layers {
		w.chosen[l], w.before[l] = w.set(0), w.set(0)
	}
	return w
}

func (w *Walk) set(lean int32) []int32 {
	var s []int32
	for len(s) < K {
		if e := (lean + int32(w.r.IntN(6))) % Experts; !slices.Contains(s, e) {
			s = append(s, e)
		}
	}
	slices.Sort(s)
	return s
}

// Token draws the next token's experts.
func (w *Walk) Token() {
	lean := int32(w.r.IntN(4))
	for l := range Layers {
		w.before[l], w.chosen[l] = w.chosen[l], w.set(lean)
		lean = w.chosen[l][0]
	}
}

// View returns what is known before the gate of a layer, with its truth; it is valid
// until the next call.
func (w *Walk) View(target, count int) *predict.View {
	w.view = predict.View{
		Layer: target - 1, Target: target, Count: count, Previous: w.before[target],
		Prompt: w.prompt, Popularity: w.shares, Truth: w.chosen[target], Draw: w.draw,
	}
	if target > 0 {
		w.view.Chosen = w.chosen[target-1]
	}
	if target > 1 {
		w.view.Before = w.chosen[target-2]
	}
	return &w.view
}

// play predicts and learns tokens, and returns everything that was predicted.
func play(p predict.Predictor, seed uint64, tokens int, after func(v *predict.View)) []int32 {
	w := NewWalk(seed)
	var all []int32
	for i := range tokens {
		p.Begin(i%10 == 0)
		w.Token()
		for l := range Layers {
			v := clone(w.View(l, K))
			all = append(p.Predict(all, v), -1)
			p.Learn(v)
			if after != nil {
				after(v)
			}
		}
	}
	return all
}

func clone(v *predict.View) *predict.View {
	c := *v
	for _, s := range []*[]int32{&c.Chosen, &c.Before, &c.Previous, &c.Prompt, &c.Truth} {
		*s = slices.Clone(*s)
	}
	c.Popularity = slices.Clone(c.Popularity)
	return &c
}

// spoil overwrites what a view holds.
func spoil(v *predict.View) {
	for _, s := range [][]int32{v.Chosen, v.Before, v.Previous, v.Prompt, v.Truth} {
		for i := range s {
			s[i] = 0
		}
	}
	for i := range v.Popularity {
		v.Popularity[i] = -1
	}
}

func appends(t *testing.T, p predict.Predictor) {
	w := NewWalk(3)
	for i := range 60 {
		p.Begin(i%7 == 0)
		w.Token()
		for l := range Layers {
			for _, n := range []int{0, 1, K, 2 * K, Experts} {
				got := p.Predict([]int32{99}, w.View(l, n))
				check(t, got, n)
			}
			p.Learn(w.View(l, K))
		}
	}
}

func check(t *testing.T, got []int32, n int) {
	t.Helper()
	if len(got) == 0 || got[0] != 99 {
		t.Fatalf("what was there is gone: %v", got)
	}
	seen := map[int32]bool{}
	for _, e := range got[1:] {
		if e < 0 || e >= Experts || seen[e] {
			t.Fatalf("%v names an expert twice, or one that there is not", got[1:])
		}
		seen[e] = true
	}
	if len(seen) > n {
		t.Fatalf("%d experts are predicted, %d were wanted", len(seen), n)
	}
}

func allocates(t *testing.T, p predict.Predictor) {
	w := NewWalk(4)
	dst := make([]int32, 0, Experts)
	pass := func() {
		for l := range Layers {
			v := w.View(l, K)
			dst = p.Predict(dst[:0], v)
			p.Learn(v)
		}
	}
	w.Token()
	p.Begin(true)
	pass()
	if n := testing.AllocsPerRun(50, func() { p.Begin(true); pass() }); n != 0 {
		t.Errorf("a pass allocates %v times, want 0", n)
	}
}
