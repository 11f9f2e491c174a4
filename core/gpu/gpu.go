// Package gpu models how long a GPU takes for the kernels of a transformer.
//
// A kernel takes its bytes at the share of the datasheet bandwidth that kernels
// reach, or its tiles at the rate that tensor cores reach, whichever is longer, a
// part of the shorter, and a fixed cost. Tiles are whole and run in whole waves
// over the SMs. Constants are fitted to measurements by `monde fit` (fitted.go says
// to which rows), except what a datasheet gives.
//
// It leaves out clocks that drop under load, L2 residency of weights from one layer
// to the next, and several streams.
package gpu

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Spec is what a user may choose.
type Spec struct {
	Name                string              `json:"name"`
	Memory              unit.Bytes          `json:"memory_bytes"`
	Reserved            unit.Bytes          `json:"reserved_bytes"`            // of Memory: context and workspaces of the framework
	ReservedEach        unit.Bytes          `json:"reserved_per_expert_bytes"` // and its buffers for each expert of a block
	Bandwidth           unit.BytesPerSecond `json:"bandwidth_bytes_per_s"`     // peak
	BandwidthEfficiency float64             `json:"bandwidth_efficiency"`      // share of it that a GEMM's operands reach
	Compute             unit.FLOPsPerSecond `json:"compute_flops_per_s"`       // bf16 with fp32 accumulation, dense, peak
	ComputeEfficiency   float64             `json:"compute_efficiency"`        // share of it that full tiles reach
	SMs                 int                 `json:"sms"`
	L2                  unit.Bytes          `json:"l2_bytes"`
	Kernel              unit.Time           `json:"kernel_ps"`          // fixed cost of a GEMM, launched from a graph
	Small               unit.Time           `json:"small_kernel_ps"`    // of an elementwise kernel
	Eager               bool                `json:"eager"`              // launch kernel by kernel instead of from a graph
	Launch              unit.Time           `json:"launch_ps"`          // eager: host time of a launch
	Start               unit.Time           `json:"start_ps"`           // eager: until the host sees a result, beyond the kernels
	Floor               unit.Time           `json:"block_floor_ps"`     // least GPU time of a block without experts: a framework's launches
	MoEFloor            unit.Time           `json:"moe_block_floor_ps"` // and of one with experts
	Experts             Style               `json:"experts"`            // kernels of experts that GPU memory holds
	GroupRows           int                 `json:"group_rows"`         // grouped: rows of a tile; 0 is as many as an expert's tokens need
	Tiles               Tiles               `json:"fused_tiles"`        // fused
	Power               unit.Power          `json:"power_mw"`           // board, while busy
}

// Style is how the experts of a layer are computed, where all are in GPU memory.
// Experts that are moved there come one by one, and are looped.
type Style string

// Styles.
const (
	Looped  Style = "looped"  // one after the other, each gathers its tokens and adds its results back
	Grouped Style = "grouped" // one kernel a projection for all (CUTLASS, torch._grouped_mm)
	Fused   Style = "fused"   // the Triton kernel of vLLM
)

// Tiles names the tiles of the fused kernel, where no tuned table is.
type Tiles string

// Tiles of vLLM's get_default_config.
const (
	NewTiles Tiles = "new" // vLLM 0.17 and later
	OldTiles Tiles = "old" // vLLM 0.14 and before
)

