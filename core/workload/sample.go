package workload

import (
	"math/bits"
	"math/rand/v2"
)

// A die draws indices by weight, in constant time: Walker's alias method with
// Vose's construction, in integers, so that nothing rounds.
type die struct {
	faces   []face
	weights []uint64
	total   uint64
}

// A face stays itself where the low half of a draw is below limit.
type face struct {
	limit uint64
	other int32
}

// scaleOf is what weights are scaled to: 48 bits leave 2^14 experts room.
const scaleOf = 1 << 48

// newDie returns a die for weights, of which one must be positive. A positive
// one never rounds down to 0.
func newDie(weights []float64) *die {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	d := &die{make([]face, len(weights)), make([]uint64, len(weights)), 0}
	for i, w := range weights {
		if w > 0 {
			d.weights[i] = uint64(w/sum*scaleOf) + 1
			d.total += d.weights[i]
		}
	}
	d.balance()
	return d
}

// balance pairs every face that is too light with one that is too heavy.
func (d *die) balance() {
	n := uint64(len(d.weights))
	rest := make([]uint64, n) // weight·n; the mean is total
	var light, heavy []int32
	for i, w := range d.weights {
		rest[i] = w * n
		if rest[i] < d.total {
			light = append(light, int32(i))
		} else {
			heavy = append(heavy, int32(i))
		}
	}
	for len(light) > 0 && len(heavy) > 0 {
		l, h := light[len(light)-1], heavy[len(heavy)-1]
		light = light[:len(light)-1]
		d.faces[l] = face{fraction(rest[l], d.total), h}
		rest[h] -= d.total - rest[l]
		if rest[h] < d.total {
			heavy = heavy[:len(heavy)-1]
			light = append(light, h)
		}
	}
	for _, h := range heavy { // exactly the mean
		d.faces[h] = face{1<<64 - 1, h}
	}
}

// fraction returns a/b in units of 2⁻⁶⁴, for a < b.
func fraction(a, b uint64) uint64 {
	q, _ := bits.Div64(a, 0, b)
	return q
}

// roll returns an index.
func (d *die) roll(r *rand.Rand) int32 {
	i, low := bits.Mul64(r.Uint64(), uint64(len(d.faces)))
	f := &d.faces[i]
	if low < f.limit {
		return int32(i)
	}
	return f.other
}

// A chooser draws what one layer chooses for each token.
type chooser struct {
	mix  mix
	die  *die // nil if nothing is left to chance
	rand *rand.Rand
}

func newChooser(shares []float64, k int, r *rand.Rand) *chooser {
	c := &chooser{mix: newMix(shares, k), rand: r}
	if c.mix.draws > 0 {
		c.die = newDie(c.mix.weights)
	}
	c.mix.weights = nil // the die has them
	return c
}

// marks tells which experts the token at hand has, without clearing a table for
// every token.
type marks struct {
	of  []uint64 // the token that an expert was last chosen for
	now uint64
}

// count adds to dst the choices of n tokens.
func (c *chooser) count(dst []int32, n int, m *marks) {
	for _, e := range c.mix.always {
		dst[e] += int32(n)
	}
	switch c.mix.draws {
	case 0:
	case 1:
		for range n {
			dst[c.die.roll(c.rand)]++
		}
	default:
		for range n {
			c.choose(dst, m)
		}
	}
}

// choose adds to dst the choices of one token.
func (c *chooser) choose(dst []int32, m *marks) {
	m.now++
	var taken uint64 // weight of what the token has
	for range c.mix.draws {
		e := c.another(m, taken)
		m.of[e] = m.now
		taken += c.die.weights[e]
		dst[e]++
	}
}

// another draws an expert that the token does not have. Rejection and the
// search after it have the same distribution, so when to give up is only a
// matter of speed: where few experts hold most of the weight, rejection alone
// would take very long.
func (c *chooser) another(m *marks, taken uint64) int32 {
	const tries = 12
	for range tries {
		if e := c.die.roll(c.rand); m.of[e] != m.now {
			return e
		}
	}
	left := c.rand.Uint64N(c.die.total - taken)
	for e, w := range c.die.weights {
		if m.of[e] == m.now {
			continue
		}
		if left < w {
			return int32(e)
		}
		left -= w
	}
	panic("workload: bug: the weights do not sum to their total")
}
