package workload

import (
	"errors"
	"fmt"

	"monde/core/fault"
)

// given is the Router of counts: the same in every pass.
type given struct{ rows [][]int32 }

var _ Router = given{}

// Count implements Router.
func (g given) Count(dst []int32, _ Pass, layer int) {
	clear(dst)
	copy(dst, g.rows[min(layer, len(g.rows)-1)])
}

func (b *building) counts() (Router, error) {
	b.story.origin.Name = "counts"
	if b.s.Phase == Generate {
		return nil, fault.At("counts", "phase %q has passes of different sizes, which one set of counts cannot fit: simulate the input pass and the decoding steps apart, or take another source", Generate)
	}
	l := b.legs[0]
	rows := b.s.Routing.Counts
	if len(rows) != 1 && len(rows) != l.layers {
		return nil, fault.At("counts", "must hold 1 row for all MoE layers, or one for each of %d; got %d", l.layers, len(rows))
	}
	var errs []error
	g := given{make([][]int32, len(rows))}
	dropped := 0
	for i, row := range rows {
		errs = append(errs, b.fits(l, i, row))
		g.rows[i] = narrow(row)
		dropped += l.tokens*b.m.TopK - total(row)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	b.story.say("tokens per expert as given")
	if dropped > 0 {
		b.story.say("%d of %d choices a pass reach no expert (dropped tokens)", dropped, l.tokens*b.m.TopK*len(rows))
	}
	return g, nil
}

// fits checks row i against the tokens of a pass.
func (b *building) fits(l leg, i int, row []int) error {
	path := fmt.Sprintf("counts[%d]", i)
	if len(row) > b.m.Experts {
		return fault.At(path, "names %d experts, the model has %d", len(row), b.m.Experts)
	}
	for e, n := range row {
		if n > l.tokens {
			return fault.At(path, "expert %d gets %d tokens, a pass has %d", e, n, l.tokens)
		}
	}
	most := l.tokens * b.m.TopK
	return fault.Unless(total(row) <= most, path, "sums to %d, a pass of %d tokens makes %d choices (top-%d)", total(row), l.tokens, most, b.m.TopK)
}

func total(row []int) int {
	sum := 0
	for _, n := range row {
		sum += n
	}
	return sum
}

func narrow(row []int) []int32 {
	out := make([]int32, len(row))
	for i, n := range row {
		out[i] = int32(n) // at most MaxPass
	}
	return out
}
