package ndp_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/ndp"
)

// A matrix is rows of columns. The arrays below move its numbers from one
// processing element to the next, a cycle at a time: an oracle that knows no
// formula. Numbers beyond an edge are zero, as arrays are padded.
type matrix [][]int

func newMatrix(rows, cols int) matrix {
	m := make(matrix, rows)
	for i := range m {
		m[i] = make([]int, cols)
	}
	return m
}

func (m matrix) at(i, j int) int {
	if i < 0 || j < 0 || i >= len(m) || j >= len(m[0]) {
		return 0
	}
	return m[i][j]
}

func (m matrix) transposed() matrix {
	t := newMatrix(len(m[0]), len(m))
	for i := range m {
		for j, v := range m[i] {
			t[j][i] = v
		}
	}
	return t
}

func (m matrix) times(n matrix) matrix {
	p := newMatrix(len(m), len(n[0]))
	for i := range p {
		for j := range p[0] {
			for k := range n {
				p[i][j] += m[i][k] * n[k][j]
			}
		}
	}
	return p
}

// A wire holds what passed one processing element in the last cycle.
type wire struct {
	value int
	valid bool
}

func newWires(rows, cols int) [][]wire {
	w := make([][]wire, rows)
	for i := range w {
		w[i] = make([]wire, cols)
	}
	return w
}

// outputStationary multiplies a by b on one array of rows×cols, tile by tile, and
// returns the cycles until the last element has its last product.
func outputStationary(rows, cols int, a, b matrix) (matrix, int) {
	product, cycles, depth := newMatrix(len(a), len(b[0])), 0, len(b)
	for m := 0; m < len(a); m += rows {
		for n := 0; n < len(b[0]); n += cols {
			sums, counts := newMatrix(rows, cols), newMatrix(rows, cols)
			right, down := newWires(rows, cols), newWires(rows, cols)
			for now := 0; counts[rows-1][cols-1] < depth; now++ {
				cycles++
				for r := rows - 1; r >= 0; r-- { // from the far corner, so that a wire is read before it changes
					for c := cols - 1; c >= 0; c-- {
						x := wire{a.at(m+r, now-r), now-r >= 0 && now-r < depth}
						w := wire{b.at(now-c, n+c), now-c >= 0 && now-c < depth}
						if c > 0 {
							x = right[r][c-1]
						}
						if r > 0 {
							w = down[r-1][c]
						}
						if x.valid && w.valid {
							sums[r][c] += x.value * w.value
							counts[r][c]++
						}
						right[r][c], down[r][c] = x, w
					}
				}
			}
			for r := range rows {
				for c := range cols {
					if m+r < len(a) && n+c < len(b[0]) {
						product[m+r][n+c] = sums[r][c]
					}
				}
			}
		}
	}
	return product, cycles
}

// weightStationary multiplies a by b on one array of rows×cols that holds a tile
// of b: it is shifted in from above, a row a cycle, and then a streams through.
func weightStationary(rows, cols int, a, b matrix) (matrix, int) {
	product, cycles := newMatrix(len(a), len(b[0])), 0
	for k := 0; k < len(b); k += rows {
		for n := 0; n < len(b[0]); n += cols {
			held := newMatrix(rows, cols)
			for i := range rows {
				cycles++
				copy(held[1:], held[:rows-1])
				held[0] = make([]int, cols)
				for c := range cols {
					held[0][c] = b.at(k+rows-1-i, n+c)
				}
			}
			right, down := newWires(rows, cols), newWires(rows, cols)
			for now, left := 0, len(a); left > 0; now++ { // results that the last column still owes
				cycles++
				for r := rows - 1; r >= 0; r-- {
					for c := cols - 1; c >= 0; c-- {
						x := wire{a.at(now-r, k+r), now-r >= 0 && now-r < len(a)}
						var sum wire
						if c > 0 {
							x = right[r][c-1]
						}
						if r > 0 {
							sum = down[r-1][c]
						}
						right[r][c], down[r][c] = x, wire{sum.value + x.value*held[r][c], x.valid}
					}
				}
				for c, out := range down[rows-1] {
					if token := now - (rows - 1) - c; out.valid && n+c < len(b[0]) {
						product[token][n+c] += out.value
					}
				}
				if down[rows-1][cols-1].valid {
					left--
				}
			}
		}
	}
	return product, cycles
}

func simulate(d ndp.Dataflow, rows, cols int, a, b matrix) (matrix, int) {
	switch d {
	case ndp.WS:
		return weightStationary(rows, cols, a, b)
	case ndp.IS:
		p, cycles := weightStationary(rows, cols, b.transposed(), a.transposed())
		return p.transposed(), cycles
	default:
		return outputStationary(rows, cols, a, b)
	}
}

func drawMatrix(t *rapid.T, rows, cols int, name string) matrix {
	m := newMatrix(rows, cols)
	for i := range m {
		for j := range m[i] {
			m[i][j] = rapid.IntRange(-9, 9).Draw(t, name)
		}
	}
	return m
}

func TestAnArrayThatMovesOperandsTakesTheCyclesOfTheClosedFormAndMultiplies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.IntRange(1, 5)
		rows, cols := small.Draw(t, "rows"), small.Draw(t, "cols")
		side := rapid.IntRange(1, 9)
		g := ndp.Shape{M: side.Draw(t, "M"), K: side.Draw(t, "K"), N: side.Draw(t, "N")}
		a, b := drawMatrix(t, g.M, g.K, "a"), drawMatrix(t, g.K, g.N, "b")
		want := a.times(b)
		for _, d := range dataflows {
			p, cycles := simulate(d, rows, cols, a, b)
			if closed := int(d.Cycles(rows, cols, g)); cycles != closed {
				t.Errorf("%v on %d×%d, %v: %d cycles, closed form says %d", d, rows, cols, g, cycles, closed)
			}
			if !slices.EqualFunc(p, want, slices.Equal) {
				t.Errorf("%v on %d×%d, %v: product %v, want %v", d, rows, cols, g, p, want)
			}
		}
	})
}

// The arrays of a core take turns with the columns, as many at a time as they are
// wide, and the slowest sets the pace.
func TestArraysSideBySideTakeTheCyclesOfTheSchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpec(t)
		s.Order = ndp.TokensOuter
		side := rapid.IntRange(1, 40)
		m, k, n := rapid.IntRange(1, 9).Draw(t, "M"), side.Draw(t, "K"), side.Draw(t, "N")
		a, b := drawMatrix(t, m, k, "a"), newMatrix(k, n)
		slowest := 0
		for array := range s.Arrays {
			var mine []int // columns
			for c := range n {
				if c/s.Cols%s.Arrays == array {
					mine = append(mine, c)
				}
			}
			if len(mine) > 0 {
				_, cycles := outputStationary(s.Rows, s.Cols, a, b.columns(mine))
				slowest = max(slowest, cycles)
			}
		}
		if got := ndp.New(s).GEMM(ndp.GEMM{K: k, N: n}, m).Totals().Cycles; int(got) != slowest {
			t.Errorf("%+v, %d×%d×%d: schedule takes %d cycles, arrays %d", s, m, k, n, got, slowest)
		}
	})
}

func (m matrix) columns(list []int) matrix {
	p := newMatrix(len(m), len(list))
	for i := range m {
		for j, c := range list {
			p[i][j] = m[i][c]
		}
	}
	return p
}
