package report

import (
	"encoding/json"

	"monde/core/unit"
)

// Objective is what a best strategy is best at.
type Objective string

// Objectives.
const (
	LeastLatency   Objective = "latency"    // of the whole run
	MostThroughput Objective = "throughput" // tokens a second; the batch may grow
	LeastEnergy    Objective = "energy"     // a token; the batch may grow
)

// Objectives returns every Objective.
func Objectives() []Objective { return []Objective{LeastLatency, MostThroughput, LeastEnergy} }

// Badge is something that a strategy asks of its user beside time.
type Badge string

// Badges.
const (
	ChangesOutput  Badge = "output"    // the model answers otherwise
	NeedsTraining  Badge = "training"  // the model must be fine-tuned first
	NotSold        Badge = "hardware"  // it needs hardware that nobody sells
	Secondary      Badge = "secondary" // its figures are quoted by somebody else
	SimulatedBadge Badge = "simulated" // nothing of its kind has been measured
)

// Allowable returns the badges that a user may allow; the last one follows from them.
func Allowable() []Badge { return []Badge{ChangesOutput, NeedsTraining, NotSold, Secondary} }

// AdviceAsk is what advice on a scenario is to mind. Limits of 0 are none.
type AdviceAsk struct {
	Objective Objective `json:"objective"`
	Allow     []Badge   `json:"allow"`              // what a candidate may ask for
	Memory    Room      `json:"memory,omitzero"`    // that may be used; of what is 0, all of the machine's
	Overfull  bool      `json:"overfull,omitempty"` // candidates may need more memory than there is

	Latency         unit.Time   `json:"latency_ps,omitempty"`          // at most
	TTFT            unit.Time   `json:"ttft_ps,omitempty"`             // at most
	TPOT            unit.Time   `json:"tpot_ps,omitempty"`             // at most, the mean
	TokensPerSecond float64     `json:"tokens_per_second,omitempty"`   // at least
	EnergyPerToken  unit.Energy `json:"energy_per_token_pj,omitempty"` // at most
}

// Room is a capacity of each memory.
type Room struct {
	GPU    unit.Bytes `json:"gpu_bytes,omitempty"`
	Host   unit.Bytes `json:"host_bytes,omitempty"`
	Device unit.Bytes `json:"device_bytes,omitempty"`
	Flash  unit.Bytes `json:"flash_bytes,omitempty"`
}

// Advice is what there is to do with a scenario's model, machine and workload.
type Advice struct {
	Objective Objective   `json:"objective"`
	Rows      []Candidate `json:"rows"`     // simulated at fidelity event, the best first
	Baseline  int         `json:"baseline"` // which row is GPU+PM, overlapped; -1: none
	Why       []string    `json:"why"`      // sentences: what comes first, by how much, through what, and how sure that is
	Looked    int         `json:"looked"`   // candidates at fidelity analytic
	Left      []LeftOut   `json:"left"`     // candidates that are no rows, by reason
	Resources []string    `json:"resources"`
}

// LeftOut is why some candidates were not simulated, or not ranked.
type LeftOut struct {
	Reason string   `json:"reason"`
	Titles []string `json:"titles"`
}

// Candidate is one strategy with its parameters.
type Candidate struct {
	Key    string `json:"key"` // the strategy's
	Title  string `json:"title"`
	Group  int    `json:"group"` // rows of one group cannot be told apart, 1 is the best; 0: the error is not known
	Tied   bool   `json:"tied"`  // cannot be told apart from the best whose error is known
	Front  bool   `json:"front"` // no other is as good at latency, throughput, energy and GPU memory, and better at one
	Given  bool   `json:"given"` // the scenario's own
	Tokens int64  `json:"tokens"`
	Batch  int    `json:"batch"`

	Latency         unit.Time   `json:"latency_ps"`
	TTFT            unit.Time   `json:"ttft_ps"` // 0: no input pass
	TPOT            unit.Time   `json:"tpot_ps"` // 0: no decoding step
	TokensPerSecond float64     `json:"tokens_per_second"`
	EnergyPerToken  unit.Energy `json:"energy_per_token_pj"`
	GPUMemory       unit.Bytes  `json:"gpu_memory_bytes"`
	Waits           []unit.Time `json:"waits_ps"` // what the latency waited for, in the order of Resources

	Error   float64  `json:"error"`   // of the time: ninth deciles of its parts' sets, each as far as its resource is waited for
	Unknown []string `json:"unknown"` // parts that nothing has been measured of; if there are any, the error is that of the rest
	Outside bool     `json:"outside"` // beyond what was measured
	Badges  []Badge  `json:"badges"`

	Short json.RawMessage `json:"short"`
	Link  string          `json:"link"`
}
