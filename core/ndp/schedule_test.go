package ndp_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/ndp"
	"monde/core/unit"
)

// One array of 4×4: tiles of 4 tokens and 4 columns, and each fills and drains in
// 6 cycles. Weights of a full tile take 3·4·2 B, of the narrow one 3·3·2 B.
func TestStepsOfAnUnevenGEMMAreThoseWorkedOutByHand(t *testing.T) {
	core := ndp.New(ndp.Spec{Arrays: 1, Rows: 4, Cols: 4, Clock: unit.Gigahertz})
	s := core.GEMM(ndp.GEMM{K: 3, N: 7}, 5)
	first := ndp.Run{Region: ndp.Weights, Size: 24}
	second := ndp.Run{Region: ndp.Weights, Offset: 24, Size: 18}
	out := func(offset, size unit.Bytes) ndp.Run { return ndp.Run{Region: ndp.Output, Offset: offset, Size: size} }
	want := []ndp.Step{
		// Buffer: weights in and out, input in and out, 8 B a result.
		{Weights: first, Read: ndp.Run{Region: ndp.Input, Size: 24}, Write: out(0, 32), Cycles: 9, MACs: 48, Buffer: 48 + 48 + 128, Last: true},
		{Weights: second, Write: out(32, 24), Chunk: 1, Cycles: 9, MACs: 36, Buffer: 36 + 24 + 96, Last: true},
		{Weights: first, Read: ndp.Run{Region: ndp.Input, Offset: 24, Size: 6}, Write: out(56, 8), Chunk: 2, Cycles: 9, MACs: 12, Buffer: 48 + 12 + 32, Last: true},
		{Weights: second, Write: out(64, 6), Chunk: 3, Cycles: 9, MACs: 9, Buffer: 36 + 6 + 24, Last: true},
	}
	if got := slices.Collect(s.All()); !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := s.Totals().Cycles; got != ndp.OS.Cycles(4, 4, ndp.Shape{M: 5, K: 3, N: 7}) {
		t.Errorf("%d cycles, want those of the closed form", got)
	}
}

// Chunks of 32 rows of K stream: only the last of a tile adds fill and drain, as
// long as one token tile has the arrays to itself.
func TestOnlyTheLastChunkOfAnOutputTileDrains(t *testing.T) {
	spec := ndp.Spec{Arrays: 2, Rows: 4, Cols: 2, Clock: unit.Gigahertz, WeightBuffer: 512, OutputBuffer: 128 * 2}
	cycles := func(o ndp.Order) (all []unit.Cycles) {
		spec.Order = o
		for step := range ndp.New(spec).GEMM(ndp.GEMM{K: 70, N: 4}, 8).All() {
			all = append(all, step.Cycles)
		}
		return all
	}
	if got, want := cycles(ndp.TokensOuter), []unit.Cycles{32, 32, 6 + 4, 32, 32, 6 + 4}; !slices.Equal(got, want) {
		t.Errorf("tokens outer: %v cycles, want %v", got, want)
	}
	if got, want := cycles(ndp.WeightsOuter), []unit.Cycles{36, 36, 36, 36, 10, 10}; !slices.Equal(got, want) {
		t.Errorf("weights outer: %v cycles, want %v", got, want)
	}
}

// 4 tokens of NLLB-MoE: 32 tiles of 2048+6 cycles up and 8 of 8192+6 down, for
// 67 MB of weights, which take 131 µs at 512 GB/s.
func TestThePapersCoreKeepsPaceWithItsMemoryAtFourTokens(t *testing.T) {
	s := ndp.New(monde).Expert(ndp.Expert{DModel: 2048, DFF: 8192}, 4)
	got := s.Totals()
	if want := unit.Cycles(32*2054 + 8*8198); got.Cycles != want || s.Passes() != 1 {
		t.Errorf("%d cycles in %d passes, want %d in one", got.Cycles, s.Passes(), want)
	}
	if got.Weights != 67_108_864 || got.Reads != 4*2048*2 || got.Writes != 4*2048*2 || s.Spills() {
		t.Errorf("moved %+v, want the weights once, input and output", got)
	}
	weights := unit.BytesPerSecond(512e9).Transfer(got.Weights)
	if compute := monde.Clock.Span(got.Cycles); compute < weights || compute > weights+weights/100 {
		t.Errorf("compute takes %d ps and weights %d: want compute at most 1 %% longer", compute, weights)
	}
}

