// Package trust says how far the predictions of a scenario have been compared with
// measurements: for each part of it the nearest set of them, its error, the range that
// it covers, and what of the scenario lies outside.
//
// Sets are those of backend/validate, whose program writes sets.go. Nothing here
// changes a prediction. It leaves out errors of what no set measures.
package trust

import (
	"fmt"
	"strings"

	"monde/core/gpu"
	"monde/core/policy"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/workload"
)

// Set is a set of measurements of one machine, with the error of predictions.
type Set struct {
	Name, Strategy, Machine string
	GPU, Link, Host         string  // what they were taken on
	Rows                    int     // that no constant was fitted to; if there are none, all
	Median, P90, Worst      float64 // absolute relative errors of those rows
	Ranges                  Spans   // of all rows
}

// Spans are the values of every quantity that errors depend on.
type Spans [quantities]Span

// Span is the values of one quantity.
type Span struct{ Low, High float64 }

// quantity is one that errors depend on.
type quantity int

const (
	dModel quantity = iota
	ff
	experts
	topK
	bits
	tokens
	keys
	quantities
)

// String returns the name that reports use: a path in the scenario, or words.
func (q quantity) String() string {
	return [...]string{"model.d_model", "model.expert_ff", "model.experts", "model.top_k", "model.expert_bits", "tokens in a pass", "tokens in a sequence"}[q]
}

// SpansOf returns every quantity of s.
func SpansOf(s scenario.Scenario) Spans {
	m, w := s.Model, s.Workload
	one := func(v int) Span { return Span{float64(v), float64(v)} }
	few, many := w.Batch, w.Batch*w.InputTokens
	first, last := w.InputTokens, w.InputTokens
	switch w.Phase {
	case workload.Encoder, workload.Prefill:
		few = many
	case workload.Decoder:
		many, first, last = few, 1, w.OutputTokens
	case workload.Decode:
		many, first, last = few, w.InputTokens+1, w.InputTokens+w.OutputTokens
	case workload.Generate:
		last += w.OutputTokens
	}
	return Spans{
		dModel: one(m.DModel), ff: one(m.ExpertFF), experts: one(m.Experts), topK: one(m.TopK), bits: {m.ExpertBits, m.ExpertBits},
		tokens: {float64(few), float64(many)}, keys: {float64(first), float64(last)},
	}
}

// Plus returns the spans that hold both.
func (s Spans) Plus(x Spans) Spans {
	for q := range s {
		s[q] = Span{min(s[q].Low, x[q].Low), max(s[q].High, x[q].High)}
	}
	return s
}

// part is one part of a scenario: which set is nearest, and what it must have in
// common with it.
type part struct {
	name     string
	kind     report.Kind // if the hardware is what was measured
	set      string
	strategy string // of the set; empty: any
	measured func(Set) string
	mine     string     // what the scenario has instead of measured
	root     string     // of the paths of its hardware
	depends  []quantity // that its error depends on
}

// layer is what the error of experts depends on.
var layer = []quantity{dModel, ff, experts, topK, bits, tokens}

// Of returns how far each part of s can be trusted, whose numbers are known from
// sources.
func Of(s scenario.Scenario, sources []report.Source) []report.Evidence {
	changed := changes(sources)
	var all []report.Evidence
	for _, p := range parts(s) {
		all = append(all, p.report(s, changed))
	}
	return all
}

// parts lists the parts that a run of s has.
func parts(s scenario.Scenario) []part {
	var all []part
	x, scope := s.Strategy, s.Workload.Scope
	if scope == workload.OneCopy {
		return append(all, transfer(s, part{name: "the transfer", set: "h100/link", strategy: "h2d_host_visible"}))
	}
	if scope == workload.WholeModel || scope == workload.Attending {
		all = append(all, attention(s))
		if x.Attention == policy.AttendCPU {
			all = append(all, part{name: "attention on the CPU", kind: report.Assumed})
		}
	}
	if scope == workload.Attending {
		return all
	}
	if x.Ideal() || x.Splits() || x.Moves() {
		all = append(all, onGPU(s))
	}
	if x.Moves() {
		all = append(all, moved(s))
	}
	if x.OnCPU() {
		all = append(all, onHost(s))
	}
	if x.NearData() {
		all = append(all, part{name: "experts near the data", kind: report.Simulated})
	}
	if x.Home == policy.OnFlash {
		all = append(all, part{name: "reads from flash", kind: report.Assumed})
	}
	if s.Several() {
		all = append(all, part{name: "exchanges between GPUs", kind: report.Assumed})
	}
	return all
}

// gpus fills what sets of the GPU have in common.
func gpus(s scenario.Scenario, p part) part {
	p.kind, p.root = report.Fitted, "machine.gpu."
	p.measured, p.mine = func(x Set) string { return x.GPU }, s.Machine.GPU.Name
	return p
}

// transfer fills what sets of the link have in common.
func transfer(s scenario.Scenario, p part) part {
	p.kind, p.root = report.Fitted, "machine.link."
	p.measured, p.mine = func(x Set) string { return x.Link }, s.Machine.Link.Name
	return p
}

