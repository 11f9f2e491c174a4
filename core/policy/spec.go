// Package policy decides where the experts of a layer are computed. A strategy is a point
// on eight axes: where experts live, where a missed one is computed, in which precision
// it comes, what GPU memory keeps (package replace), what is expected (package predict),
// how much of it comes early, what goes first, and how batches are shaped. Systems are
// named points.
//
// A Placer sees one layer whose gate is known, and says a Site an expert. It leaves out
// time and memory, which package system keeps.
package policy

import (
	"errors"
	"slices"

	"monde/core/fault"
	"monde/core/policy/place"
	"monde/core/policy/predict"
	"monde/core/policy/replace"
)

// Name is what a composition of the axes is called.
type Name string

// Compositions of MoNDE (DAC 2024). The rest of Names are in systems.go.
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

// Home is where the experts live that GPU memory does not cache: the first axis.
type Home string

// Homes.
const (
	InGPU    Home = "gpu"    // all of them in GPU memory, however large
	InMemory Home = "memory" // of the device, or of the host where there is none; only their weights leave it
	OnHost   Home = "host"   // in the host's memory, beside its CPU
	OnDevice Home = "device" // in a memory device, beside its NDP core
	OnFlash  Home = "flash"  // behind the host; every expert is read into its memory first, each time
	InStack  Home = "stack"  // in GPU memory, whose stacks have the NDP core on their logic die: both read it (Duplex, 2409.01141)
)

// Homes returns every Home.
func Homes() []Home { return []Home{InGPU, InMemory, OnHost, OnDevice, OnFlash, InStack} }

// Missed is where an expert is computed that GPU memory does not hold: the second axis.
type Missed string

// Sites of missed experts.
const (
	Fetched  Missed = "gpu"     // after PMove
	AtHome   Missed = "home"    // where it lives, after AMove
	Balanced Missed = "balance" // the busiest on the GPU, the rest at home, both at once

	// Each where it takes less time by itself: Fiddler (2402.07033).
	Cheaper Missed = "cheaper"
	// GPU, home and link filled as three timelines, whichever ends first: HybriMoE (DAC 2025).
	Timelines Missed = "timelines"
)

// Misses returns every Missed.
func Misses() []Missed { return []Missed{Fetched, AtHome, Balanced, Cheaper, Timelines} }

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

// Fetch says which experts of a layer move.
type Fetch string

// Fetches.
const (
	Active Fetch = "active" // those with tokens
	Every  Fetch = "all"    // all, whether tokens come or not: SE-MoE
)

// Attention is which processor attends to cached keys and values, in whose memory they
// lie, in decoding steps.
type Attention string

// Attentions.
const (
	AttendGPU Attention = "gpu"
	AttendCPU Attention = "cpu" // beside the GPU's work for other micro-batches (MoE-Lightning, 2411.11217)
)

// Attentions returns every Attention.
func Attentions() []Attention { return []Attention{AttendGPU, AttendCPU} }

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

// Spec is a strategy: a point on the axes, and their parameters. Those that no axis
// uses are ignored, so that a user may switch back and forth.
type Spec struct {
	Name        Name         `json:"name"`           // of the composition that the rest began as
	Home        Home         `json:"home"`           // of experts
	Missed      Missed       `json:"missed"`         // where they are computed unless GPU memory holds them
	Transfer    Transfer     `json:"transfer"`       // missed: gpu
	Fetch       Fetch        `json:"fetch"`          // transfer: block or ahead
	Staging     int          `json:"staging"`        // experts that GPU memory holds in transit
	AlphaMode   AlphaMode    `json:"alpha_mode"`     // missed: balance
	Alpha       float64      `json:"alpha"`          // alpha_mode: fixed
	Rounding    Rounding     `json:"rounding"`       // alpha_mode: fixed and auto
	MinHot      int          `json:"min_hot"`        // alpha_mode: fixed and auto: H is at least this, or E_active; 0 lets H be 0
	Profile     int          `json:"profile_passes"` // alpha_mode: auto, and placement: forward passes that they learn from
	Held        int          `json:"held_blocks"`    // MoE blocks, the last of a stack, whose experts GPU memory holds for good (llama.cpp --n-cpu-moe)
	Precision   Precision    `json:"precision"`      // of missed experts
	First       First        `json:"first"`          // of a layer's experts
	Deferred    int          `json:"deferred"`       // experts of a layer that the CPU computes beside the next one (KTransformers, SOSP 2025)
	Cache       replace.Spec `json:"cache"`          // of experts, in GPU memory
	CacheShare  float64      `json:"cache_share"`    // of all experts that it has room for, where cache.slots is 0
	CachePrompt bool         `json:"cache_prompt"`   // it is filled once, after the prompt, with what that asked for most (2512.04476, DAOP)
	CacheFills  bool         `json:"cache_fills"`    // it takes what GPU memory has left, whatever cache.slots and cache_share say
	Predictor   predict.Spec `json:"predictor"`      // of the experts that later layers ask for
	Prefetch    Prefetch     `json:"prefetch"`
	Batching    Batching     `json:"batching"`
	Attention   Attention    `json:"attention"`
	Placement   place.Name   `json:"placement,omitzero"` // home: gpu, over several GPUs: which has which expert; absent: by number
}

// Prefetch is how weights come before a gate asks for them: the sixth axis. They use the
// link while nothing else does.
type Prefetch struct {
	Chunks int `json:"chunks"` // an expert comes in as many copies; what is asked for waits for one at most (ProMoE, 2410.22134: 3)
}

// Batching is how batches are shaped: the eighth axis.
type Batching struct {
	Micro    int     `json:"micro_batches"`   // batches that use a layer's weights one after another before the next layer's (Klotski, 2502.06888)
	Capacity float64 `json:"capacity_factor"` // static gating: every expert computes this share of a pass's tokens, padded or dropped (2303.06182); 0: as many as it gets
}

