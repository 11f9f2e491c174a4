package system

import (
	"context"
	"errors"

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
	return r.Time
}

// useDevice makes the memory device the home of experts.
func (p *parts) useDevice(ctx context.Context, s scenario.Scenario) error {
	m := s.Machine
	d := device.New(m.Device)
	p.where, p.devices, p.rate = probe.NDP, m.Device.Count, d.Rate()*unit.BytesPerSecond(m.Device.Count)
	p.shares = m.Device.DRAM.PMoveFrom == device.FromDevice && s.Strategy.Name == policy.MDLB
	taken := p.link.Rate() / unit.BytesPerSecond(m.Device.Count) // of each device: experts take turns
	p.near = onDevice{d, s.Model.ExpertWeights(), s.Model.ExpertBytes()}
	var besides nearby = onDevice{d.Less(taken), s.Model.ExpertWeights(), s.Model.ExpertBytes()}
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
		p.near, besides = onClock{ctx, quiet, p}, onClock{ctx, busy, p}
	}
	p.besides.of = func(t int) unit.Time {
		return p.within(besides.expert(t), maxService, "machine.device", "one expert beside PMove")
	}
	return nil
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
	if n := burstsOfLayer(s); n > maxBursts {
		return fault.At("fidelity", "the experts of a layer would take %.1f billion bursts of each memory channel, at most %.1f are simulated; take fewer tokens, more channels, or fidelity %q",
			n/1e9, maxBursts/1e9, scenario.Event)
	}
	return nil
}

// burstsOfLayer returns about how many bursts of one channel are simulated for a
// layer with the most tokens: all passes of the busiest expert, and the last pass
// of each distinct number of tokens.
func burstsOfLayer(s scenario.Scenario) float64 {
	channel, channels, err := s.Machine.Device.DRAM.Memory()
	if err != nil {
		return 0
	}
	tokens := s.Workload.Batch
	if p := newPlan(s); p.input {
		tokens *= s.Workload.InputTokens
	}
	passes := min(device.MaxPasses, tokens/s.Machine.Device.NDP.Rows+1)
	distinct := 1
	for distinct*distinct < 2*tokens*s.Model.TopK && distinct < s.Model.Experts {
		distinct++
	}
	perPass := float64(s.Model.ExpertBytes()) / float64(channel.Geometry.Burst) / float64(channels)
	return perPass * float64(passes+distinct)
}

// ahead simulates the experts of a layer that are not known yet, and tells how far
// it has come.
func (p *parts) ahead(tokens []int32) {
	if p.clocking == nil {
		return
	}
	var missing []int
	for _, t := range tokens {
		if t > 0 && p.onNear.missing(int(t)) {
			p.onNear.seen[t] = -1 // counted
			missing = append(missing, int(t))
		}
	}
	for i, t := range missing {
		p.onNear.seen[t] = 0
		p.clocking(i, len(missing))
		p.onNear.at(t)
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
