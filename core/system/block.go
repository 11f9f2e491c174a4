package system

import (
	"slices"

	"monde/core/bound"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/unit"
	"monde/core/workload"
)

// block runs one block of a pass: MoE block number moe of its stack if it has
// experts.
func (r *run) block(p pass, block, moe int, has bool) {
	index := p.first + block
	r.mark = probe.Span{Pass: p.number, Layer: int32(index)}
	l := r.open()
	mine, t := own(r.s, p) // of one GPU, if there are several
	k, scope := &r.parts.kernels, r.s.Workload.Scope
	whole := scope == workload.WholeModel
	if whole || scope == workload.Attending {
		r.attend(l, mine, block)
	}
	switch {
	case scope == workload.Attending:
		r.settle(l)
		r.tally.layer(index, l, nil)
		return
	case scope == workload.OneCopy:
		r.copy(l)
		r.tally.layer(index, l, nil)
		return
	case !has:
		r.gpu(l, probe.DenseFFN, k.denseFFN(t))
		r.settle(l)
		r.pad(l, r.s.Machine.GPU.Floor)
		r.tally.layer(index, l, nil)
		return
	case whole:
		r.gpu(l, probe.Gate, k.gate(t))
	}
	r.route(p, moe)
	r.place(p, moe)
	r.charge(l, p)
	r.foresee(p, moe)
	r.experts.since = 0
	if r.delivered >= 0 {
		r.experts.since = r.now - r.delivered
	}
	r.exchange(l, probe.LinkOut)
	took := r.level.run(&r.experts, r.now, r.emits)
	r.defers()
	r.kept(p, moe)
	r.behind(took.time)
	r.delivered = r.now + r.experts.start + r.experts.late(took)
	r.now += took.time
	l.took.plus(took)
	r.exchange(l, probe.LinkIn)
	if whole {
		r.gpu(l, probe.Combine, k.combine(t))
		r.pad(l, r.s.Machine.GPU.MoEFloor)
	}
	r.tally.layer(index, l, &r.experts)
}

// open returns an empty ledger, in place of the one before.
func (r *run) open() *ledger {
	r.ledger = ledger{bound: bound.Layer{Serial: r.ledger.bound.Serial[:0]}}
	return &r.ledger
}

// alone runs what nothing runs beside but what comes ahead of need.
func (r *run) alone(l *ledger, on probe.Resource, w probe.Work, t unit.Time) {
	r.emit(probe.Span{Resource: on, Work: w, Expert: -1, Start: r.now, End: r.now + t})
	r.now += t
	r.idle(l, r.now-t, r.now)
	l.took.on(on, t)
}

// gpu runs a part that nothing runs beside but what comes ahead of need, or is late.
func (r *run) gpu(l *ledger, w probe.Work, x part) {
	t := r.parts.compute(x.cost)
	r.alone(l, probe.GPU, w, t)
	l.took.busy[r.experts.carriedOn] += r.beside(r.now-t, r.now)
	l.bound.Serial = append(l.bound.Serial, load(x.work))
}

// pad waits for the launches of a block whose kernels are shorter.
func (r *run) pad(l *ledger, floor unit.Time) {
	wait := floor - l.took.busy[probe.GPU]
	if wait <= 0 {
		return
	}
	r.emit(probe.Span{Resource: probe.CPU, Work: probe.Launch, Expert: -1, Start: r.now, End: r.now + wait})
	r.now += wait
	l.took.on(probe.CPU, wait)
}

// copy moves the weights of one expert, and does nothing else.
func (r *run) copy(l *ledger) {
	b := r.s.Model.ExpertBytes()
	t := r.parts.within(r.parts.link.Copy(b), maxService, "machine.link", "PMove of one expert")
	r.emit(probe.Span{Resource: probe.LinkIn, Work: probe.PMove, Expert: 0, Start: r.now, End: r.now + t})
	r.now += t
	l.took.on(probe.LinkIn, t)
	l.took.carried[probe.LinkIn] = b
	l.bound.ExpertBytes, l.bound.Experts = b, append(r.loads[:0], bound.Expert{Moved: true})
}

