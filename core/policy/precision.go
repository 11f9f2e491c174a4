package policy

import (
	"errors"

	"monde/core/fault"
	"monde/core/policy/replace"
)

// Precision is in which precision a missed expert comes: the third axis. With twins, an
// unimportant expert comes as a copy of fewer bits, or not at all; how important it is,
// is its gate's to say (HOBBIT, 2411.01433, and MoE-APEX). Or an expert has fewer bits for
// good, whoever asks (EdgeMoE, 2308.14352).
type Precision struct {
	Twins   bool    `json:"twins"`    // false: every expert comes as it is
	LowBits float64 `json:"low_bits"` // of a weight of a twin
	// Of the choices of tokens, how many want full precision, and how many a twin; the rest
	// is skipped. HOBBIT's thresholds 0.6 and 0.9 give 67 %, 30 % and 3 % of Mixtral's.
	High float64 `json:"high_share"`
	Low  float64 `json:"low_share"`
	// Of a layer's experts, those least asked for that have LowBits for good. EdgeMoE picks
	// them by how much accuracy each costs, which no trace tells.
	Fixed float64 `json:"fixed_low_share"`
}

// DefaultPrecision returns no twins, with HOBBIT's numbers for whoever wants them.
func DefaultPrecision() Precision { return Precision{LowBits: 4, High: 0.67, Low: 0.3} }

// Validate reports every field that no Precision can have.
func (p Precision) Validate() error {
	return errors.Join(
		fault.Within("low_bits", p.LowBits, 0.5, 32),
		fault.Within("high_share", p.High, 0, 1),
		fault.Within("low_share", p.Low, 0, 1),
		fault.Within("fixed_low_share", p.Fixed, 0, 1),
		fault.Unless(p.High+p.Low <= 1+1e-9, "low_share", "high_share and low_share must sum to at most 1, got %g", p.High+p.Low),
	)
}

// Lowers reports whether some experts come in fewer bits.
func (p Precision) Lowers() bool { return p.Twins || p.Fixed > 0 }

// Class returns the precision that an expert with t > 0 tokens is wanted in: the best that
// any of them wants. draw is from 0 to 1. None: they all skip it.
func (p Precision) Class(t int32, draw float64) replace.Class {
	if !p.Twins {
		return replace.High
	}
	notHigh, skipped := 1.0, 1.0
	for range min(t, 64) { // beyond, hardly anything is left of either
		notHigh = float64(notHigh * (1 - p.High))
		skipped = float64(skipped * max(0, 1-p.High-p.Low))
	}
	switch {
	case draw < skipped:
		return replace.None
	case draw < notHigh:
		return replace.Low
	default:
		return replace.High
	}
}
