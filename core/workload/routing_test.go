package workload_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"testing"

	"monde/core/fault"
	"monde/core/model"
	"monde/core/workload"
)

// base is a small valid workload of m.
func base(m model.Spec, source workload.Source) workload.Spec {
	s := workload.Spec{
		Phase: workload.Generate, Scope: workload.WholeModel, Batch: 4, InputTokens: 64, OutputTokens: 5,
		Routing: workload.Routing{Source: source, Sigma: 1.27, Alpha: 0.55, Exponent: 0.86},
	}
	if source == workload.Counts {
		s.Phase, s.Routing.Counts = workload.Prefill, [][]int{{256, 100, 30, 7}}
	}
	return s
}

func router(t testing.TB, s workload.Spec, m model.Spec, traces workload.Traces) (workload.Router, workload.Origin) {
	t.Helper()
	r, origin, err := workload.NewRouter(s, m, 42, traces)
	if err != nil {
		t.Fatal(err)
	}
	return r, origin
}

// Run it under GOOS=js GOARCH=wasm too: routing feeds the digest.
func TestCountsAreEqualOnEveryTarget(t *testing.T) {
	traces := shipped(t)
	traces[sampleSHA] = read(t, []byte(sampleFor("gpt-oss-20b")))
	golden := []struct {
		model  string
		source workload.Source
		want   uint64
	}{
		{"switch-base-128", workload.Measured, 0x6821b026747630c3},
		{"nllb-moe-54b", workload.Measured, 0x291a55baae5b3672},
		{"mixtral-8x7b", workload.Measured, 0x729822e7bd71b50e},
		{"qwen3-30b-a3b", workload.Measured, 0x20cd993ecdaf65e0},
		{"gpt-oss-20b", workload.TraceOf, 0xcae5853b178b34ae},
		{"deepseek-v2-lite", workload.TraceOf, 0x205ff905c8bdc14e},
		{"gpt-oss-20b", workload.File, 0x465d2130d68413c1},
		{"gpt-oss-20b", workload.LogNormal, 0x31f4a413fad86857},
		{"deepseek-v2-lite", workload.Dirichlet, 0x162766e6b6740ebd},
		{"nllb-moe-54b", workload.Zipf, 0x596bbf53e99c86ed},
		{"qwen3-30b-a3b", workload.Uniform, 0x6a612667233cd448},
		{"gpt-oss-20b", workload.Counts, 0x4386f851ee2242c5},
	}
	for _, g := range golden {
		m := preset(t, g.model)
		s := base(m, g.source)
		s.Routing.SHA256 = sampleSHA
		r, _ := router(t, s, m, traces)
		h := fnv.New64a()
		rowsOf(s, m, r, 5, func(_ workload.Pass, layer int, counts []int32) { fmt.Fprintln(h, layer, counts) })
		if got := h.Sum64(); got != g.want {
			t.Errorf("%s of %s: counts hash to %#x, want %#x", g.source, g.model, got, g.want)
		}
	}
}

const sampleSHA = "1111111111111111111111111111111111111111111111111111111111111111"

// sampleFor returns a trace of two requests in the shape of a model.
func sampleFor(name string) string {
	p, _ := model.Named(name)
	var b strings.Builder
	for step := range 3 {
		for layer := range p.Spec.Decoder.MoEBlocks() {
			for _, request := range []string{"a", "b"} {
				e := (step*5 + layer + len(b.String())) % (p.Spec.Experts - p.Spec.TopK)
				ids := make([]string, p.Spec.TopK)
				for i := range ids {
					ids[i] = fmt.Sprint(e + i)
				}
				fmt.Fprintf(&b, `{"request":%q,"phase":"decode","step":%d,"layer":%d,"experts":[%s]}`+"\n", request, step, layer, strings.Join(ids, ","))
			}
		}
	}
	return b.String()
}

// shareOf draws many tokens of one layer and returns the shares.
func shareOf(t *testing.T, s workload.Spec, m model.Spec, layer int) []float64 {
	t.Helper()
	s.Phase, s.Batch, s.InputTokens = workload.Prefill, 16, 4096
	if m.Encoder.Blocks > 0 {
		s.Phase = workload.Encoder
	}
	r, _ := router(t, s, m, nil)
	dst := make([]int32, m.Experts)
	r.Count(dst, workload.Pass{Encoder: s.Phase == workload.Encoder, Tokens: 65536, Input: true}, layer)
	out := make([]float64, len(dst))
	for e, n := range dst {
		out[e] = float64(n) / float64(65536*m.TopK)
	}
	return out
}

