package system

import (
	"monde/core/bound"
	"monde/core/fault"
	"monde/core/gpu"
	"monde/core/link"
	"monde/core/policy/place"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// spread is expert parallelism: each of several GPUs has some of every layer's experts,
// and some of the sequences. Tokens go to the GPUs that have their experts, and come
// back (Towards MoE Deployment, 2303.06182). The GPU that takes longest is waited for.
type spread struct {
	of     [][]int32 // device of each expert, by MoE block over both stacks
	peer   link.Peer
	static bool // every expert gets as many tokens: none has to be told how many

	on     []int64    // tokens of each device, in the layer at hand
	sent   unit.Bytes // that the busiest device gets from others, and sends back
	shares float64    // of the busiest device, summed
	worst  float64    // of them
	layers int
}

// newSpread places experts; nil if there is one GPU.
func (r *run) newSpread(stop fault.Stop) (*spread, error) {
	s := r.s
	if !whole || !s.Several() {
		return nil, nil
	}
	history, err := r.history(stop)
	if err != nil {
		return nil, err
	}
	x := &spread{
		of: make([][]int32, max(1, s.Model.MoEBlocks())), peer: s.Machine.Peer,
		static: s.Strategy.Batching.Capacity > 0, on: make([]int64, s.Machine.GPUs),
	}
	for layer := range x.of {
		v := place.View{Experts: s.Model.Experts, Devices: s.Machine.GPUs}
		if history != nil {
			v.History = history[layer]
		}
		x.of[layer] = s.Strategy.Placement.Place(nil, v)
	}
	return x, nil
}

// history returns the tokens of every expert in profiling passes, by layer: the experts
// are those of the run, the tokens are not. Nil where placement does not ask.
func (r *run) history(stop fault.Stop) ([][][]int32, error) {
	st := r.s.Strategy
	if !st.Placement.Learns() {
		return nil, nil
	}
	if err := r.tooLong(); err != nil {
		return nil, err
	}
	all := make([][][]int32, max(1, r.s.Model.MoEBlocks()))
	note := func(p pass, moe int, tokens []int32) {
		layer := r.layer(p, moe)
		all[layer] = append(all[layer], tokens)
	}
	for i := range st.Profile {
		router, _, err := workload.NewRehearsal(r.s.Workload, r.s.Model, r.s.Seed, r.s.Seed+profileSeed+uint64(i), r.s.Traces)
		if err != nil {
			return nil, fault.In("workload", err)
		}
		for _, n := range r.plan.sample(i) {
			r.rehearse(router, r.plan.at(n), note)
		}
		if err := stop.Err(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// sample returns the numbers of one pass of each kind that p has: its input pass, and a
// step, another one for each i.
func (p plan) sample(i int) []int {
	switch {
	case p.output == 0:
		return []int{0}
	case p.input:
		return []int{0, 1 + i%p.output}
	default:
		return []int{i % p.output}
	}
}

// loads adds up which device gets how many of a layer's tokens.
func (x *spread) loads(of, tokens []int32) (most, all int64) {
	clear(x.on)
	for id, t := range tokens {
		x.on[of[id]] += int64(t)
		all += int64(t)
	}
	for _, n := range x.on {
		most = max(most, n)
	}
	return most, all
}

// note counts what tokens chose, before static gating pads it.
func (x *spread) note(layer int, tokens []int32) {
	if most, all := x.loads(x.of[layer], tokens); all > 0 {
		share := float64(most) / float64(all)
		x.shares, x.worst = x.shares+share, max(x.worst, share)
		x.layers++
	}
}

// exchanged returns how many bytes the busiest device gets from the others, each of
// which has as many of the tokens as any: no device sends more.
func (x *spread) exchanged(of, tokens []int32, token unit.Bytes) unit.Bytes {
	most, _ := x.loads(of, tokens)
	devices := int64(len(x.on))
	return unit.Bytes((most*(devices-1)+devices-1)/devices) * token
}

// share places the experts of the layer at hand.
func (r *run) share(p pass, moe int) {
	if x := r.spread; whole && x != nil {
		of := x.of[r.layer(p, moe)]
		r.experts.device, x.sent = of, x.exchanged(of, r.tokens, r.s.Model.TokenBytes())
	}
}

// exchange sends tokens to the GPUs that have their experts, or results back. Unless
// gating is static, how many come is sent before tokens are.
func (r *run) exchange(l *ledger, over probe.Resource) {
	x := r.spread
	if !whole || x == nil {
		return
	}
	t := x.peer.Exchange(x.sent)
	if over == probe.LinkOut && !x.static {
		t = t.Plus(x.peer.Latency)
	}
	t = r.parts.within(t, maxService, "machine.peer", "one exchange between GPUs")
	r.alone(l, over, probe.AllToAll, t)
	l.took.carried[over] += x.sent
	l.bound.Exchanged = x.sent
}

// apart returns the least that the experts of each GPU take.
func (r *run) apart() []bound.Load {
	all := make([]bound.Load, len(r.spread.on))
	for _, id := range r.busiest {
		w := r.s.Model.Expert(int(r.experts.tokens[id]))
		on := &all[r.experts.device[id]]
		on.FLOPs += w.FLOPs
		on.Bytes += w.Bytes
	}
	return all
}

// slowest returns how long the busiest GPU takes for its experts.
func (p *parts) slowest(e *experts, batch int) unit.Time {
	var most unit.Time
	for d := range int32(p.gpus) {
		most = max(most, p.compute(p.on(d, e, batch)))
	}
	return most
}

// on returns what the experts of one GPU cost, in a pass of batch tokens.
func (p *parts) on(device int32, e *experts, batch int) gpu.Cost {
	p.grouped = p.grouped[:0]
	var got int
	var looped gpu.Cost
	for _, id := range e.active {
		if e.device[id] != device {
			continue
		}
		t := e.tokens[id]
		got += int(t)
		p.grouped = append(p.grouped, t)
		if p.style == gpu.Looped {
			looped = looped.Plus(p.expert(int(t)))
		}
	}
	if p.style == gpu.Looped || got == 0 {
		return looped
	}
	return p.gpu.Experts(gpu.Group{
		FFN: p.kernels.expert, Tokens: p.grouped, Batch: min(batch, got), TopK: p.model.TopK, Experts: p.held,
	})
}

// placement says how well experts were spread; nil for one GPU.
func (r *run) placement() *report.Placement {
	x := r.spread
	if !whole || x == nil {
		return nil
	}
	return &report.Placement{
		Devices: len(x.on), Experts: r.s.Each(r.s.Model.Experts),
		BusiestShare: x.shares / float64(max(1, x.layers)), WorstShare: x.worst,
	}
}

// own returns what one GPU has of a pass outside its experts: the sequences of the one
// with the most.
func own(s scenario.Scenario, p pass) (pass, int) {
	if s.Several() {
		p.span.Batch = s.Each(p.span.Batch)
	}
	return p, p.span.All() * s.Strategy.Batching.Micro
}
