package driver

import (
	"monde/core/device"
	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/unit"
)

// Served is how long the device takes for some tokens of the expert, by three ways
// of counting.
type Served struct {
	Tokens    int        `json:"tokens"`
	Passes    int64      `json:"passes"`        // tokens over rows of an array, rounded up
	Streams   int64      `json:"streams"`       // how often the schedule streams the weights: fewer, if tiles share a chunk
	Time      unit.Time  `json:"time_ps"`       // clock by clock, with the command
	ByPasses  unit.Time  `json:"by_passes_ps"`  // a command, and so many times a full pass clock by clock
	Closed    unit.Time  `json:"closed_ps"`     // what the faster fidelities count with
	OffPasses float64    `json:"off_by_passes"` // (by_passes - time) / time
	OffClosed float64    `json:"off_closed"`    // (closed - time) / time
	Simulated bool       `json:"simulated"`     // to the end; otherwise the last passes are extrapolated
	Moved     unit.Bytes `json:"weight_bytes"`
}

// numbers of tokens that are always served.
var numbers = [...]int{1, 2, 4, 5, 8, 16, 64}

// served times the expert for each of numbers.
func (s Spec) served(stop fault.Stop, c *device.Clocked) ([]Served, error) {
	full, err := c.Expert(stop, s.Device.NDP.Rows)
	if err != nil {
		return nil, err
	}
	core, pass := ndp.New(s.Device.NDP), full.Time-s.Device.Command
	var all []Served
	for _, t := range numbers {
		r, err := c.Expert(stop, t)
		if err != nil {
			return nil, err
		}
		v := Served{
			Tokens: t, Passes: core.Passes(t), Streams: core.Expert(s.shape(), t).Passes(),
			Time: r.Time, Closed: s.closed(t),
			Simulated: r.Simulated, Moved: r.Weights,
		}
		v.ByPasses = s.Device.Command + unit.Time(v.Passes)*pass
		v.OffPasses, v.OffClosed = off(v.ByPasses, v.Time), off(v.Closed, v.Time)
		all = append(all, v)
	}
	return all, nil
}

// closed returns what the faster fidelities count with for t tokens.
func (s Spec) closed(t int) unit.Time {
	d := device.New(s.Device)
	if s.PMove {
		d, _ = d.Beside(s.moved())
	}
	return d.Expert(t, s.Model.ExpertWeights(), s.Model.ExpertBytes())
}

// off returns by how much of b a is longer: as a report of a run does, of the time
// clock by clock.
func off(a, b unit.Time) float64 { return float64(a-b) / float64(b) }
