package core

import (
	"monde/core/advise"
	"monde/core/fault"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

// Advise ranks what may be done with the model, the machine and the workload of s.
// tell hears how many runs are done, of about as many.
func Advise(stop fault.Stop, s scenario.Scenario, ask report.AdviceAsk, tell advise.Progress) (report.Advice, error) {
	a, err := advise.Run(stop, s, ask, tell)
	if err != nil {
		return report.Advice{}, fault.In("advise", err)
	}
	for i := range a.Rows {
		a.Rows[i].Link = wire.EncodeLink(Engine, a.Rows[i].Short)
	}
	return a, nil
}

// Inverse finds the least of a quantity of s that reaches a goal.
func Inverse(stop fault.Stop, s scenario.Scenario, ask report.InverseAsk, tell advise.Progress) (report.Inverse, error) {
	y, err := advise.Inverse(stop, s, ask, tell)
	if err != nil {
		return report.Inverse{}, fault.In("inverse", err)
	}
	y.Link = wire.EncodeLink(Engine, y.Short)
	return y, nil
}

// advise streams progress, then what op advise or inverse found, or a failure.
func (s *Session) advise(stop fault.Stop, q wire.Request, emit func([]byte)) {
	tell := numbered(emit)
	m, err := s.advised(stop, q, func(done, of int) {
		tell(wire.Message{Kind: wire.KindProgress, Progress: &wire.Progress{Done: int64(done), Total: int64(of)}})
	})
	if err != nil {
		m = wire.Message{Kind: wire.KindFailed, Failed: Failure(err)}
	}
	tell(m)
}

func (s *Session) advised(stop fault.Stop, q wire.Request, tell advise.Progress) (wire.Message, error) {
	sc, err := scenario.Decode(q.Scenario)
	if err != nil {
		return wire.Message{}, err
	}
	sc.Traces = s.traces
	switch {
	case q.Op == wire.OpAdvise && q.Advise != nil:
		a, err := Advise(stop, sc, *q.Advise, tell)
		return wire.Message{Kind: wire.KindAdvice, Advice: &a}, err
	case q.Op == wire.OpInverse && q.Inverse != nil:
		y, err := Inverse(stop, sc, *q.Inverse, tell)
		return wire.Message{Kind: wire.KindInverse, Inverse: &y}, err
	}
	return wire.Message{}, fault.At(string(q.Op), "is missing")
}
