package core

import (
	"monde/core/fault"
	"monde/core/scenario"
	"monde/core/wire"
)

// A Search answers ops advise and inverse for a scenario: Find, or nothing where its
// code is not wanted. The page's first module leaves it out, for it is larger than all
// that a first visit has left.
type Search func(stop fault.Stop, s scenario.Scenario, q wire.Request, tell func(done, of int)) (wire.Message, error)

// find streams progress, then what op advise or inverse found, or a failure.
func (s *Session) find(stop fault.Stop, q wire.Request, emit func([]byte)) {
	tell := numbered(emit)
	m, err := s.found(stop, q, func(done, of int) {
		tell(wire.Message{Kind: wire.KindProgress, Progress: &wire.Progress{Done: int64(done), Total: int64(of)}})
	})
	if err != nil {
		m = wire.Message{Kind: wire.KindFailed, Failed: Failure(err)}
	}
	tell(m)
}

func (s *Session) found(stop fault.Stop, q wire.Request, tell func(done, of int)) (wire.Message, error) {
	if s.Search == nil {
		return wire.Message{}, fault.At("op", "%q is not part of this module", q.Op)
	}
	sc, err := scenario.Decode(q.Scenario)
	if err != nil {
		return wire.Message{}, err
	}
	sc.Traces = s.traces
	return s.Search(stop, sc, q, tell)
}
