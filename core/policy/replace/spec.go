package replace

import (
	"errors"
	"slices"

	"monde/core/fault"
)

// Name is a replacement policy.
type Name string

// Policies. All but NoCache and Static evict, among equals, the least recently used.
const (
	NoCache    Name = "none"       // nothing is kept
	Static     Name = "static"     // what came first, as a given hot set, stays
	LRU        Name = "lru"        // the least recently used; ProMoE and Mixtral-offloading, per layer
	LFU        Name = "lfu"        // the least often used
	SeqLFU     Name = "seq-lfu"    // the same, counted anew in each sequence (HOBBIT's ablation)
	LIFO       Name = "lifo"       // Expert Buffering: inactive ones, then last in first out
	Hobbit     Name = "hobbit"     // HOBBIT: recency, frequency, high-precision uses, layer distance
	LCU        Name = "lcu"        // MoE-APEX: least cost of a miss, and layer distance
	EdgeMoE    Name = "edgemoe"    // frequency over layer distance
	MRS        Name = "mrs"        // HybriMoE: a moving average of gate scores
	Activation Name = "activation" // MoE-Infinity: the request's activations, early layers first
	Benefit    Name = "benefit"    // DynaNDE: the least time saved
)

// Names returns every policy, simplest first.
func Names() []Name {
	return []Name{NoCache, Static, LRU, LFU, SeqLFU, LIFO, Hobbit, LCU, EdgeMoE, MRS, Activation, Benefit}
}

// Scope says which experts share slots.
type Scope string

// Scopes.
const (
	PerLayer Scope = "layer" // each layer has slots of its own
	Model    Scope = "model" // all layers share theirs
)

// Reading says how a formula is read whose printed form contradicts its text.
type Reading string

// Readings.
const (
	Printed Reading = "printed" // as the paper, or who quotes it, prints it
	Meant   Reading = "meant"   // as its text describes it
)

// Spec is a cache and its policy's parameters. Those that Name does not use are ignored.
type Spec struct {
	Name     Name  `json:"name"`
	Scope    Scope `json:"scope"`
	Slots    int   `json:"slots"`     // of full precision: each layer's, or all layers'
	LowSlots int   `json:"low_slots"` // of low precision; 0: one class alone
	Warm     bool  `json:"warm"`      // begins with the hot set that Cache.Warm is given

	// Reading is of EdgeMoE's distance, which as printed grows behind the layer that runs
	// and as meant grows ahead of it; of HOBBIT's and MoE-APEX's, printed alike; and of
	// MoE-Infinity's ratio, which as quoted is upside down.
	Reading Reading `json:"reading"`
	// Weights of HOBBIT's equation 3, which sum to 1. The paper calibrates them by the
	// penalty of a miss, and does not publish them.
	Recency   float64 `json:"recency"`
	Frequency float64 `json:"frequency"`
	HighUses  float64 `json:"high_uses"`
	Nearness  float64 `json:"nearness"`
	// LowCost is what a miss of low precision costs, of one of high: B_l/B_h of HOBBIT and
	// MoE-APEX, by bits.
	LowCost float64 `json:"low_cost"`
	// Smoothing is HybriMoE's a, which the paper does not give: how much of a score the
	// last gate makes up.
	Smoothing float64 `json:"smoothing"`
	// TopScores is how many scores count, of the experts asked for: HybriMoE's p is twice.
	TopScores int `json:"top_scores"`
	// Epsilon keeps experts apart that MoE-Infinity's request has not activated.
	Epsilon float64 `json:"epsilon"`
}

// Default returns LRU, a layer's slots its own, none yet, and parameters as published;
// those that are not published are ours: HOBBIT's weights are equal, a is 0.5.
func Default() Spec {
	return Spec{
		Name: LRU, Scope: PerLayer, Reading: Meant,
		Recency: 0.25, Frequency: 0.25, HighUses: 0.25, Nearness: 0.25,
		LowCost: 0.125, // INT2 of FP16, MoE-APEX
		// HybriMoE prints a as a parameter, and p = 2·(active experts).
		Smoothing: 0.5, TopScores: 2,
		Epsilon: 1e-3,
	}
}

// Room returns how many copies of a class a cache of s has slots for, in all layers
// together.
func (s Spec) Room(class Class, layers, experts int) int {
	if s.Scope == Model {
		return s.each(class, layers, experts)
	}
	return layers * s.each(class, layers, experts)
}

// each returns the slots of a class that each layer has, or that all share.
func (s Spec) each(class Class, layers, experts int) int {
	most, slots := experts, s.Slots
	if s.Scope == Model {
		most *= layers
	}
	if class == Low {
		slots = s.LowSlots
	}
	if s.Name == NoCache {
		return 0
	}
	return min(slots, most)
}

// maxSlots is every expert of the largest model.
const maxSlots = 1 << 20

// weightSlack is how far HOBBIT's weights may be from 1 in all, for decimals.
const weightSlack = 1e-9

// Validate reports every field that no cache can have.
func (s Spec) Validate() error {
	sum := s.Recency + s.Frequency + s.HighUses + s.Nearness
	return errors.Join(
		fault.Unless(slices.Contains(Names(), s.Name), "name", "must be one of %q, got %q", Names(), s.Name),
		fault.Unless(s.Scope == PerLayer || s.Scope == Model, "scope", "must be %q or %q, got %q", PerLayer, Model, s.Scope),
		fault.Within("slots", s.Slots, 0, maxSlots),
		fault.Within("low_slots", s.LowSlots, 0, maxSlots),
		fault.Unless(s.Reading == Printed || s.Reading == Meant, "reading", "must be %q or %q, got %q", Printed, Meant, s.Reading),
		fault.Within("recency", s.Recency, 0, 1),
		fault.Within("frequency", s.Frequency, 0, 1),
		fault.Within("high_uses", s.HighUses, 0, 1),
		fault.Within("nearness", s.Nearness, 0, 1),
		fault.Unless(sum > 1-weightSlack && sum < 1+weightSlack, "nearness", "recency, frequency, high_uses and nearness must sum to 1, got %v", sum),
		fault.Within("low_cost", s.LowCost, 0, 1),
		fault.Share("smoothing", s.Smoothing),
		fault.Within("top_scores", s.TopScores, 1, 1024),
		fault.Unless(s.Epsilon > 0 && s.Epsilon <= 1, "epsilon", "must be above 0 and at most 1, got %v", s.Epsilon),
	)
}
