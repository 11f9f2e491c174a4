package policy

import (
	"slices"

	"monde/core/unit"
)

// Site is where an expert of a layer is computed.
type Site uint8

// Sites.
const (
	Idle     Site = iota // no token is routed to it
	Resident             // on the GPU, which holds its weights already
	Moved                // on the GPU, after PMove of its weights
	Near                 // where its weights live: on the memory device, or the host
)

// View is what a policy may know when a layer's gate is done. Slices have an
// entry an expert.
type View struct {
	Tokens  []int32     // routed to it in this layer and pass
	Held    []bool      // its weights are in GPU memory; nil: none are
	GPU     []unit.Time // to compute it on the GPU, weights there
	Near    []unit.Time // to compute it where it lives
	Left    []unit.Time // of its PMove, which has begun ahead of need; nil or 0: all of it
	Busy    unit.Time   // the link brings something else before
	Move    unit.Time   // PMove of one expert, beyond the latency
	Token   unit.Time   // AMove of one token and expert, one way, beyond the latency
	Latency unit.Time   // of a link that was idle

	LinkRate unit.BytesPerSecond // of PMove
	NearRate unit.BytesPerSecond // at which weights are read where they live, all devices together
	Devices  int                 // memory devices; expert i lives on device i mod Devices; 0 and 1 are one
}

// Placer picks a Site for each expert of a layer. Implementations are
// deterministic, keep no reference to v, give Idle exactly to the experts without
// tokens, and Resident only to those that are held, unless GPU memory holds all.
type Placer interface {
	Place(dst []Site, v *View) []Site
}

// held reports whether GPU memory holds an expert.
func (v *View) held(id int32) bool { return v.Held != nil && v.Held[id] }

// everyone puts all active experts at one site that are not held.
type everyone struct{ site Site }

var _ Placer = everyone{}

// Place implements Placer.
func (e everyone) Place(dst []Site, v *View) []Site {
	start, n := len(dst), len(v.Tokens)
	dst = slices.Grow(dst, n)[:start+n]
	clear(dst[start:]) // all idle
	sites := dst[start:]
	for id, t := range v.Tokens {
		switch {
		case t == 0:
		case v.held(int32(id)):
			sites[id] = Resident
		default:
			sites[id] = e.site
		}
	}
	return dst
}

// move returns how long PMove of an expert still takes, beyond the latency.
func (v *View) move(id int32) unit.Time {
	if v.Left == nil || v.Left[id] == 0 {
		return v.Move
	}
	return min(v.Move, v.Left[id])
}

// missed appends to dst the active experts that are not held, and returns how long the
// GPU computes the others. Those that are on their way already come first, the one with
// the least left before others, then the busiest.
func missed(dst []int32, v *View) ([]int32, unit.Time) {
	start := len(dst)
	dst = ByTokens(dst, v.Tokens)
	Readiest.Sort(dst[start:], v.Tokens, v.Left)
	if v.Held == nil {
		return dst, 0
	}
	var busy unit.Time
	kept := dst[:0]
	for _, id := range dst {
		if v.Held[id] {
			busy += v.GPU[id]
		} else {
			kept = append(kept, id)
		}
	}
	return kept, busy
}

// New returns the Placer of a valid Spec. alpha is what MD+LB scales its formula
// with, if it uses one.
func New(s Spec, alpha float64) Placer {
	switch {
	case s.Ideal():
		return everyone{Resident}
	case s.HasAll():
		return there{missedBy(s, alpha)}
	default:
		return missedBy(s, alpha)
	}
}

// there has experts on the GPU without moving them.
type there struct{ Placer }

// Place implements Placer.
func (t there) Place(dst []Site, v *View) []Site {
	start := len(dst)
	dst = t.Placer.Place(dst, v)
	for i, site := range dst[start:] {
		if site == Moved {
			dst[start+i] = Resident
		}
	}
	return dst
}

// missedBy returns the Placer of experts that GPU memory does not hold.
func missedBy(s Spec, alpha float64) Placer {
	switch s.Missed {
	case Balanced:
		return &balance{spec: s, alpha: alpha}
	case AtHome:
		return everyone{Near}
	case Cheaper:
		return cheaper{}
	case Timelines:
		return new(timelines)
	default:
		return everyone{Moved}
	}
}
