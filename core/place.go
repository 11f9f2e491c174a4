package core

import (
	"monde/core/fault"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/wire"
)

// Place tells what one expert of s takes with so many tokens, wherever it may be
// computed, and from how many on it pays to move its weights.
func Place(stop fault.Stop, s scenario.Scenario, p wire.Place) (report.Placed, error) {
	if err := p.Validate(); err != nil {
		return report.Placed{}, fault.In("place", err)
	}
	return system.Place(stop, s, p.Tokens)
}

func place(stop fault.Stop, q wire.Request) (wire.Reply, error) {
	s, err := scenario.Decode(q.Scenario)
	if err != nil {
		return wire.Reply{}, err
	}
	if q.Place == nil {
		return wire.Reply{}, fault.At("place", "is missing")
	}
	placed, err := Place(stop, s, *q.Place)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.Reply{Placed: &placed}, nil
}