// offload reports whether s is on the machine of Pre-gated MoE's measurements: its
// blocks take what launches take.
func offload(s scenario.Scenario) bool { return s.Machine.GPU.MoEFloor > 0 }

func attention(s scenario.Scenario) part {
	phase, how := "prefill", "graph"
	if s.Workload.Phase == workload.Decode || s.Workload.Phase == workload.Decoder {
		phase = "decode"
	}
	if s.Machine.GPU.Eager {
		how = "eager"
	}
	p := part{name: "attention", set: "h100/dense", strategy: phase + " " + how, depends: []quantity{dModel, tokens, keys}}
	return gpus(s, p)
}

func onGPU(s scenario.Scenario) part {
	g := s.Machine.GPU
	p := part{name: "experts on the GPU", set: "h100/graph_layers", strategy: "ideal_loop", depends: layer}
	switch ideal := s.Strategy.Ideal(); {
	case offload(s):
		p.set, p.strategy = "pregated/block_lats", "GPU-only"
	case g.Eager:
		p.set, p.strategy = "h100/layers", "ideal"
	case ideal && g.Experts == gpu.Fused:
		p.set, p.strategy = "gpu_moe/moe_kernels", ""
	case ideal && g.Experts == gpu.Grouped:
		p.strategy = "ideal_grouped"
	}
	return gpus(s, p)
}

func moved(s scenario.Scenario) part {
	p := part{name: "moving weights", set: "h100/graph_layers", strategy: "pm_overlap", depends: layer}
	t := s.Strategy
	switch {
	case t.Whole():
		p.set, p.strategy = "pregated/block_lats", "DeepSpeed"
		if t.Fetch == policy.Every {
			p.strategy = "SE-MoE"
		} else if t.Transfer == policy.Ahead {
			p.strategy = "Pre-gated"
		}
	case t.Serially():
		p.strategy = "pm_serial"
	}
	if s.Machine.GPU.Eager && p.set == "h100/graph_layers" {
		p.set = "h100/layers"
	}
	return transfer(s, p)
}

func onHost(s scenario.Scenario) part {
	p := part{
		name: "experts on the CPU", kind: report.Fitted, set: "h100/layers", strategy: "am_cpu", root: "machine.host.", depends: layer,
		measured: func(x Set) string { return x.Host }, mine: s.Machine.Host.Name,
	}
	if s.Strategy.Splits() {
		p.strategy = "hybrid"
	}
	return p
}

// report compares s with the nearest set.
func (p part) report(s scenario.Scenario, changed []string) report.Evidence {
	r := report.Evidence{Name: p.name, Kind: p.kind, Ranges: []report.Range{}, Outside: []string{}}
	set, ok := p.nearest()
	if !ok {
		r.Outside = append(r.Outside, "nothing like it has been measured")
		if p.kind == report.Simulated {
			r.Outside[0] = "no NDP expert execution has been measured anywhere"
		}
		return r
	}
	r.Set, r.Strategy, r.Machine = set.Name, set.Strategy, set.Machine
	r.Rows, r.Median, r.P90, r.Worst = set.Rows, set.Median, set.P90, set.Worst
	if was := p.measured(set); was != p.mine {
		r.Kind = report.Derived
		r.Outside = append(r.Outside, fmt.Sprintf("%s; measured was %s", p.mine, was))
	}
	for _, path := range changed {
		if strings.HasPrefix(path, p.root) {
			r.Outside = append(r.Outside, path+" is not what was measured")
		}
	}
	mine := SpansOf(s)
	for _, q := range p.depends {
		have, at := mine[q], set.Ranges[q]
		r.Ranges = append(r.Ranges, report.Range{Name: q.String(), Low: at.Low, High: at.High, From: have.Low, To: have.High})
		if have.Low < at.Low || have.High > at.High {
			r.Outside = append(r.Outside, fmt.Sprintf("%s %s; measured was %s", q, have, at))
		}
	}
	return r
}

// nearest returns the set of p: of the same hardware, or the first.
func (p part) nearest() (Set, bool) {
	var found *Set
	for i := range sets {
		x := &sets[i]
		if x.Name != p.set || p.strategy != "" && x.Strategy != p.strategy {
			continue
		}
		if found == nil || p.measured(*found) != p.mine && p.measured(*x) == p.mine {
			found = x
		}
	}
	if found == nil {
		return Set{}, false
	}
	return *found, true
}

// String is for people: 4, or 4 to 4096.
func (s Span) String() string {
	if s.Low == s.High {
		return fmt.Sprintf("%.0f", s.Low)
	}
	return fmt.Sprintf("%.0f to %.0f", s.Low, s.High)
}

// changes lists the paths of what the user set.
func changes(sources []report.Source) []string {
	var all []string
	for _, x := range sources {
		if x.Kind == report.User {
			all = append(all, x.Path)
		}
	}
	return all
}
