package replace

import "fmt"

// A Cache holds copies of experts. It belongs to one run and is not safe for concurrent
// use. After New it allocates nothing.
type Cache struct {
	spec    Spec
	rule    rule
	layers  int
	experts int

	entries []entry  // by layer and expert
	records []record // the same; what formulas count
	rows    []int64  // by layer: tokens of this sequence, MoE-Infinity's n
	pools   [classes]pool
	scores  []float64 // scratch of MRS
	gate    []int32   // experts that the last gate asked for

	first  int64  // token that began the sequence
	pass   int32  // T: passes since then, from 1
	favour int32  // first pass whose experts are favoured
	cursor int    // layer that was asked last
	step   uint32 // counts gates: an entry asked for in this one leaves last
	stamps int64  // counts accesses: no two are at once
	hits   []int64
	misses []int64
}

// An entry is what decides when an expert leaves, wherever its copies are.
type entry struct {
	rank  float64
	stamp int64
	pass  int32
	asked uint32
	pins  int32
	at    [classes]uint16 // slot in its layer's shelf, from 1; 0: no copy
}

// A record is what the formulas count of one expert.
type record struct {
	uses, high, low int32 // passes that asked for it, and in which precision
	last            int32 // pass that last asked for it
	tokens          float64
	sum             float64 // MRS: S; Benefit: time
	in              int64   // stamp of its last insertion
}

// New returns an empty cache for a valid Spec.
func New(s Spec, layers, experts int) *Cache {
	if layers < 1 || experts < 1 || experts > 1<<14 {
		panic(fmt.Sprintf("replace: bug: %d layers of %d experts", layers, experts))
	}
	c := &Cache{
		spec: s, rule: ruleOf(s), layers: layers, experts: experts,
		entries: make([]entry, layers*experts), records: make([]record, layers*experts), rows: make([]int64, layers),
		scores: make([]float64, 0, experts), gate: make([]int32, 0, experts), pass: 1, step: 1,
		hits: make([]int64, layers), misses: make([]int64, layers),
	}
	for i := range c.pools {
		c.pools[i] = newPool(s, Class(i+1), layers, experts)
	}
	c.favour = c.rule.favourSince(c)
	return c
}

func (c *Cache) at(layer int, expert int32) int { return layer*c.experts + int(expert) }

func (c *Cache) entry(layer int, expert int32) *entry { return &c.entries[c.at(layer, expert)] }

func (c *Cache) pool(class Class) *pool { return &c.pools[class-1] }

// Begin starts the pass of a token, or of a step of a batch. token never falls.
// sequenceStarts says that nothing of the sequence before matters any more: policies that
// count by sequence forget it.
func (c *Cache) Begin(token int64, sequenceStarts bool) {
	c.step++
	if sequenceStarts {
		c.first = token
		c.forget()
	}
	c.pass = int32(token-c.first) + 1
	c.favour = c.rule.favourSince(c)
	c.settle()
	if sequenceStarts || c.rule.favours != nobody {
		c.staleAll()
	}
}

// forget drops what the sequence counted. Passes are numbered anew for every policy.
func (c *Cache) forget() {
	if c.rule.forgets {
		clear(c.rows)
	}
	for i := range c.entries {
		e, r := &c.entries[i], &c.records[i]
		e.pass = 0
		if c.rule.forgets {
			*r = record{in: r.in}
			e.rank = c.rule.rank(c, r)
		}
		c.copied(i/c.experts, e)
	}
}

// Use says which experts the gate of a layer asks for, each once. It counts hits and
// misses; what misses is not inserted.
func (c *Cache) Use(layer int, uses []Use) {
	c.step++
	c.settle()
	c.cursor = layer
	if c.rule.decays {
		c.decay(layer, uses)
		c.stale(layer)
	}
	for i := range uses {
		if u := &uses[i]; u.Tokens > 0 {
			c.ask(layer, u)
		}
	}
}