// Validate reports every field that no GPU can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Within("memory_bytes", s.Memory, 1, 1<<50),
		fault.Within("reserved_bytes", s.Reserved, 0, 1<<50),
		fault.Within("reserved_per_expert_bytes", s.ReservedEach, 0, 1<<34),
		fault.Within("bandwidth_bytes_per_s", s.Bandwidth, 1, 1e15),
		fault.Share("bandwidth_efficiency", s.BandwidthEfficiency),
		fault.Within("compute_flops_per_s", s.Compute, 1, 1e18),
		fault.Share("compute_efficiency", s.ComputeEfficiency),
		fault.Within("sms", s.SMs, 1, 4096),
		fault.Within("l2_bytes", s.L2, 0, 1<<34),
		fault.Within("kernel_ps", s.Kernel, 0, unit.Second),
		fault.Within("small_kernel_ps", s.Small, 0, unit.Second),
		fault.Within("launch_ps", s.Launch, 0, unit.Second),
		fault.Within("start_ps", s.Start, 0, unit.Second),
		fault.Unless(s.Experts == Looped || s.Experts == Grouped || s.Experts == Fused, "experts",
			"must be %q, %q or %q, got %q", Looped, Grouped, Fused, s.Experts),
		fault.Unless(s.Tiles == NewTiles || s.Tiles == OldTiles, "fused_tiles", "must be %q or %q, got %q", NewTiles, OldTiles, s.Tiles),
		fault.Within("block_floor_ps", s.Floor, 0, unit.Second),
		fault.Within("moe_block_floor_ps", s.MoEFloor, 0, unit.Second),
		fault.Within("group_rows", s.GroupRows, 0, 1024),
		fault.Within("power_mw", s.Power, 0, 1e9),
	)
}

// A GPU is a Spec made ready. Rates are those of a microsecond.
type GPU struct {
	spec  Spec
	k     Constants
	pins  float64 // bytes, by the datasheet
	bytes float64 // bytes that GEMMs reach
	near  float64 // bytes of what was just produced, from L2
	peak  float64 // FLOP, by the datasheet
	flops float64 // FLOP that full tiles reach
	sms   float64
}

// New returns the GPU of a valid Spec.
func New(s Spec) GPU { return With(s, Fitted()) }

// With is New with other constants, to fit them.
func With(s Spec, k Constants) GPU {
	g := GPU{spec: s, k: k, pins: float64(s.Bandwidth) / 1e6, peak: float64(s.Compute) / 1e6, sms: float64(s.SMs)}
	g.bytes = float64(g.pins * s.BandwidthEfficiency)
	g.near = float64(g.bytes * k.L2Speed)
	g.flops = float64(g.peak * s.ComputeEfficiency)
	return g
}

// Cost is what kernels take one after the other.
type Cost struct {
	Time    unit.Time // launched from a graph
	Kernels int
}

// Plus returns c and then d.
func (c Cost) Plus(d Cost) Cost { return Cost{c.Time.Plus(d.Time), c.Kernels + d.Kernels} }

// Times returns n of c.
func (c Cost) Times(n int) Cost {
	if n > 0 && c.Time > unit.Never/unit.Time(n) {
		return Cost{unit.Never, n * c.Kernels}
	}
	return Cost{unit.Time(n) * c.Time, n * c.Kernels}
}

// Part returns how long the host waits for kernels that it launches on an idle GPU:
// from a graph, the kernels alone; eagerly, its launches or the kernels.
func (g GPU) Part(c Cost) unit.Time {
	if !g.spec.Eager || c.Kernels == 0 {
		return c.Time
	}
	return max(g.Launches(c.Kernels), c.Time.Plus(g.spec.Start))
}

// Launches returns how long the host is busy with n launches; none from a graph.
func (g GPU) Launches(n int) unit.Time {
	if !g.spec.Eager {
		return 0
	}
	return unit.Time(n) * g.spec.Launch
}

// Eager reports whether the host launches kernel by kernel.
func (g GPU) Eager() bool { return g.spec.Eager }

// Start returns how long a result takes to reach the host beyond the kernels.
func (g GPU) Start() unit.Time {
	if !g.spec.Eager {
		return 0
	}
	return g.spec.Start
}

// microseconds turns a float of µs into Time, to the nearest picosecond.
func microseconds(us float64) unit.Time {
	const most = 9e12
	if !(us < most) {
		return unit.Never
	}
	return unit.Time(float64(us*1e6) + 0.5)
}

// rounds returns how often b goes into a, rounded up, as a float: counts of tiles
// times their work exceed 63 bits for absurd shapes.
func rounds(a, b int) float64 { return float64((a + b - 1) / b) }