// head runs the output head, which is no layer.
func (r *run) head(p pass) {
	r.mark = probe.Span{Pass: p.number, Layer: -1}
	l := r.open()
	mine, _ := own(r.s, p)
	r.gpu(l, probe.Head, r.parts.kernels.head(mine.span.Batch*r.s.Strategy.Batching.Micro))
	r.tally.whole(l, r.tally.rates.Time(l.bound))
}

// route fills r.tokens and what the policy may know.
func (r *run) route(p pass, moe int) {
	if r.s.Workload.Scope == workload.OneExpert {
		clear(r.tokens)
		r.tokens[0] = int32(p.route.Tokens)
	} else {
		r.look(p, moe)
	}
	if whole && r.spread != nil {
		r.spread.note(r.layer(p, moe), r.tokens)
	}
	r.static(r.tokens, p)
	r.classify(p, moe)
	r.experts.active = policy.ByNumber(r.experts.active[:0], r.tokens)
	r.parts.view(&r.view, r.experts.active, r.tokens)
	r.cheapen()
}

// place has the policy decide, and derives what the experts of this layer have to
// do.
func (r *run) place(p pass, moe int) {
	e := &r.experts
	r.gate(p, moe)
	r.hold(p, moe)
	r.deferral(p, moe)
	placer := r.steps
	if p.route.Input {
		placer = r.input
	}
	e.sites = placer.Place(e.sites[:0], &r.view)
	e.tokens, e.gpu, e.near = r.tokens, r.view.GPU, r.view.Near
	r.busiest = append(r.busiest[:0], e.active...)
	policy.Busier(r.busiest, r.tokens)
	e.order = append(e.order[:0], r.busiest...)
	r.s.Strategy.First.Sort(e.order, r.tokens, e.left)
	r.resume(r.layer(p, moe))
	r.lower()
	r.share(p, moe)
	e.shared = 0
	if r.s.Workload.Scope == workload.WholeModel {
		_, t := own(r.s, p)
		e.shared = r.parts.compute(r.parts.kernels.shared(t).cost)
	}
	r.parts.burden(e, p.route.Tokens)
}

// charge adds the least that the experts of a layer take to the bound: at the
// sites that the strategy fixes, or, where it splits them between GPU and device,
// at whatever split is best.
func (r *run) charge(l *ledger, p pass) {
	e, m := &r.experts, &r.s.Model
	if r.s.Workload.Scope == workload.WholeModel {
		_, t := own(r.s, p)
		l.bound.GPU = load(r.parts.kernels.shared(t).work)
	}
	if whole && r.spread != nil {
		l.bound.Apart = r.apart()
		return
	}
	each, token := m.Expert(1), m.TokenBytes()
	l.bound.ExpertBytes = e.weights
	if e.low != nil && e.where != probe.GPU { // any may be a twin at home
		l.bound.ExpertBytes = e.twinBytes
	}
	l.bound.Flash = e.read > 0
	l.bound.Split, l.bound.Stack = r.s.Strategy.Splits(), r.parts.inPlace()
	l.bound.Home = bound.Device
	if e.where == probe.CPU {
		l.bound.Home = bound.Host
	}
	l.bound.Experts = r.loads[:0]
	r.ids = e.at(r.ids[:0], policy.Near)
	now, _ := e.now(r.ids)
	for _, id := range r.busiest {
		if slices.Contains(r.ids[now:], id) {
			continue // it is left for the next layer
		}
		flops := unit.FLOPs(e.tokens[id]) * each.FLOPs
		part := e.left != nil && e.left[id] > 0 || e.low != nil && e.low[id] && e.sites[id] == policy.Moved // of its weights cross the link
		if l.bound.Split && !l.bound.Stack && (part || e.sites[id] == policy.Resident) {                    // it cannot be split, and need not move as a whole
			l.bound.GPU.FLOPs += flops
			continue
		}
		l.bound.Experts = append(l.bound.Experts, bound.Expert{
			FLOPs: flops, GPUBytes: each.Bytes, Moved: e.sites[id] == policy.Moved && !e.ahead && !part, Near: e.sites[id] == policy.Near,
			Activations: unit.Bytes(e.tokens[id]) * token,
		})
	}
	r.loads = l.bound.Experts
}

// ledger is what one block did, and the least that it had to.
type ledger struct {
	took  outcome
	bound bound.Layer
}

func load(w model.Work) bound.Load { return bound.Load{FLOPs: w.FLOPs, Bytes: w.Bytes} }
