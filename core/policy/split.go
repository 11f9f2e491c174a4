package policy

import "monde/core/unit"

// cheaper puts each missed expert where it takes less time by itself, transfers
// included: Fiddler (2402.07033, ICLR 2025).
type cheaper struct{}

var _ Placer = cheaper{}

// Place implements Placer.
func (cheaper) Place(dst []Site, v *View) []Site {
	start := len(dst)
	dst = everyone{Near}.Place(dst, v)
	for id, site := range dst[start:] {
		if site == Near && v.Latency+v.move(int32(id))+v.GPU[id] < 2*amove(v, int64(v.Tokens[id]))+v.Near[id] {
			dst[start+id] = Moved
		}
	}
	return dst
}

// timelines fills the GPU, the link and home at once: the link brings the busiest
// missed expert, home takes the lightest, whichever would end first; last, home helps
// with what the GPU holds (HybriMoE, DAC 2025).
type timelines struct{ order, held []int32 }

var _ Placer = (*timelines)(nil)

// Place implements Placer.
func (p *timelines) Place(dst []Site, v *View) []Site {
	order, gpu := missed(p.order[:0], v)
	p.order = order
	start := len(dst)
	dst = everyone{Near}.Place(dst, v)
	sites := dst[start:]
	link := v.Busy
	home := 2 * v.Latency // of AMove, there and back
	for first, last := 0, len(order)-1; first <= last; {
		busiest, lightest := order[first], order[last]
		came := max(link, v.Latency) + v.move(busiest)
		moved := max(came, gpu) + v.GPU[busiest]
		there := v.Near[lightest] + 2*unit.Time(v.Tokens[lightest])*v.Token
		if moved < home+there {
			link, gpu = came, moved
			sites[busiest] = Moved
			first++
		} else {
			home += there
			last--
		}
	}
	p.help(sites, v, gpu, home)
	return dst
}

// help has home compute what the GPU holds, the lightest first, while that ends both
// sooner.
func (p *timelines) help(sites []Site, v *View, gpu, home unit.Time) {
	p.held = ByTokens(p.held[:0], v.Tokens)
	for i := len(p.held) - 1; i >= 0; i-- {
		id := p.held[i]
		if sites[id] != Resident {
			continue
		}
		if home+v.Near[id] >= gpu {
			return
		}
		home += v.Near[id]
		gpu -= v.GPU[id]
		sites[id] = Near
	}
}
