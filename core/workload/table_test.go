package workload_test

import (
	"slices"
	"strings"
	"testing"

	"monde/core/model"
	"monde/core/workload"
)

func table(t testing.TB, name string) *workload.Table {
	t.Helper()
	tab, ok := workload.ShippedTable(name)
	if !ok {
		t.Fatalf("no table %s", name)
	}
	return tab
}

func sumOf(counts []int64) (sum int64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// The totals are those of the sources' own metadata, or of docs/data.md.
func TestPackedTablesHoldTheTotalsOfTheirSources(t *testing.T) {
	totals := map[string]int64{
		"switch-base-128-encoder_specmoe": 6 * 206_866,
		"deepseek-v2-lite_esft":           26 * 6 * (8_327 + 8_222),
		"gpt-oss-20b_fingerprinting":      24 * 4 * 125_771,
	}
	for name, want := range totals {
		if got := sumOf(table(t, name).Counts); got != want {
			t.Errorf("%s holds %d choices, want %d", name, got, want)
		}
	}
}

func TestEveryTokenChoosesTopKInEveryLayerOfATable(t *testing.T) {
	for _, info := range workload.Tables() {
		tab := table(t, info.Name)
		for d, name := range tab.Datasets {
			size := len(tab.Layers) * tab.Experts
			first := sumOf(tab.Counts[d*size : d*size+tab.Experts])
			for l := range tab.Layers {
				at := d*size + l*tab.Experts
				if sum := sumOf(tab.Counts[at : at+tab.Experts]); sum != first || sum%int64(info.TopK) != 0 {
					t.Errorf("%s, %s, layer %d: %d choices, the first layer %d, top-%d", info.Name, name, l, sum, first, info.TopK)
				}
			}
		}
	}
}

func TestPackedTablesHoldKnownRows(t *testing.T) {
	known := []struct {
		table         string
		layer, expert int
		want          int64
	}{
		{"switch-base-128-encoder_specmoe", 0, 0, 747},
		{"switch-base-128-encoder_specmoe", 0, 1, 1352},
		{"mixtral-8x7b_fiddler", 0, 0, 1911},
		{"mixtral-8x7b_fiddler", 0, 1, 1783},
		{"mixtral-8x7b_allenai", 0, 0, 55713},
		{"gpt-oss-20b_fingerprinting", 0, 1, 4544},
		{"deepseek-v2-lite_esft", 0, 0, 496},
		{"olmoe-1b-7b_allenai", 0, 0, 204013},
	}
	for _, k := range known {
		tab := table(t, k.table)
		if got := tab.Counts[k.layer*tab.Experts+k.expert]; got != k.want {
			t.Errorf("%s, layer %d, expert %d: %d, want %d", k.table, k.layer, k.expert, got, k.want)
		}
	}
}

func TestEveryTableSaysWhereItIsFrom(t *testing.T) {
	for _, i := range workload.Tables() {
		if i.Name == "" || i.Title == "" || i.Licence == "" || !strings.HasPrefix(i.Origin, "github.com/") || len(i.Datasets) == 0 || i.Experts == 0 || i.Layers == 0 {
			t.Errorf("incomplete: %+v", i)
		}
		if i.Trace != (i.File == "traces/"+i.Name+".bin") {
			t.Errorf("%s: trace %t, file %q", i.Name, i.Trace, i.File)
		}
	}
}

func TestShippedTracesHaveTheHashAndShapeOfTheirTables(t *testing.T) {
	tokens := map[string]int{"gpt-oss-20b_fingerprinting": 21_182, "deepseek-v2-lite_esft": 16_549}
	requests := map[string]int{"gpt-oss-20b_fingerprinting": 64, "deepseek-v2-lite_esft": 160}
	for name, tr := range shipped(t) {
		tab := table(t, name)
		if tr.SHA256 != tab.TraceSHA256 || tr.Experts != tab.Experts || tr.Layers != len(tab.Layers) {
			t.Errorf("%s: %s, %d experts, %d layers", name, tr.SHA256, tr.Experts, tr.Layers)
		}
		if tr.Tokens != tokens[name] || tr.Requests != requests[name] {
			t.Errorf("%s: %d requests, %d tokens", name, tr.Requests, tr.Tokens)
		}
	}
}

// DeepSeek's table was counted from the very tokens of its trace.
func TestTraceAndTableOfDeepSeekCountAlike(t *testing.T) {
	m := preset(t, "deepseek-v2-lite")
	s := base(m, workload.TraceOf)
	s.Phase, s.Batch, s.InputTokens, s.Routing.Dataset = workload.Prefill, 1, 8_222, "intent"
	r, _ := router(t, s, m, shipped(t))
	tab := table(t, "deepseek-v2-lite_esft")
	dst := make([]int32, 64)
	for layer := range 26 {
		r.Count(dst, workload.Pass{Tokens: 8_222, Input: true}, layer)
		at := (slices.Index(tab.Datasets, "intent")*26 + layer) * 64
		for e, n := range tab.Counts[at : at+64] {
			if int64(dst[e]) != n {
				t.Fatalf("layer %d, expert %d: the trace has %d, the table %d", layer, e, dst[e], n)
			}
		}
	}
}

func TestOriginNamesTheStandInAndTheStretch(t *testing.T) {
	llama := model.Spec{Name: "my-moe", Family: "mine", Decoder: model.Stack{Blocks: 10, MoEStep: 1}, Experts: 16, TopK: 2}
	mixtral := preset(t, "mixtral-8x7b")
	instruct := mixtral
	instruct.Name = "Mixtral-8x7B-Instruct-v0.1"
	cases := []struct {
		m               model.Spec
		phase           workload.Phase
		table           string
		want            string // the table that is used
		standIn, scaled bool
		text            string
	}{
		{preset(t, "switch-base-128"), workload.Encoder, "", "switch-base-128-encoder_specmoe", false, false, "206866 tokens a layer"},
		{preset(t, "switch-base-128"), workload.Decoder, "", "switch-base-128-encoder_specmoe", true, false, "the encoder's input pass stands in for decoding steps"},
		{preset(t, "switch-large-128"), workload.Encoder, "", "switch-base-128-encoder_specmoe", true, true, "it stands in for switch-large-128, whose counts nobody has published"},
		{preset(t, "nllb-moe-54b"), workload.Encoder, "", "switch-base-128-encoder_specmoe", true, false, "it stands in for nllb-moe-54b"},
		{mixtral, workload.Prefill, "", "mixtral-8x7b_fiddler", false, false, "measured on Mixtral-8x7B ("},
		{instruct, workload.Prefill, "", "mixtral-8x7b-instruct_fiddler", false, false, "measured on Mixtral-8x7B-Instruct ("},
		{mixtral, workload.Prefill, "mixtral-8x7b_allenai", "mixtral-8x7b_allenai", false, true, "3 measured layers serve 32"},
		{mixtral, workload.Generate, "", "mixtral-8x7b_fiddler", true, false, "the input pass stands in for decoding steps"},
		{preset(t, "gpt-oss-20b"), workload.Decode, "", "gpt-oss-20b_fingerprinting", false, false, "mmlu_dev, mmlu_test, mmlu_validation"},
		{preset(t, "deepseek-v2-lite"), workload.Prefill, "", "deepseek-v2-lite_esft", false, false, "top-6"},
		{preset(t, "qwen3-30b-a3b"), workload.Prefill, "", "olmoe-1b-7b_allenai", true, true, "stretched from 64 to 128 experts along the Lorenz curve"},
		{llama, workload.Prefill, "", "mixtral-8x7b_fiddler", true, true, "it stands in for my-moe"},
		{mixtral, workload.Prefill, "gpt-oss-20b_fingerprinting", "gpt-oss-20b_fingerprinting", true, true, "it stands in for mixtral-8x7b, as chosen"},
	}
	for _, c := range cases {
		s := base(c.m, workload.Measured)
		s.Phase, s.Routing.Table = c.phase, c.table
		_, o := router(t, s, c.m, nil)
		if o.Name != c.want || o.StandIn != c.standIn || o.Scaled != c.scaled || !strings.Contains(o.Text, c.text) {
			t.Errorf("%s, %s: %+v, want %s, stand-in %t, scaled %t, %q", c.m.Name, c.phase, o, c.want, c.standIn, c.scaled, c.text)
		}
	}
}
