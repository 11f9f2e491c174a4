// Package workload says what is asked of a model: how many tokens in which
// phase, and which experts they are routed to.
//
// Routing is measured (popularity tables and token traces of real models, see
// docs/data.md), drawn from a curve with a seed, given as counts, or read from
// the user's own trace. It leaves out the text: tokens have no content.
package workload

import (
	"errors"
	"fmt"
	"slices"

	"monde/core/fault"
)

// Phase is the part of inference that is simulated.
type Phase string

// Phases. Encoder and Decoder are for encoder-decoder models, Prefill and
// Decode for decoder-only ones; Generate is both parts of either.
const (
	Encoder  Phase = "encoder"  // one forward pass of the encoder over all input tokens
	Decoder  Phase = "decoder"  // OutputTokens steps of the decoder, one token a sequence
	Prefill  Phase = "prefill"  // one forward pass over all input tokens
	Decode   Phase = "decode"   // OutputTokens steps, one token a sequence
	Generate Phase = "generate" // the input pass, then steps until OutputTokens are there
)

var phases = []Phase{Encoder, Decoder, Prefill, Decode, Generate}

// Phases returns every Phase.
func Phases() []Phase { return slices.Clone(phases) }

// Source is where routing comes from.
type Source string

// Sources.
const (
	Measured  Source = "measured"  // a popularity table of a real model
	TraceOf   Source = "trace"     // a token-level trace of a real model, shipped
	File      Source = "file"      // the user's own trace file, named by its SHA-256
	LogNormal Source = "lognormal" // weights exp(Sigma·z)
	Dirichlet Source = "dirichlet" // shares of a symmetric Dirichlet(Alpha)
	Zipf      Source = "zipf"      // share of rank r ∝ r^-Exponent
	Uniform   Source = "uniform"   // every expert alike
	Counts    Source = "counts"    // given tokens per expert
)

// Sources returns every Source.
func Sources() []Source {
	return []Source{Measured, TraceOf, File, LogNormal, Dirichlet, Zipf, Uniform, Counts}
}

// Scope is how much of the model is simulated.
type Scope string

// Scopes.
const (
	WholeModel Scope = "model"
	OneLayer   Scope = "moe_layer" // the experts of a single MoE block, to replay a measured layer
	OneExpert  Scope = "expert"    // all tokens through one expert, without gathering them
	Attending  Scope = "attention" // the attention of a single block
	OneCopy    Scope = "transfer"  // the weights of one expert over the link, and nothing else
)

// Scopes returns every Scope.
func Scopes() []Scope { return []Scope{WholeModel, OneLayer, OneExpert, Attending, OneCopy} }

// Partial reports whether s is a part of one block.
func (s Scope) Partial() bool { return s != WholeModel }

// Spec is a workload.
type Spec struct {
	Phase        Phase   `json:"phase"`
	Scope        Scope   `json:"scope"`
	Batch        int     `json:"batch"`         // sequences
	InputTokens  int     `json:"input_tokens"`  // a sequence
	OutputTokens int     `json:"output_tokens"` // a sequence; decoding steps
	Routing      Routing `json:"routing"`
}

// Routing says which experts tokens go to. Fields that Source does not use are
// ignored, so that a user may switch back and forth.
type Routing struct {
	Source   Source  `json:"source"`
	Table    string  `json:"table"`    // measured, trace: which; empty = the model's own or its stand-in
	Dataset  string  `json:"dataset"`  // measured, trace: which part; empty = all
	Sigma    float64 `json:"sigma"`    // lognormal
	Alpha    float64 `json:"alpha"`    // dirichlet
	Exponent float64 `json:"exponent"` // zipf
	Counts   [][]int `json:"counts"`   // counts: a row a MoE layer of a pass, or one row for all
	File     string  `json:"file"`     // file: its name, for people
	SHA256   string  `json:"sha256"`   // file: hex digest of its bytes
}

// Limits of what one scenario may ask for.
const (
	MaxBatch  = 1 << 16
	MaxTokens = 1 << 20 // input or output, a sequence
	MaxPass   = 1 << 24 // tokens in one forward pass
)

// Validate reports every field that is wrong by itself. Whether it fits a model
// is checked by NewRouter.
func (s Spec) Validate() error {
	return errors.Join(
		fault.Unless(slices.Contains(phases, s.Phase), "phase", "must be one of %q, got %q", phases, s.Phase),
		fault.Unless(slices.Contains(Scopes(), s.Scope), "scope", "must be one of %q, got %q", Scopes(), s.Scope),
		fault.Within("batch", s.Batch, 1, MaxBatch),
		fault.Within("input_tokens", s.InputTokens, 1, MaxTokens),
		fault.Within("output_tokens", s.OutputTokens, 1, MaxTokens),
		fault.Unless(s.Batch < 1 || s.InputTokens <= MaxPass/s.Batch, "input_tokens", "batch × input_tokens must be at most %d", MaxPass),
		fault.In("routing", s.Routing.validate()),
	)
}

func (r Routing) validate() error {
	positive := func(v float64, hi float64, used Source, path string) error {
		return fault.Unless(r.Source != used || v > 0 && v <= hi, path, "must be above 0 and at most %g, got %g", hi, v)
	}
	return errors.Join(
		fault.Unless(slices.Contains(Sources(), r.Source), "source", "must be one of %q, got %q", Sources(), r.Source),
		fault.Unless(r.Source != LogNormal || r.Sigma >= 0 && r.Sigma <= 10, "sigma", "must be 0 to 10, got %g", r.Sigma),
		positive(r.Alpha, 1e6, Dirichlet, "alpha"),
		fault.Unless(r.Source != Zipf || r.Exponent >= 0 && r.Exponent <= 10, "exponent", "must be 0 to 10, got %g", r.Exponent),
		fault.Unless(r.Source != Counts || len(r.Counts) > 0, "counts", "must hold at least one row"),
		r.validateCounts(),
		fault.Unless(r.Source != File || len(r.SHA256) == 64, "sha256", "must be the 64 hex digits of the trace file's SHA-256, got %d characters", len(r.SHA256)),
	)
}

func (r Routing) validateCounts() error {
	if r.Source != Counts {
		return nil
	}
	for i, row := range r.Counts {
		sum := 0
		for j, n := range row {
			if n < 0 || n > MaxPass {
				return fault.At(fmt.Sprintf("counts[%d][%d]", i, j), "must be 0 to %d, got %d", MaxPass, n)
			}
			sum += n
		}
		if sum == 0 {
			return fault.At(fmt.Sprintf("counts[%d]", i), "gives no expert a token")
		}
	}
	return nil
}
