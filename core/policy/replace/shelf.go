package replace

// A pool is the slots of one class: of all layers together, or so many of each.
type pool struct {
	shared  bool
	slots   int
	used    int
	step    uint32  // of the values in heads
	shelves []shelf // by layer
	heads   []head  // by layer: who leaves first of each
}

// A shelf is the copies of one layer, side by side, for every victim is looked for here.
type shelf struct {
	slots []slot
	next  [groups]line
}

// A line is who leaves first of a group, in order. It is worked out for several at once,
// for evictions come together.
type line struct {
	first [depth]candidate
	n     int
	more  bool // the group has others, who leave later
	stale bool // the asked group alone, which is rarely needed
}

// A candidate is one in line.
type candidate struct {
	rank   float64
	stamp  int64
	expert int32
}

const depth = 4

// A slot is what choosing a victim reads of one copy.
type slot struct {
	rank   float64 // within its layer, the lowest leaves first
	stamp  int64   // of the last access
	pass   int32   // that last asked for it
	asked  uint32  // step that last asked for it
	expert int32
	pins   int32
}

// A head is the copy of a layer that leaves before its others.
type head struct {
	value  float64
	stamp  int64
	expert int32 // -1: none may leave
	tier   int16 // asked ones leave last, and LIFO's active ones after inactive ones
	stale  bool
	valued bool // value is of now
}

// Groups of the experts of a layer, in which order they leave.
const (
	plain    = iota
	favoured // by the policy, for when it was last used
	asked    // by the last gate
	groups
)

func newPool(s Spec, slots, layers, experts int) pool {
	p := pool{shared: s.Scope == Model, slots: min(slots, experts), shelves: make([]shelf, layers), heads: make([]head, layers)}
	if p.shared {
		p.slots = min(slots, layers*experts)
	}
	if s.Name == NoCache {
		p.slots = 0
	}
	each := min(p.slots, experts)
	all := make([]slot, layers*each)
	for i := range p.shelves {
		p.shelves[i].slots = all[i*each : i*each : (i+1)*each]
		p.heads[i].stale = true
	}
	return p
}

func (p *pool) full(layer int) bool {
	if p.shared {
		return p.used == p.slots
	}
	return len(p.shelves[layer].slots) == p.slots
}

// put adds a copy, for which there is a slot.
func (c *Cache) put(k Key, class Class) {
	p, e := c.pool(class), c.entry(int(k.Layer), k.Expert)
	s := &p.shelves[k.Layer]
	s.slots = append(s.slots, slot{e.rank, e.stamp, e.pass, e.asked, k.Expert, e.pins})
	e.at[class-1] = uint16(len(s.slots))
	c.changed(p, int(k.Layer), e)
	p.used++
}

// take removes a copy; the shelf's last takes its place.
func (c *Cache) take(k Key, class Class) {
	p, e := c.pool(class), c.entry(int(k.Layer), k.Expert)
	s := &p.shelves[k.Layer]
	hole, last := e.at[class-1]-1, len(s.slots)-1
	s.slots[hole] = s.slots[last]
	c.entry(int(k.Layer), s.slots[last].expert).at[class-1] = hole + 1
	e.at[class-1] = 0
	s.slots = s.slots[:last]
	p.used--
	h := &p.heads[k.Layer]
	h.valued = false
	if !h.stale && !s.next[plain].leaves(k.Expert) && !s.next[favoured].leaves(k.Expert) && !s.next[asked].leaves(k.Expert) {
		h.stale = true
	}
}

// copied writes what changed of an expert into its slots.
func (c *Cache) copied(layer int, e *entry) {
	for i, at := range e.at {
		if at != 0 {
			s := &c.pools[i].shelves[layer].slots[at-1]
			s.rank, s.stamp, s.pass, s.asked, s.pins = e.rank, e.stamp, e.pass, e.asked, e.pins
			c.changed(&c.pools[i], layer, e)
		}
	}
}