// distance is the total variation distance.
func distance(a, b []float64) float64 {
	d := 0.0
	for i := range a {
		d += math.Abs(a[i]-b[i]) / 2
	}
	return d
}

// The bound: 65,536 tokens of 128 experts leave about 1.2 % of sampling noise,
// and solving for weights at most 0.6 %.
func TestDrawnSharesAgreeWithTheTable(t *testing.T) {
	for name, table := range map[string]string{
		"switch-base-128":  "switch-base-128-encoder_specmoe",
		"mixtral-8x7b":     "mixtral-8x7b_fiddler",
		"gpt-oss-20b":      "gpt-oss-20b_fingerprinting",
		"deepseek-v2-lite": "deepseek-v2-lite_esft",
	} {
		tab, ok := workload.ShippedTable(table)
		if !ok {
			t.Fatalf("no table %s", table)
		}
		want := make([]float64, tab.Experts)
		const layer = 3
		sum := 0.0
		for d := range tab.Datasets {
			for e := range want {
				n := float64(tab.Counts[(d*len(tab.Layers)+layer)*tab.Experts+e])
				want[e] += n
				sum += n
			}
		}
		for e := range want {
			want[e] /= sum
		}
		m := preset(t, name)
		if d := distance(shareOf(t, base(m, workload.Measured), m, layer), want); d > 0.018 {
			t.Errorf("%s: the drawn shares are %.4f from the table's", name, d)
		}
	}
}

func TestStretchedTableKeepsItsSkew(t *testing.T) {
	m := preset(t, "qwen3-30b-a3b")
	mean := 0.0
	for layer := range 48 {
		shares := shareOf(t, base(m, workload.Measured), m, layer)
		slices.Sort(shares)
		mean += shares[len(shares)-1] / 48
	}
	// 4.6 % over the three layers of OLMoE on wikipedia, which serve 48 unevenly.
	if mean < 0.040 || mean > 0.053 {
		t.Errorf("the busiest expert takes %.3f", mean)
	}
}

func TestZipfSharesFollowTheExponent(t *testing.T) {
	m := preset(t, "switch-base-128")
	shares := shareOf(t, base(m, workload.Zipf), m, 0)
	slices.Sort(shares)
	slices.Reverse(shares)
	want, sum := make([]float64, 128), 0.0
	for r := range want {
		want[r] = math.Pow(float64(r+1), -0.86)
		sum += want[r]
	}
	for r := range want {
		want[r] /= sum
	}
	if d := distance(shares, want); d > 0.018 {
		t.Errorf("the shares are %.4f from r^-0.86", d)
	}
}

func TestUniformRoutingIsUniform(t *testing.T) {
	m := preset(t, "qwen3-30b-a3b")
	for e, s := range shareOf(t, base(m, workload.Uniform), m, 7) {
		if math.Abs(s*128-1) > 0.1 { // six standard deviations
			t.Errorf("expert %d takes %.4f", e, s)
		}
	}
}

func TestOnePopularExpertIsInEveryChoice(t *testing.T) {
	m := preset(t, "mixtral-8x7b")
	s := base(m, workload.Zipf)
	s.Routing.Exponent = 10
	shares := shareOf(t, s, m, 0)
	slices.Sort(shares)
	if shares[7] != 0.5 {
		t.Errorf("the busiest expert of top-2 takes %g of the choices, want a half", shares[7])
	}
}

func TestPassAboveTheLimitIsScaledUp(t *testing.T) {
	m := preset(t, "gpt-oss-20b")
	s := base(m, workload.Measured)
	s.Phase, s.Batch, s.InputTokens = workload.Prefill, 1, 100_001
	_, origin := router(t, s, m, nil)
	if want := "passes of 100001 tokens are drawn as 65536 and scaled up"; !origin.Scaled || !strings.Contains(origin.Text, want) {
		t.Errorf("the origin is %+v", origin)
	}
}

