package core

import (
	"context"

	"monde/core/fault"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/wire"
)

// Place tells what one expert of s takes with so many tokens, wherever it may be
// computed, and from how many on it pays to move its weights.
func Place(ctx context.Context, s scenario.Scenario, p wire.Place) (report.Placed, error) {
	if err := p.Validate(); err != nil {
		return report.Placed{}, fault.In("place", err)
	}
	return system.Place(ctx, s, p.Tokens)
}

func place(ctx context.Context, q wire.Request) (wire.Reply, error) {
	s, err := scenario.Decode(q.Scenario)
	if err != nil {
		return wire.Reply{}, err
	}
	if q.Place == nil {
		return wire.Reply{}, fault.At("place", "is missing")
	}
	placed, err := Place(ctx, s, *q.Place)
	if err != nil {
		return wire.Reply{}, err
	}
	return wire.Reply{Placed: &placed}, nil
}
