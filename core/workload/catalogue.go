package workload

import (
	"cmp"
	"slices"
)

// TableInfo describes one set of measured routing for people.
type TableInfo struct {
	Name     string
	Title    string
	Datasets []string
	Experts  int
	TopK     int
	Layers   int    // MoE layers that were measured
	Trace    bool   // a token-level trace comes with it
	File     string // of the trace, beside the page; empty if none
	Licence  string // SPDX
	Origin   string
}

// A published is one row of the catalogue: what the numbers of a table do not
// say about themselves.
type published struct {
	name    string
	title   string
	subject string // as a sentence calls it
	family  string // model_type of its config.json
	topK    int
	// MoE layers of the model, and which numbers the table gives the first and
	// from each to the next.
	layers, first, step int
	trace               bool
	licence, origin     string
}

// catalogue is constant. Counts, data sets, phases and layers are in tables.bin.
var catalogue = []published{
	{
		name: "switch-base-128-encoder_specmoe", title: "Switch-Base-128, encoder",
		subject: "Switch-Base-128's encoder", family: "switch_transformers",
		topK: 1, layers: 6, first: 1, step: 2, licence: "MIT",
		origin: "github.com/cyanmishra92/specMoE, routing_data/expert_statistics_3d.json at 79521e5",
	},
	{
		name: "mixtral-8x7b_fiddler", title: "Mixtral-8x7B, seven MMLU subjects",
		subject: "Mixtral-8x7B", family: "mixtral",
		topK: 2, layers: 32, first: 0, step: 1, licence: "Apache-2.0",
		origin: "github.com/efeslab/fiddler, branch popularity at 7f82a2d, mixtral_8x7b_original",
	},
	{
		name: "mixtral-8x7b-instruct_fiddler", title: "Mixtral-8x7B-Instruct, seven MMLU subjects",
		subject: "Mixtral-8x7B-Instruct", family: "mixtral",
		topK: 2, layers: 32, first: 0, step: 1, licence: "Apache-2.0",
		origin: "github.com/efeslab/fiddler, branch popularity at 7f82a2d, mixtral_8x7b_instruct",
	},
	{
		name: "mixtral-8x7b_allenai", title: "Mixtral-8x7B, five domains, three layers",
		subject: "Mixtral-8x7B", family: "mixtral",
		topK: 2, layers: 32, first: 0, step: 1, licence: "Apache-2.0",
		origin: "github.com/allenai/OLMoE at 357454f, scripts/routing_output/mistral",
	},
	{
		name: "gpt-oss-20b_fingerprinting", title: "gpt-oss-20b, MMLU, decoding",
		subject: "gpt-oss-20b", family: "gpt_oss",
		topK: 4, layers: 24, first: 0, step: 1, trace: true, licence: "Apache-2.0",
		origin: "github.com/AmanPriyanshu/GPT-OSS-MoE-ExpertFingerprinting at 72b368f",
	},
	{
		name: "deepseek-v2-lite_esft", title: "DeepSeek-V2-Lite (ESFT-vanilla-lite), law and intent",
		subject: "DeepSeek-V2-Lite (ESFT-vanilla-lite)", family: "deepseek_v2",
		topK: 6, layers: 26, first: 1, step: 1, trace: true, licence: "MIT",
		origin: "github.com/deepseek-ai/ESFT at 579a771, results/expert_scores",
	},
	{
		name: "olmoe-1b-7b_allenai", title: "OLMoE-1B-7B, four domains, three layers",
		subject: "OLMoE-1B-7B", family: "olmoe",
		topK: 8, layers: 16, first: 0, step: 1, licence: "Apache-2.0",
		origin: "github.com/allenai/OLMoE at 357454f, scripts/routing_output/olmoe",
	},
}

// tracesFolder is where the page finds traces.
const tracesFolder = "traces/"

// Tables returns what ships, in the order that a menu should have.
func Tables() []TableInfo {
	infos := make([]TableInfo, len(catalogue))
	for i, p := range catalogue {
		infos[i] = p.info(mustTable(p.name))
	}
	return infos
}

func (p published) info(t *Table) TableInfo {
	info := TableInfo{
		Name: p.name, Title: p.title, Datasets: t.Datasets,
		Experts: t.Experts, TopK: p.topK, Layers: len(t.Layers),
		Trace: p.trace, Licence: p.licence, Origin: p.origin,
	}
	if p.trace {
		info.File = tracesFolder + p.name + ".bin"
	}
	return info
}

func lookUp(name string) (published, bool) {
	i := slices.IndexFunc(catalogue, func(p published) bool { return p.name == name })
	if i < 0 {
		return published{}, false
	}
	return catalogue[i], true
}

// names returns those of the catalogue's rows that want returns true for.
func names(want func(published) bool) []string {
	var all []string
	for _, p := range catalogue {
		if want(p) {
			all = append(all, p.name)
		}
	}
	return all
}

// nearest returns the row of t that lies closest to layer of layers, by share of
// the depth of the model that t was measured on; the upper of two.
func (p published) nearest(t *Table, layer, layers int) int {
	far := func(row int) int {
		at := (t.Layers[row] - p.first) / p.step
		d := at*max(layers-1, 1) - layer*max(p.layers-1, 1)
		return max(d, -d)
	}
	best := 0
	for row := range t.Layers {
		if cmp.Less(far(row), far(best)) {
			best = row
		}
	}
	return best
}
