package workload_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/model"
	"monde/core/workload"
)

func preset(t testing.TB, name string) model.Spec {
	t.Helper()
	p, ok := model.Named(name)
	if !ok {
		t.Fatalf("no model %s", name)
	}
	return p.Spec
}

// shipped reads the traces from disk, as a browser has none inside.
func shipped(t testing.TB) workload.Traces {
	t.Helper()
	all := workload.Traces{}
	for _, info := range workload.Tables() {
		if !info.Trace {
			continue
		}
		file, err := os.ReadFile("data/" + info.Name + ".bin")
		if err != nil {
			t.Fatal(err)
		}
		tr, err := workload.ReadTrace(info.Name, bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		all[info.Name] = tr
	}
	return all
}

// rowsOf simulates what a run does: every layer of every pass, at most steps of
// decoding.
func rowsOf(s workload.Spec, m model.Spec, r workload.Router, steps int, visit func(p workload.Pass, layer int, counts []int32)) {
	dst := make([]int32, m.Experts)
	pair := m.Encoder.Blocks > 0
	pass := func(p workload.Pass, stack model.Stack) {
		layers := stack.MoEBlocks()
		if s.Scope == workload.OneLayer {
			layers = 1
		}
		for l := range layers {
			r.Count(dst, p, l)
			visit(p, l, dst)
		}
	}
	if s.Phase != workload.Decode && s.Phase != workload.Decoder {
		stack := m.Decoder
		if pair {
			stack = m.Encoder
		}
		pass(workload.Pass{Encoder: pair, Tokens: s.Batch * s.InputTokens, Input: true}, stack)
	}
	if s.Phase != workload.Prefill && s.Phase != workload.Encoder {
		if s.Phase == workload.Generate && !pair {
			s.OutputTokens-- // the input pass gives the first token
		}
		for step := range min(steps, s.OutputTokens) {
			pass(workload.Pass{Step: step, Tokens: s.Batch}, m.Decoder)
		}
	}
}

// drawing returns any workload of a source that draws or plays, and a model that
// it fits.
func drawing(t *rapid.T) (workload.Spec, model.Spec) {
	names := []string{"switch-base-128", "switch-large-128", "nllb-moe-54b", "mixtral-8x7b", "gpt-oss-20b", "deepseek-v2-lite", "qwen3-30b-a3b"}
	p, _ := model.Named(rapid.SampledFrom(names).Draw(t, "model"))
	m := p.Spec
	sources := []workload.Source{workload.Measured, workload.LogNormal, workload.Dirichlet, workload.Zipf, workload.Uniform}
	if m.Family == "gpt_oss" || m.Family == "deepseek_v2" {
		sources = append(sources, workload.TraceOf)
	}
	phases := []workload.Phase{workload.Prefill, workload.Decode, workload.Generate}
	if m.Encoder.Blocks > 0 {
		phases = []workload.Phase{workload.Encoder, workload.Decoder, workload.Generate}
	}
	return workload.Spec{
		Phase:        rapid.SampledFrom(phases).Draw(t, "phase"),
		Scope:        rapid.SampledFrom([]workload.Scope{workload.WholeModel, workload.OneLayer}).Draw(t, "scope"),
		Batch:        rapid.IntRange(1, 40).Draw(t, "batch"),
		InputTokens:  rapid.SampledFrom([]int{1, 7, 100, 5000}).Draw(t, "input"),
		OutputTokens: rapid.IntRange(1, 20).Draw(t, "output"),
		Routing: workload.Routing{
			Source:   rapid.SampledFrom(sources).Draw(t, "source"),
			Sigma:    rapid.SampledFrom([]float64{0, 0.7, 10}).Draw(t, "sigma"),
			Alpha:    rapid.SampledFrom([]float64{1e-9, 0.002, 0.005, 0.05, 2, 1e6}).Draw(t, "alpha"),
			Exponent: rapid.SampledFrom([]float64{0, 1.2, 10}).Draw(t, "exponent"),
		},
	}, m
}

func TestEveryChoiceIsCountedOnceAndNoExpertTwiceAToken(t *testing.T) {
	traces := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		s, m := drawing(t)
		r, origin, err := workload.NewRouter(s, m, rapid.Uint64().Draw(t, "seed"), traces)
		if err != nil {
			t.Fatal(err)
		}
		if origin.Text == "" || origin.Name == "" || origin.Source != s.Routing.Source {
			t.Errorf("the origin is %+v", origin)
		}
		rowsOf(s, m, r, 3, func(p workload.Pass, layer int, counts []int32) {
			sum := 0
			for e, n := range counts {
				sum += int(n)
				if n < 0 || int(n) > p.Tokens {
					t.Fatalf("pass %+v layer %d: expert %d gets %d", p, layer, e, n)
				}
			}
			if sum != p.Tokens*m.TopK {
				t.Fatalf("pass %+v layer %d: %d choices, want %d × %d", p, layer, sum, p.Tokens, m.TopK)
			}
		})
	})
}

