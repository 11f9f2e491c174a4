package system

import (
	"monde/core/model"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
)

// attend runs the attention of a block, one micro-batch after another: on the GPU, or,
// in decoding steps, with cached keys and values on the CPU. The CPU attends to the first
// micro-batch while the GPU waits, and to the others beside the rest of the block.
func (r *run) attend(l *ledger, p pass, block int) {
	k, n := &r.parts.kernels, r.s.Strategy.Batching.Micro
	if !whole || r.s.Strategy.Attention == policy.AttendGPU || p.route.Input {
		attention := k.attention(block, p.span)
		for range n {
			r.gpu(l, probe.Attention, attention)
		}
		return
	}
	a := k.apart(block, p.span)
	took := r.parts.attending(a)
	r.gpu(l, probe.Attention, a.projections)
	r.alone(l, probe.CPU, probe.Attention, took)
	r.late = unit.Time(n-1) * took
	for range n - 1 {
		r.gpu(l, probe.Attention, a.projections)
	}
}

// apart is attention whose keys and values the GPU does not have.
type apart struct {
	projections part
	cache       unit.Bytes
	flops       unit.FLOPs
	across      unit.Bytes // queries, keys and values of new tokens to the CPU, and what they attend to back
}

// apart returns the attention of block i, cross attention included.
func (k *kernels) apart(i int, p model.Span) (a apart) {
	self := k.model.Self(k.products[:0], i, p)
	a.plus(k, self)
	k.products = self.Products[:0]
	if p.Encoded > 0 {
		cross := k.model.Cross(k.products, p)
		a.plus(k, cross)
		k.products = cross.Products[:0]
	}
	return a
}

func (a *apart) plus(k *kernels, x model.Attention) {
	a.projections.cost = a.projections.cost.Plus(k.projections(x))
	all := x.Work(k.model)
	value := k.model.ActivationBytes()
	for _, p := range x.Products {
		w := p.Work(k.model.WeightBits)
		a.projections.work = a.projections.work.Plus(w)
		all.FLOPs -= w.FLOPs
		a.across += unit.Bytes(p.Tokens) * unit.Bytes(p.Out) * value
	}
	last := x.Products[len(x.Products)-1]
	a.across += unit.Bytes(last.Tokens) * unit.Bytes(last.In-last.Out) * value
	a.cache, a.flops = a.cache+x.Cache, a.flops+all.FLOPs
}

// attending is how long the CPU attends to one micro-batch. It reads its queries from the
// GPU and writes the result there: weights on the link do not wait for so few bytes.
func (p *parts) attending(a apart) unit.Time {
	t := p.host.Attend(a.cache, a.flops).Plus(2 * p.link.Latency()).Plus(p.link.Transfer(a.across))
	return p.within(t, maxService, "machine.host", "attention to one batch on the CPU")
}

// settle waits for what the CPU still attends to.
func (r *run) settle(l *ledger) {
	if whole && r.late > 0 && r.s.Strategy.Attention == policy.AttendCPU {
		r.alone(l, r.experts.carriedOn, r.experts.carriedWork, r.late)
		r.late = 0
	}
}

// toHost moves the key-value cache to where the CPU attends to it.
func toHost(s scenario.Scenario, pools []report.Pool) []report.Pool {
	if !whole || s.Strategy.Attention == policy.AttendGPU {
		return pools
	}
	gpu, cache := pools[0], pools[0].Items[1]
	rest := append([]report.Item{gpu.Items[0]}, gpu.Items[2:]...)
	pools[0] = pool(gpu.Name, gpu.Capacity, rest)
	for i, p := range pools {
		if p.Name == "host" {
			pools[i] = pool(p.Name, p.Capacity, append(p.Items, cache))
			return pools
		}
	}
	return append(pools, pool("host", s.Machine.Host.Memory, []report.Item{cache}))
}