func TestTheDefaultBuffersAreThePapersInSum(t *testing.T) {
	b := monde.Buffers()
	if want := (ndp.Buffers{Weights: 112 << 10, Activations: 144 << 10, Outputs: 8 << 10}); b != want || b.Total() != 264<<10 {
		t.Errorf("got %+v, want %+v", b, want)
	}
	if ndp.New(monde).Expert(ndp.Expert{DModel: 4096, DFF: 14336, Gated: true}, 4).Spills() {
		t.Error("4 tokens of Mixtral-8x7B spill")
	}
}

func TestNoTokensTakeNoSteps(t *testing.T) {
	s := ndp.New(monde).Expert(ndp.Expert{DModel: 1 << 17, DFF: 1 << 17}, 0)
	c := s.Begin()
	if step, ok := c.Next(); ok || s.Totals() != (ndp.Totals{}) || s.Spills() || s.Size(ndp.Input) != 0 || s.Passes() != 0 {
		t.Errorf("got %+v and %+v", step, s.Totals())
	}
}

func TestTokensOuterTakesAsManyPassesAsTheCoreSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec, tokens := drawSpec(t), rapid.IntRange(0, 1000).Draw(t, "tokens")
		core := ndp.New(spec)
		got, want := core.GEMM(ndp.GEMM{K: 9, N: 9}, tokens).Passes(), core.Passes(tokens)
		if got > want || spec.Order != ndp.WeightsOuter && got != want {
			t.Errorf("%+v, %d tokens: %d passes, want %d", spec, tokens, got, want)
		}
	})
}

// Results of 4 tokens and 256 columns take 4 KiB: 12 KiB hold three, or one pair of
// gate and up.
func TestWeightsOuterSharesChunksAmongWhatTheOutputBufferHolds(t *testing.T) {
	spec := monde
	spec.Order, spec.OutputBuffer = ndp.WeightsOuter, 12<<10
	core := ndp.New(spec)
	for gated, want := range map[bool]int64{false: 4, true: 10} {
		if got := core.Expert(ndp.Expert{DModel: 64, DFF: 64, Gated: gated}, 40).Passes(); got != want {
			t.Errorf("gated %v: 10 token tiles take %d passes, want %d", gated, got, want)
		}
	}
}

// The input of 2 tokens takes 400 B and two chunks of it 256 B; 25 column tiles.
func TestAGEMMKeepsItsInputIfTheNextOnesFirstChunksFitBesideIt(t *testing.T) {
	spec := ndp.Spec{Arrays: 2, Rows: 2, Cols: 2, Clock: unit.Gigahertz, WeightBuffer: 512}
	for room, want := range map[unit.Bytes]unit.Bytes{656: 400, 655: 400 * 25} {
		spec.ActivationBuffer = room
		if got := ndp.New(spec).GEMM(ndp.GEMM{K: 100, N: 100}, 2).Totals().Reads; got != want {
			t.Errorf("with %d B, %d are read, want %d", room, got, want)
		}
	}
}

// Streams take at most an eighth of the buffer, so four times the buffer holds
// whatever fitted before.
func TestMoreActivationBufferNeverMovesMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec, e, tokens := drawSpec(t), drawExpert(t, 300), rapid.IntRange(1, 20).Draw(t, "tokens")
		spec.ActivationBuffer = spec.Buffers().Activations
		before := ndp.New(spec).Expert(e, tokens).Totals()
		spec.ActivationBuffer *= 4
		after := ndp.New(spec).Expert(e, tokens).Totals()
		if after.Traffic() > before.Traffic() {
			t.Errorf("%+v, %+v, %d tokens: %d bytes move, %d with a quarter of the buffer", spec, e, tokens, after.Traffic(), before.Traffic())
		}
	})
}

func TestASchedulesStepsKeepItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkSteps(t, drawSpec(t), drawExpert(t, 700), rapid.IntRange(1, 20).Draw(t, "tokens"))
	})
}

