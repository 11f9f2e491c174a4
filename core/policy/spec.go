// Package policy decides where experts run. It sees a View and returns a
// Decision; it never sees a device, a queue, a clock or a random number.
//
// The strategies are the configurations of MoNDE (DAC 2024,
// doi 10.1145/3649329.3655951). Caches, predictors and prefetch are left out
// until the eight-axis engine.
package policy

import (
	"errors"
	"slices"

	"monde/core/fault"
)

// Name is a strategy.
type Name string

// Strategies of the paper.
const (
	Ideal Name = "Ideal"  // every expert's weights are in GPU memory, however large
	GPUPM Name = "GPU+PM" // weights of active experts cross the link to the GPU (PMove)
	MDAM  Name = "MD+AM"  // activations go to the memory device and back (AMove), which computes
	MDLB  Name = "MD+LB"  // the H busiest experts go to the GPU, the rest stay on the device, at once
	CPUAM Name = "CPU+AM" // activations go to the host CPU and back
)

// CPULB is MD+LB without a memory device: the H busiest experts go to the GPU, the
// host CPU computes the rest, at once.
const CPULB Name = "CPU+LB"

// Names returns every strategy, best known baseline first.
func Names() []Name { return []Name{Ideal, GPUPM, CPUAM, CPULB, MDAM, MDLB} }

// NearData reports whether a strategy computes experts on a memory device.
func (n Name) NearData() bool { return n == MDAM || n == MDLB }

// OnHost reports whether a strategy computes experts on the host CPU.
func (n Name) OnHost() bool { return n == CPUAM || n == CPULB }

// Balanced reports whether a strategy splits experts between the GPU and where they
// live.
func (n Name) Balanced() bool { return n == MDLB || n == CPULB }

// Transfer says whether PMove of one expert runs beside the compute of another.
type Transfer string

// Transfers.
const (
	Serial  Transfer = "serial"  // move, compute, move, compute
	Overlap Transfer = "overlap" // the next experts' weights move while one computes
	Block   Transfer = "block"   // all of a layer's, then its computes together: on demand, as DeepSpeed
	Ahead   Transfer = "ahead"   // as Block, but while the layer before computes: a prefetch that knows
)

// Transfers returns every Transfer.
func Transfers() []Transfer { return []Transfer{Serial, Overlap, Block, Ahead} }

// Tier says which memory holds the experts that GPU memory does not.
type Tier string

// Tiers.
const (
	Memory Tier = "memory" // the memory device's with MD strategies, otherwise the host's
	Flash  Tier = "flash"  // every expert is read into host memory first, each time
)

// Fetch says which experts of a layer GPU+PM moves.
type Fetch string

// Fetches.
const (
	Active Fetch = "active" // those with tokens
	Every  Fetch = "all"    // all, whether tokens come or not: SE-MoE
)

// AlphaMode says where H comes from.
type AlphaMode string

// Alpha modes.
const (
	Fixed AlphaMode = "fixed" // H = Alpha · BW_link/(BW_md+BW_link) · E_active
	Auto  AlphaMode = "auto"  // the same, with the alpha that is best on profiling passes
	Exact AlphaMode = "exact" // no formula: the best prefix of the experts by tokens, layer by layer
)

// Rounding turns the formula's H into a whole number of experts.
type Rounding string

// Roundings.
const (
	Floor   Rounding = "floor"
	Nearest Rounding = "nearest" // halves up
	Ceil    Rounding = "ceil"
)

// Spec is a strategy and its parameters. Those that Name does not use are
// ignored, so that a user may switch back and forth.
type Spec struct {
	Name      Name      `json:"name"`
	Tier      Tier      `json:"tier"`           // of experts: GPU+PM, CPU+AM, CPU+LB
	Transfer  Transfer  `json:"transfer"`       // GPU+PM
	Fetch     Fetch     `json:"fetch"`          // GPU+PM by block or ahead
	Staging   int       `json:"staging"`        // GPU+PM overlap, MD+LB, CPU+LB: experts that GPU memory holds in transit
	AlphaMode AlphaMode `json:"alpha_mode"`     // MD+LB, CPU+LB
	Alpha     float64   `json:"alpha"`          // MD+LB fixed
	Rounding  Rounding  `json:"rounding"`       // MD+LB fixed and auto
	MinHot    int       `json:"min_hot"`        // MD+LB fixed and auto: H is at least this, or E_active; 0 lets H be 0
	Profile   int       `json:"profile_passes"` // MD+LB auto: forward passes that alpha is tuned on
}

// Whole reports whether the experts of a layer move together.
func (s Spec) Whole() bool { return s.Name == GPUPM && (s.Transfer == Block || s.Transfer == Ahead) }

// Serially reports whether nothing is computed while weights move.
func (s Spec) Serially() bool { return s.Name == GPUPM && s.Transfer == Serial }

// Validate reports every field that no strategy can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Unless(slices.Contains(Names(), s.Name), "name", "must be one of %q, got %q", Names(), s.Name),
		fault.Unless(slices.Contains(Transfers(), s.Transfer), "transfer", "must be one of %q, got %q", Transfers(), s.Transfer),
		fault.Unless(s.Tier == Memory || s.Tier == Flash, "tier", "must be %q or %q, got %q", Memory, Flash, s.Tier),
		fault.Unless(s.Fetch == Active || s.Fetch == Every, "fetch", "must be %q or %q, got %q", Active, Every, s.Fetch),
		fault.Within("staging", s.Staging, 2, 1024),
		fault.Unless(s.AlphaMode == Fixed || s.AlphaMode == Auto || s.AlphaMode == Exact, "alpha_mode", "must be %q, %q or %q, got %q", Fixed, Auto, Exact, s.AlphaMode),
		fault.Within("alpha", s.Alpha, 0, 1e6),
		fault.Unless(s.Rounding == Floor || s.Rounding == Nearest || s.Rounding == Ceil, "rounding", "must be %q, %q or %q, got %q", Floor, Nearest, Ceil, s.Rounding),
		fault.Within("min_hot", s.MinHot, 0, 1<<14),
		fault.Within("profile_passes", s.Profile, 1, 256),
	)
}