func TestEqualSeedsCountAlike(t *testing.T) {
	traces := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		s, m := drawing(t)
		seed := rapid.Uint64().Draw(t, "seed")
		run := func() (all []int32) {
			r, _, err := workload.NewRouter(s, m, seed, traces)
			if err != nil {
				t.Fatal(err)
			}
			rowsOf(s, m, r, 2, func(_ workload.Pass, _ int, counts []int32) { all = append(all, counts...) })
			return all
		}
		if !slices.Equal(run(), run()) {
			t.Error("two runs of one seed differ")
		}
	})
}

func TestCountingDoesNotAllocate(t *testing.T) {
	traces := shipped(t)
	for _, source := range []workload.Source{workload.Measured, workload.Zipf, workload.TraceOf} {
		m := preset(t, "gpt-oss-20b")
		s := workload.Spec{
			Phase: workload.Generate, Scope: workload.WholeModel, Batch: 8, InputTokens: 10_000, OutputTokens: 1000,
			Routing: workload.Routing{Source: source, Exponent: 1},
		}
		r, _, err := workload.NewRouter(s, m, 1, traces)
		if err != nil {
			t.Fatal(err)
		}
		dst := make([]int32, m.Experts)
		step := 0
		count := func() {
			r.Count(dst, workload.Pass{Tokens: 80_000, Input: true}, 0)
			r.Count(dst, workload.Pass{Tokens: 8, Step: step}, 0)
			step++
		}
		count() // the first call sizes what later ones use again
		if n := testing.AllocsPerRun(3, count); n != 0 {
			t.Errorf("%s: %g allocations", source, n)
		}
	}
}

func benchmarkCount(b *testing.B, name string, tokens int) {
	m := preset(b, name)
	phase := workload.Prefill
	if m.Encoder.Blocks > 0 {
		phase = workload.Encoder
	}
	s := workload.Spec{
		Phase: phase, Scope: workload.WholeModel, Batch: 1, InputTokens: tokens, OutputTokens: 1,
		Routing: workload.Routing{Source: workload.Measured},
	}
	r, _, err := workload.NewRouter(s, m, 1, nil)
	if err != nil {
		b.Fatal(err)
	}
	dst := make([]int32, m.Experts)
	for b.Loop() {
		r.Count(dst, workload.Pass{Encoder: phase == workload.Encoder, Tokens: tokens, Input: true}, 0)
	}
}

func BenchmarkCount2048TokensTop1Of128(b *testing.B)  { benchmarkCount(b, "switch-base-128", 2048) }
func BenchmarkCount2048TokensTop2Of128(b *testing.B)  { benchmarkCount(b, "nllb-moe-54b", 2048) }
func BenchmarkCount2048TokensTop8Of128(b *testing.B)  { benchmarkCount(b, "qwen3-30b-a3b", 2048) }
func BenchmarkCount65536TokensTop8Of128(b *testing.B) { benchmarkCount(b, "qwen3-30b-a3b", 65536) }

func BenchmarkNewRouterOfATable(b *testing.B) {
	m := preset(b, "qwen3-30b-a3b")
	s := workload.Spec{
		Phase: workload.Generate, Scope: workload.WholeModel, Batch: 1, InputTokens: 100, OutputTokens: 10,
		Routing: workload.Routing{Source: workload.Measured},
	}
	for b.Loop() {
		if _, _, err := workload.NewRouter(s, m, 1, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadPackedTrace(b *testing.B) {
	file, err := os.ReadFile("data/deepseek-v2-lite_esft.bin")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		read(b, file)
	}
}

func BenchmarkReadCSV(b *testing.B) {
	var file bytes.Buffer
	file.WriteString("request,step,layer,e0,e1\n")
	for i := range 100_000 {
		fmt.Fprintf(&file, "%d,%d,%d,%d,%d\n", i/1000, i/10%100, i%10, i%7, 7+i%9)
	}
	b.SetBytes(int64(file.Len()))
	for b.Loop() {
		read(b, file.Bytes())
	}
}
