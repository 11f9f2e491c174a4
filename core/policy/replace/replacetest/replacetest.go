// Package replacetest checks what every cache of package replace promises.
package replacetest

import (
	"math/rand/v2"
	"testing"

	"monde/core/policy/replace"
	"monde/core/rng"
)

// Layers and Experts are the model's that the suite runs.
const Layers, Experts = 4, 12

// Run checks the contract of caches of a Spec that has slots for a part of the experts.
func Run(t *testing.T, s replace.Spec) {
	t.Helper()
	t.Run("holds what it says, within its slots, and spares pinned and asked ones", func(t *testing.T) { holds(t, s) })
	t.Run("is deterministic", func(t *testing.T) { deterministic(t, s) })
	t.Run("counts every expert that is asked for once", func(t *testing.T) { counts(t, s) })
	t.Run("allocates nothing in steady state", func(t *testing.T) { allocates(t, s) })
}

// A Draw makes up what a run asks of a cache, the same for the same seed.
type Draw struct {
	r     *rand.Rand
	uses  []replace.Use
	skew  [Experts]int
	token int64
}

// NewDraw returns one of many.
func NewDraw(seed uint64) *Draw {
	d := &Draw{r: rng.Stream(seed, "replacetest")}
	for i := range d.skew {
		d.skew[i] = 1 + d.r.IntN(6)
	}
	return d
}

// Pass begins the next pass of c; every twelfth starts a sequence.
func (d *Draw) Pass(c *replace.Cache) {
	c.Begin(d.token, d.token%12 == 0)
	d.token++
}

// Uses returns what a gate asks for, valid until the next call.
func (d *Draw) Uses() []replace.Use {
	d.uses = d.uses[:0]
	for e := range int32(Experts) {
		u := replace.Use{Expert: e, Score: float64(d.r.IntN(64)) / 64, Want: replace.Class(d.r.IntN(3)), Benefit: int64(d.r.IntN(9) - 2)}
		switch n := d.r.IntN(8); {
		case n < d.skew[e]/2:
			u.Tokens = int32(1 + d.r.IntN(3))
		case n == 7:
			continue // not even scored
		}
		d.uses = append(d.uses, u)
	}
	return d.uses
}

// Odd is true one time in n.
func (d *Draw) Odd(n int) bool { return d.r.IntN(n) == 0 }

// Key returns any expert.
func (d *Draw) Key() replace.Key {
	return replace.Key{Layer: int32(d.r.IntN(Layers)), Expert: int32(d.r.IntN(Experts))}
}

type copyOf struct {
	replace.Key
	class replace.Class
}

// book is the plainest account of what a cache holds.
type book struct {
	s      replace.Spec
	held   map[copyOf]bool
	pinned map[replace.Key]int
	asked  map[replace.Key]bool
}

func (b *book) has(k replace.Key) replace.Class {
	for _, class := range []replace.Class{replace.High, replace.Low} {
		if b.held[copyOf{k, class}] {
			return class
		}
	}
	return replace.None
}

// rivals counts the copies that compete with one of k, by whether they may leave.
func (b *book) rivals(k replace.Key, class replace.Class) (all, free, unasked int) {
	for c := range b.held {
		if c.class != class || b.s.Scope == replace.PerLayer && c.Layer != k.Layer {
			continue
		}
		all++
		if b.pinned[c.Key] == 0 {
			free++
			if !b.asked[c.Key] {
				unasked++
			}
		}
	}
	return all, free, unasked
}

func (b *book) slots(class replace.Class) int {
	n := b.s.Slots
	if class == replace.Low {
		n = b.s.LowSlots
	}
	if b.s.Name == replace.NoCache {
		n = 0
	}
	if b.s.Scope == replace.Model {
		return min(n, Layers*Experts)
	}
	return min(n, Experts)
}

// insert inserts into both, and holds the one to the other.
func (b *book) insert(t *testing.T, c *replace.Cache, k replace.Key, class replace.Class) {
	t.Helper()
	all, free, unasked := b.rivals(k, class)
	there := b.held[copyOf{k, class}]
	evicted, any, ok := c.Insert(int(k.Layer), k.Expert, class)
	room := all < b.slots(class)
	canEvict := free > 0 && b.s.Name != replace.Static
	if want := there || room || canEvict; ok != want {
		t.Fatalf("inserting %v: ok is %v with %d copies, %d of them free, in %d slots", k, ok, all, free, b.slots(class))
	}
	if any != (ok && !there && !room) {
		t.Fatalf("inserting %v: an eviction is %v, room is %v", k, any, room)
	}
	if any {
		b.evict(t, copyOf{evicted, class}, k, unasked)
	}
	if ok {
		b.held[copyOf{k, class}] = true
	}
}

func (b *book) evict(t *testing.T, out copyOf, in replace.Key, unasked int) {
	t.Helper()
	switch {
	case !b.held[out]:
		t.Fatalf("%v was evicted, and was not there", out)
	case b.s.Scope == replace.PerLayer && out.Layer != in.Layer:
		t.Fatalf("%v was evicted for a copy of layer %d", out, in.Layer)
	case b.pinned[out.Key] > 0:
		t.Fatalf("%v was evicted, and is pinned", out)
	case b.asked[out.Key] && unasked > 0:
		t.Fatalf("%v was evicted, and is asked for; %d others are not", out, unasked)
	}
	delete(b.held, out)
}

