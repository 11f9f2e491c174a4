package predict

// firstOrder counts, for every expert that Layer asked for, which experts Target then
// did. It expects those with the highest sum of shares over what is chosen now: the
// distribution after each expert counts the same, however busy it is.
type firstOrder struct {
	*ranking
	counts []uint32 // by target layer, expert at Layer, expert at Target
	seen   []uint32 // by target layer and expert at Layer
}

var _ Predictor = (*firstOrder)(nil)

func newFirstOrder(layers, experts int) *firstOrder {
	return &firstOrder{newRanking(experts), make([]uint32, layers*experts*experts), make([]uint32, layers*experts)}
}

func (*firstOrder) Begin(bool) {}

func (f *firstOrder) row(target int, from int32) ([]uint32, *uint32) {
	n := len(f.scores)
	at := target*n + int(from)
	return f.counts[at*n : (at+1)*n], &f.seen[at]
}

// Learn implements Predictor.
func (f *firstOrder) Learn(v *View) {
	for _, from := range v.Chosen {
		row, seen := f.row(v.Target, from)
		*seen++
		for _, to := range v.Truth {
			row[to]++
		}
	}
}

// Predict implements Predictor.
func (f *firstOrder) Predict(dst []int32, v *View) []int32 {
	clear(f.scores)
	for _, from := range v.Chosen {
		row, seen := f.row(v.Target, from)
		if *seen == 0 {
			continue
		}
		weight := 1 / float64(*seen)
		scores := f.scores[:len(row)]
		for to, n := range row {
			scores[to] += float64(weight * float64(n))
		}
	}
	return f.best(dst, v.Count)
}

// paths is EdgeMoE's dictionary (section III-C): the experts of two layers are the key,
// and experts that followed are expected in order of how often they did. It keeps the
// first so many paths of a layer, and the followers that came most lately where a path
// has had more than it keeps.
type paths struct {
	*ranking
	slots []path // by target layer
	each  int
}

type path struct {
	key   uint64 // 0: free
	heirs [followers]heir
}

type heir struct {
	expert int32
	count  uint32
}

// followers is how many experts a path remembers; a layer asks for 8 at most in the
// models that are known to route so.
const followers = 24

// probes is how far from its place a path may lie.
const probes = 8

var _ Predictor = (*paths)(nil)

func newPaths(s Spec, layers, experts int) *paths {
	return &paths{newRanking(experts), make([]path, layers*s.Paths), s.Paths}
}

func (*paths) Begin(bool) {}

// find returns the path of v; nil if it is unknown and not claimed, or has no room.
func (p *paths) find(v *View, claim bool) *path {
	key := hash(hash(1<<63, v.Before), v.Chosen) | 1
	table := p.slots[v.Target*p.each : (v.Target+1)*p.each]
	for i := range min(probes, p.each) {
		slot := &table[(int(key>>33)+i)%p.each]
		if slot.key == 0 && claim {
			slot.key = key
		}
		if slot.key == key {
			return slot
		}
		if slot.key == 0 {
			return nil
		}
	}
	return nil
}

// Learn implements Predictor.
func (p *paths) Learn(v *View) {
	if len(v.Chosen) == 0 {
		return
	}
	if slot := p.find(v, true); slot != nil {
		for _, e := range v.Truth {
			slot.follow(e)
		}
	}
}

// follow counts e; where there is no room it takes the place of the least.
func (s *path) follow(e int32) {
	least := &s.heirs[0]
	for i := range s.heirs {
		h := &s.heirs[i]
		if h.count > 0 && h.expert == e {
			h.count++
			return
		}
		if h.count < least.count {
			least = h
		}
	}
	*least = heir{e, 1}
}

// Predict implements Predictor.
func (p *paths) Predict(dst []int32, v *View) []int32 {
	slot := p.find(v, false)
	if slot == nil {
		return dst
	}
	clear(p.scores)
	for _, h := range slot.heirs {
		if h.count > 0 {
			p.scores[h.expert] = float64(h.count)
		}
	}
	return p.best(dst, v.Count)
}

// hash mixes a list of experts into h: SplitMix64's finaliser. Sets must come in one order.
func hash(h uint64, experts []int32) uint64 {
	for _, e := range experts {
		h ^= uint64(e) + 0x9e3779b97f4a7c15 + h<<6 + h>>2
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}