func TestRefusalsNameTheFieldAndBothNumbers(t *testing.T) {
	gpt, switchBase := preset(t, "gpt-oss-20b"), preset(t, "switch-base-128")
	with := func(m model.Spec, source workload.Source, change func(*workload.Spec)) workload.Spec {
		s := base(m, source)
		change(&s)
		return s
	}
	traces := shipped(t)
	forged := workload.Traces{"gpt-oss-20b_fingerprinting": read(t, []byte(sampleFor("gpt-oss-20b")))}
	traces[sampleSHA] = read(t, []byte(smallCSV))
	top4 := read(t, []byte("request,step,layer,e0,e1,e2,e3\na,0,0,1,2,3,40\n"))
	layers := read(t, []byte("request,step,layer,e0,e1,e2,e3\na,0,0,1,2,3,4\n"))
	cases := map[string]struct {
		m          model.Spec
		s          workload.Spec
		traces     workload.Traces
		path, want string
	}{
		"an unknown table": {gpt, with(gpt, workload.Measured, func(s *workload.Spec) { s.Routing.Table = "x" }), nil, "routing.table", `got "x"`},
		"an unknown set":   {gpt, with(gpt, workload.Measured, func(s *workload.Spec) { s.Routing.Dataset = "x" }), nil, "routing.dataset", `no data set "x"`},
		"no trace ships":   {switchBase, base(switchBase, workload.TraceOf), traces, "routing.table", "no trace of switch-base-128 ships"},
		"not a trace":      {gpt, with(gpt, workload.TraceOf, func(s *workload.Spec) { s.Routing.Table = "mixtral-8x7b_fiddler" }), traces, "routing.table", "must be empty or one of"},
		"another model":    {gpt, with(gpt, workload.TraceOf, func(s *workload.Spec) { s.Routing.Table = "deepseek-v2-lite_esft" }), traces, "routing.table", "the trace is top-6, gpt-oss-20b top-4"},
		"a forged trace":   {gpt, base(gpt, workload.TraceOf), forged, "routing.table", "is not traces/gpt-oss-20b_fingerprinting.bin of this version"},
		"a trace's set":    {gpt, with(gpt, workload.TraceOf, func(s *workload.Spec) { s.Routing.Dataset = "law" }), traces, "routing.dataset", `no data set "law"`},
		"a missing file":   {gpt, with(gpt, workload.File, func(s *workload.Spec) { s.Routing.File = "mine.csv" }), traces, "routing.file", `the trace file "mine.csv" is not loaded`},
		"top-k":            {gpt, with(gpt, workload.File, func(s *workload.Spec) { s.Routing.SHA256 = sampleSHA }), traces, "routing.file", "the trace is top-2, gpt-oss-20b top-4"},
		"experts":          {gpt, with(gpt, workload.File, func(s *workload.Spec) { s.Routing.SHA256 = "x" }), workload.Traces{"x": top4}, "routing.file", "the trace names 41 experts, gpt-oss-20b has 32"},
		"layers":           {gpt, with(gpt, workload.File, func(s *workload.Spec) { s.Routing.SHA256 = "x" }), workload.Traces{"x": layers}, "routing.file", "the trace has 1 MoE layers, the decoder of gpt-oss-20b 24"},
		"rows":             {gpt, with(gpt, workload.Counts, func(s *workload.Spec) { s.Routing.Counts = make([][]int, 3) }), nil, "routing.counts", "one for each of 24; got 3"},
		"a long row":       {gpt, with(gpt, workload.Counts, func(s *workload.Spec) { s.Routing.Counts = [][]int{make([]int, 33)} }), nil, "routing.counts[0]", "names 33 experts, the model has 32"},
		"a large count":    {gpt, with(gpt, workload.Counts, func(s *workload.Spec) { s.Routing.Counts = [][]int{{257}} }), nil, "routing.counts[0]", "expert 0 gets 257 tokens, a pass has 256"},
		"a large sum":      {gpt, with(gpt, workload.Counts, func(s *workload.Spec) { s.Routing.Counts = [][]int{{256, 256, 256, 256, 1}} }), nil, "routing.counts[0]", "sums to 1025, a pass of 256 tokens makes 1024 choices"},
		"counts generate":  {gpt, with(gpt, workload.Counts, func(s *workload.Spec) { s.Phase = workload.Generate }), nil, "routing.counts", "passes of different sizes"},
	}
	for name, c := range cases {
		_, _, err := workload.NewRouter(c.s, c.m, 1, c.traces)
		fields := fault.Fields(err)
		if len(fields) != 1 || fields[0].Path != c.path || !strings.Contains(fields[0].Reason, c.want) {
			t.Errorf("%s: the error is %v, want %s: … %s", name, err, c.path, c.want)
		}
	}
}