// victim returns the copy that leaves a full pool for one of a layer; ok is false if
// none may.
func (c *Cache) victim(class Class, layer int) (k Key, ok bool) {
	p := c.pool(class)
	if p.slots == 0 || c.spec.Name == Static {
		return Key{}, false
	}
	if !p.shared {
		h := c.head(p, layer)
		return Key{int32(layer), h.expert}, h.expert >= 0
	}
	if c.rule.across != nil && p.step != c.step {
		p.step = c.step // the layer that runs has changed, and every distance
		for l := range p.heads {
			p.heads[l].valued = false
		}
	}
	best, at := &head{expert: -1}, 0
	for l := range p.heads {
		h := &p.heads[l]
		if h.stale || !h.valued {
			c.head(p, l)
		}
		if h.expert >= 0 && (best.expert < 0 || h.before(best)) {
			best, at = h, l
		}
	}
	return Key{int32(at), best.expert}, best.expert >= 0
}

func (h *head) before(o *head) bool {
	if h.tier != o.tier {
		return h.tier < o.tier
	}
	return h.value < o.value || h.value == o.value && h.stamp < o.stamp
}

// head returns who leaves first of a layer, as of now.
func (c *Cache) head(p *pool, layer int) *head {
	h, s := &p.heads[layer], &p.shelves[layer]
	if h.stale {
		c.sort(s)
	}
	*h = head{expert: -1, valued: true}
	for group := range s.next {
		if group == asked && h.expert >= 0 {
			break // its tier is above every other
		}
		n := &s.next[group]
		if group == asked && (n.stale || n.n == 0 && n.more) {
			c.sortAsked(s)
		} else if n.n == 0 && n.more {
			c.sort(s)
		}
		if n.n == 0 {
			continue
		}
		first := &n.first[0]
		other := head{value: first.rank, stamp: first.stamp, expert: first.expert, tier: c.rule.tiers[group], valued: true}
		if c.rule.across != nil {
			other.value = c.rule.across(c, layer, first.rank, group)
		}
		if h.expert < 0 || other.before(h) {
			*h = other
		}
	}
	return h
}

// sort lines up who leaves first of each group of a layer, but for the asked one.
func (c *Cache) sort(s *shelf) {
	for i := range s.next {
		s.next[i].n, s.next[i].more = 0, false
	}
	s.next[asked].stale = true
	step, favours := c.step, c.rule.favourSince(c)
	for i := range s.slots {
		e := &s.slots[i]
		if e.asked == step || e.pins > 0 {
			continue
		}
		l := &s.next[plain]
		if e.pass >= favours {
			l = &s.next[favoured]
		}
		if l.n == depth && !l.first[depth-1].after(e) {
			l.more = true
			continue
		}
		l.offer(e)
	}
}

// sortAsked lines up those that the last gate asked for.
func (c *Cache) sortAsked(s *shelf) {
	l := &s.next[asked]
	*l = line{}
	for i := range s.slots {
		e := &s.slots[i]
		switch {
		case e.asked != c.step || e.pins > 0:
		case l.n == depth && !l.first[depth-1].after(e):
			l.more = true
		default:
			l.offer(e)
		}
	}
}

// offer puts e into line, before the last one of a full line, who drops out.
func (l *line) offer(e *slot) {
	if l.n == depth {
		l.more = true
		l.n--
	}
	i := l.n
	for ; i > 0 && l.first[i-1].after(e); i-- {
		l.first[i] = l.first[i-1]
	}
	l.first[i] = candidate{e.rank, e.stamp, e.expert}
	l.n++
}

// after reports whether c leaves after e.
func (c *candidate) after(e *slot) bool {
	return e.rank < c.rank || e.rank == c.rank && e.stamp < c.stamp
}

// leaves takes the first in line out, if it is expert.
func (l *line) leaves(expert int32) bool {
	if l.n == 0 || l.first[0].expert != expert {
		return false
	}
	l.n--
	copy(l.first[:l.n], l.first[1:l.n+1])
	return true
}

// changed says that a copy came or changed. One that the last gate asked for was in no
// other line before, for a gate makes every line of its layer stale.
func (c *Cache) changed(p *pool, layer int, e *entry) {
	p.heads[layer].valued = false
	if e.asked == c.step {
		p.shelves[layer].next[asked].stale = true
		return
	}
	p.heads[layer].stale = true
}
