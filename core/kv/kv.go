// Package kv says how much GPU memory a key-value cache takes under an allocator, and
// how many experts fit into what it leaves.
//
// The allocators are a reservation of the longest sequence (what frameworks did before
// paging), pages as vLLM has them (arXiv 2309.06180), and chunks mapped into one virtual
// range as vTensor has them (arXiv 2407.15309). It leaves out time: mapping runs beside
// decoding, and kernels that need no page table are not modelled as faster ones. It
// leaves out sharing of prefixes too.
package kv

import (
	"errors"

	"monde/core/fault"
	"monde/core/unit"
)

// Allocator is how memory of the cache is given out.
type Allocator string

// Allocators.
const (
	Static  Allocator = "static"  // the longest sequence, for every sequence
	Paged   Allocator = "paged"   // blocks of some tokens, out of a pool that is reserved at the start
	VTensor Allocator = "vtensor" // chunks of memory, mapped when they are needed
)

// Spec is an allocator. The zero Spec has none: the cache takes its bytes.
type Spec struct {
	Allocator   Allocator `json:"allocator"`
	MaxTokens   int       `json:"max_tokens,omitzero"`   // static: of a sequence; 0 = 2,048, or what the run needs if that is more
	Block       int       `json:"block_tokens,omitzero"` // paged; 0 = 16
	Utilisation float64   `json:"utilisation,omitzero"`  // paged, and what vTensor is compared with: share of GPU memory that everything together may take; 0 = 0.9
}

// Defaults: vLLM's block_size and gpu_memory_utilization, the granularity of CUDA's
// virtual memory, and a usual longest sequence.
const (
	usualTokens      = 2048
	usualBlock       = 16
	usualUtilisation = 0.9
	chunk            = unit.Bytes(2 << 20)
)

// Validate reports every field that no allocator can have.
func (s Spec) Validate() error {
	a := s.Allocator
	return errors.Join(
		fault.Unless(a == "" || a == Static || a == Paged || a == VTensor, "allocator", "must be static, paged or vtensor, got %q", a),
		fault.Within("max_tokens", s.MaxTokens, 0, 1<<24),
		fault.Within("block_tokens", s.Block, 0, 1<<16),
		fault.Within("utilisation", s.Utilisation, 0, 1),
	)
}

// Source says whose allocator it is; empty for none.
func (s Spec) Source() string {
	switch s.Allocator {
	case Static:
		return "the longest sequence: 2,048 tokens unless the scenario says otherwise"
	case Paged:
		return "vLLM (arXiv 2309.06180) and its defaults"
	case VTensor:
		return "vTensor (arXiv 2407.15309)"
	}
	return ""
}

func (s Spec) resolved() Spec {
	if s.MaxTokens == 0 {
		s.MaxTokens = usualTokens
	}
	if s.Block == 0 {
		s.Block = usualBlock
	}
	if s.Utilisation == 0 {
		s.Utilisation = usualUtilisation
	}
	return s
}

// Demand is what a cache holds: for every sequence, so many tokens in each layer.
type Demand struct {
	Sequences int
	Token     unit.Bytes // keys and values of one token in one layer
	Tokens    []int      // a sequence, layer by layer
}

// Usage is what a cache takes.
type Usage struct {
	Used unit.Bytes // keys and values
	Held unit.Bytes // Used, rounded up by the allocator
	Pool unit.Bytes // what nothing else can use: Held, or what is reserved
}

// Usage returns what d takes on a GPU with so much memory, of which others is taken by
// everything else.
func (s Spec) Usage(d Demand, memory, others unit.Bytes) Usage {
	none, s := s.Allocator == "", s.resolved()
	var u Usage
	for _, tokens := range d.Tokens {
		one := unit.Bytes(tokens) * d.Token
		u.Used += unit.Bytes(d.Sequences) * one
		u.Held += unit.Bytes(d.Sequences) * s.held(tokens, one, d.Token)
	}
	if none {
		u.Held = u.Used
	}
	u.Pool = u.Held
	if s.Allocator == Paged {
		u.Pool = max(u.Held, s.reserve(memory, others))
	}
	return u
}

// held is what one sequence takes in one layer: tokens of the given bytes together.
func (s Spec) held(tokens int, all, each unit.Bytes) unit.Bytes {
	switch s.Allocator {
	case Static:
		return unit.Bytes(max(tokens, s.MaxTokens)) * each
	case Paged:
		return up(unit.Bytes(tokens), unit.Bytes(s.Block)) * each
	default: // one virtual range
		return up(all, chunk)
	}
}

// reserve is the pool that is taken at the start.
func (s Spec) reserve(memory, others unit.Bytes) unit.Bytes {
	return max(0, unit.Bytes(float64(memory)*s.Utilisation)-others)
}

// Freed returns what chunks leave to others of the pool that paging would reserve.
func (s Spec) Freed(u Usage, memory, others unit.Bytes) unit.Bytes {
	s = s.resolved()
	return max(0, s.reserve(memory, others)-up(u.Used, chunk))
}

// Slots returns how many experts of so many bytes fit into what is free.
func Slots(free, expert unit.Bytes) int64 {
	if free <= 0 || expert <= 0 {
		return 0
	}
	return int64(free / expert)
}

// up rounds n up to whole steps.
func up(n, step unit.Bytes) unit.Bytes { return (n + step - 1) / step * step }
