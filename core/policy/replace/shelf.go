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
	stale bool // it must be sorted: the asked group alone, which is rarely needed
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

func newPool(s Spec, class Class, layers, experts int) pool {
	p := pool{shared: s.Scope == Model, slots: s.each(class, layers, experts), shelves: make([]shelf, layers), heads: make([]head, layers)}
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
	c.changed(p, int(k.Layer), &s.slots[len(s.slots)-1])
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
	p.heads[k.Layer].valued = false
	s.leave(k.Expert)
}

// copied writes what changed of an expert into its slots.
func (c *Cache) copied(layer int, e *entry) {
	for i, at := range e.at {
		if at != 0 {
			s := &c.pools[i].shelves[layer].slots[at-1]
			s.rank, s.stamp, s.pass, s.asked, s.pins = e.rank, e.stamp, e.pass, e.asked, e.pins
			c.changed(&c.pools[i], layer, s)
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
		s.next[asked].stale = true
	}
	h.expert, h.stale, h.valued = -1, false, true
	if s.next[plain].out() || s.next[favoured].out() {
		c.sort(s)
	}
	c.offer(h, s, layer, plain)
	c.offer(h, s, layer, favoured)
	if h.expert >= 0 {
		return h // the tier of what the gate asked for is above every other
	}
	if s.next[asked].stale || s.next[asked].out() {
		c.sortAsked(s)
	}
	c.offer(h, s, layer, asked)
	return h
}

// out reports whether nobody is in line, though somebody should be.
func (l *line) out() bool { return l.n == 0 && l.more }

// offer makes the first of a group h, unless h leaves before it.
func (c *Cache) offer(h *head, s *shelf, layer, group int) {
	if s.next[group].n == 0 {
		return
	}
	first := &s.next[group].first[0]
	value, tier := first.rank, c.rule.tiers[group]
	any := h.expert >= 0
	if any && (tier > h.tier || tier == h.tier && c.rule.raises && value > h.value) {
		return
	}
	if c.rule.across != nil {
		value = c.rule.across(c, layer, value, group)
	}
	if !any || tier < h.tier || value < h.value || value == h.value && first.stamp < h.stamp {
		h.value, h.stamp, h.expert, h.tier = value, first.stamp, first.expert, tier
	}
}

// group is the one that a copy leaves with.
func (c *Cache) group(e *slot) int {
	switch {
	case e.asked == c.step:
		return asked
	case e.pass >= c.favour:
		return favoured
	default:
		return plain
	}
}

// sort lines up who leaves first of each group of a layer, but for the asked one.
func (c *Cache) sort(s *shelf) {
	s.next[plain].clear()
	s.next[favoured].clear()
	for i := range s.slots {
		e := &s.slots[i]
		if group := c.group(e); group != asked && e.pins == 0 {
			s.next[group].join(e)
		}
	}
}

// sortAsked lines up those that the last gate asked for.
func (c *Cache) sortAsked(s *shelf) {
	l := &s.next[asked]
	l.clear()
	for i := range s.slots {
		if e := &s.slots[i]; e.asked == c.step && e.pins == 0 {
			l.join(e)
		}
	}
}

// settle lines up what the last gate asked for with the others of its layer, where their
// lines are known.
func (c *Cache) settle() {
	for i := range c.pools {
		p := &c.pools[i]
		h, s := &p.heads[c.cursor], &p.shelves[c.cursor]
		if h.stale {
			continue
		}
		h.valued = false
		s.next[asked].clear()
		for _, id := range c.gate {
			if at := c.entry(c.cursor, id).at[i]; at != 0 && s.slots[at-1].pins == 0 {
				s.next[c.group(&s.slots[at-1])].join(&s.slots[at-1])
			}
		}
	}
	c.gate = c.gate[:0]
}

// changed says that a copy came or changed, and moves it to its place in line.
func (c *Cache) changed(p *pool, layer int, e *slot) {
	h, s := &p.heads[layer], &p.shelves[layer]
	h.valued = false
	if h.stale {
		return
	}
	s.leave(e.expert)
	if e.pins == 0 {
		s.next[c.group(e)].join(e)
	}
}

func (l *line) clear() { l.n, l.more, l.stale = 0, false, false }

// join puts e into its place in line. What comes after all of a full line, or of one that
// does not know who is next, is not listed.
func (l *line) join(e *slot) {
	if l.stale {
		return
	}
	i := l.n
	for ; i > 0 && l.first[i-1].after(e); i-- {
	}
	if i == depth || i == l.n && l.more {
		l.more = true
		return
	}
	if l.n == depth {
		l.more = true
		l.n--
	}
	copy(l.first[i+1:l.n+1], l.first[i:l.n])
	l.first[i] = candidate{e.rank, e.stamp, e.expert}
	l.n++
}

// after reports whether c leaves after e.
func (c *candidate) after(e *slot) bool {
	return e.rank < c.rank || e.rank == c.rank && e.stamp < c.stamp
}

// leave takes an expert out of the line that it is in.
func (s *shelf) leave(expert int32) {
	for group := range s.next {
		l := &s.next[group]
		for i := range l.n {
			if l.first[i].expert == expert {
				l.n--
				copy(l.first[i:l.n], l.first[i+1:l.n+1])
				return
			}
		}
	}
}
