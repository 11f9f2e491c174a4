package functional

import (
	"errors"
	"fmt"

	"monde/core/fault"
)

// A Choice is one of the experts that a token is routed to, and the gate weight of
// its output.
type Choice struct {
	Expert int
	Gate   float32
}

// Layer returns the outputs of a MoE layer for tokens x, whose choices are
// routes[token]. Expert e runs on where[e]. Each expert gets its tokens in their
// order; a token's outputs are combined in the order of its choices, wherever and
// whenever they were computed. A token without choices gets zeros. The error names
// what does not fit.
func Layer(x Tensor, routes [][]Choice, where []Executor) (Tensor, error) {
	if err := checkRoutes(x, routes, len(where)); err != nil {
		return Tensor{}, err
	}
	outputs := make([][][]uint16, x.Rows) // by token and choice
	for token := range routes {
		outputs[token] = make([][]uint16, len(routes[token]))
	}
	for e, executor := range where {
		if err := run(x, routes, e, executor, outputs); err != nil {
			return Tensor{}, fault.In(fmt.Sprintf("experts[%d]", e), err)
		}
	}
	y := NewTensor(x.Format, x.Rows, x.Cols)
	for token, choices := range routes {
		combine(y, token, choices, outputs[token])
	}
	return y, nil
}

// run gathers the tokens of expert e, has them computed, and puts the outputs back.
func run(x Tensor, routes [][]Choice, e int, executor Executor, outputs [][][]uint16) error {
	var slots []*[]uint16
	tokens := Tensor{Cols: x.Cols, Format: x.Format}
	for token, choices := range routes {
		for rank, c := range choices {
			if c.Expert == e {
				slots = append(slots, &outputs[token][rank])
				tokens.Elements = append(tokens.Elements, x.Row(token)...)
				tokens.Rows++
			}
		}
	}
	if tokens.Rows == 0 {
		return nil
	}
	y, err := executor.FFN(e, tokens)
	if err != nil {
		return err
	}
	if y.Rows != tokens.Rows || y.Cols != x.Cols {
		return fault.At("", "gives %d×%d for %d×%d", y.Rows, y.Cols, tokens.Rows, x.Cols)
	}
	for i, slot := range slots {
		*slot = y.Row(i)
	}
	return nil
}

// combine sets the row of a token to the sum of gate · output over its choices.
func combine(y Tensor, token int, choices []Choice, outputs [][]uint16) {
	for c := range y.Cols {
		var sum float32
		for rank, choice := range choices {
			sum = add(sum, choice.Gate, Value(y.Format, outputs[rank][c]))
		}
		y.Row(token)[c] = Round(y.Format, sum)
	}
}

func checkRoutes(x Tensor, routes [][]Choice, n int) error {
	errs := []error{fault.Unless(len(routes) == x.Rows, "routes", "must be of %d tokens, got %d", x.Rows, len(routes))}
	for token, choices := range routes {
		for _, c := range choices {
			errs = append(errs, fault.Unless(c.Expert >= 0 && c.Expert < n, fmt.Sprintf("routes[%d]", token), "must be to expert 0 to %d, got %d", n-1, c.Expert))
		}
	}
	return errors.Join(errs...)
}
