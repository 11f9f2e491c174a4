package predict

import "math/bits"

// firstOrder is a naive Bayes classifier: what is the target likely to ask for, given
// each of the experts chosen now? Of target expert j it scores
//
//	log P(j) + Σ over chosen i of log P(i | j), P(i | j) = (n_ij + ½)/(n_j + 1)
//
// where n counts tokens. Summing P(j | i) instead finds 5 to 10 points less of what
// traces ask for (docs/decisions.md). Logarithms are of base 2, in integers.
type firstOrder struct {
	logs    []int32
	experts int
	counts  []int32 // n_ij, by target layer, expert at Layer, expert at Target
	weights []int32 // log(2n_ij + 1), the same
	seen    []prior // by target layer and expert at Target
	scores  []int32
	rank    *ranking
}

// A prior is what one expert of a target starts from.
type prior struct {
	n    int32
	log  int32 // log(2n + 1)
	each int32 // log(n + 1), which every chosen expert costs
}

var _ Predictor = (*firstOrder)(nil)

func newFirstOrder(_ Spec, layers, experts int) Predictor {
	return &firstOrder{
		logs: newLogs(), experts: experts, counts: make([]int32, layers*experts*experts), weights: make([]int32, layers*experts*experts),
		seen:   make([]prior, layers*experts),
		scores: make([]int32, experts), rank: newRanking(experts),
	}
}

func (*firstOrder) Begin(bool) {}

// row is where the pairs of one expert at Layer begin.
func (f *firstOrder) row(target int, from int32) int {
	return (target*f.experts + int(from)) * f.experts
}

// Learn implements Predictor.
func (f *firstOrder) Learn(v *View) {
	if len(v.Chosen) == 0 {
		return
	}
	for _, to := range v.Truth {
		n := f.seen[v.Target*f.experts+int(to)].n + 1
		f.seen[v.Target*f.experts+int(to)] = prior{n, f.log(2*n + 1), f.log(n + 1)}
	}
	for _, from := range v.Chosen {
		at := f.row(v.Target, from)
		for _, to := range v.Truth {
			pair := at + int(to)
			f.counts[pair]++
			f.weights[pair] = f.log(2*f.counts[pair] + 1)
		}
	}
}

// Predict implements Predictor. Experts that the target has never asked for are not
// expected. Factors of ½, the same for all experts, are left out.
func (f *firstOrder) Predict(dst []int32, v *View) []int32 {
	if len(v.Chosen) == 0 {
		return dst
	}
	scores := f.scores
	seen := f.seen[v.Target*f.experts:][:len(scores)]
	for to := range seen {
		scores[to] = seen[to].log - int32(len(v.Chosen))*seen[to].each
	}
	for _, from := range v.Chosen {
		row := f.weights[f.row(v.Target, from):][:len(scores)]
		for to, w := range row {
			scores[to] += w
		}
	}
	for to := range seen {
		f.rank.scores[to] = 0
		if seen[to].n > 0 {
			f.rank.scores[to] = float64(scores[to]) + lowest
		}
	}
	return f.rank.best(dst, v.Count)
}

// lowest makes every score positive.
const lowest = 1 << 40

// Logarithms of base 2, in units of 2⁻¹⁴, of whole numbers: exact to a unit below 2^12,
// and to 2⁻¹¹ above.
const (
	logBits  = 14
	logTable = 1 << 12
)

// newLogs returns the logarithms of 0 (as if of 1) to 2^12 - 1, by squaring.
func newLogs() []int32 {
	logs := make([]int32, logTable)
	for n := 1; n < logTable; n++ {
		whole := bits.Len(uint(n)) - 1
		x, log := uint64(n)<<(31-whole), int32(whole) // 1 to 2 in units of 2⁻³¹
		for range logBits {
			x = x * x >> 31
			log <<= 1
			if x >= 1<<32 {
				x >>= 1
				log |= 1
			}
		}
		logs[n] = log
	}
	return logs
}

// log returns log2(n).
func (f *firstOrder) log(n int32) int32 {
	if n < logTable {
		return f.logs[n]
	}
	shift := bits.Len32(uint32(n)) - bits.Len32(logTable-1)
	return f.logs[n>>shift] + int32(shift)<<logBits
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

func newPaths(s Spec, layers, experts int) Predictor {
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
