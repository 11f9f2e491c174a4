package replace

import "math"

// A pool is the slots of one class: of all layers together, or so many of each.
type pool struct {
	shared  bool
	slots   int
	used    int
	shelves []shelf // by layer
}

// A shelf is the copies of one layer.
type shelf struct {
	ids   []int32
	fresh bool // next is of now
	next  [groups]candidate
}

// Groups of the experts of a layer, in which order they leave.
const (
	plain    = iota
	favoured // by the policy, for when it was last used
	asked    // by the last gate
	groups
)

// A candidate is the expert of a group that leaves first.
type candidate struct {
	expert int32 // -1: the group is empty
	rank   float64
	stamp  int64
}

func (a *candidate) before(rank float64, stamp int64) bool {
	return a.expert >= 0 && (a.rank < rank || a.rank == rank && a.stamp < stamp)
}

func newPool(s Spec, slots, layers, experts int) pool {
	p := pool{shared: s.Scope == Model, slots: min(slots, experts), shelves: make([]shelf, layers)}
	if p.shared {
		p.slots = min(slots, layers*experts)
	}
	if s.Name == NoCache {
		p.slots = 0
	}
	each := min(p.slots, experts)
	ids := make([]int32, layers*each)
	for i := range p.shelves {
		p.shelves[i].ids = ids[i*each : i*each : (i+1)*each]
	}
	return p
}

func (p *pool) full(layer int) bool {
	if p.shared {
		return p.used == p.slots
	}
	return len(p.shelves[layer].ids) == p.slots
}

// put adds a copy, for which there is a slot.
func (p *pool) put(layer int, expert int32, e *entry, class Class) {
	s := &p.shelves[layer]
	s.ids = append(s.ids, expert)
	e.at[class-1] = uint16(len(s.ids))
	s.fresh = false
	p.used++
}

// take removes a copy; the shelf's last takes its place.
func (c *Cache) take(k Key, class Class) {
	p, e := c.pool(class), c.entry(int(k.Layer), k.Expert)
	s := &p.shelves[k.Layer]
	hole, last := e.at[class-1]-1, s.ids[len(s.ids)-1]
	s.ids[hole] = last
	c.entry(int(k.Layer), last).at[class-1] = hole + 1
	e.at[class-1] = 0
	s.ids = s.ids[:len(s.ids)-1]
	s.fresh = false
	p.used--
}

// victim returns the copy that leaves a full pool for one of a layer; ok is false if
// none may.
func (c *Cache) victim(class Class, layer int) (k Key, ok bool) {
	p := c.pool(class)
	if p.slots == 0 || c.spec.Name == Static {
		return Key{}, false
	}
	best := best{key: Key{Expert: -1}}
	if p.shared {
		for l := range p.shelves {
			c.offer(&best, &p.shelves[l], l)
		}
	} else {
		c.offer(&best, &p.shelves[layer], layer)
	}
	return best.key, best.key.Expert >= 0
}

// best is the candidate of all layers so far that leaves first.
type best struct {
	key   Key
	tier  int // asked ones leave last, and LIFO's active ones after inactive ones
	value float64
	stamp int64
}

// offer compares the candidates of one layer with the best so far.
func (c *Cache) offer(b *best, s *shelf, layer int) {
	if len(s.ids) == 0 {
		return
	}
	if !s.fresh {
		c.refresh(s, layer)
	}
	for group := range s.next {
		n := &s.next[group]
		if n.expert < 0 {
			continue
		}
		tier := c.rule.tiers[group]
		if b.key.Expert >= 0 && tier > b.tier {
			return
		}
		value := n.rank
		if c.rule.across != nil {
			value = c.rule.across(c, layer, n.rank, group)
		}
		if b.key.Expert < 0 || tier < b.tier || value < b.value || value == b.value && n.stamp < b.stamp {
			*b = best{Key{int32(layer), n.expert}, tier, value, n.stamp}
		}
	}
}

// refresh finds a layer's candidates.
func (c *Cache) refresh(s *shelf, layer int) {
	s.fresh = true
	for i := range s.next {
		s.next[i] = candidate{expert: -1, rank: math.Inf(1)}
	}
	row := c.entries[layer*c.experts : (layer+1)*c.experts]
	for _, id := range s.ids {
		e := &row[id]
		if e.pins > 0 {
			continue
		}
		n := &s.next[c.group(e)]
		if !n.before(e.rank, e.stamp) {
			*n = candidate{id, e.rank, e.stamp}
		}
	}
}

func (c *Cache) group(e *entry) int {
	switch {
	case e.asked == c.step:
		return asked
	case c.rule.favours != nil && c.rule.favours(c, e):
		return favoured
	default:
		return plain
	}
}
