// Package probe is how the simulator tells what it did. It stores nothing, and
// nothing that a probe does can influence a run.
package probe

import "monde/core/unit"

// Resource is one of the things that work waits for.
type Resource uint8

// Resources. LinkIn carries data to the GPU (PMove, and AMove's results),
// LinkOut from it (AMove's inputs). Of several GPUs, GPU is the one that is waited for,
// and both links are its ports to the others.
const (
	GPU Resource = iota
	LinkIn
	LinkOut
	NDP
	CPU
	Flash
	Resources // how many there are
)

// String returns the name that reports use.
func (r Resource) String() string {
	return [...]string{"gpu", "link_in", "link_out", "ndp", "cpu", "flash"}[r]
}

// Work is what a Span was spent on.
type Work uint8

// Kinds of work.
const (
	Attention Work = iota
	DenseFFN
	Gate
	Expert
	PMove
	AMoveOut
	AMoveIn
	Combine
	Head
	Launch   // the host asks the GPU for kernels and copies
	Sync     // the host waits for the tokens of every expert
	Read     // an expert comes from flash into host memory
	AllToAll // tokens go to the GPUs that have their experts, or come back
	Works    // how many there are
)

// String returns the name that reports use.
func (w Work) String() string {
	return [...]string{"attention", "dense_ffn", "gate", "expert", "pmove", "amove_out", "amove_in", "combine", "head", "launch", "sync", "read", "all_to_all"}[w]
}

// A Span is one thing that one resource did without a break.
type Span struct {
	Resource   Resource
	Work       Work
	Pass       int32 // which forward pass: 0 is the encoder or prefill, then one a decode step
	Layer      int32 // index in report.Layers
	Expert     int32 // -1 where none, or where one span serves several
	Start, End unit.Time
}

// Progress says how far a run has come.
type Progress struct {
	Done, Total int64     // layers simulated, of all passes
	Passes      int       // complete
	Tokens      int64     // processed by them
	Now         unit.Time // simulated

	// Experts simulated clock by clock for the layer that is running, of as many.
	Clocked, ClockedOf int
}

// Probe receives what a run does, as it happens. Both fields may be nil.
type Probe struct {
	Span     func(Span)
	Progress func(Progress)
}

// Emit passes s on, if anybody listens.
func (p Probe) Emit(s Span) {
	if p.Span != nil {
		p.Span(s)
	}
}

// Report passes q on, if anybody listens.
func (p Probe) Report(q Progress) {
	if p.Progress != nil {
		p.Progress(q)
	}
}
