package replace_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/policy/replace"
	"monde/core/policy/replace/replacetest"
)

// A reference keeps every gate of the run, and works out each formula from all of them
// whenever it is asked, as the papers print it.
type reference struct {
	s        replace.Spec
	gates    []gate
	sequence int // first gate of the sequence
	pass     int // T
	layer    int // that runs
	access   map[replace.Key]int
	in       map[replace.Key]int
	held     map[replace.Class]map[replace.Key]bool
	clock    int
}

type gate struct {
	layer, pass int
	uses        []replace.Use
}

func newReference(s replace.Spec) *reference {
	return &reference{s: s, pass: 1, access: map[replace.Key]int{}, in: map[replace.Key]int{},
		held: map[replace.Class]map[replace.Key]bool{replace.Low: {}, replace.High: {}}}
}

func (r *reference) begin(starts bool) {
	r.pass++
	if starts {
		r.pass, r.sequence = 1, len(r.gates)
	}
}

func (r *reference) use(layer int, uses []replace.Use) {
	r.layer = layer
	r.gates = append(r.gates, gate{layer, r.pass, slices.Clone(uses)})
	for _, u := range uses {
		if u.Tokens > 0 {
			r.touch(replace.Key{Layer: int32(layer), Expert: u.Expert})
		}
	}
}

func (r *reference) touch(k replace.Key) {
	r.clock++
	r.access[k] = r.clock
}

// told is what the gates from some one on said of k.
func (r *reference) told(k replace.Key, from int, each func(g gate, u replace.Use)) {
	for _, g := range r.gates[from:] {
		for _, u := range g.uses {
			if g.layer == int(k.Layer) && u.Expert == k.Expert && u.Tokens > 0 {
				each(g, u)
			}
		}
	}
}

// p returns the tier and the value of k: the lowest leaves.
func (r *reference) p(k replace.Key) (tier int, value float64) {
	var all, here, high, low, last, tokens, benefit float64
	r.told(k, 0, func(_ gate, u replace.Use) { all++; benefit += float64(u.Benefit) })
	r.told(k, r.sequence, func(g gate, u replace.Use) {
		here, last, tokens = here+1, float64(g.pass), tokens+float64(u.Tokens)
		if u.Want == replace.Low {
			low++
		} else {
			high++
		}
	})
	row := 0.0
	for _, g := range r.gates[r.sequence:] {
		for _, u := range g.uses {
			if g.layer == int(k.Layer) {
				row += float64(u.Tokens)
			}
		}
	}
	behind := float64((r.layer - int(k.Layer) + replacetest.Layers) % replacetest.Layers)
	d := float64((int(k.Layer) - r.layer + replacetest.Layers) % replacetest.Layers)
	if r.s.Reading == replace.Printed {
		d = behind
	}
	T, L := float64(r.pass), float64(replacetest.Layers)
	if r.asked(k) {
		tier = 2
	}
	switch r.s.Name {
	case replace.LFU:
		return tier, all
	case replace.SeqLFU:
		return tier, here
	case replace.LIFO:
		if here > 0 && int(last) == r.pass {
			tier = max(tier, 1)
		}
		return tier, -float64(r.in[k])
	case replace.Hobbit:
		return tier, r.s.Recency*last/T + r.s.Frequency*here/T + r.s.HighUses*high/T + r.s.Nearness*(1-d/L)
	case replace.LCU:
		if value = (high + r.s.LowCost*low) / T; here > 0 && int(last) >= r.pass-1 {
			value += 1 / (d + 0.1)
		}
		return tier, value
	case replace.EdgeMoE:
		if d == 0 {
			d = L
		}
		return tier, all / d
	case replace.MRS:
		return tier, r.average(k)
	case replace.Activation:
		row = max(1, row)
		if r.s.Reading == replace.Printed {
			return tier, row / ((tokens + r.s.Epsilon) * (1 - float64(k.Layer)/L))
		}
		return tier, (tokens/row + r.s.Epsilon) * (1 - float64(k.Layer)/L)
	case replace.Benefit:
		return tier, benefit
	default:
		return tier, 0
	}
}

