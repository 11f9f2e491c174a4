// Package report holds what a run found out: plain data, the same on every
// target, with a digest to compare by.
//
// Floating-point numbers in it are made of divisions of integers, so they are
// equal to the bit too. It leaves out how the numbers came about.
package report

import (
	"monde/core/unit"
	"monde/core/workload"
)

// Report is the result of one run.
type Report struct {
	Version   int    `json:"version"` // of this format
	Engine    string `json:"engine"`  // version of the simulator
	Digest    string `json:"digest"`  // SHA-256 of everything here but Title, and of every span
	Title     string `json:"title"`
	Model     string `json:"model"`
	Machine   string `json:"machine"`
	Strategy  string `json:"strategy"`
	Fidelity  string `json:"fidelity"`
	Phase     string `json:"phase"`
	Simulated bool   `json:"simulated_only"` // rests on NDP execution, which nobody has measured

	Badges []Badge `json:"badges,omitempty"` // what the strategy asks of its user

	Latency         unit.Time `json:"latency_ps"`
	Bound           unit.Time `json:"bound_ps"`          // no run of this scenario can be faster
	Tokens          int64     `json:"tokens"`            // processed: input tokens of input passes, and generated tokens
	TokensPerSecond float64   `json:"tokens_per_second"` // Tokens / Latency
	TTFT            unit.Time `json:"ttft_ps"`           // time to first token; 0 if the run has no input pass
	TPOT            *Steps    `json:"tpot"`              // time per output token; null if the run has no decoding step

	Resources  []Resource      `json:"resources"`  // in the order of probe.Resource
	Layers     []Layer         `json:"layers"`     // in the order of execution, decoding steps summed
	Alpha      float64         `json:"alpha"`      // that MD+LB used in the input pass; 0 if none
	StepAlpha  float64         `json:"step_alpha"` // that MD+LB used in decoding steps; 0 if none
	HotExperts int64           `json:"hot_experts"`
	Routing    workload.Origin `json:"routing"`
	Cache      *Cached         `json:"cache,omitempty"`     // of experts, in GPU memory; absent: none
	Placement  *Placement      `json:"placement,omitempty"` // of experts on several GPUs; absent: one
	Memory     []Pool          `json:"memory"`
	FitsGPU    bool            `json:"fits_gpu"` // GPU memory could hold every expert beside all else
	Energy     []Energy        `json:"energy"`
	Warnings   []Warning       `json:"warnings"`
	Provenance []Source        `json:"provenance"`
	Trust      []Evidence      `json:"trust"` // how far each part has been compared with measurements; not part of the digest
	Timeline   Timeline        `json:"timeline"`
	Fidelities []Compared      `json:"fidelities,omitempty"` // of a run at fidelity cycle: what each says
	Clocked    []Clocked       `json:"clocked,omitempty"`    // of such a run: experts near the data
	Spans      uint64          `json:"-"`                    // hash of every span, for the digest
}

// Compared is what a run of the same scenario at another fidelity takes.
type Compared struct {
	Name    string    `json:"name"`
	Latency unit.Time `json:"latency_ps"`
}

// Clocked is how long one expert takes on the device.
type Clocked struct {
	Tokens int       `json:"tokens"`
	Passes int       `json:"passes"`     // over the weights, one for as many tokens as an array has rows
	Closed unit.Time `json:"closed_ps"`  // in closed form: what event and analytic use
	Clock  unit.Time `json:"clocked_ps"` // clock by clock
}

// Cached is what a cache of experts was asked for.
type Cached struct {
	Slots      int     `json:"slots"` // experts, of all layers
	Hits       int64   `json:"hits"`
	Misses     int64   `json:"misses"`
	HitRate    float64 `json:"hit_rate"`          // of what gates asked for
	Prefetched int64   `json:"prefetched"`        // experts that came ahead of need, whole
	Used       int64   `json:"used"`              // of those, asked for before they left
	Late       int64   `json:"late"`              // experts that were on their way when they were asked for
	Skipped    int64   `json:"skipped,omitempty"` // tokens' choices that were not computed
	Dropped    int64   `json:"dropped"`           // that a gate did not ask for, and that were not whole yet
}

// Placement is how well the experts were spread over several GPUs.
type Placement struct {
	Devices      int     `json:"devices"`
	Experts      int     `json:"experts"`       // of a layer, that one has at most
	BusiestShare float64 `json:"busiest_share"` // of a layer's choices, on the GPU with the most; mean over layers and passes
	WorstShare   float64 `json:"worst_share"`   // the same, of the layer and pass where it is most
}

// Steps summarises the decoding steps of a run.
type Steps struct {
	Count int       `json:"count"`
	Mean  unit.Time `json:"mean_ps"`
	P50   unit.Time `json:"p50_ps"`
	P99   unit.Time `json:"p99_ps"`
	Worst unit.Time `json:"worst_ps"`
}

