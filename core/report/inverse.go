package report

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// Metric is what a goal is about.
type Metric string

// Metrics.
const (
	InLatency    Metric = "latency"    // picoseconds, at most
	InTTFT       Metric = "ttft"       // picoseconds, at most
	InTPOT       Metric = "tpot"       // picoseconds, at most
	InThroughput Metric = "throughput" // tokens a second, at least
	InEnergy     Metric = "energy"     // picojoules a token, at most
	InSpeedUp    Metric = "speedup"    // over another strategy, at least
	InMemory     Metric = "fits"       // the fullest memory's use over its capacity, at most 1
)

// Metrics returns every Metric.
func Metrics() []Metric {
	return []Metric{InLatency, InTTFT, InTPOT, InThroughput, InEnergy, InSpeedUp, InMemory}
}

// Rises reports whether more of m is better.
func (m Metric) Rises() bool { return m == InThroughput || m == InSpeedUp }

// InverseAsk asks for the least of one quantity that reaches a goal.
type InverseAsk struct {
	Vary   string  `json:"vary"`           // path of a number of the scenario
	From   float64 `json:"from,omitempty"` // absent: as the table of quantities says
	To     float64 `json:"to,omitempty"`
	Metric Metric  `json:"metric"`
	Target float64 `json:"target,omitempty"` // in the unit of the metric; of "fits", 1
	Over   string  `json:"over,omitempty"`   // metric speedup: a strategy's key
}

// Outcome is what became of an InverseAsk.
type Outcome string

// Outcomes.
const (
	Reached Outcome = "reached"
	Already Outcome = "already" // at the low end of the range
	NotEver Outcome = "never"   // not even at the high end
)

// Inverse is the least of a quantity that reaches a goal.
type Inverse struct {
	Ask      InverseAsk     `json:"ask"` // with the range that was looked at
	Title    string         `json:"title"`
	Unit     string         `json:"unit"`
	Outcome  Outcome        `json:"outcome"`
	Value    float64        `json:"value"`    // the answer; never: where the metric is best
	Perhaps  float64        `json:"perhaps"`  // the least that reaches it if the metric is better than simulated by Error; 0: not known
	Surely   float64        `json:"surely"`   // the same if it is worse; 0: not known, or not in the range
	Error    float64        `json:"error"`    // of validation: ninth deciles
	Monotone bool           `json:"monotone"` // more never was worse
	Curve    []InversePoint `json:"curve"`
	Text     []string       `json:"text"`

	Short json.RawMessage `json:"short"` // of the answer
	Link  string          `json:"link"`
}

// InversePoint is one run of the curve.
type InversePoint struct {
	Value  float64 `json:"value"`
	Metric float64 `json:"metric"`
	Binds  string  `json:"binds"` // the resource that is waited for most
	Fits   bool    `json:"fits"`
	Meets  bool    `json:"meets"` // the goal
}

// Of writes a value of the quantity for people: 512 GB/s, 64 arrays.
func (y Inverse) Of(v float64) string {
	prefix := ""
	for _, p := range []string{"k", "M", "G", "T"} {
		if math.Abs(v) < 9999.5 || y.Unit != "B" && y.Unit != "B/s" {
			break
		}
		v, prefix = v/1000, p
	}
	return strings.TrimSpace(fmt.Sprintf("%.4g %s%s", v, prefix, y.Unit))
}
