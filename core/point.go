package core

import (
	"monde/core/fault"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/sweep"
)

// Point simulates one point of a sweep and keeps what a sweep does. Its error is as Run's.
func Point(stop fault.Stop, s scenario.Scenario) (sweep.Result, error) {
	r, err := Run(stop, s, probe.Probe{})
	if err != nil {
		return sweep.Result{}, err
	}
	return sweep.ResultOf(r), nil
}

// Row simulates the point of that number and those values. A point that cannot be
// simulated says so in its row; the error is stop's.
func Row(stop fault.Stop, base sweep.Base, index int, values []sweep.Value) (sweep.Row, error) {
	row := sweep.Row{Index: index, Values: values}
	s, err := base.At(values)
	if err != nil {
		row.Failed = sweep.Reason(err)
		return row, nil
	}
	y, err := Point(stop, s)
	switch {
	case err == nil:
		row.Result = &y
	case fault.Is(err):
		row.Failed = sweep.Reason(err)
	default:
		return row, err
	}
	return row, nil
}