// Resource is what one resource did during the whole run.
type Resource struct {
	Name     string     `json:"name"`
	Busy     unit.Time  `json:"busy_ps"`
	Critical unit.Time  `json:"critical_ps"`     // share of the latency that waited for it; these sum to Latency
	Bytes    unit.Bytes `json:"bytes"`           // over a link; 0 for the others
	Units    int        `json:"units,omitempty"` // alike, that Busy sums over; absent: 1
}

// Layer is one block of the model.
type Layer struct {
	Stack    string      `json:"stack"` // encoder or decoder
	Block    int         `json:"block"` // from 0 in its stack
	MoE      bool        `json:"moe"`
	Passes   int         `json:"passes"`  // how often it ran; the rest is summed over them
	Time     unit.Time   `json:"time_ps"` // these sum to Latency, with the output head
	Critical []unit.Time `json:"critical_ps"`
	Busy     []unit.Time `json:"busy_ps"` // in the order of probe.Resource, as are the above
	LinkIn   unit.Bytes  `json:"link_in_bytes"`
	LinkOut  unit.Bytes  `json:"link_out_bytes"`
	Bound    unit.Time   `json:"bound_ps"`
	Tokens   []int64     `json:"tokens"` // per expert; null for a dense block
	Hot      []int64     `json:"hot"`    // per expert, passes in which the GPU computed it after PMove
	Active   int64       `json:"active"` // experts with tokens
	H        int64       `json:"h"`      // of those, moved to the GPU
}

// Pool is a memory and what must fit it.
type Pool struct {
	Name     string     `json:"name"` // gpu, host, device
	Capacity unit.Bytes `json:"capacity_bytes"`
	Used     unit.Bytes `json:"used_bytes"`
	Fits     bool       `json:"fits"`
	Items    []Item     `json:"items"`
}

// Item is one tenant of a Pool.
type Item struct {
	Name  string     `json:"name"`
	Bytes unit.Bytes `json:"bytes"`
}

// Energy is what one part of the machine took.
type Energy struct {
	Name   string      `json:"name"`
	Energy unit.Energy `json:"energy_pj"`
}

// Warning is something that a reader should know before trusting the numbers.
type Warning struct {
	Path string `json:"path"` // of the scenario field that it is about; may be empty
	Text string `json:"text"`
}

// Evidence is one part of a run, and the set of measurements that is nearest to it.
type Evidence struct {
	Name     string   `json:"name"`
	Kind     Kind     `json:"kind"`
	Set      string   `json:"set"` // empty: there is none
	Strategy string   `json:"strategy"`
	Machine  string   `json:"machine"`
	Rows     int      `json:"rows"` // that the errors are of
	Median   float64  `json:"median"`
	P90      float64  `json:"p90"`
	Worst    float64  `json:"worst"` // absolute relative errors
	Ranges   []Range  `json:"ranges"`
	Outside  []string `json:"outside"` // why the run is extrapolated; empty: it lies within
}

// Range is what a set covers of one quantity, and what the run has of it.
type Range struct {
	Name string  `json:"name"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
	From float64 `json:"from"`
	To   float64 `json:"to"`
}

// Kind says how well a number is known.
type Kind string

// Kinds, best known first.
const (
	Measured  Kind = "measured"
	Fitted    Kind = "fitted" // to measurements, by monde fit; the rest of them tells the error
	Datasheet Kind = "datasheet"
	Paper     Kind = "paper"
	Derived   Kind = "derived"   // arithmetic on the kinds above
	Assumed   Kind = "assumed"   // nobody says; chosen and documented here
	User      Kind = "user"      // the scenario changed the preset's value
	Simulated Kind = "simulated" // nothing to compare with exists
)

// Source says where one number of the scenario came from.
type Source struct {
	Path  string `json:"path"`
	Value string `json:"value"`
	Kind  Kind   `json:"kind"`
	Text  string `json:"text"`
}

// Timeline is the first spans of a run, a column each, layer by layer.
// Names index into Works and Resources.
type Timeline struct {
	Resources []string    `json:"resources"`
	Works     []string    `json:"works"`
	Resource  []int       `json:"resource"`
	Work      []int       `json:"work"`
	Pass      []int32     `json:"pass"`
	Layer     []int32     `json:"layer"`
	Expert    []int32     `json:"expert"`
	Start     []unit.Time `json:"start_ps"`
	End       []unit.Time `json:"end_ps"`
	Total     int64       `json:"total"` // spans of the run; more than the columns hold if it was long
}

// Empty returns t without spans: its names, and how many there were.
func (t Timeline) Empty() Timeline {
	return Timeline{
		Resources: t.Resources, Works: t.Works, Total: t.Total,
		Resource: []int{}, Work: []int{}, Pass: []int32{}, Layer: []int32{}, Expert: []int32{},
		Start: []unit.Time{}, End: []unit.Time{},
	}
}
