// Package sweep says which scenarios a sweep runs, and what it keeps of each.
//
// A sweep is a scenario and the fields that differ from point to point. Its points are
// numbered, and any of them can be made without the others, so that they may run
// anywhere and in any order; the same specification gives the same points on every
// target. It leaves out how points are run, and where results go.
package sweep

import "monde/core/unit"

// MaxPoints is how many points a sweep may have.
const MaxPoints = 1_000_000

// Method is how the points of a sweep are chosen.
type Method string

// Methods.
const (
	Grid   Method = "grid"   // every value of each axis with every value of the others; the last axis varies fastest
	List   Method = "list"   // the first value of each axis, then the second of each, and so on
	Random Method = "random" // each axis drawn by itself
	LHS    Method = "lhs"    // Latin hypercube: as many strata as points, each met once on every axis
)

// Methods lists them.
var Methods = []Method{Grid, List, Random, LHS}

// Scale is how a range is divided.
type Scale string

// Scales.
const (
	Linear Scale = "linear"
	Log    Scale = "log" // equal ratios; both ends must be positive
)

// Spec is a sweep without its scenario.
type Spec struct {
	Method Method `json:"method"`
	Axes   []Axis `json:"axes"`
	Points int    `json:"points,omitempty"` // of random and lhs; the others count by themselves
	Seed   uint64 `json:"seed,omitempty"`   // of random and lhs, below 2^53
}

// Axis is one field of the scenario and what it is set to: values, or a range.
type Axis struct {
	Path   string  `json:"path"` // "workload.batch", "strategy.name", "machine"
	Values []Value `json:"values,omitempty"`
	From   float64 `json:"from,omitempty"` // of a range, ends included
	To     float64 `json:"to,omitempty"`
	Steps  int     `json:"steps,omitempty"` // of a range, in grid and list: how many values
	Scale  Scale   `json:"scale,omitempty"` // absent: linear
	Whole  bool    `json:"whole,omitempty"` // numbers of the range are rounded to whole ones
}

// Row is one point and its result.
type Row struct {
	Index  int     `json:"index"`
	Values []Value `json:"values"`           // one an axis
	Failed string  `json:"failed,omitempty"` // why there is no result
	Result *Result `json:"result,omitempty"`
}

// Result is what a sweep keeps of a report. A scenario with its field set gives the
// whole report again, with the same digest.
type Result struct {
	Digest          string      `json:"digest"`
	Latency         unit.Time   `json:"latency_ps"`
	Bound           unit.Time   `json:"bound_ps"` // no run of this scenario can be faster
	Tokens          int64       `json:"tokens"`
	TokensPerSecond float64     `json:"tokens_per_second"`
	TTFT            unit.Time   `json:"ttft_ps"`          // 0 if there is no input pass
	TPOTMean        unit.Time   `json:"tpot_mean_ps"`     // 0 if there is no decoding step, as are the next
	TPOTP99         unit.Time   `json:"tpot_p99_ps"`      //
	Energy          unit.Energy `json:"energy_pj"`        // of all parts
	EnergyPerToken  float64     `json:"energy_per_token"` // pJ
	Limit           string      `json:"limit"`            // the resource that the latency waits for most
	LimitShare      float64     `json:"limit_share"`      // of the latency
	LinkIn          unit.Bytes  `json:"link_in_bytes"`
	LinkOut         unit.Bytes  `json:"link_out_bytes"`
	GPUBytes        unit.Bytes  `json:"gpu_bytes"` // of GPU memory that is used
	Fits            bool        `json:"fits"`      // every memory holds what it must
	HotExperts      int64       `json:"hot_experts"`
	HitRate         float64     `json:"hit_rate"`       // of a cache of experts; 0 if there is none
	Simulated       bool        `json:"simulated_only"` // rests on NDP execution, which nobody has measured
}