// Validate reports every field that no strategy can have.
func (s Spec) Validate() error {
	_, known := Named(s.Name)
	return errors.Join(
		fault.Unless(known, "name", "must be one of %q, got %q", Names(), s.Name),
		fault.Unless(slices.Contains(Homes(), s.Home), "home", "must be one of %q, got %q", Homes(), s.Home),
		fault.Unless(slices.Contains(Misses(), s.Missed), "missed", "must be one of %q, got %q", Misses(), s.Missed),
		fault.Unless(s.Home != InMemory || s.Missed == Fetched, "missed", "experts in %q are computed on the %s only, got %q", InMemory, Fetched, s.Missed),
		fault.Unless(s.Home != InStack || s.Missed != Fetched, "missed", "no expert in %q is moved: %q has them all on the GPU", InStack, InGPU),
		fault.Unless(slices.Contains(Transfers(), s.Transfer), "transfer", "must be one of %q, got %q", Transfers(), s.Transfer),
		fault.Unless(s.Fetch == Active || s.Fetch == Every, "fetch", "must be %q or %q, got %q", Active, Every, s.Fetch),
		fault.Within("staging", s.Staging, 2, 1024),
		fault.Unless(s.AlphaMode == Fixed || s.AlphaMode == Auto || s.AlphaMode == Exact, "alpha_mode", "must be %q, %q or %q, got %q", Fixed, Auto, Exact, s.AlphaMode),
		fault.Within("alpha", s.Alpha, 0, 1e6),
		fault.Unless(s.Rounding == Floor || s.Rounding == Nearest || s.Rounding == Ceil, "rounding", "must be %q, %q or %q, got %q", Floor, Nearest, Ceil, s.Rounding),
		fault.Within("min_hot", s.MinHot, 0, 1<<14),
		fault.Within("profile_passes", s.Profile, 1, 256),
		fault.Within("held_blocks", s.Held, 0, 1<<12),
		fault.In("cache", s.Cache.Validate()),
		fault.Within("cache_share", s.CacheShare, 0, 1),
		fault.Unless(!s.CachePrompt || s.Cache.Name == replace.Static, "cache_prompt", "what the prompt chose stays: cache.name must be %q, got %q", replace.Static, s.Cache.Name),
		fault.In("precision", s.Precision.Validate()),
		fault.Unless(!s.Precision.Lowers() || !s.Whole(), "precision", "experts that move together come as they are: transfer is %q", s.Transfer),
		fault.Unless(slices.Contains(Firsts(), s.First), "first", "must be one of %q, got %q", Firsts(), s.First),
		fault.Within("deferred", s.Deferred, 0, 1<<14),
		fault.Unless(s.Deferred == 0 || s.Home == OnHost && s.Missed != Fetched, "deferred", "only what the CPU computes from its memory can be deferred"),
		fault.Unless(slices.Contains(Attentions(), s.Attention), "attention", "must be one of %q, got %q", Attentions(), s.Attention),
		fault.Unless(s.Attention == AttendGPU || s.Deferred == 0, "deferred", "the CPU has attention to compute beside the next block"),
		fault.In("predictor", s.Predictor.Validate()),
		fault.Within("prefetch.chunks", s.Prefetch.Chunks, 1, 1024),
		fault.Unless(s.Predictor.Name == predict.Nothing || s.Cache.Name != replace.NoCache, "predictor.name", "what comes ahead of need must have a place: cache.name is %q", s.Cache.Name),
		fault.Unless(s.Predictor.Name == predict.Nothing || !s.Whole(), "predictor.name", "experts that move together are not predicted one by one: transfer is %q", s.Transfer),
		fault.Within("batching.micro_batches", s.Batching.Micro, 1, 1024),
		fault.Within("batching.capacity_factor", s.Batching.Capacity, 0, 1),
		fault.Unless(s.Placement == "" || slices.Contains(place.Names(), s.Placement), "placement", "must be one of %q, got %q", place.Names(), s.Placement),
	)
}

// Ideal reports whether the GPU computes every expert, from its memory.
func (s Spec) Ideal() bool { return s.Home == InGPU }

// HasAll reports whether GPU memory holds every expert.
func (s Spec) HasAll() bool { return s.Home == InGPU || s.Home == InStack }

// NearData reports whether experts are computed by an NDP core.
func (s Spec) NearData() bool {
	return (s.Home == OnDevice || s.Home == InStack) && s.Missed != Fetched
}

// OnCPU reports whether experts are computed on the host CPU.
func (s Spec) OnCPU() bool { return (s.Home == OnHost || s.Home == OnFlash) && s.Missed != Fetched }

// Splits reports whether experts are split between the GPU and where they live.
func (s Spec) Splits() bool { return !s.Ideal() && s.Missed != Fetched && s.Missed != AtHome }

// Tuned reports whether H comes from a formula with alpha.
func (s Spec) Tuned() bool { return !s.Ideal() && s.Missed == Balanced && s.AlphaMode != Exact }

// Fetches reports whether every expert that GPU memory does not hold is moved there.
func (s Spec) Fetches() bool { return !s.Ideal() && s.Missed == Fetched }

// Moves reports whether weights cross the link.
func (s Spec) Moves() bool { return s.Fetches() || s.Splits() && s.Home != InStack }

// Whole reports whether the experts of a layer move together.
func (s Spec) Whole() bool { return s.Fetches() && (s.Transfer == Block || s.Transfer == Ahead) }

// Serially reports whether nothing is computed while weights move.
func (s Spec) Serially() bool { return s.Fetches() && s.Transfer == Serial }
