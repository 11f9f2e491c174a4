// Package place decides which of several GPUs has which expert of a layer, before a run
// and for all of it: expert parallelism.
//
// Experts are spread by number, or balanced by what passes of other tokens asked for
// (Towards MoE Deployment, arXiv 2303.06182, section VII). It leaves out copies of an
// expert on several GPUs, and moving experts while a run goes on.
package place

import "monde/core/internal/order"

// Name is a way to place experts. The zero Name is ByID.
type Name string

// Ways to place experts.
const (
	ByID           Name = "id"              // in blocks, as models number them
	Greedy         Name = "greedy"          // the busiest first, each to the GPU with the least load
	AntiCorrelated Name = "anti_correlated" // the same, and apart from experts that are busy when it is
)

// Names returns every Name.
func Names() []Name { return []Name{ByID, Greedy, AntiCorrelated} }

// Plain returns the zero Name for what it stands for.
func (n Name) Plain() Name {
	if n == ByID {
		return ""
	}
	return n
}

// Learns reports whether n looks at a history.
func (n Name) Learns() bool { return n == Greedy || n == AntiCorrelated }

// View is what a placement may know.
type View struct {
	Experts, Devices int       // of the layer; at least 1
	History          [][]int32 // tokens of each expert, a row a pass of other tokens
}

// Room returns how many experts a device has at most.
func (v View) Room() int { return (v.Experts + v.Devices - 1) / v.Devices }

// Place appends to dst the device of each expert, of which none has more than v.Room().
// It keeps no reference to v. Ties are decided by number.
func (n Name) Place(dst []int32, v View) []int32 {
	if !n.Learns() {
		for id := range v.Experts {
			dst = append(dst, int32(id*v.Devices/v.Experts))
		}
		return dst
	}
	start := len(dst)
	dst = append(dst, make([]int32, v.Experts)...)
	b := newBalance(v, n == AntiCorrelated)
	for _, id := range b.busiest() {
		d := b.cheapest(id)
		b.put(id, d)
		dst[start+int(id)] = int32(d)
	}
	return dst
}

// balance is a placement that is being made.
type balance struct {
	view   View
	load   []int64     // tokens of each expert
	total  int64       // of all
	on     []device    // so far
	shares [][]float64 // of each pass's tokens, a row an expert; nil: they do not count
}

type device struct {
	experts int
	load    int64
	shares  []float64 // of each pass's tokens
}

func newBalance(v View, correlated bool) *balance {
	b := &balance{view: v, load: make([]int64, v.Experts), on: make([]device, v.Devices)}
	for _, pass := range v.History {
		for id, t := range pass {
			b.load[id] += int64(t)
			b.total += int64(t)
		}
	}
	if correlated {
		b.correlate()
	}
	return b
}

// correlate has shares of passes count.
func (b *balance) correlate() {
	v := b.view
	b.shares = make([][]float64, v.Experts)
	for id := range b.shares {
		b.shares[id] = make([]float64, len(v.History))
	}
	for d := range b.on {
		b.on[d].shares = make([]float64, len(v.History))
	}
	for p, pass := range v.History {
		var all int64
		for _, t := range pass {
			all += int64(t)
		}
		for id, t := range pass {
			b.shares[id][p] = float64(t) / float64(max(1, all))
		}
	}
}

// busiest returns all experts, the one with the most tokens first.
func (b *balance) busiest() []int32 {
	ids := make([]int32, b.view.Experts)
	for i := range ids {
		ids[i] = int32(i)
	}
	order.By(ids, func(x, y int32) bool {
		return b.load[x] > b.load[y] || b.load[x] == b.load[y] && x < y
	})
	return ids
}

// cheapest returns the device with room that costs least for an expert, the first among
// equals.
func (b *balance) cheapest(id int32) int {
	best, least := -1, 0.0
	for d := range b.on {
		if b.on[d].experts == b.view.Room() {
			continue
		}
		if c := b.cost(id, d); best < 0 || c < least {
			best, least = d, c
		}
	}
	return best
}

// Weight is what correlation counts for, beside a load in fair shares (2303.06182 gives
// the weight and not the unit of the load).
const Weight = 0.5

// cost is what device d has already, 1 where that is its fair share of all tokens; and
// how much an expert's tokens come together with its.
func (b *balance) cost(id int32, d int) float64 {
	c := float64(b.on[d].load) * float64(b.view.Devices) / float64(max(1, b.total))
	if b.shares == nil {
		return c
	}
	return c + float64(Weight*pearson(b.shares[id], b.on[d].shares))
}

func (b *balance) put(id int32, d int) {
	x := &b.on[d]
	x.experts++
	x.load += b.load[id]
	for p := range x.shares {
		x.shares[p] += b.shares[id][p]
	}
}
