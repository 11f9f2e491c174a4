package workload

import (
	"fmt"
	"math/rand/v2"

	"monde/core/fault"
	"monde/core/rng"
)

// drawn is the Router of every source that has shares and no tokens: tokens
// choose independently of each other, and of what they chose in other layers.
type drawn struct {
	decoder, encoder []*chooser
	marks            marks
	scaler           scaler
}

var _ Router = (*drawn)(nil)

// maxTable bounds the memory of one Router: experts, of all layers.
const maxTable = 1 << 21

// shares returns those of all choices in one layer. Draw is the layer's own
// stream, for what the shares leave to chance.
type shares func(l leg, layer int, draw *rand.Rand) []float64

// drawn returns a Router for shares. A layer has the same ones in every pass.
func (b *building) drawn(of shares) (*drawn, error) {
	size := 0
	for _, l := range b.legs {
		size += l.layers * b.m.Experts
	}
	if size > maxTable {
		return nil, fault.At("source", "draws from at most %d experts, all MoE blocks together; the run has %d", maxTable, size)
	}
	d := &drawn{marks: marks{of: make([]uint64, b.m.Experts)}}
	for _, l := range b.legs {
		b.sayDrawn(l)
		if l.encoder {
			d.encoder = b.choosers(l, of)
		} else if d.decoder == nil {
			d.decoder = b.choosers(l, of)
		}
	}
	return d, nil
}

func (b *building) sayDrawn(l leg) {
	if l.tokens > maxDrawn {
		b.story.scaled("passes of %d tokens are drawn as %d and scaled up", l.tokens, maxDrawn)
	}
}

func (b *building) choosers(l leg, of shares) []*chooser {
	all := make([]*chooser, l.layers)
	for i := range all {
		stream := func(seed uint64, what string) *rand.Rand {
			return rng.Stream(seed, fmt.Sprintf("routing/%s/%s/%d", what, l.stack(), i))
		}
		all[i] = newChooser(of(l, i, stream(b.seed, "shares")), b.m.TopK, stream(b.draws, "draws"))
	}
	return all
}

// Count implements Router.
func (d *drawn) Count(dst []int32, p Pass, layer int) {
	stack := d.decoder
	if p.Encoder {
		stack = d.encoder
	}
	clear(dst)
	n := min(p.Tokens, maxDrawn)
	stack[layer].count(dst, n, &d.marks)
	if p.Tokens > n {
		d.scaler.up(dst, n, p.Tokens)
	}
}
