package system

import (
	"monde/core/device"
	"monde/core/fault"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
)

// Place returns what one expert of s takes by itself, with each of the given tokens,
// wherever its machine can compute it: as a layer that has no other work, at fidelity
// event. Each site is as the paper's configuration that computes every expert there;
// weights move as the strategy of s moves them, or as GPU+PM does.
func Place(stop fault.Stop, s scenario.Scenario, tokens []int) (report.Placed, error) {
	if err := s.Validate(); err != nil {
		return report.Placed{}, err
	}
	sites, err := newSites(stop, s)
	if err != nil {
		return report.Placed{}, err
	}
	r := sites.placed(s)
	for _, t := range tokens {
		if err := stop.Err(); err != nil {
			return report.Placed{}, err
		}
		r.Counts = append(r.Counts, sites.at(t))
	}
	return r, nil
}

// sites are all places that can compute an expert; device is nil where none holds it.
type sites struct {
	device, host, moved, gpu *lone
	core                     device.Device
}

func newSites(stop fault.Stop, s scenario.Scenario) (a sites, err error) {
	of := func(x policy.Spec, site policy.Site) *lone {
		if err != nil {
			return nil
		}
		var l *lone
		l, err = newLone(stop, s, x, site)
		return l
	}
	as, flash := s.Strategy.As, s.Strategy.Home == policy.OnFlash
	mover, cpu := as(policy.GPUPM), as(policy.CPUAM)
	if flash {
		mover.Home, cpu.Home = policy.OnFlash, policy.OnFlash
	}
	if s.Strategy.Splits() {
		mover = s.Strategy
	}
	a.host, a.moved, a.gpu = of(cpu, policy.Near), of(mover, policy.Moved), of(as(policy.Ideal), policy.Resident)
	if s.Machine.Device.Count > 0 && !flash {
		near := as(policy.MDAM)
		if s.Machine.Device.Stacked {
			near.Home = policy.InStack
		}
		a.device, a.core = of(near, policy.Near), device.New(s.Machine.Device)
	}
	return a, err
}

// placed returns all but the counts.
func (a sites) placed(s scenario.Scenario) report.Placed {
	p := a.moved.parts
	r := report.Placed{
		ExpertBytes: s.Model.ExpertBytes(), TokenBytes: s.Model.TokenBytes(),
		PMove: p.link.Latency() + p.move, Latency: p.link.Latency(), Home: report.OnHost, Counts: []report.PlacedAt{},
	}
	home := a.host
	if a.device != nil {
		home, r.Home = a.device, report.OnDevice
		r.Pass = a.core.Expert(1, s.Model.ExpertWeights(), r.ExpertBytes) - s.Machine.Device.Command
	}
	if t := first(1, report.MaxPlacedTokens, func(lo, hi int) bool { return a.moved.time(lo) < home.time(hi) }); t > 0 {
		r.Crossover = &t
	}
	return r
}

// at returns one expert with t tokens.
func (a sites) at(t int) report.PlacedAt {
	p := report.PlacedAt{Tokens: t, Host: a.host.cost(t), Moved: a.moved.cost(t), GPU: a.gpu.cost(t)}
	if a.device != nil {
		p.Device, p.Passes = a.device.cost(t), int(a.core.Passes(t))
	}
	return p
}

// first returns the least t from lo to hi for which less(t, t), or 0. less(a, b) for
// a <= b says whether one curve at a is below another at b: neither may fall, so where
// that does not hold for the ends of a stretch, it holds for nothing between them.
func first(lo, hi int, less func(a, b int) bool) int {
	if lo > hi || !less(lo, hi) {
		return 0
	}
	if lo == hi {
		return lo
	}
	middle := (lo + hi) / 2
	if t := first(lo, middle, less); t > 0 {
		return t
	}
	return first(middle+1, hi, less)
}

// lone is a layer whose only expert with tokens is computed at one site.
type lone struct {
	parts   *parts
	experts experts
	level   event
}

func newLone(stop fault.Stop, s scenario.Scenario, x policy.Spec, site policy.Site) (*lone, error) {
	s.Strategy, s.Fidelity = x, scenario.Event
	p, err := newParts(stop, s)
	if err != nil {
		return nil, err
	}
	if p.failed != nil {
		return nil, p.failed
	}
	e := p.experts(s.Strategy)
	e.sites, e.active, e.order = []policy.Site{site}, []int32{0}, []int32{0}
	e.tokens, e.gpu, e.near = make([]int32, 1), make([]unit.Time, 1), make([]unit.Time, 1)
	return &lone{parts: p, experts: e}, nil
}

// run returns what t tokens take, and whether a run may take so long. Nothing is
// remembered: what failed must fail again.
func (l *lone) run(t int) (outcome, bool) {
	e, p := &l.experts, l.parts
	e.tokens[0] = int32(t)
	if e.sites[0] == policy.Near {
		e.near[0] = p.onNear.of(t)
	} else {
		e.gpu[0] = p.onGPU.of(t)
	}
	p.burden(e, t)
	o := l.level.run(e, 0, func(probe.Span) {})
	ok := p.failed == nil
	p.failed = nil
	return o, ok
}

// time returns the time of t tokens, or what no other exceeds.
func (l *lone) time(t int) unit.Time {
	if o, ok := l.run(t); ok {
		return o.time
	}
	return unit.Never
}

// cost returns the time of t tokens and what it is spent on, or nil where no run may
// take so long.
func (l *lone) cost(t int) *report.Cost {
	o, ok := l.run(t)
	if !ok {
		return nil
	}
	c := report.Cost{Time: o.time, Read: o.critical[probe.Flash], There: o.critical[probe.LinkIn], Compute: o.critical[probe.GPU]}
	if l.experts.sites[0] == policy.Near {
		c.There, c.Compute, c.Back = o.critical[probe.LinkOut], l.experts.near[0], o.critical[probe.LinkIn]
	}
	c.Calls = c.Time - c.Read - c.There - c.Compute - c.Back
	return &c
}
