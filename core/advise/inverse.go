package advise

import (
	"monde/core/detmath"
	"monde/core/fault"
	"monde/core/internal/order"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
)

// Inverse finds the least of a quantity of s that reaches a goal: on a grid of the
// whole range, then by halving where the goal is first reached, then around the answer.
// A run at fidelity cycle is one at event here.
func Inverse(stop fault.Stop, s scenario.Scenario, ask report.InverseAsk, tell Progress) (report.Inverse, error) {
	if ask.Metric == report.InMemory {
		ask.Target = 1
	}
	what, err := quantityOf(s, &ask)
	if err != nil {
		return report.Inverse{}, err
	}
	if s.Fidelity == scenario.Cycle {
		s.Fidelity = scenario.Event
	}
	c := curve{stop: stop, s: s, ask: ask, what: what, tell: tell, at: map[float64]report.InversePoint{}}
	c.grid()
	y := report.Inverse{Ask: ask, Title: what.title, Unit: what.unit, Monotone: c.monotone()}
	c.answer(&y)
	if c.err != nil {
		return report.Inverse{}, c.err
	}
	y.Curve = c.points()
	y.Text = c.tells(y)
	y.Short = c.with(y.Value).Short()
	return y, nil
}

// Bounds of the search.
const (
	gridded = 16   // steps over the range
	halves  = 14   // at most
	fine    = 1e-3 // relative, where halving ends
	around  = 8    // points beside the answer
)

// A curve is one call of Inverse: what was run at which value.
type curve struct {
	stop fault.Stop
	s    scenario.Scenario
	ask  report.InverseAsk
	what quantity
	tell Progress
	at   map[float64]report.InversePoint
	done int
	err  error

	share   float64 // of error, at the last point run
	unknown bool
}

// with returns the scenario at v; where it cannot be, c fails.
func (c *curve) with(v float64) scenario.Scenario {
	patch := scenario.PatchAt(c.ask.Vary, int64(v))
	if c.what.per() > 1 {
		patch = scenario.PatchAt(c.ask.Vary, v)
	}
	s, err := c.s.Patched(patch)
	if err != nil && c.err == nil {
		c.err = err
	}
	return s
}

// run returns the point at v.
func (c *curve) run(v float64) report.InversePoint {
	v = c.what.round(v)
	if p, ok := c.at[v]; ok || c.err != nil {
		return p
	}
	r, s := c.report(c.with(v))
	if c.err != nil {
		return report.InversePoint{}
	}
	m := marginOf(s, r)
	c.share, c.unknown = m.share, len(m.unknown) > 0
	p := report.InversePoint{Value: v, Binds: binds(r), Fits: fullest(r) <= 1, Metric: c.metric(s, r)}
	p.Meets = c.meets(p, 1)
	c.at[v] = p
	c.done++
	c.tell(c.done, max(c.done, gridded+1+halves+around))
	return p
}

func (c *curve) report(s scenario.Scenario) (report.Report, scenario.Scenario) {
	if c.err == nil {
		c.err = c.stop.Err()
	}
	if c.err != nil {
		return report.Report{}, s
	}
	r, err := system.Run(c.stop, s, probe.Probe{})
	c.err = err
	return r, s
}

// metric returns what the goal is about.
func (c *curve) metric(s scenario.Scenario, r report.Report) float64 {
	switch c.ask.Metric {
	case report.InTTFT:
		if r.TTFT == 0 {
			c.err = fault.At("metric", "the workload has no first token: its phase is %q", s.Workload.Phase)
		}
		return float64(r.TTFT)
	case report.InTPOT:
		if r.TPOT != nil {
			return float64(r.TPOT.Mean)
		}
		c.err = fault.At("metric", "the workload has no decoding step, so no time per output token")
		return 0
	case report.InThroughput:
		return r.TokensPerSecond
	case report.InEnergy:
		return float64(perToken(r))
	case report.InSpeedUp:
		return c.speedUp(s, r)
	case report.InMemory:
		return fullest(r)
	default:
		return float64(r.Latency)
	}
}

// speedUp compares with the other strategy at the same value.
func (c *curve) speedUp(s scenario.Scenario, r report.Report) float64 {
	t, _ := strategyOf(c.ask.Over)
	other, err := s.Patched([]byte(t.patch))
	if err != nil {
		c.err = err
		return 0
	}
	o, _ := c.report(other)
	return float64(o.Latency) / float64(max(1, r.Latency))
}

// meets reports whether p reaches the goal if its metric were by so much worse. What
// does not fit a memory whose size is varied reaches nothing.
func (c *curve) meets(p report.InversePoint, by float64) bool {
	if c.what.title == "GPU memory" && !p.Fits {
		return false
	}
	if c.ask.Metric.Rises() {
		return p.Metric >= c.ask.Target*by
	}
	return p.Metric*by <= c.ask.Target
}

func (c *curve) grid() {
	step := detmath.Log(c.what.to/c.what.from) / gridded
	for i := range gridded + 1 {
		c.run(c.what.from * detmath.Exp(step*float64(i)))
	}
}

func (c *curve) points() []report.InversePoint {
	all := make([]report.InversePoint, 0, len(c.at))
	for _, p := range c.at {
		all = append(all, p)
	}
	order.By(all, func(a, b report.InversePoint) bool { return a.Value < b.Value })
	return all
}

// binds returns the resource that r waits for most.
func binds(r report.Report) string {
	worst := r.Resources[0]
	for _, x := range r.Resources {
		if x.Critical > worst.Critical {
			worst = x
		}
	}
	return worst.Name
}

// fullest returns the largest share of a memory that r needs.
func fullest(r report.Report) float64 {
	most := 0.0
	for _, p := range r.Memory {
		most = max(most, float64(p.Used)/float64(max(1, p.Capacity)))
	}
	return most
}
