package report

import "monde/core/unit"

// Limits of what is placed at once.
const (
	MaxPlaced       = 512     // numbers of tokens
	MaxPlacedTokens = 1 << 16 // each; the crossover is looked for as far
)

// Placed is what one expert takes by itself wherever its machine can compute it, as a
// run at fidelity event charges it.
type Placed struct {
	ExpertBytes unit.Bytes `json:"expert_bytes"`
	TokenBytes  unit.Bytes `json:"token_bytes"` // activations of one token, one way
	PMove       unit.Time  `json:"pmove_ps"`    // the weights over the link, its latency included
	Latency     unit.Time  `json:"latency_ps"`  // of a link that was idle
	Pass        unit.Time  `json:"pass_ps"`     // of the device over the weights; 0 where there is none
	Home        Home       `json:"home"`
	Crossover   *int       `json:"crossover"` // the fewest tokens for which PMove and the GPU take less than Home; null if none
	Counts      []PlacedAt `json:"counts"`    // as asked for
}

// Home is where experts are computed in place.
type Home string

// Homes.
const (
	OnDevice Home = "device" // wherever one holds them
	OnHost   Home = "host"
)

// PlacedAt is one expert with some tokens. What the machine does not have is absent,
// and so is what takes longer than a run may.
type PlacedAt struct {
	Tokens int   `json:"tokens"`
	Passes int   `json:"passes,omitempty"` // of the device over the weights
	Device *Cost `json:"device,omitempty"`
	Host   *Cost `json:"host,omitempty"`
	Moved  *Cost `json:"moved,omitempty"` // by PMove to the GPU
	GPU    *Cost `json:"gpu,omitempty"`   // weights there already
}

// Cost is how long one expert takes, and what for.
type Cost struct {
	Time    unit.Time `json:"time_ps"`    // all of what follows
	Read    unit.Time `json:"read_ps"`    // weights from flash into host memory; 0 where they are there
	Calls   unit.Time `json:"calls_ps"`   // the host's calls and waits that nothing hides: none from a graph
	There   unit.Time `json:"there_ps"`   // weights or activations, to where it is computed
	Compute unit.Time `json:"compute_ps"` // kernels, operators, or commands and passes
	Back    unit.Time `json:"back_ps"`    // activations
}
