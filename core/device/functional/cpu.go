package functional

// CPU computes experts as a thread of a CPU does: token by token, output by
// output, each a dot product along its row of weights.
type CPU struct{ experts experts }

var _ Executor = CPU{}

// NewCPU returns the executor of valid experts, which it does not copy.
func NewCPU(list []Expert) CPU { return CPU{list} }

// FFN implements Executor.
func (c CPU) FFN(expert int, x Tensor) (Tensor, error) {
	e, err := c.experts.find(expert, x)
	if err != nil {
		return Tensor{}, err
	}
	for _, s := range e.stages() {
		x = s.byDots(x)
	}
	return x, nil
}

// byDots computes a stage row by row.
func (s stage) byDots(x Tensor) Tensor {
	l := s.first.Layout
	out := NewTensor(x.Format, x.Rows, l.N)
	token, weights := make([]float32, l.K), make([]float32, l.K)
	for m := range x.Rows {
		x.values(token, m)
		for n := range l.N {
			s.first.row(weights, n)
			sum, up := dot(token, weights), float32(0)
			if s.op.Gated() {
				s.extra.row(weights, n)
				up = dot(token, weights)
			}
			out.Row(m)[n] = finish(s.op, x.Format, sum, up)
		}
	}
	return out
}

func dot(x, w []float32) float32 {
	var sum float32
	for k := range x {
		sum = add(sum, x[k], w[k])
	}
	return sum
}
