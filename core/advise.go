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
func Advise(stop fault.Stop, s scenario.Scenario, ask report.AdviceAsk, tell func(done, of int)) (report.Advice, error) {
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
func Inverse(stop fault.Stop, s scenario.Scenario, ask report.InverseAsk, tell func(done, of int)) (report.Inverse, error) {
	y, err := advise.Inverse(stop, s, ask, tell)
	if err != nil {
		return report.Inverse{}, fault.In("inverse", err)
	}
	y.Link = wire.EncodeLink(Engine, y.Short)
	return y, nil
}

// Find is the Search of a Session that has one.
func Find(stop fault.Stop, s scenario.Scenario, q wire.Request, tell func(done, of int)) (wire.Message, error) {
	switch {
	case q.Op == wire.OpAdvise && q.Advise != nil:
		a, err := Advise(stop, s, *q.Advise, tell)
		return wire.Message{Kind: wire.KindAdvice, Advice: &a}, err
	case q.Op == wire.OpInverse && q.Inverse != nil:
		y, err := Inverse(stop, s, *q.Inverse, tell)
		return wire.Message{Kind: wire.KindInverse, Inverse: &y}, err
	}
	return wire.Message{}, fault.At(string(q.Op), "is missing")
}
