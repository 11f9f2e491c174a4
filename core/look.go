package core

import (
	"monde/core/device"
	"monde/core/fault"
	"monde/core/link"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/wire"
)

// Look simulates one expert of s on its memory device, clock by clock.
func Look(stop fault.Stop, s scenario.Scenario, l wire.Look) (device.Sight, error) {
	if s.Machine.Device.Count == 0 {
		return device.Sight{}, fault.At("machine.device.count", "%s has no memory device to look at", s.Machine.Name)
	}
	m := s.Model
	look := device.Look{
		Device: s.Machine.Device, DModel: m.DModel, DFF: m.ExpertFF, Gated: m.Matrices() == 3, Bits: m.ExpertBits,
		Tokens: l.Tokens, From: l.From, Clocks: l.Clocks,
	}
	if l.PMove {
		look.PMove = link.New(s.Machine.Link).Rate() / unit.BytesPerSecond(s.Machine.Device.Count) // experts take turns
	}
	return through(stop, look)
}

func look(stop fault.Stop, q wire.Request) (wire.Reply, error) {
	s, err := scenario.Decode(q.Scenario)
	if err != nil {
		return wire.Reply{}, err
	}
	if q.Look == nil {
		return wire.Reply{}, fault.At("look", "is missing")
	}
	sight, err := Look(stop, s, *q.Look)
	if err != nil {
		return wire.Reply{}, fault.In("look", err)
	}
	return wire.Reply{Sight: &sight}, nil
}