func holds(t *testing.T, s replace.Spec) {
	for seed := range uint64(8) {
		d, c := NewDraw(seed), replace.New(s, Layers, Experts)
		b := &book{s: s, held: map[copyOf]bool{}, pinned: map[replace.Key]int{}}
		for range 60 {
			d.Pass(c)
			b.asked = map[replace.Key]bool{}
			for layer := range Layers {
				b.layer(t, c, d, layer)
			}
		}
	}
}

func (b *book) layer(t *testing.T, c *replace.Cache, d *Draw, layer int) {
	t.Helper()
	if k := d.Key(); d.Odd(3) { // a prefetch
		b.insert(t, c, k, replace.High)
		c.Pin(int(k.Layer), k.Expert)
		b.pinned[k]++
	}
	uses := d.Uses()
	c.Use(layer, uses)
	b.asked = map[replace.Key]bool{}
	for _, u := range uses {
		if u.Tokens > 0 {
			b.asked[replace.Key{Layer: int32(layer), Expert: u.Expert}] = true
		}
	}
	for _, u := range uses {
		k := replace.Key{Layer: int32(layer), Expert: u.Expert}
		if u.Tokens > 0 && c.Has(layer, u.Expert) < max(u.Want, replace.Low) {
			b.insert(t, c, k, max(u.Want, replace.Low))
		}
	}
	if k := d.Key(); d.Odd(4) {
		c.Drop(int(k.Layer), k.Expert, replace.High)
		delete(b.held, copyOf{k, replace.High})
	}
	for range 2 {
		if k := d.Key(); b.pinned[k] > 0 {
			c.Unpin(int(k.Layer), k.Expert)
			b.pinned[k]--
		}
	}
	b.agrees(t, c)
}

func (b *book) agrees(t *testing.T, c *replace.Cache) {
	t.Helper()
	for l := range Layers {
		for e := range int32(Experts) {
			k := replace.Key{Layer: int32(l), Expert: e}
			if got, want := c.Has(l, e), b.has(k); got != want {
				t.Fatalf("Has says %d of %v, want %d", got, k, want)
			}
		}
	}
	for _, class := range []replace.Class{replace.Low, replace.High} {
		if held, slots := c.Held(class), c.Slots(class); held > slots {
			t.Fatalf("%d copies of class %d in %d slots", held, class, slots)
		}
	}
}

// play runs one pass and returns what was evicted, in order.
func play(c *replace.Cache, d *Draw, dst []replace.Key) []replace.Key {
	d.Pass(c)
	for layer := range Layers {
		uses := d.Uses()
		c.Use(layer, uses)
		for i := range uses {
			if u := &uses[i]; u.Tokens > 0 {
				if k, any, _ := c.Insert(layer, u.Expert, max(u.Want, replace.Low)); any {
					dst = append(dst, k)
				}
			}
		}
	}
	return dst
}

func deterministic(t *testing.T, s replace.Spec) {
	a, b := replace.New(s, Layers, Experts), replace.New(s, Layers, Experts)
	x, y := NewDraw(1), NewDraw(1)
	for range 50 {
		out, same := play(a, x, nil), play(b, y, nil)
		if len(out) != len(same) {
			t.Fatalf("%d were evicted, then %d", len(out), len(same))
		}
		for i := range out {
			if out[i] != same[i] {
				t.Fatalf("%v was evicted, then %v", out[i], same[i])
			}
		}
	}
}

func counts(t *testing.T, s replace.Spec) {
	d, c := NewDraw(2), replace.New(s, Layers, Experts)
	var hits, misses int64
	for range 50 {
		d.Pass(c)
		for layer := range Layers {
			uses := d.Uses()
			for _, u := range uses {
				want := u.Want
				if want == replace.None {
					want = replace.High
				}
				switch {
				case u.Tokens == 0:
				case c.Has(layer, u.Expert) >= want:
					hits++
				default:
					misses++
				}
			}
			c.Use(layer, uses)
			for _, u := range uses {
				c.Insert(layer, u.Expert, replace.High)
			}
		}
	}
	if c.Hits() != hits || c.Misses() != misses {
		t.Errorf("%d hits and %d misses, want %d and %d", c.Hits(), c.Misses(), hits, misses)
	}
	if c.ForgetHits(); c.Hits() != 0 || c.Misses() != 0 {
		t.Error("hits are not forgotten")
	}
}

func allocates(t *testing.T, s replace.Spec) {
	d, c := NewDraw(3), replace.New(s, Layers, Experts)
	evicted := make([]replace.Key, 0, 1024)
	play(c, d, evicted)
	if n := testing.AllocsPerRun(50, func() { play(c, d, evicted) }); n != 0 {
		t.Errorf("a pass allocates %v times, want 0", n)
	}
}
