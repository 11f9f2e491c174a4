package system

import (
	"context"
	"errors"
	"slices"

	"monde/core/device"
	"monde/core/fault"
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

// onClock does the same clock by clock.
type onClock struct {
	ctx    context.Context // of the run: a simulation of one expert may take seconds
	device *device.Clocked
	parts  *parts
}

func (d onClock) expert(t int) unit.Time {
	r, err := d.device.Expert(d.ctx, t)
	if err != nil {
		d.parts.slow = errors.Join(d.parts.slow, err)
	}
	d.parts.extrapolated = d.parts.extrapolated || !r.Simulated
	return r.Time
}

// useDevice makes the memory device the home of experts.
func (p *parts) useDevice(ctx context.Context, s scenario.Scenario) error {
	m := s.Machine
	d := device.New(m.Device)
	p.where, p.devices, p.rate = probe.NDP, m.Device.Count, d.Rate()*unit.BytesPerSecond(m.Device.Count)
	p.shares = m.Device.DRAM.PMoveFrom == device.FromDevice && s.Strategy.Name == policy.MDLB
	crowded, taken := d.Beside(p.link.Rate() / unit.BytesPerSecond(m.Device.Count)) // each: hot experts come from all in turn
	p.near = onDevice{d, s.Model.ExpertWeights(), s.Model.ExpertBytes()}
	slow := func(n nearby) func(int) unit.Time {
		return func(t int) unit.Time {
			return p.within(n.expert(t), maxService, "machine.device", "one expert where it lives")
		}
	}
	var besides nearby = onDevice{crowded, s.Model.ExpertWeights(), s.Model.ExpertBytes()}
	if s.Fidelity == scenario.Cycle {
		if err := clockable(s); err != nil {
			return err
		}
		quiet, err := device.NewClocked(m.Device, expertOf(s), 0)
		if err != nil {
			return fault.In("machine.device", err)
		}
		busy, err := device.NewClocked(m.Device, expertOf(s), taken)
		if err != nil {
			return fault.In("machine.device", err)
		}
		p.clocked.of, besides = slow(onClock{ctx, quiet, p}), onClock{ctx, busy, p}
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
	if s.Strategy.Name == policy.MDLB {
		_, each := d.Beside(link / n)
		return max(1, each*n)
	}
	return min(link, d.Rate()*n)
}

func expertOf(s scenario.Scenario) ndp.Expert {
	m := s.Model
	return ndp.Expert{DModel: m.DModel, DFF: m.ExpertFF, Gated: m.Matrices() == 3, Weights: ndp.FormatOf(m.ExpertBits)}
}

// maxBursts is how many bursts of one channel a layer may take at fidelity cycle:
// a few minutes on one core.
const maxBursts = 2e9

// clockable refuses what would take too long clock by clock.
func clockable(s scenario.Scenario) error {
	if n := burstsOfLayer(s, tokensOfPass(s)); n > maxBursts {
		return fault.At("fidelity", "the experts of a layer would take %.1f billion bursts of each memory channel, at most %.1f are simulated; take fewer tokens, more channels, or fidelity %q",
			n/1e9, maxBursts/1e9, scenario.Event)
	}
	return nil
}

// tokensOfPass returns the most tokens of a pass.
func tokensOfPass(s scenario.Scenario) int {
	if newPlan(s).input {
		return s.Workload.Batch * s.Workload.InputTokens
	}
	return s.Workload.Batch
}

// burstsOfLayer returns about how many bursts of one channel are simulated for a
// layer whose busiest expert gets so many tokens: all its passes, and the last pass
// of each distinct number of tokens.
func burstsOfLayer(s scenario.Scenario, busiest int) float64 {
	channel, channels, err := s.Machine.Device.DRAM.Memory()
	if err != nil {
		return 0
	}
	tokens := tokensOfPass(s)
	passes := min(device.MaxPasses, busiest/s.Machine.Device.NDP.Rows+1)
	distinct := 1
	for distinct*distinct < 2*tokens*s.Model.TopK && distinct < s.Model.Experts {
		distinct++
	}
	perPass := float64(s.Model.ExpertBytes()) / float64(channel.Geometry.Burst) / float64(channels)
	return perPass * float64(passes+distinct)
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
	slices.Sort(missing) // longer ones go on from shorter ones
	for i, t := range missing {
		p.clocking(i, len(missing))
		p.clocked.at(t)
	}
	for _, id := range e.order {
		if e.sites[id] == policy.Near {
			e.near[id] = p.clocked.at(int(e.tokens[id]))
		}
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
