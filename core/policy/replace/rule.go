package replace

import (
	"math"
	"slices"
)

// A rule is a policy: experts leave by tier of their group, lowest value first, and among
// equals the least recently accessed first. Values compare experts of all layers, ranks
// those of one, in the same order.
type rule struct {
	rank    func(c *Cache, r *record) float64
	across  func(c *Cache, layer int, rank float64, group int) float64 // nil: the rank
	favours int32                                                      // those used in so many passes before this, or in it; nobody
	tiers   [groups]int16
	raises  bool // no value is below its rank
	forgets bool // counts anew in each sequence
	decays  bool // every gate of a layer changes all of its ranks
}

// nobody is favoured.
const nobody = -1

// favourSince returns the first pass whose experts are favoured.
func (r *rule) favourSince(c *Cache) int32 {
	if r.favours == nobody {
		return math.MaxInt32
	}
	return max(1, c.pass-r.favours)
}

// once are the tiers of policies that tell plain from favoured by value alone.
var once = [groups]int16{plain: 0, favoured: 0, asked: 2}

func ruleOf(s Spec) rule {
	r := rule{tiers: once, favours: nobody, rank: func(*Cache, *record) float64 { return 0 }}
	switch s.Name {
	case LFU:
		r.rank = uses
	case SeqLFU:
		r.rank, r.forgets = uses, true
	case LIFO:
		r.rank, r.favours, r.tiers = lastIn, 0, [groups]int16{plain: 0, favoured: 1, asked: 2}
	case Hobbit:
		r.rank, r.across, r.forgets = hobbitRank, hobbitValue, true
	case LCU:
		// The last forward pass is the one before this, and this one where it has been.
		r.rank, r.across, r.favours, r.raises, r.forgets = lcuRank, lcuValue, 1, true, true
	case EdgeMoE:
		r.rank, r.across = uses, edgeValue
	case MRS:
		r.rank, r.decays = total, true
	case Activation:
		r.rank, r.across, r.forgets = activationRank, activationValue, true
	case Benefit:
		r.rank = total
	}
	return r
}

// uses is how many passes asked for an expert, whether it was there or not.
func uses(_ *Cache, r *record) float64 { return float64(r.uses) }

// total is HybriMoE's S, or the time that DynaNDE's LFU counts: what experts save in all,
// PIM_time - (NPU_time + load).
func total(_ *Cache, r *record) float64 { return r.sum }

// lastIn is Expert Buffering's order (2303.06182, VI-B): the last in leaves first. Those
// that the pass asked for leave after the others.
func lastIn(_ *Cache, r *record) float64 { return -float64(r.in) }

// ahead is how many layers later a layer runs than the one that runs now, 0 for itself;
// behind how many before.
func (c *Cache) ahead(layer int) int  { return c.round(layer - c.cursor) }
func (c *Cache) behind(layer int) int { return c.round(c.cursor - layer) }

func (c *Cache) round(layers int) int {
	if layers < 0 {
		return layers + c.layers
	}
	return layers
}

// distance is the one that the Spec's reading takes.
func (c *Cache) distance(layer int) float64 {
	if c.spec.Reading == Printed {
		return float64(c.behind(layer))
	}
	return float64(c.ahead(layer))
}

// HOBBIT, equation 3: p = w_lru·R/T + w_lfu·F/T + w_lhu·H/T + w_fld·(1 - D/l_n), the lowest
// leaves. T is the same for all, so that p·T has the same order.
func hobbitRank(c *Cache, r *record) float64 {
	s := &c.spec
	return float64(s.Recency*float64(r.last)) + float64(s.Frequency*float64(r.uses)) + float64(s.HighUses*float64(r.high))
}

func hobbitValue(c *Cache, layer int, rank float64, _ int) float64 {
	near := 1 - c.distance(layer)/float64(c.layers)
	return rank + float64(float64(c.pass)*float64(c.spec.Nearness*near))
}

// MoE-APEX, equations 3 and 4: C = H + (B_l/B_h)·L, and p = C/T, plus 1/D if the expert was
// used in the last forward pass, with D = distance + 0.1; the lowest leaves. Again p·T.
func lcuRank(c *Cache, r *record) float64 {
	return float64(r.high) + float64(c.spec.LowCost*float64(r.low))
}

func lcuValue(c *Cache, layer int, rank float64, group int) float64 {
	if group == plain {
		return rank
	}
	return rank + float64(c.pass)/(c.distance(layer)+0.1)
}

// EdgeMoE evicts the highest L = -f/D. As printed D is the distance behind the layer that
// runs; its text says that layers far ahead go first. The layer itself, for which both
// are 0, is a whole round away.
func edgeValue(c *Cache, layer int, rank float64, _ int) float64 {
	d := c.distance(layer)
	if d == 0 {
		d = float64(c.layers)
	}
	return rank / d
}

// MoE-Infinity evicts the lowest (a/n + eps)·(1 - layer/L), where a of the n tokens of the
// request's row activated the expert. As quoted elsewhere it is n/((a + eps)(1 - layer/L)),
// which evicts the most active: Printed.
func activationRank(c *Cache, r *record) float64 {
	if c.spec.Reading == Printed {
		return -r.tokens
	}
	return r.tokens
}

func activationValue(c *Cache, layer int, rank float64, _ int) float64 {
	early := 1 - float64(layer)/float64(c.layers)
	n := float64(max(1, c.rows[layer]))
	if c.spec.Reading == Printed {
		return n / float64((c.spec.Epsilon-rank)*early)
	}
	return float64((rank/n + c.spec.Epsilon) * early)
}

// decay is HybriMoE's equation 3 for every expert of a layer: S = a·TopP(s) + (1-a)·S,
// where TopP leaves the p highest scores and makes the rest 0.
func (c *Cache) decay(layer int, scored []Use) {
	keep := 1 - c.spec.Smoothing
	row := c.records[layer*c.experts : (layer+1)*c.experts]
	for i := range row {
		row[i].sum = float64(keep * row[i].sum)
	}
	least, ties := c.topScores(scored)
	for i := range scored {
		u := &scored[i]
		if u.Score == least {
			ties--
		}
		if u.Score > least || u.Score == least && ties >= 0 {
			row[u.Expert].sum += float64(c.spec.Smoothing * u.Score)
		}
	}
	for i := range row {
		c.entries[layer*c.experts+i].rank = row[i].sum
	}
	for i := range c.pools {
		slots := c.pools[i].shelves[layer].slots // whose order is stale since the gate
		for j := range slots {
			slots[j].rank = row[slots[j].expert].sum
		}
	}
}

// topScores returns the least score among the p highest, and how many of exactly that
// much are among them, in the order of scored.
func (c *Cache) topScores(scored []Use) (least float64, ties int) {
	c.scores = c.scores[:0]
	asked := 0
	for i := range scored {
		c.scores = append(c.scores, scored[i].Score)
		if scored[i].Tokens > 0 {
			asked++
		}
	}
	p := asked * c.spec.TopScores
	if p >= len(scored) {
		return -1, 0 // all
	}
	if p == 0 {
		return 2, 0 // none
	}
	slices.Sort(c.scores)
	least = c.scores[len(c.scores)-p]
	for _, s := range c.scores[len(c.scores)-p:] {
		if s == least {
			ties++
		}
	}
	return least, ties
}
