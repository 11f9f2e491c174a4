// Package replace models caches of experts in GPU memory: which experts are there, and
// which leaves when another must come.
//
// The policies are those of published systems, each with its formula where it is
// defined: Expert Buffering (arXiv 2303.06182), EdgeMoE (2308.14352), MoE-Infinity
// (2401.14361), ProMoE (2410.22134), HOBBIT (2411.01433) and its successor MoE-APEX,
// HybriMoE (DAC 2025) and DynaNDE's simulator. A cache knows what gates chose and what it
// was told to hold; it sees no device, no clock and no random number.
//
// It leaves out time: whoever moves weights says when an expert is there.
package replace

// Class is the precision of a copy of an expert.
type Class uint8

// Classes, worst first.
const (
	None Class = iota // no copy
	Low               // a low-bit twin (HOBBIT, MoE-APEX)
	High              // full precision
)

// classes is how many classes a cache holds copies of.
const classes = 2

// A Key names an expert of the model.
type Key struct {
	Layer  int32 `json:"layer"`
	Expert int32 `json:"expert"`
}

// Use is one expert of a layer, once the layer's gate is known.
type Use struct {
	Expert  int32
	Tokens  int32   // that chose it; 0: its gate score is known, but nobody asks for it
	Score   float64 // of the gate, 0 to 1: MRS
	Want    Class   // precision asked for; None is High, for most systems have no other
	Benefit int64   // time that holding it saves, in picoseconds, negative if it costs: Benefit
}

// want returns the class that u asks for.
func (u *Use) want() Class {
	if u.Want == None {
		return High
	}
	return u.Want
}

// Has returns the best copy that the cache holds of an expert.
func (c *Cache) Has(layer int, expert int32) Class {
	switch at := &c.entry(layer, expert).at; {
	case at[High-1] != 0:
		return High
	case at[Low-1] != 0:
		return Low
	default:
		return None
	}
}

// Slots returns how many copies of a class fit, in all layers together.
func (c *Cache) Slots(class Class) int { return c.spec.Room(class, c.layers, c.experts) }

// Held returns how many copies of a class are there.
func (c *Cache) Held(class Class) int {
	return c.pool(class).used
}

// Hits returns how many experts that a gate asked for were there in the precision asked
// for, or a better one.
func (c *Cache) Hits() int64 { return sum(c.hits) }

// Misses returns how many were not.
func (c *Cache) Misses() int64 { return sum(c.misses) }

// LayerHits returns Hits and Misses of one layer.
func (c *Cache) LayerHits(layer int) (hits, misses int64) { return c.hits[layer], c.misses[layer] }

// ForgetHits sets hits and misses to 0, as after warming up.
func (c *Cache) ForgetHits() {
	clear(c.hits)
	clear(c.misses)
}

func sum(counts []int64) int64 {
	var n int64
	for _, v := range counts {
		n += v
	}
	return n
}
