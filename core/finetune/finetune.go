// Package finetune says what one step of fine-tuning takes whose adapters lie in host
// memory, and of which only the rows that tokens choose go to the GPU.
//
// From MEFT (arXiv 2406.04984), section 3: in every layer the hidden states go to the
// host, which routes them to experts of keys and picks the best keys of each token; the
// rows of the picked keys go to the GPU, which computes; their gradients come back, and
// the host's Adam changes them. All in closed form and one after the other, as the
// paper's equations have it. It leaves out overlap, data loading, activations that do
// not fit, and what a framework adds.
package finetune

import (
	"errors"
	"math"

	"monde/core/fault"
	"monde/core/gpu"
	"monde/core/host"
	"monde/core/link"
	"monde/core/unit"
)

// Spec is a step.
type Spec struct {
	Layers  int     `json:"layers"`
	DModel  int     `json:"d_model"`
	Weights int64   `json:"weights"` // of the frozen model
	Batch   int     `json:"batch"`
	Tokens  int     `json:"tokens"`         // a sequence
	Pairs   int     `json:"pairs"`          // r: adapter pairs of a key and a value, a layer
	K       int     `json:"k"`              // pairs that one token picks
	Beta    float64 `json:"beta"`           // pairs that all tokens pick together, over K; 0: a curve
	Experts int     `json:"experts"`        // N: groups of keys, a layer; 0: √pairs, where routing and search cost least
	Active  int     `json:"active_experts"` // groups that a token's keys are searched in
}

// Default is LLaMA-7B with the largest adapters of the paper, in its example of traffic.
// It prints 4√r active experts, more than there are; 4 are taken.
func Default() Spec {
	return Spec{Layers: 32, DModel: 4096, Weights: 6_738_000_000, Batch: 2, Tokens: 256, Pairs: 6144, K: 64, Active: 4}
}

// Validate reports every field that no step can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Within("layers", s.Layers, 1, 1024),
		fault.Within("d_model", s.DModel, 1, 1<<17),
		fault.Within("weights", s.Weights, 1, 1e13),
		fault.Within("batch", s.Batch, 1, 1<<12),
		fault.Within("tokens", s.Tokens, 1, 1<<20),
		fault.Within("pairs", s.Pairs, 1, 1<<20),
		fault.Within("k", s.K, 1, max(1, s.Pairs)),
		fault.Unless(s.Beta == 0 || s.Beta >= 1 && s.Beta*float64(s.K) <= float64(s.Pairs), "beta", "must be 1 to pairs / k, or 0 for the curve, got %v", s.Beta),
		fault.Within("experts", s.Experts, 0, max(1, s.Pairs)),
		fault.Within("active_experts", s.Active, 1, max(1, s.experts())),
	)
}

func (s Spec) experts() int {
	if s.Experts > 0 {
		return s.Experts
	}
	return max(1, int(math.Sqrt(float64(s.Pairs))+0.5))
}

func (s Spec) all() int64 { return int64(s.Batch) * int64(s.Tokens) }

// Distinct returns beta: as given, or the fourth root of the tokens. The curve is ours:
// the paper says only that its steps of 512 tokens touch less than 5 % of 6,144 pairs.
func (s Spec) Distinct() float64 {
	most := float64(s.Pairs) / float64(s.K)
	if s.Beta > 0 {
		return min(s.Beta, most)
	}
	return min(math.Sqrt(math.Sqrt(float64(s.all()))), most)
}

// rows returns the weights of all picked pairs of a layer: 2·d·β·K.
func (s Spec) rows() int64 {
	return int64(2 * float64(s.DModel) * float64(s.Distinct()*float64(s.K)))
}

// Traffic is the parameters that cross the link in one layer and step, one way
// (equations 1 to 4).
type Traffic struct {
	Rows    int64   `json:"rows"`    // 2·d·β·K
	Hidden  int64   `json:"hidden"`  // batch·tokens·d
	Offload int64   `json:"offload"` // 2·d·r: whole adapters, as an offloading optimizer moves them
	Ratio   float64 `json:"ratio"`   // Offload over Rows
}

// Traffic returns what crosses the link.
func (s Spec) Traffic() Traffic {
	t := Traffic{Rows: s.rows(), Hidden: s.all() * int64(s.DModel), Offload: 2 * int64(s.DModel) * int64(s.Pairs)}
	t.Ratio = float64(t.Offload) / float64(t.Rows)
	return t
}

// Machine is what a step runs on.
type Machine struct {
	GPU  gpu.Spec
	Link link.Spec
	Host host.Spec
}

