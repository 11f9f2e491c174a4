package system

import (
	"slices"

	"monde/core/device"
	"monde/core/fault"
	"monde/core/gpu"
	"monde/core/host"
	"monde/core/link"
	"monde/core/model"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// The service-time models of what a strategy may choose among.
type (
	// nearby tells how long t > 0 tokens of one expert take where it lives.
	nearby func(t int) unit.Time
	// carrier tells how long a transfer occupies one direction of the link, beyond
	// the latency of one that was idle, and how long a lone copy takes.
	carrier interface {
		Latency() unit.Time
		Transfer(b unit.Bytes) unit.Time
		Copy(b unit.Bytes) unit.Time
		Rate() unit.BytesPerSecond
		Chunk() unit.Time
	}
)

var _ carrier = link.Link{}

// parts is a machine made ready for one model.
type parts struct {
	model   model.Spec
	kernels kernels
	gpu     gpu.GPU
	style   gpu.Style
	scope   workload.Scope
	link    carrier
	host    host.Host
	near    nearby         // nil where no strategy needs it
	where   probe.Resource // of near
	rate    unit.BytesPerSecond

	onGPU    memo      // by tokens
	onNear   memo      // in closed form: what a policy knows
	clocked  memo      // the same, clock by clock; only of fidelity cycle
	besides  memo      // the same while PMove reads the device, if it does
	shares   bool      // PMove does
	devices  int       // memory devices; 0 where experts live elsewhere
	gpus     int       // over which experts are spread; 0 or 1: none
	held     int       // experts of a layer that one of them has at most
	move     unit.Time // PMove of one expert
	read     unit.Time // of one expert from flash; 0 = none is there
	failed   error     // the first that took longer than Time can add up, or could not be simulated; the run ends
	clocking func(done, of int)

	clockedDone, clockedOf int // numbers of tokens of this layer that are simulated clock by clock

	grouped      []int32 // tokens of the experts at one site
	extrapolated bool    // some expert got more passes than are simulated
}

// Limits of what may be added up: a layer of 16,384 experts at most, each moved,
// computed and sent, stays far below what Time holds.
const (
	maxService = device.MaxService // one expert or transfer: 70 s
	maxPart    = 1 << 55           // one part of a block: 10 h
	maxRun     = 1 << 61           // 26 days
)

// within returns t, or limit and a note that the run must be refused: what takes
// longer, and which part of the scenario is to blame.
func (p *parts) within(t, limit unit.Time, path, what string) unit.Time {
	if t >= 0 && t <= limit {
		return t
	}
	p.fail(fault.At(path, "%s takes over %.0f s: too slow for this model and workload", what, limit.Seconds()))
	return limit
}

// fail ends the run after this layer; of several reasons, the first is told.
func (p *parts) fail(err error) {
	if p.failed == nil {
		p.failed = err
	}
}

func newParts(stop fault.Stop, s scenario.Scenario) (*parts, error) {
	p := &parts{
		model: s.Model, gpu: gpu.New(s.Machine.GPU), style: s.Machine.GPU.Experts, scope: s.Workload.Scope,
		link: link.New(s.Machine.Link), host: host.New(s.Machine.Host),
		gpus: s.Machine.GPUs, held: s.Each(s.Model.Experts),
	}
	p.kernels = newKernels(p.gpu, s.Model)
	switch {
	case s.Strategy.OnCPU():
		near := newOnHost(p.host, s)
		p.near, p.where, p.rate = near.expert, probe.CPU, near.rate()
	case s.Strategy.NearData():
		if err := p.useDevice(stop, s); err != nil {
			return nil, err
		}
	}
	if s.Strategy.Home == policy.InStack {
		p.link = inPlace{s.Machine.GPU.Bandwidth}
	}
	move := max(p.link.Transfer(s.Model.ExpertBytes()), readsDevice(s, p.link.Rate()).Transfer(s.Model.ExpertBytes()))
	if s.Strategy.Home == policy.OnFlash {
		p.read = p.within(s.Machine.Flash.Read(s.Model.ExpertBytes()), maxService, "machine.flash", "one expert from flash")
	}
	p.move = p.within(move, maxService, "machine.link", "PMove of one expert")
	p.onGPU.of = func(t int) unit.Time {
		return p.within(p.expert(t).Time, maxService, "machine.gpu", "one expert on the GPU")
	}
	p.onNear.of = func(int) unit.Time { return maxService } // no strategy asks
	if p.near != nil {
		p.onNear.of = func(t int) unit.Time {
			return p.within(p.near(t), maxService, "machine."+p.home(), "one expert where it lives")
		}
	}
	return p, nil
}

// experts returns what is the same for every layer of a run.
func (p *parts) experts(s policy.Spec) experts {
	on, work := p.where, probe.Expert
	if s.Attention == policy.AttendCPU {
		on, work = probe.CPU, probe.Attention
	}
	return experts{
		where: p.where, carriedOn: on, carriedWork: work, devices: p.devices, weights: p.model.ExpertBytes(), move: p.move, read: p.read,
		latency: p.link.Latency(), chunk: p.link.Chunk(),
		staging: s.Staging, serial: s.Serially(),
		block: s.Whole(), all: s.Fetch == policy.Every, ahead: s.Transfer == policy.Ahead,
	}
}

// home returns the part of the machine whose memory holds the experts.
func (p *parts) home() string {
	if p.where == probe.CPU {
		return "host"
	}
	return "device"
}

// expert is one of several that the GPU computes one after the other, or the only
// one.
func (p *parts) expert(t int) gpu.Cost {
	if p.scope == workload.OneExpert {
		return p.gpu.FFN(p.kernels.expert, t)
	}
	return p.gpu.Looped(p.kernels.expert, t)
}

// burden completes e, whose experts have their sites, tokens and times: what each
// really takes near the data, what the host and the GPU do for all of them, and what
// crosses the link. A pass has batch tokens.
func (p *parts) burden(e *experts, batch int) {
	p.onClock(e)
	if p.shares {
		p.crowd(e)
	}
	p.together(e, batch)
	p.launch(e)
	var cold int64
	for _, id := range e.order {
		if e.sites[id] == policy.Near {
			cold += int64(e.tokens[id])
		}
	}
	if e.sent = unit.Bytes(cold) * p.model.TokenBytes(); p.inPlace() {
		e.sent = 0
	}
	e.across = p.amove(e.sent)
}

// together gives e the time of its experts in one kernel, if GPU memory holds them all
// at once and they are computed so; and of several GPUs, what the slowest takes.
func (p *parts) together(e *experts, batch int) {
	e.together, e.joint = 0, 0
	if whole && e.device != nil {
		e.together = p.slowest(e, batch)
		return
	}
	if p.style == gpu.Looped || p.scope == workload.OneExpert {
		return
	}
	e.together = p.group(e, policy.Resident, batch)
	if e.block {
		e.joint = p.group(e, policy.Moved, batch)
	}
}

// group returns the time of the experts at one site in one kernel; 0 of none.
func (p *parts) group(e *experts, site policy.Site, batch int) unit.Time {
	p.grouped = p.grouped[:0]
	for _, id := range e.active {
		if e.sites[id] == site {
			p.grouped = append(p.grouped, e.tokens[id])
		}
	}
	if len(p.grouped) == 0 {
		return 0
	}
	return p.compute(p.gpu.Experts(gpu.Group{
		FFN: p.kernels.expert, Tokens: p.grouped, Batch: batch, TopK: p.model.TopK, Experts: p.model.Experts,
	}))
}

// launch gives e what the host does for it when kernels are launched eagerly. From a
// graph, that is nothing.
func (p *parts) launch(e *experts) {
	e.start, e.launch, e.fetch = 0, 0, 0
	if !p.gpu.Eager() || e.together > 0 && e.only(policy.Resident) {
		return
	}
	if p.scope == workload.OneExpert { // launched as one part
		for _, id := range e.order {
			if e.sites[id] == policy.Resident {
				e.gpu[id] = p.gpu.Part(p.expert(int(e.tokens[id])))
			}
		}
		return
	}
	e.launch, e.fetch = p.gpu.Launches(p.expert(1).Kernels-1), p.gpu.Launches(fetchCalls)
	e.start = p.gpu.Start() + p.host.Sync()
	if p.where == probe.CPU && p.near != nil {
		e.start = p.gpu.Start() + p.host.Round()
	}
}

// fetchCalls is how often the host calls for one PMove: the copy, and the wait for it.
const fetchCalls = 2

// compute returns how long the GPU takes for c; no kernels take no time.
func (p *parts) compute(c gpu.Cost) unit.Time {
	return p.within(p.gpu.Part(c), maxPart, "machine.gpu", "one part of a block on the GPU")
}

// inPlace carries nothing: the GPU and the home of experts read the same memory, the GPU
// at its rate.
type inPlace struct{ rate unit.BytesPerSecond }

var _ carrier = inPlace{}

func (inPlace) Latency() unit.Time            { return 0 }
func (inPlace) Transfer(unit.Bytes) unit.Time { return 0 }
func (inPlace) Copy(unit.Bytes) unit.Time     { return 0 }
func (c inPlace) Rate() unit.BytesPerSecond   { return c.rate }
func (inPlace) Chunk() unit.Time              { return 1 }

// inPlace reports whether nothing crosses a link.
func (p *parts) inPlace() bool { _, ok := p.link.(inPlace); return ok }

// amove returns one AMove of b bytes, one way, beyond the latency.
func (p *parts) amove(b unit.Bytes) unit.Time {
	return p.within(p.link.Transfer(b), maxService, "machine.link", "one AMove")
}

// view fills v for a layer whose experts, of which these are active, get the given tokens.
func (p *parts) view(v *policy.View, active, tokens []int32) {
	v.Tokens, v.Devices = tokens, p.devices
	v.GPU, v.Near = zeros(v.GPU, len(tokens)), zeros(v.Near, len(tokens))
	for _, id := range active {
		t := int(tokens[id])
		v.GPU[id], v.Near[id] = p.onGPU.at(t), p.onNear.at(t)
	}
	v.Move, v.Latency = p.move, p.link.Latency()
	v.Token = p.link.Transfer(p.model.TokenBytes())
	v.LinkRate, v.NearRate = p.link.Rate(), p.rate
}

// zeros returns n times of 0, where dst is if it has room.
func zeros(dst []unit.Time, n int) []unit.Time {
	dst = slices.Grow(dst[:0], n)[:n]
	clear(dst)
	return dst
}

// onHost computes experts on the host CPU.
type onHost struct {
	host   host.Host
	shape  host.Expert
	alone  bool
	decode unit.Time // of an expert's weights, before it computes
}

func newOnHost(h host.Host, s scenario.Scenario) onHost {
	m := s.Model
	value := m.ActivationBytes()
	if m.ExpertBits > 16 {
		value = 4
	}
	return onHost{h, host.Expert{
		DModel: m.DModel, DFF: m.ExpertFF, Matrices: m.Matrices(), Weights: m.ExpertBytes(), Activation: value,
	}, s.Workload.Scope == workload.OneExpert, m.ExpertFormat.OnHost(m.ExpertWeights())}
}

func (h onHost) expert(t int) unit.Time {
	return min(h.host.Time(h.shape, t, h.alone), unit.Never-h.decode) + h.decode
}

// rate is what a token's pass over an expert's weights amounts to.
func (h onHost) rate() unit.BytesPerSecond {
	t := max(1, h.expert(1))
	return max(1, unit.BytesPerSecond(float64(h.shape.Weights)/t.Seconds()))
}

// memo remembers a time by tokens, up to a bound: few distinct counts recur.
type memo struct {
	of   func(t int) unit.Time
	seen [4096]unit.Time // 0 = not yet: no expert takes no time
}

func (m *memo) missing(t int) bool { return t < len(m.seen) && m.seen[t] == 0 }

func (m *memo) at(t int) unit.Time {
	switch {
	case t == 0:
		return 0
	case t >= len(m.seen):
		return m.of(t)
	case m.seen[t] == 0:
		m.seen[t] = m.of(t)
	}
	return m.seen[t]
}
