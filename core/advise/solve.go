package advise

import (
	"fmt"
	"math"
	"strings"

	"monde/core/report"
	"monde/core/unit"
)

// ripple is how much worse a metric may get with more of the quantity before the curve
// counts as one that is not monotone: whole experts and whole passes make small steps.
const ripple = 1e-3

// monotone reports whether more never is worse.
func (c *curve) monotone() bool {
	all := c.points()
	for i := 1; i < len(all); i++ {
		a, b := all[i-1].Metric, all[i].Metric
		if c.ask.Metric.Rises() {
			a, b = b, a
		}
		if b > a*(1+ripple) {
			return false
		}
	}
	return true
}

// answer finds the least value that meets the goal, and how sure that is.
func (c *curve) answer(y *report.Inverse) {
	v, ok := c.least(1)
	if c.err != nil {
		return
	}
	if !ok {
		y.Outcome, y.Value = report.NotEver, c.best()
		return
	}
	y.Outcome, y.Value = report.Reached, v
	if v == c.what.round(c.what.from) {
		y.Outcome = report.Already
	}
	c.run(v)
	if y.Error = c.share; !c.unknown && c.ask.Metric != report.InMemory && c.share > 0 {
		y.Perhaps, _ = c.least(1 - min(c.share, 0.9))
		y.Surely, _ = c.least(1 + c.share)
	}
	if y.Outcome == report.Reached {
		c.near(v)
	}
}

// least returns the least value that meets the goal if every metric were by so much
// worse. On a curve that is not monotone that is where the first stretch that meets it
// begins.
func (c *curve) least(by float64) (float64, bool) {
	all := c.points()
	for i, p := range all {
		if !c.meets(p, by) {
			continue
		}
		if i == 0 {
			return p.Value, true
		}
		return c.between(all[i-1].Value, p.Value, by), true
	}
	return 0, false
}

// between halves from a value that does not meet the goal to one that does.
func (c *curve) between(lo, hi, by float64) float64 {
	for range halves {
		middle := c.what.round(math.Sqrt(float64(lo * hi)))
		if c.err != nil || hi <= lo*(1+fine) || middle <= lo || middle >= hi {
			break
		}
		if c.meets(c.run(middle), by) {
			hi = middle
		} else {
			lo = middle
		}
	}
	return c.adjacent(lo, hi, by)
}

// adjacent settles numbers of few steps, whose geometric mean rounds to an end.
func (c *curve) adjacent(lo, hi, by float64) float64 {
	per := c.what.per()
	for v := c.what.round(hi - 1/per); v > lo && hi*per < 1000; v = c.what.round(v - 1/per) {
		if !c.meets(c.run(v), by) {
			break
		}
		hi = v
	}
	return hi
}

// near samples the curve around the answer.
func (c *curve) near(v float64) {
	for _, by := range [around]float64{0.8, 0.9, 0.95, 0.98, 1.02, 1.05, 1.1, 1.25} {
		if x := c.what.round(v * by); x >= c.what.from && x <= c.what.to {
			c.run(x)
		}
	}
}

// best returns the least value at which the metric is best.
func (c *curve) best() float64 {
	all := c.points()
	best := all[0]
	for _, p := range all {
		if c.ask.Metric.Rises() && p.Metric > best.Metric || !c.ask.Metric.Rises() && p.Metric < best.Metric {
			best = p
		}
	}
	return best.Value
}

// tells says in sentences what became of the goal.
func (c *curve) tells(y report.Inverse) []string {
	p := c.run(y.Value)
	value, metric := y.Of(y.Value), c.says(p.Metric)
	lines := []string{}
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	switch y.Outcome {
	case report.Reached:
		say("Reached at %s: %s.", value, metric)
	case report.Already:
		say("Reached already at the low end of the range, %s: %s.", value, metric)
	default:
		say("Never reached up to %s. The best is %s at %s, where %s binds.", y.Of(c.what.to), metric, value, named(p.Binds))
	}
	if !p.Fits && c.ask.Metric != report.InMemory {
		say("It does not fit there: the time is that of a machine where it does.")
	}
	if !y.Monotone {
		say("More is not always better here: the curve turns, so the answer is where it is first reached.")
	}
	if c.flat() {
		say("The goal does not depend on this quantity.")
	}
	c.sure(y, say)
	return lines
}

// sure says how far the answer may be off.
func (c *curve) sure(y report.Inverse, say func(string, ...any)) {
	switch {
	case y.Outcome == report.NotEver || c.ask.Metric == report.InMemory:
	case c.unknown:
		say("Simulated only: part of it nobody has measured, so how far the answer is off is not known.")
	case y.Surely > 0:
		say("With the error of validation, ± %s, it is reached somewhere from %s to %s.", percent(y.Error), y.Of(y.Perhaps), y.Of(y.Surely))
	case y.Error > 0:
		say("With the error of validation, ± %s, it may not be reached in the range at all.", percent(y.Error))
	}
}

// flat reports whether the metric is the same everywhere.
func (c *curve) flat() bool {
	all := c.points()
	for _, p := range all {
		if p.Metric != all[0].Metric || p.Meets != all[0].Meets {
			return false
		}
	}
	return true
}

// says writes a metric for people.
func (c *curve) says(v float64) string {
	switch c.ask.Metric {
	case report.InThroughput:
		return fmt.Sprintf("%.4g tokens/s", v)
	case report.InEnergy:
		return joules(unit.Energy(v)) + " a token"
	case report.InSpeedUp:
		return fmt.Sprintf("%.3g times as fast as %s", v, c.ask.Over)
	case report.InMemory:
		return percent(v) + " of the fullest memory is used"
	default:
		return span(unit.Time(v)) + " of " + strings.ToLower(metrics[c.ask.Metric])
	}
}

var metrics = map[report.Metric]string{
	report.InLatency: "latency", report.InTTFT: "time to first token", report.InTPOT: "time per output token",
}

func named(resource string) string {
	for i, name := range resources() {
		if name == resource {
			return waited[i]
		}
	}
	return resource
}
