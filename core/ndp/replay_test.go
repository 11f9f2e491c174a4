package ndp_test

import (
	"pgregory.net/rapid"

	"monde/core/ndp"
	"monde/core/unit"
)

// A replay runs the steps of an expert on a memory and a core that know nothing
// but what the runs say: what was not fetched cannot be used.
type replay struct {
	t      rapid.TB
	spec   ndp.Spec
	expert ndp.Expert
	tokens int

	weights []weight // the Weights region, a number each two bytes
	memory  map[ndp.Region][]cell

	chunk []weight       // in the half that computes
	block int            // first token of the block
	turn  int            // token tiles of the block since the chunk came
	held  map[place]int  // activations on the core, and since which step
	used  map[place]int  // the last step that used it
	gone  []stay         // those that were fetched again
	sums  map[output]sum // results that are not complete
	now   int            // step
	fence int            // the last step whose read waited for all writes
}

type weight struct{ stage, part, k, n, value int }

type cell struct {
	value   int
	written int // times
	since   int // step
}

type place struct {
	region   ndp.Region
	token, k int
}

type stay struct{ from, to int }

type output struct{ stage, part, token, n int }

type sum struct{ value, count int }

// lay puts the numbers of an expert where the documents of Region say.
func (r *replay) lay(stages [2][]matrix) {
	wide := r.spec.Arrays * r.spec.Cols
	for i, parts := range stages {
		k, n := len(parts[0]), len(parts[0][0])
		for tile := 0; tile < n; tile += wide {
			for p, m := range parts {
				for row := range k {
					for col := tile; col < min(n, tile+wide); col++ {
						r.weights = append(r.weights, weight{i, p, row, col, m[row][col]})
					}
				}
			}
		}
	}
}

// index returns where the activation of a token and column lies in its region.
func (r *replay) index(columns, token, col int) int {
	first := token / r.spec.Rows * r.spec.Rows
	tile := min(r.spec.Rows, r.tokens-first)
	return first*columns + col*tile + token - first
}

func (r *replay) columns(region ndp.Region) int {
	if region == ndp.Inner {
		return r.expert.DFF
	}
	return r.expert.DModel
}

func (r *replay) step(s ndp.Step) {
	r.turn++
	if s.Fence {
		r.fence = r.now
	}
	if s.Weights.Size > 0 {
		if s.Weights.Offset == 0 && r.now > 0 {
			r.block += r.turn * r.spec.Rows
		}
		r.turn = 0
		r.chunk = r.weights[s.Weights.Offset/2 : (s.Weights.Offset+s.Weights.Size)/2]
		if s.Weights.Size > r.spec.Buffers().Weights/2 {
			r.t.Fatalf("step %d: %d bytes of weights do not fit into half of %d", r.now, s.Weights.Size, r.spec.Buffers().Weights)
		}
	}
	first := r.block + r.turn*r.spec.Rows
	last := min(first+r.spec.Rows, r.tokens)
	r.fetch(s.Read, first, last)
	for _, w := range r.chunk {
		for token := first; token < last; token++ {
			r.multiply(w, token)
		}
	}
	if s.Last {
		r.drain(s.Write, first, last)
	}
	r.now++
}

// fetch brings the activations of a run, all of which are the tile's.
func (r *replay) fetch(run ndp.Run, first, last int) {
	columns, found := r.columns(run.Region), 0
	for token := first; token < last; token++ {
		for k := range columns {
			i := unit.Bytes(2 * r.index(columns, token, k))
			if i < run.Offset || i >= run.Offset+run.Size {
				continue
			}
			found++
			if c := r.memory[run.Region][i/2]; c.written != 1 || run.Region == ndp.Inner && c.since >= r.fence {
				r.t.Fatalf("step %d reads %v of token %d, column %d, which may not be there", r.now, run.Region, token, k)
			}
			r.bring(place{run.Region, token, k}, r.now-1) // a fetch may begin with the step before
		}
	}
	if 2*found != int(run.Size) {
		r.t.Fatalf("step %d: %d of %d bytes read are for tokens %d to %d", r.now, 2*found, run.Size, first, last)
	}
}

// bring puts an activation on the core, where its place is taken from a step on.
func (r *replay) bring(p place, from int) {
	if since, ok := r.held[p]; ok {
		r.gone = append(r.gone, stay{since, r.used[p]})
	}
	r.held[p], r.used[p] = max(0, from), r.now
}

func (r *replay) multiply(w weight, token int) {
	p := place{ndp.Input, token, w.k}
	if w.stage == 1 {
		p.region = ndp.Inner
	}
	if _, ok := r.held[p]; !ok {
		r.t.Fatalf("step %d needs %v of token %d, column %d, which is not on the core", r.now, p.region, token, w.k)
	}
	r.used[p] = r.now
	o := output{w.stage, w.part, token, w.n}
	s := r.sums[o]
	r.sums[o] = sum{s.value + r.memory[p.region][r.index(r.columns(p.region), token, w.k)].value*w.value, s.count + 1}
}

// drain takes the results of a tile from the arrays, and writes back or keeps
// what is complete.
func (r *replay) drain(run ndp.Run, first, last int) {
	stage, part := r.chunk[0].stage, r.chunk[0].part
	region, depth := ndp.Inner, r.expert.DModel
	if stage == 1 {
		region, depth = ndp.Output, r.expert.DFF
	}
	written := 0
	for token := first; token < last; token++ {
		for _, w := range r.chunk[len(r.chunk)-r.width():] { // the last row
			s := r.sums[output{stage, part, token, w.n}]
			if s.count != depth {
				r.t.Fatalf("step %d drains a sum of %d products, want %d", r.now, s.count, depth)
			}
			if r.expert.Gated && stage == 0 && part == 0 {
				continue // waits for up
			}
			i := r.index(r.columns(region), token, w.n)
			if run.Size == 0 {
				r.bring(place{region, token, w.n}, r.now)
			} else if at := unit.Bytes(2 * i); run.Region == region && at >= run.Offset && at < run.Offset+run.Size {
				written++
			}
			c := &r.memory[region][i]
			*c = cell{r.activate(stage, s.value, r.sums[output{0, 0, token, w.n}].value), c.written + 1, r.now}
		}
	}
	if 2*written != int(run.Size) {
		r.t.Fatalf("step %d: %d of %d bytes written are results of it", r.now, 2*written, run.Size)
	}
}

// width returns the columns of the chunk at hand.
func (r *replay) width() int {
	return 1 + r.chunk[len(r.chunk)-1].n - r.chunk[0].n
}

func (r *replay) activate(stage, value, gate int) int {
	switch {
	case stage == 1:
		return value
	case r.expert.Gated:
		return max(0, gate) * value
	default:
		return max(0, value)
	}
}

// peak returns the most bytes of activations on the core at once, each until its
// last use.
func (r *replay) peak() int {
	all := r.gone
	for p, since := range r.held {
		all = append(all, stay{since, r.used[p]})
	}
	change := make([]int, r.now+2)
	for _, s := range all {
		change[s.from] += ndp.ActivationBytes
		change[s.to+1] -= ndp.ActivationBytes
	}
	most, now := 0, 0
	for _, c := range change {
		now += c
		most = max(most, now)
	}
	return most
}
