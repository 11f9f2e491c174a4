package system

import (
	"fmt"
	"slices"

	"monde/core/device"
	"monde/core/fault"
	"monde/core/internal/order"
	"monde/core/link"
	"monde/core/ndp"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/unit"
)

// onDevice computes experts on the memory device, in closed form.
type onDevice struct {
	device  device.Device
	weights int64
	bytes   unit.Bytes
}

func (d onDevice) expert(t int) unit.Time { return d.device.Expert(t, d.weights, d.bytes) }

// decoding returns n on a device that decodes all weights of an expert in the given
// time, once a pass and beside the rest.
func decoding(n nearby, d device.Device, weights unit.Time) nearby {
	if weights == 0 {
		return n
	}
	return func(t int) unit.Time {
		if passes := unit.Time(d.Passes(t)); passes <= unit.Never/weights {
			return max(n(t), passes*weights)
		}
		return unit.Never
	}
}

// nearOf returns what the experts of s take where they live; nil if they are computed on
// the GPU alone.
func nearOf(p *parts, s scenario.Scenario) nearby {
	switch {
	case s.Strategy.OnCPU():
		return newOnHost(p.host, s).expert
	case s.Strategy.NearData():
		d := device.New(s.Machine.Device)
		near := onDevice{d, s.Model.ExpertWeights(), s.Model.ExpertBytes()}.expert
		return decoding(near, d, s.Model.ExpertFormat.OnDevice(s.Model.ExpertWeights()))
	default:
		return nil
	}
}

// useDevice makes the memory device the home of experts.
func (p *parts) useDevice(stop fault.Stop, s scenario.Scenario) error {
	m := s.Machine
	d := device.New(m.Device)
	p.where, p.devices, p.rate = probe.NDP, m.Device.Count, d.Rate()*unit.BytesPerSecond(m.Device.Count)
	p.shares = sharesDevice(s)
	crowded, taken := beside(s)
	decode := s.Model.ExpertFormat.OnDevice(s.Model.ExpertWeights())
	p.near = nearOf(p, s)
	slow := func(n nearby) nearby {
		n = decoding(n, d, decode)
		return func(t int) unit.Time {
			if p.onNear.at(t); p.failed != nil { // in closed form, before it is simulated
				return 0
			}
			return p.within(n(t), maxService, "machine.device", "one expert where it lives")
		}
	}
	besides := nearby(onDevice{crowded, s.Model.ExpertWeights(), s.Model.ExpertBytes()}.expert)
	if s.Fidelity == scenario.Cycle {
		if err := clockable(s); err != nil {
			return err
		}
		var err error
		if besides, err = p.clocks(stop, s, taken, slow); err != nil {
			return err
		}
	}
	p.besides.of = slow(besides)
	return nil
}

// readsDevice returns how fast PMove reads experts for a link of that rate: that,
// unless they lie on slower devices or share them with experts computed there.
func readsDevice(s scenario.Scenario, link unit.BytesPerSecond) unit.BytesPerSecond {
	m := s.Machine.Device
	if m.Count == 0 || m.DRAM.Resolved().PMoveFrom != device.FromDevice {
		return link
	}
	d, n := device.New(m), unit.BytesPerSecond(m.Count)
	if sharesDevice(s) {
		_, each := d.Beside(link / n)
		return max(1, each*n)
	}
	return min(link, d.Rate()*n)
}

func expertOf(s scenario.Scenario) ndp.Expert {
	m := s.Model
	return ndp.Expert{DModel: m.DModel, DFF: m.ExpertFF, Gated: m.Matrices() == 3, Weights: ndp.FormatOf(m.ExpertBits)}
}

// clockable refuses what the device cannot run, or what would take too long clock by
// clock.
func clockable(s scenario.Scenario) error {
	if err := device.Coded(s.Model.ExpertBits); err != nil {
		return fault.In("model.expert_bits", err)
	}
	return device.Affordable(workOfLayer(s, tokensOfPass(s)), "fidelity", "the experts of a layer",
		fmt.Sprintf("take fewer tokens, a faster core, more channels, or fidelity %q", scenario.Event))
}

// tokensOfPass returns the most tokens of a pass.
func tokensOfPass(s scenario.Scenario) int {
	if newPlan(s).input {
		return s.Workload.Batch * s.Workload.InputTokens
	}
	return s.Workload.Batch
}

// workOfLayer returns about how much is simulated, as device.Spec.Work counts, for a
// layer whose busiest expert gets so many tokens: all its passes, and the last pass
// of each distinct number of tokens; both again where PMove reads the device.
func workOfLayer(s scenario.Scenario, busiest int) float64 {
	d, e, rows := s.Machine.Device, expertOf(s), s.Machine.Device.NDP.Rows
	tokens := tokensOfPass(s)
	distinct := 1
	for distinct*distinct < 2*tokens*s.Model.TopK && distinct < s.Model.Experts {
		distinct++
	}
	of := func(pmove unit.BytesPerSecond) float64 {
		return d.Work(e, min(busiest, device.MaxPasses*rows), pmove) + float64(distinct)*d.Work(e, rows, pmove)
	}
	work := of(0)
	if sharesDevice(s) {
		_, taken := beside(s)
		work += of(taken)
	}
	return work
}

// sharesDevice says whether PMove reads the memory device.
func sharesDevice(s scenario.Scenario) bool {
	return s.Machine.Device.DRAM.PMoveFrom == device.FromDevice && s.Strategy.NearData() && s.Strategy.Moves()
}

// beside returns a device while PMove reads it, and at which rate: hot experts come
// from all devices in turn.
func beside(s scenario.Scenario) (device.Device, unit.BytesPerSecond) {
	m := s.Machine
	return device.New(m.Device).Beside(link.New(m.Link).Rate() / unit.BytesPerSecond(m.Device.Count))
}

// onClock gives the experts near the data the time that they take clock by clock,
// and tells how far it has come. The policy has decided on closed forms, as it
// does at every fidelity, so that fidelities differ in time alone.
func (p *parts) onClock(e *experts) {
	if p.clocked.of == nil {
		return
	}
	var missing []int
	for _, id := range e.order {
		if t := int(e.tokens[id]); e.sites[id] == policy.Near && p.clocked.missing(t) && !slices.Contains(missing, t) {
			missing = append(missing, t)
		}
	}
	order.By(missing, func(a, b int) bool { return a < b }) // longer ones go on from shorter ones
	for i, t := range missing {
		if p.failed != nil {
			return
		}
		p.clockedDone, p.clockedOf = i, len(missing)
		p.tellClocking(0)
		p.clocked.at(t)
	}
	for _, id := range e.order {
		if e.sites[id] == policy.Near {
			e.near[id] = p.clocked.at(int(e.tokens[id]))
		}
	}
}

// tellClocking tells how far the experts of this layer have come.
func (p *parts) tellClocking(int64) {
	if p.clocking != nil && p.clockedOf > 0 {
		p.clocking(p.clockedDone, p.clockedOf)
	}
}

// crowd gives the experts near the data that run while PMove reads the device the
// time that they take then: those that begin before the last hot expert has left.
func (p *parts) crowd(e *experts) {
	hot := unit.Time(0)
	for _, id := range e.order {
		if e.sites[id] == policy.Moved {
			hot++
		}
	}
	if hot == 0 {
		return
	}
	var until [device.MaxCount]unit.Time
	for _, id := range e.order {
		at := &until[int(id)%e.devices]
		if e.sites[id] == policy.Near {
			if *at < hot*p.move {
				e.near[id] = p.besides.at(int(e.tokens[id]))
			}
			*at += e.near[id]
		}
	}
}
