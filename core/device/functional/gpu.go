package functional

// Tiles of GPU: the output that a thread block holds, and how much of K it stages
// at a time. Any sizes give the same bits.
const (
	blockRows, blockCols, blockDepth = 16, 32, 8
)

// GPU computes experts as a tiled kernel does: a block of outputs at a time, whose
// sums stay in registers while slices of both operands pass, outer product by outer
// product. It stands for the order of a GPU's work, not for its tensor cores, whose
// sums are not published.
type GPU struct{ experts experts }

var _ Executor = GPU{}

// NewGPU returns the executor of valid experts, which it does not copy.
func NewGPU(list []Expert) GPU { return GPU{list} }

// FFN implements Executor.
func (g GPU) FFN(expert int, x Tensor) (Tensor, error) {
	e, err := g.experts.find(expert, x)
	if err != nil {
		return Tensor{}, err
	}
	for _, s := range e.stages() {
		x = s.byBlocks(x)
	}
	return x, nil
}

// byBlocks computes a stage block by block: columns first, so that weights are
// decoded once.
func (s stage) byBlocks(x Tensor) Tensor {
	l := s.first.Layout
	out := NewTensor(x.Format, x.Rows, l.N)
	tokens := make([]float32, x.Rows*x.Cols)
	for m := range x.Rows {
		x.values(tokens[m*x.Cols:], m)
	}
	for n := 0; n < l.N; n += blockCols {
		cols := min(blockCols, l.N-n)
		first, extra := s.first.block(n, cols), []float32(nil)
		if s.op.Gated() {
			extra = s.extra.block(n, cols)
		}
		for m := 0; m < x.Rows; m += blockRows {
			rows := min(blockRows, x.Rows-m)
			sums := block(tokens[m*l.K:], rows, first, cols, l.K)
			ups := &[blockRows][blockCols]float32{}
			if s.op.Gated() {
				ups = block(tokens[m*l.K:], rows, extra, cols, l.K)
			}
			for i := range rows {
				for j := range cols {
					out.Row(m + i)[n+j] = finish(s.op, x.Format, sums[i][j], ups[i][j])
				}
			}
		}
	}
	return out
}

// block returns the weights of outputs n to n+cols-1, row by row.
func (m Matrix) block(n, cols int) []float32 {
	w := make([]float32, cols*m.Layout.K)
	for j := range cols {
		m.row(w[j*m.Layout.K:][:m.Layout.K], n+j)
	}
	return w
}

// block returns the sums of rows tokens by cols outputs, both of length depth.
func block(tokens []float32, rows int, weights []float32, cols, depth int) *[blockRows][blockCols]float32 {
	var sums [blockRows][blockCols]float32
	for from := 0; from < depth; from += blockDepth {
		for k := from; k < min(from+blockDepth, depth); k++ {
			for i := range rows {
				for j := range cols {
					sums[i][j] = add(sums[i][j], tokens[i*depth+k], weights[j*depth+k])
				}
			}
		}
	}
	return &sums
}
