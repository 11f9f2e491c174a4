// Package predict models predictors of the experts that a layer will ask for, before its
// gate is known: so that their weights may move early.
//
// Those that count what a trace shows are computed: the same layer's previous token, a
// first-order table from layer to layer, EdgeMoE's paths (arXiv 2308.14352), MoE-Infinity's
// activation matrices (2401.14361), FineMoE's expert maps (2502.05370), popularity, and
// the prompt's statistics (2512.04476, DAOP). Those that need a model's hidden state, which
// no trace has, are Replayed: each expert is right with the accuracy that was published. A
// pre-gate (2308.12066) is right by construction.
//
// It leaves out what a prediction costs but for a time that the Spec states.
package predict

import (
	"errors"
	"slices"

	"monde/core/fault"
	"monde/core/unit"
)

// Name is a predictor.
type Name string

// Predictors.
const (
	Nothing       Name = "none"
	PreviousToken Name = "previous-token" // what the token before asked for at the same layer
	FirstOrder    Name = "first-order"    // table from experts of a layer to those of the target
	Path          Name = "path"           // EdgeMoE: experts of two layers are the key
	Popularity    Name = "popularity"     // the busiest so far
	TokenTable    Name = "token-table"    // replayed: token id to experts
	SkipGate      Name = "skip-gate"      // replayed: the target's gate on this layer's hidden state
	Learned       Name = "learned"        // replayed: ProMoE's perceptron a layer
	RPP           Name = "rpp"            // replayed: ExpertFlow's routing path predictor
	PreGate       Name = "pre-gate"       // Pre-gated MoE: the gate of the block before decides
	Prefill       Name = "prefill"        // what the prompt asked for most
	Activation    Name = "activation"     // MoE-Infinity: the most alike of stored activation matrices
	Oracle        Name = "oracle"         // always right
)

// kinds is every predictor: a row is all that one takes.
var kinds = []struct {
	name Name
	make func(s Spec, layers, experts int) Predictor
}{
	{Nothing, func(Spec, int, int) Predictor { return nobody{} }},
	{PreviousToken, func(Spec, int, int) Predictor { return previous{} }},
	{FirstOrder, newFirstOrder},
	{Path, newPaths},
	{Popularity, newPopularity},
	{TokenTable, newReplay},
	{SkipGate, newReplay},
	{Learned, newReplay},
	{RPP, newReplay},
	{PreGate, func(Spec, int, int) Predictor { return told{afterFirst: true} }},
	{Prefill, func(_ Spec, _, experts int) Predictor { return &prompt{newRanking(experts)} }},
	{Activation, newActivations},
	{Trajectory, newTrajectories},
	{Oracle, func(Spec, int, int) Predictor { return told{} }},
}

// Names returns every predictor.
func Names() []Name {
	var names []Name
	for _, k := range kinds {
		names = append(names, k.name)
	}
	return names
}

// Replayed reports whether a predictor is right by draw, with a published accuracy,
// because it needs what no trace records.
func (n Name) Replayed() bool {
	return n == TokenTable || n == SkipGate || n == Learned || n == RPP
}

// Knows reports whether a predictor reads View.Truth.
func (n Name) Knows() bool { return n.Replayed() || n == PreGate || n == Oracle }

// Studies reports whether a predictor comes with a store of what earlier requests asked
// for: MoE-Infinity's matrices, FineMoE's maps, and the dictionary that EdgeMoE fills from
// a training set.
func (n Name) Studies() bool { return n == Activation || n == Trajectory || n == Path }

// Weighs reports whether a predictor reads View.Popularity.
func (n Name) Weighs() bool { return n == Popularity || n.Replayed() }

// Spec is a predictor and its parameters. Those that Name does not use are ignored.
type Spec struct {
	Name     Name      `json:"name"`
	Distance int       `json:"distance"`   // layers from the one that is known to the target
	Accuracy float64   `json:"accuracy"`   // replayed: share of experts that are right; 0: as published
	Latency  unit.Time `json:"latency_ps"` // from the gate to the prediction; replayed, 0: as published; not counted here
	Store    int       `json:"store"`      // activation, trajectory: matrices kept
	Paths    int       `json:"paths"`      // path: keys kept a layer
}

// Default returns no predictor, of the next layer, with published accuracies. Numbers of
// matrices and of paths are ours.
func Default() Spec { return Spec{Name: Nothing, Distance: 1, Store: 64, Paths: 1024} }

// Validate reports every field that no predictor can have.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Unless(slices.Contains(Names(), s.Name), "name", "must be one of %q, got %q", Names(), s.Name),
		fault.Within("distance", s.Distance, 1, 64),
		fault.Unless(s.Name != PreGate || s.Distance == 1, "distance", "must be 1: a pre-gate decides for the next block, got %d", s.Distance),
		fault.Within("accuracy", s.Accuracy, 0, 1),
		fault.Within("latency_ps", s.Latency, 0, unit.Second),
		fault.Within("store", s.Store, 1, 1024),
		fault.Within("paths", s.Paths, 1, 1<<16),
	)
}

// View is what a predictor may know. Sets of experts are those of one token, or of all
// tokens of a step; each expert is there once.
type View struct {
	Layer, Target int       // the last gate that is known, and the one to predict; Layer is negative before the first
	Count         int       // experts wanted at most
	Chosen        []int32   // at Layer
	Before        []int32   // at the layer before it
	Previous      []int32   // at Target, by the token before
	Prompt        []int32   // at Target, tokens of the prompt by expert; nil: unknown
	Popularity    []float64 // at Target, shares by expert; nil: unknown
	Truth         []int32   // at Target: read by Learn, and by predictors of which Name.Knows

	Draw func() float64 // from [0, 1), replayed
}

// A Predictor appends the experts that it expects to dst, best first, each once and at
// most View.Count. Learn tells it what came instead, in order of layers; Begin that a
// pass starts. Implementations are deterministic but for View.Draw, keep no reference to a
// View, and allocate nothing once made.
type Predictor interface {
	Begin(sequenceStarts bool)
	Predict(dst []int32, v *View) []int32
	Learn(v *View)
}

// An Expecter says how many tokens it expects each expert of a target to get that it has
// just predicted; nil if it knows nothing. The slice is its own.
type Expecter interface {
	Expected() []float64
}

// New returns the Predictor of a valid Spec.
func New(s Spec, layers, experts int) Predictor {
	for _, k := range kinds {
		if k.name == s.Name {
			return k.make(s, layers, experts)
		}
	}
	panic("predict: bug: no such predictor")
}