// Part is one part of a step, in all layers.
type Part struct {
	Name  string     `json:"name"`
	On    string     `json:"on"` // gpu, cpu, link out, link in
	Time  unit.Time  `json:"time_ps"`
	Bytes unit.Bytes `json:"bytes"` // over the link
}

// Report is what a step takes.
type Report struct {
	Spec     Spec      `json:"spec"`
	Beta     float64   `json:"beta"`
	Activity float64   `json:"activity"` // share of the pairs that are touched
	Parts    []Part    `json:"parts"`
	Time     unit.Time `json:"time_ps"`
	Resident unit.Time `json:"resident_ps"` // the same adapters in GPU memory, however much that takes
	Speed    float64   `json:"speed"`       // Resident over Time
	Traffic  Traffic   `json:"traffic"`
}

const (
	halves = 2 // bytes of a value that crosses the link: 16 bits, as the paper trains
	// Adam in host memory: weight, momentum and variance in 32 bits, read and written,
	// and the gradient.
	adamBytes = 6*4 + 4
)

// Step returns what one step takes. The frozen model is passed forward, and backward
// for activations alone; adapters get gradients of their own.
func Step(s Spec, m Machine) (Report, error) {
	if err := errors.Join(s.Validate(), fault.In("machine.gpu", m.GPU.Validate()), fault.In("machine.link", m.Link.Validate()), fault.In("machine.host", m.Host.Validate())); err != nil {
		return Report{}, err
	}
	w := worker{s: s, m: m, link: link.New(m.Link)}
	t := s.Traffic()
	r := Report{Spec: s, Beta: s.Distinct(), Traffic: t, Activity: float64(t.Rows) / float64(t.Offload)}
	r.Parts = []Part{
		w.compute("frozen model, forward and backward", 4*float64(s.Weights)*float64(s.all())/float64(s.Layers)),
		w.move("hidden states to the host", "link out", t.Hidden),
		w.search(),
		w.move("rows of the picked pairs to the GPU", "link in", t.Rows),
		w.compute("picked pairs, forward and backward", 6*float64(t.Rows)*float64(s.all())),
		w.move("gradients of those rows to the host", "link out", t.Rows),
		w.adam(t.Rows),
	}
	for _, p := range r.Parts {
		r.Time += p.Time
	}
	r.Resident = r.Parts[0].Time + w.compute("", 6*float64(t.Offload)*float64(s.all())).Time + w.adamOnGPU(t.Offload)
	r.Speed = float64(r.Resident) / float64(r.Time)
	return r, nil
}

type worker struct {
	s    Spec
	m    Machine
	link link.Link
}

// most keeps the sum of all parts within what Time holds.
const most = unit.Time(1) << 59

func (w worker) times(each unit.Time) unit.Time {
	if each > most/unit.Time(w.s.Layers) {
		return most
	}
	return each * unit.Time(w.s.Layers)
}

func flops(n float64) unit.FLOPs { return unit.FLOPs(min(n, 1<<62)) }

// compute is n operations a layer on the GPU.
func (w worker) compute(name string, n float64) Part {
	rate := unit.Scaled(w.m.GPU.Compute, w.m.GPU.ComputeEfficiency)
	return Part{Name: name, On: "gpu", Time: w.times(rate.Compute(flops(n)))}
}

// move is n values a layer over the link.
func (w worker) move(name, on string, n int64) Part {
	b := unit.Bytes(halves * n)
	return Part{Name: name, On: on, Time: w.times(w.link.Copy(b)), Bytes: b * unit.Bytes(w.s.Layers)}
}

// search is M·N·d for the route and k_e·(r/N)·M·d for the keys (equation 6), two
// operations each.
func (w worker) search() Part {
	s, n := w.s, float64(w.s.experts())
	keys := n + float64(s.Active)*float64(s.Pairs)/n
	rate := unit.Scaled(w.m.Host.Compute, w.m.Host.ComputeEfficiency)
	return Part{Name: "routing and top-k on the host", On: "cpu", Time: w.times(rate.Compute(flops(2 * float64(s.all()) * float64(s.DModel) * keys)))}
}

// adam changes n parameters a layer in host memory.
func (w worker) adam(n int64) Part {
	rate := unit.Scaled(w.m.Host.Bandwidth, w.m.Host.BandwidthEfficiency)
	return Part{Name: "Adam on the host", On: "cpu", Time: w.times(rate.Transfer(adamBytes * unit.Bytes(n)))}
}

func (w worker) adamOnGPU(n int64) unit.Time {
	return w.times(unit.Scaled(w.m.GPU.Bandwidth, w.m.GPU.BandwidthEfficiency).Transfer(adamBytes * unit.Bytes(n)))
}
