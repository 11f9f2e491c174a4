package policy

import (
	"math"
	"slices"

	"monde/core/unit"
)

// balance is MD+LB: the H busiest experts go to the GPU, the rest are computed
// where they live, both at once (MoNDE, DAC 2024, equations 3 and 4).
type balance struct {
	spec  Spec
	alpha float64
	order []int32
	busy  unit.Time // of the GPU, with what it holds
	costs []unit.Time
}

var _ Placer = (*balance)(nil)

// Place implements Placer.
func (b *balance) Place(dst []Site, v *View) []Site {
	b.order, b.busy = missed(b.order[:0], v)
	start := len(dst)
	dst = everyone{Near}.Place(dst, v)
	for _, id := range b.order[:b.hot(v)] {
		dst[start+int(id)] = Moved
	}
	return dst
}

// hot returns H for v, whose active experts are in b.order.
func (b *balance) hot(v *View) int {
	if b.spec.AlphaMode == Exact {
		b.costs = prefixCosts(b.costs[:0], v, b.order, b.busy)
		return cheapest(b.costs)
	}
	return HotExperts(b.spec, b.alpha, v, len(b.order))
}

// HotExperts returns H = alpha · BW_link/(BW_near+BW_link) · active, rounded as
// the Spec says, at least MinHot and at most active (equation 4).
func HotExperts(s Spec, alpha float64, v *View, active int) int {
	x := float64(alpha * share(v))
	x = float64(x * float64(active))
	switch s.Rounding {
	case Floor:
		x = math.Floor(x)
	case Ceil:
		x = math.Ceil(x)
	default:
		x = math.Floor(x + 0.5)
	}
	h := active
	if x < float64(active) {
		h = int(x)
	}
	return min(max(h, s.MinHot), active)
}

// share returns BW_link / (BW_near + BW_link).
func share(v *View) float64 {
	return float64(v.LinkRate) / float64(v.LinkRate+v.NearRate)
}

// prefixCosts appends, for H = 0, 1, …, len(order), how long the layer's experts
// take with the first H of order on the GPU: the longer of the two paths. AMove
// results pass PMove on the same link, so they lengthen both. The GPU computes what it
// holds first.
func prefixCosts(dst []unit.Time, v *View, order []int32, busy unit.Time) []unit.Time {
	gpu, link := busy, unit.Time(0)
	var near [maxDevices]unit.Time // by device
	var cold int64
	devices := max(1, v.Devices)
	for _, id := range order {
		near[int(id)%devices] += v.Near[id]
		cold += int64(v.Tokens[id])
	}
	for h := 0; ; h++ {
		across := amove(v, cold)
		dst = append(dst, max(moved(v, order[:h], link, gpu), busy, across+slices.Max(near[:devices]))+across)
		if h == len(order) {
			return dst
		}
		id := order[h]
		gpu += v.GPU[id]
		link += v.move(id)
		near[int(id)%devices] -= v.Near[id]
		cold -= int64(v.Tokens[id])
	}
}

// maxDevices is how many memory devices a machine may have.
const maxDevices = 16

// moved is the path of PMove, which takes link, and of the GPU, beside each other.
func moved(v *View, hot []int32, link, gpu unit.Time) unit.Time {
	if len(hot) == 0 {
		return 0
	}
	last := v.GPU[hot[len(hot)-1]]
	return v.Latency + max(link+last, v.move(hot[0])+gpu)
}

// amove is one AMove of the given tokens; none takes no time.
func amove(v *View, tokens int64) unit.Time {
	if tokens == 0 {
		return 0
	}
	return v.Latency + unit.Time(tokens)*v.Token
}

// cheapest returns the index of the least cost, the first among equals.
func cheapest(costs []unit.Time) int {
	best := 0
	for i, c := range costs {
		if c < costs[best] {
			best = i
		}
	}
	return best
}

// tries is how many values of alpha Tune looks at, evenly from none to all experts
// moved: H moves by whole experts, or by hundredths of a larger layer.
const tries = 256

// Tune returns the alpha, from 0 to the one that moves every expert, for which
// MD+LB's layers take the least time in all over the views of profiling passes.
// Among equals it is the least.
func Tune(s Spec, views []View) float64 {
	if len(views) == 0 {
		return 1
	}
	costs := make([][]unit.Time, len(views))
	for i := range views {
		order, busy := missed(nil, &views[i])
		costs[i] = prefixCosts(nil, &views[i], order, busy)
	}
	best, least := 0.0, unit.Never
	for i := range tries + 1 {
		alpha := float64(i) / float64(tries) / share(&views[0])
		if c := total(s, alpha, views, costs); c < least {
			best, least = alpha, c
		}
	}
	return best
}

func total(s Spec, alpha float64, views []View, costs [][]unit.Time) unit.Time {
	var sum unit.Time
	for i := range views {
		sum += costs[i][HotExperts(s, alpha, &views[i], len(costs[i])-1)]
	}
	return sum
}