func FuzzStepsAddUpToTheTotals(f *testing.F) {
	f.Add(uint8(64), uint8(4), uint8(4), uint16(0), uint16(0), uint16(0), false, uint16(256), uint16(1024), false, uint8(5), uint8(0))
	f.Add(uint8(1), uint8(4), uint8(4), uint16(0), uint16(0), uint16(0), false, uint16(3), uint16(7), true, uint8(5), uint8(8))
	f.Add(uint8(3), uint8(2), uint8(5), uint16(1), uint16(1), uint16(9000), true, uint16(500), uint16(77), true, uint8(40), uint8(11))
	f.Fuzz(func(t *testing.T, arrays, rows, cols uint8, weights, activations, outputs uint16, outer bool, dModel, dFF uint16, gated bool, tokens, format uint8) {
		spec := ndp.Spec{Arrays: int(arrays), Rows: int(rows), Cols: int(cols), Clock: unit.Gigahertz}
		spec.WeightBuffer, spec.ActivationBuffer, spec.OutputBuffer = 64*unit.Bytes(weights), 8*unit.Bytes(activations), 64*unit.Bytes(outputs)
		if outer {
			spec.Order = ndp.WeightsOuter
		}
		e := ndp.Expert{DModel: int(dModel % 2000), DFF: int(dFF % 2000), Gated: gated, Weights: formats[int(format)%len(formats)]}
		if spec.Validate() != nil || e.Validate() != nil || ndp.New(spec).Expert(e, int(tokens)).Totals().Steps > 1e6 {
			t.Skip()
		}
		checkSteps(t, spec, e, int(tokens))
	})
}

// checkSteps walks a schedule once and holds it to everything that does not need
// numbers: conservation of bytes, buffers, and the closed forms.
func checkSteps(t rapid.TB, spec ndp.Spec, e ndp.Expert, tokens int) {
	t.Helper()
	s := ndp.New(spec).Expert(e, tokens)
	var sum ndp.Totals
	var at, passes unit.Bytes // in the weights
	written := map[ndp.Region][]ndp.Run{}
	chunk, fences := int64(-1), int64(0)
	for step := range s.All() {
		sum = add(sum, step)
		checkStep(t, s, step)
		began := step.Chunk != chunk
		if w := step.Weights; w.Size > 0 {
			if w.Offset == 0 {
				at, passes = 0, passes+1
			}
			if !began || w.Offset != at || w.Size > spec.Buffers().Weights/2 {
				t.Fatalf("weights %+v follow offset %d with halves of %d B", w, at, spec.Buffers().Weights/2)
			}
			at += w.Size
		}
		if began {
			chunk++
		}
		if step.Chunk != chunk {
			t.Fatalf("chunk %d follows %d", step.Chunk, chunk)
		}
		if step.Fence {
			fences++
		}
		if w := step.Write; w.Size > 0 {
			written[w.Region] = append(written[w.Region], w)
		}
	}
	if want := s.Totals(); sum != want {
		t.Fatalf("steps add up to %+v, the closed form says %+v", sum, want)
	}
	if passes != unit.Bytes(s.Passes()) || tokens > 0 && at != s.Size(ndp.Weights) || sum.Weights != passes*s.Size(ndp.Weights) {
		t.Fatalf("%d passes to offset %d fetch %d bytes of %d", passes, at, sum.Weights, s.Size(ndp.Weights))
	}
	if fences > s.Passes() || (fences > 0) != s.Spills() {
		t.Fatalf("%d fences in %d passes", fences, s.Passes())
	}
	checkSums(t, s, e, tokens, sum, written)
}

// checkStep holds one step to its schedule.
func checkStep(t rapid.TB, s ndp.Schedule, step ndp.Step) {
	t.Helper()
	if r := step.Read; r.Size > 0 && r.Offset+r.Size > s.Size(r.Region) {
		t.Fatalf("%+v is read beyond %d bytes", r, s.Size(r.Region))
	}
	if step.Cycles <= 0 || step.MACs <= 0 || step.Weights.Region != ndp.Weights || step.Write.Size > 0 && !step.Last {
		t.Fatalf("no step is %+v", step)
	}
}

// checkSums holds what is written, once, and what is computed to the expert.
func checkSums(t rapid.TB, s ndp.Schedule, e ndp.Expert, tokens int, sum ndp.Totals, written map[ndp.Region][]ndp.Run) {
	t.Helper()
	outputs, inner := covered(t, written[ndp.Output]), covered(t, written[ndp.Inner])
	if outputs != s.Size(ndp.Output) || inner > s.Size(ndp.Inner) || (inner > 0) != s.Spills() || outputs+inner != sum.Writes {
		t.Fatalf("wrote %d of %d bytes of output and %d of %d between", outputs, s.Size(ndp.Output), inner, s.Size(ndp.Inner))
	}
	matrices := int64(2)
	if e.Gated {
		matrices = 3
	}
	if want := int64(tokens) * matrices * int64(e.DModel) * int64(e.DFF); sum.MACs != want {
		t.Fatalf("%d multiply-adds, want %d", sum.MACs, want)
	}
}

