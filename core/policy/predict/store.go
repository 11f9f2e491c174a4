package predict

// matrices is a store of counts by layer and expert, the last so many: the oldest gives
// way. A matrix is kept when what it counts has ended.
type matrices struct {
	*ranking
	experts, most int

	now    []float64 // what is counted, by layer and expert
	cells  []float64 // of stored ones, by layer, expert and matrix
	dots   []float64 // with what is compared, by matrix
	norms  []float64 // squared, of what is compared with, by matrix
	stored int
	next   int // matrix that is written next
	any    bool
}

func newMatrices(s Spec, layers, experts int) matrices {
	cells := layers * experts
	return matrices{
		ranking: newRanking(experts), experts: experts, most: s.Store,
		now: make([]float64, cells), cells: make([]float64, cells*s.Store),
		dots: make([]float64, s.Store), norms: make([]float64, s.Store),
	}
}

// keep stores what has been counted, if anything, and begins anew. It returns where, or
// -1.
func (m *matrices) keep() int {
	at := -1
	if m.any {
		at = m.next
		for cell, n := range m.now {
			m.cells[cell*m.most+at] = n
		}
		m.next = (at + 1) % m.most
		m.stored = min(m.stored+1, m.most)
	}
	clear(m.now)
	clear(m.dots)
	m.any = false
	return at
}

// row is one cell of every stored matrix.
func (m *matrices) row(layer int, expert int32) []float64 {
	cell := layer*m.experts + int(expert)
	return m.cells[cell*m.most : cell*m.most+m.stored]
}

// nearest returns the matrix with the highest cosine, the first among equals; -1 if none
// is stored. The norm of what is compared is the same for all, and squares keep the order.
func (m *matrices) nearest() int {
	best, most := -1, -1.0
	for i, dot := range m.dots[:m.stored] {
		c := 0.0
		if dot > 0 {
			c = float64(dot*dot) / m.norms[i]
		}
		if c > most {
			best, most = i, c
		}
	}
	return best
}

// from appends what the nearest matrix has most of at a layer, n at most.
func (m *matrices) from(dst []int32, layer, n int) []int32 {
	at := m.nearest()
	if at < 0 {
		return dst
	}
	for e := range m.scores {
		m.scores[e] = m.cells[(layer*m.experts+e)*m.most+at]
	}
	return m.best(dst, n)
}
