package job

import "monde/core/wire"

// A Meter counts what a service does.
type Meter interface {
	Piece(seconds float64, ok, failed, reused int) // recorded, with its points
	Job(kind Kind, state wire.State)               // taken, or ended
}

type silent struct{}

func (silent) Piece(float64, int, int, int) {}
func (silent) Job(Kind, wire.State)         {}