// ask records that one expert is asked for.
func (c *Cache) ask(layer int, u *Use) {
	at := c.at(layer, u.Expert)
	e, r := &c.entries[at], &c.records[at]
	want := u.want()
	if e.at[High-1] != 0 || e.at[want-1] != 0 {
		c.hits[layer]++
	} else {
		c.misses[layer]++
	}
	c.gate = append(c.gate, u.Expert)
	r.uses++
	if want == High {
		r.high++
	} else {
		r.low++
	}
	r.last = c.pass
	r.tokens += float64(u.Tokens)
	c.rows[layer] += int64(u.Tokens)
	if c.spec.Name == Benefit {
		r.sum += float64(u.Benefit)
	}
	c.stamps++
	e.stamp, e.pass, e.asked = c.stamps, c.pass, c.step
	e.rank = c.rule.rank(c, r)
	c.copied(layer, e)
}

// Touch counts as an access without a use: a prediction of an expert that is there
// (ProMoE, section 6.1).
func (c *Cache) Touch(layer int, expert int32) {
	c.stamps++
	e := c.entry(layer, expert)
	e.stamp = c.stamps
	c.copied(layer, e)
}

// Insert puts a copy into the cache, and counts as an access. Where slots are full it
// evicts one of the same class, as the policy says: never a pinned one, and one that the
// last gate asked for only if there is no other. ok is false if there is no room: the
// copy is then not there. Inserting what is there evicts nothing.
func (c *Cache) Insert(layer int, expert int32, class Class) (evicted Key, any, ok bool) {
	p, at := c.pool(class), c.at(layer, expert)
	e := &c.entries[at]
	if e.at[class-1] != 0 {
		c.Touch(layer, expert)
		return Key{}, false, true
	}
	if p.full(layer) {
		if evicted, any = c.victim(class, layer); !any {
			return Key{}, false, false
		}
		c.take(evicted, class)
	}
	c.stamps++
	e.stamp = c.stamps
	c.records[at].in = c.stamps
	e.rank = c.rule.rank(c, &c.records[at])
	c.copied(layer, e) // of the other class
	c.put(Key{int32(layer), expert}, class)
	return evicted, any, true
}

// Drop takes a copy out, as when its transfer was cancelled.
func (c *Cache) Drop(layer int, expert int32, class Class) {
	if c.entry(layer, expert).at[class-1] != 0 {
		c.take(Key{int32(layer), expert}, class)
	}
}

// Pin keeps every copy of an expert from being evicted, until it is unpinned as often as
// it was pinned. It need not be there.
func (c *Cache) Pin(layer int, expert int32) { c.pin(layer, expert, 1) }

// Unpin undoes one Pin.
func (c *Cache) Unpin(layer int, expert int32) {
	if c.entry(layer, expert).pins == 0 {
		panic(fmt.Sprintf("replace: bug: expert %d of layer %d is not pinned", expert, layer))
	}
	c.pin(layer, expert, -1)
}

func (c *Cache) pin(layer int, expert, by int32) {
	e := c.entry(layer, expert)
	e.pins += by
	c.copied(layer, e)
}

// Warm fills free slots of a class with a hot set, in its order, until they are full. It
// returns how many it fills.
func (c *Cache) Warm(class Class, hot []Key) (filled int) {
	for _, k := range hot {
		if !c.pool(class).full(int(k.Layer)) {
			c.Insert(int(k.Layer), k.Expert, class)
			filled++
		}
	}
	return filled
}

// Expect replaces the activations that MoE-Infinity's formula counts of one layer by
// predicted ones, in tokens, an entry an expert.
func (c *Cache) Expect(layer int, tokens []float64) {
	n := 0.0
	for i := range tokens {
		at := layer*c.experts + i
		c.records[at].tokens = tokens[i]
		c.entries[at].rank = c.rule.rank(c, &c.records[at])
		c.copied(layer, &c.entries[at])
		n += tokens[i]
	}
	c.rows[layer] = int64(n)
	c.stale(layer)
}

func (c *Cache) stale(layer int) {
	for i := range c.pools {
		c.pools[i].heads[layer].stale = true
	}
}

func (c *Cache) staleAll() {
	for layer := range c.layers {
		c.stale(layer)
	}
}