// covered returns how many bytes the runs take, which do not overlap.
func covered(t rapid.TB, runs []ndp.Run) (all unit.Bytes) {
	t.Helper()
	slices.SortFunc(runs, func(a, b ndp.Run) int { return int(a.Offset - b.Offset) })
	for i, r := range runs {
		if i > 0 && runs[i-1].Offset+runs[i-1].Size > r.Offset {
			t.Fatalf("%+v is written over %+v", r, runs[i-1])
		}
		all += r.Size
	}
	return all
}

func add(t ndp.Totals, s ndp.Step) ndp.Totals {
	t.Steps++
	t.Cycles += s.Cycles
	t.Weights += s.Weights.Size
	t.Reads += s.Read.Size
	t.Writes += s.Write.Size
	t.MACs += s.MACs
	t.Buffer += s.Buffer
	return t
}

// An expert takes what its matrices take one after the other, each as long as the
// closed form says of the first array with its share of the columns.
func TestCyclesOfAnExpertAreThoseOfItsMatrices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec, e, tokens := drawSpec(t), drawExpert(t, 700), rapid.IntRange(1, 40).Draw(t, "tokens")
		spec.Order = ndp.TokensOuter
		share := func(n int) int { // columns of the first array
			wide := spec.Arrays * spec.Cols
			return n/wide*spec.Cols + min(spec.Cols, n%wide)
		}
		cycles := func(k, n int) unit.Cycles {
			return ndp.OS.Cycles(spec.Rows, spec.Cols, ndp.Shape{M: tokens, K: k, N: share(n)})
		}
		want := cycles(e.DModel, e.DFF) + cycles(e.DFF, e.DModel)
		if e.Gated {
			want += cycles(e.DModel, e.DFF)
		}
		core := ndp.New(spec)
		got := core.Expert(e, tokens).Totals().Cycles
		if got != want {
			t.Errorf("%+v, %+v, %d tokens: %d cycles, matrices take %d", spec, e, tokens, got, want)
		}
	})
}

// With shapes that fill the arrays, only fill and drain come on top of the rate
// that Compute promises.
func TestComputeIsTheScheduleWithoutFillDrainAndEdges(t *testing.T) {
	core := ndp.New(monde)
	s := core.GEMM(ndp.GEMM{K: 1000, N: 512}, 8)
	tiles := unit.Cycles(2 * 2)
	if got, want := core.Clock().Span(s.Totals().Cycles-6*tiles), core.Compute(8, 1000*512); got != want {
		t.Errorf("the schedule computes for %d ps, Compute says %d", got, want)
	}
}

func TestAStepAllocatesNothing(t *testing.T) {
	c := ndp.New(monde).Expert(ndp.Expert{DModel: 2048, DFF: 8192, Gated: true}, 512).Begin()
	if n := testing.AllocsPerRun(1000, func() {
		if _, ok := c.Next(); !ok {
			t.Fatal("no step is left")
		}
	}); n != 0 {
		t.Errorf("a step costs %v allocations, want 0", n)
	}
}

func TestACopyOfACursorGoesOnFromTheSameStep(t *testing.T) {
	c := ndp.New(monde).Expert(ndp.Expert{DModel: 300, DFF: 600}, 9).Begin()
	for range 5 {
		c.Next()
	}
	d := c
	for {
		x, more := c.Next()
		y, _ := d.Next()
		if x != y {
			t.Fatalf("got %+v, and from the copy %+v", x, y)
		}
		if !more {
			return
		}
	}
}

func BenchmarkSteps(b *testing.B) {
	s := ndp.New(monde).Expert(ndp.Expert{DModel: 4096, DFF: 14336, Gated: true}, 512)
	c := s.Begin()
	for b.Loop() {
		if _, ok := c.Next(); !ok {
			c = s.Begin()
		}
	}
}

func BenchmarkTotals(b *testing.B) {
	core := ndp.New(monde)
	for b.Loop() {
		core.Expert(ndp.Expert{DModel: 4096, DFF: 14336, Gated: true}, 512).Totals()
	}
}