func (r *reference) asked(k replace.Key) bool {
	if len(r.gates) == 0 {
		return false
	}
	g := r.gates[len(r.gates)-1]
	return g.pass == r.pass && g.layer == int(k.Layer) && slices.ContainsFunc(g.uses, func(u replace.Use) bool { return u.Expert == k.Expert && u.Tokens > 0 })
}

// average is HybriMoE's S of k after every gate of its layer.
func (r *reference) average(k replace.Key) (s float64) {
	for _, g := range r.gates {
		if g.layer != int(k.Layer) {
			continue
		}
		s *= 1 - r.s.Smoothing
		asked := 0
		order := slices.Clone(g.uses)
		for _, u := range g.uses {
			asked += min(1, int(u.Tokens))
		}
		slices.SortStableFunc(order, func(a, b replace.Use) int {
			switch {
			case a.Score > b.Score:
				return -1
			case a.Score < b.Score:
				return 1
			}
			return 0
		})
		for _, u := range order[:min(len(order), r.s.TopScores*asked)] {
			if u.Expert == k.Expert {
				s += r.s.Smoothing * u.Score
			}
		}
	}
	return s
}

// slack is what the cache's arithmetic, which multiplies by T, may differ by.
const slack = 1e-9

// evicts checks that of all copies that compete with in, out leaves first.
func (r *reference) evicts(t *rapid.T, out, in replace.Key, class replace.Class) {
	tier, value := r.p(out)
	for k := range r.held[class] {
		if k == out || r.s.Scope == replace.PerLayer && k.Layer != in.Layer {
			continue
		}
		other, p := r.p(k)
		sooner := other < tier || other == tier && p < value-slack*max(1, math.Abs(value))
		tied := other == tier && p == value && r.access[k] < r.access[out]
		if sooner || tied {
			t.Fatalf("%v of tier %d and p %v was evicted, last accessed at %d; %v has tier %d, p %v, %d", out, tier, value, r.access[out], k, other, p, r.access[k])
		}
	}
	delete(r.held[class], out)
}

// insert puts a copy into both.
func (r *reference) insert(t *rapid.T, c *replace.Cache, k replace.Key, class replace.Class) {
	evicted, any, ok := c.Insert(int(k.Layer), k.Expert, class)
	if !ok {
		return
	}
	if any {
		r.evicts(t, evicted, k, class)
	}
	r.touch(k)
	if !r.held[class][k] {
		r.in[k] = r.clock
	}
	r.held[class][k] = true
}

// Weights are sums of powers of two, so that the formulas' values are equal exactly where
// they are equal on paper.
func TestEveryEvictionIsTheFormulas(t *testing.T) {
	everySpec(t, func(t *testing.T, s replace.Spec) {
		rapid.Check(t, func(t *rapid.T) {
			s := s
			s.Recency = float64(rapid.IntRange(0, 8).Draw(t, "recency")) / 16
			s.Frequency = 0.5 - s.Recency
			s.HighUses = float64(rapid.IntRange(0, 8).Draw(t, "high")) / 16
			s.Nearness = 0.5 - s.HighUses
			s.Smoothing = float64(rapid.IntRange(1, 4).Draw(t, "a")) / 4
			s.TopScores = rapid.IntRange(1, 3).Draw(t, "p")
			d := replacetest.NewDraw(rapid.Uint64().Draw(t, "seed"))
			c, r := replace.New(s, replacetest.Layers, replacetest.Experts), newReference(s)
			for i := range 9 {
				c.Begin(int64(i), i%5 == 0)
				r.begin(i%5 == 0)
				for layer := range replacetest.Layers {
					step(t, c, r, d, layer)
				}
			}
		})
	})
}

func step(t *rapid.T, c *replace.Cache, r *reference, d *replacetest.Draw, layer int) {
	if d.Odd(3) {
		r.insert(t, c, d.Key(), replace.High) // a prefetch
	}
	uses := d.Uses()
	c.Use(layer, uses)
	r.use(layer, uses)
	for _, u := range uses {
		if u.Tokens > 0 {
			r.insert(t, c, replace.Key{Layer: int32(layer), Expert: u.Expert}, max(u.Want, replace.Low))
		}
	}
}
