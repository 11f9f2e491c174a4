package ndp_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/ndp"
	"monde/core/unit"
)

// The schedule computes the expert, from the runs of its steps alone and within
// its buffers.
func TestAReplayOfTheStepsComputesTheExpertWithinTheBuffers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawExpert(t, 90)
		e.Weights = ndp.Format{}
		check(t, drawSpec(t), e, rapid.IntRange(1, 11).Draw(t, "tokens"), rapid.IntRange(1, 99).Draw(t, "seed"))
	})
}

// Two arrays of 2×2, so tiles of 2 tokens and 4 columns. The least weight buffer
// makes chunks of 32 rows: streaming 2 tokens takes 256 B. 5 tokens go as 2, 2, 1.
func TestEveryWayToUseTheActivationBufferComputesTheExpert(t *testing.T) {
	const plain, gated = false, true
	for name, tt := range map[string]struct {
		dModel, dFF   int
		gated         bool
		room          unit.Bytes
		order         ndp.Order
		reads, writes unit.Bytes
	}{
		"input and intermediate stay":           {40, 60, plain, 400, "", 5 * 80, 5 * 80},
		"the input streams":                     {100, 60, plain, 500, "", 4*200*15 + 200, 5 * 200},
		"the input streams for gate and for up": {100, 60, gated, 500, "", 4*200*30 + 200, 5 * 200},
		"the intermediate comes back once":      {100, 100, plain, 700, "", 4*(200+200) + 200, 4*(200+200) + 200},
		"the intermediate comes back each time": {40, 100, plain, 420, "", 4*(80+200*10) + 80, 4*(200+80) + 80},
		"both stream":                           {100, 100, plain, 300, "", 5 * (200*25 + 200*25), 5 * (200 + 200)},
		"the last token is kept but spills":     {100, 100, plain, 336, "", 4*(200*25+200*25) + 200 + 200, 5 * (200 + 200)},
		"a narrow input would fit alone":        {10, 100, plain, 295, "", 4*(20*25+200*3) + 20, 4*(200+20) + 20},
		"three token tiles share a chunk":       {40, 60, plain, 1000, ndp.WeightsOuter, 5 * 80, 5 * 80},
		"and stream together":                   {100, 100, gated, 300, ndp.WeightsOuter, 5 * (200*50 + 200*25), 5 * (200 + 200)},
	} {
		t.Run(name, func(t *testing.T) {
			s := ndp.Spec{Arrays: 2, Rows: 2, Cols: 2, Clock: unit.Gigahertz, WeightBuffer: 512, OutputBuffer: 192}
			s.ActivationBuffer, s.Order = tt.room, tt.order
			got := check(t, s, ndp.Expert{DModel: tt.dModel, DFF: tt.dFF, Gated: tt.gated}, 5, 1)
			if got.Reads != tt.reads || got.Writes != tt.writes {
				t.Errorf("%d B read and %d B written, want %d and %d", got.Reads, got.Writes, tt.reads, tt.writes)
			}
			passes := unit.Bytes(3)
			if tt.order == ndp.WeightsOuter {
				passes = 1
			}
			matrices := unit.Bytes(2)
			if tt.gated {
				matrices = 3
			}
			if want := passes * matrices * unit.Bytes(2*tt.dModel*tt.dFF); got.Weights != want {
				t.Errorf("%d B of weights fetched, want %d", got.Weights, want)
			}
		})
	}
}

// check replays an expert and returns what its schedule says in sum.
func check(t rapid.TB, spec ndp.Spec, e ndp.Expert, tokens, seed int) ndp.Totals {
	t.Helper()
	input := patterned(tokens, e.DModel, seed)
	stages := [2][]matrix{{patterned(e.DModel, e.DFF, seed+1)}, {patterned(e.DFF, e.DModel, seed+2)}}
	if e.Gated {
		stages[0] = append(stages[0], patterned(e.DModel, e.DFF, seed+3))
	}
	s := ndp.New(spec).Expert(e, tokens)
	got, r := run(t, spec, e, s, input, stages)
	if want := reference(e, input, stages); !slices.EqualFunc(got, want, slices.Equal) {
		t.Fatalf("%+v, %+v, %d tokens: the replay computed something else", spec, e, tokens)
	}
	if room := int(spec.Buffers().Activations); r.peak() > room {
		t.Fatalf("%+v, %+v, %d tokens: %d bytes of activations on a core with room for %d", spec, e, tokens, r.peak(), room)
	}
	return s.Totals()
}

func run(t rapid.TB, spec ndp.Spec, e ndp.Expert, s ndp.Schedule, input matrix, stages [2][]matrix) (matrix, *replay) {
	r := &replay{
		t: t, spec: spec, expert: e, tokens: len(input),
		held: map[place]int{}, used: map[place]int{}, sums: map[output]sum{},
		memory: map[ndp.Region][]cell{
			ndp.Input: make([]cell, len(input)*e.DModel), ndp.Inner: make([]cell, len(input)*e.DFF), ndp.Output: make([]cell, len(input)*e.DModel),
		},
	}
	r.lay(stages)
	if want := s.Size(ndp.Weights); want != unit.Bytes(2*len(r.weights)) {
		t.Fatalf("the weights take %d bytes, the schedule says %d", 2*len(r.weights), want)
	}
	for token, row := range input {
		for k, v := range row {
			r.memory[ndp.Input][r.index(e.DModel, token, k)] = cell{v, 1, 0}
		}
	}
	for step := range s.All() {
		r.step(step)
	}
	result := newMatrix(len(input), e.DModel)
	for token := range result {
		for n := range e.DModel {
			c := r.memory[ndp.Output][r.index(e.DModel, token, n)]
			if result[token][n] = c.value; c.written != 1 {
				t.Fatalf("output of token %d, column %d is written %d times", token, n, c.written)
			}
		}
	}
	return result, r
}

func reference(e ndp.Expert, input matrix, stages [2][]matrix) matrix {
	inner := input.times(stages[0][0])
	for i, row := range inner {
		for j := range row {
			inner[i][j] = max(0, inner[i][j])
		}
	}
	if e.Gated {
		up := input.times(stages[0][1])
		for i, row := range inner {
			for j := range row {
				inner[i][j] *= up[i][j]
			}
		}
	}
	return inner.times(stages[1][0])
}

// patterned returns small numbers that depend on place and seed.
func patterned(rows, cols, seed int) matrix {
	m := newMatrix(rows, cols)
	for i := range m {
		for j := range m[i] {
			m[i][j] = (i*31+j*17+seed*(i+3)*(j+7))%19 - 9
		}
	}
	return m
}
