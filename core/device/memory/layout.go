package memory

import (
	"errors"

	"monde/core/fault"
)

// Kind is what a region is for.
type Kind uint8

// Kinds. Activations are an expert's inputs, its intermediate, its outputs, and
// the done register.
const (
	Weights Kind = iota
	Activations
)

// String returns the kind's name.
func (k Kind) String() string { return [...]string{"weights", "activations"}[k] }

// A Layout says where bytes lie. It is plain data.
type Layout struct {
	Geometry Geometry `json:"geometry"`
	// Weights is the order of their addresses, and of all if ActivationBanks is 0.
	Weights Order `json:"weights_order"`
	// Activations is the order of theirs. It does not matter if ActivationBanks is 0.
	Activations Order `json:"activations_order"`
	// ActivationBanks are the highest banks of every bank group, 0 to banks-1, which
	// hold no weights: a stream of weights never closes a row of activations. Their
	// addresses follow those of the weights. 0: the two share every bank.
	ActivationBanks int `json:"activation_banks"`
}

// Validate reports every field that no layout can have.
func (l Layout) Validate() error {
	_, err := l.Weights.Fields()
	errs := []error{fault.In("geometry", l.Geometry.Validate()), fault.In("weights_order", err)}
	if l.ActivationBanks != 0 {
		_, err := l.Activations.Fields()
		errs = append(errs,
			fault.In("activations_order", err),
			fault.Within("activation_banks", l.ActivationBanks, 0, l.Geometry.Banks-1))
	}
	return errors.Join(errs...)
}
