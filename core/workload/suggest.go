package workload

import (
	"strings"

	"monde/core/model"
)

// own reports whether p was measured on m. A family has sizes, so shapes must
// agree too.
func (p published) own(t *Table, m model.Spec) bool {
	layers := m.Decoder.MoEBlocks()
	if t.Stack == "encoder" {
		layers = m.Encoder.MoEBlocks()
	}
	return p.family == m.Family && t.Experts == m.Experts && p.topK == m.TopK && p.layers == layers
}

// A suggestion is the table that is used where the user names none.
type suggestion struct{ table, dataset, why string }

// standIns are for families without a table of their own size.
//
// Qwen3-30B-A3B: published is only that 65 of 128 experts take 90 % of the
// choices, the busiest 4.3 %. Stretched to 128, OLMoE on wikipedia comes
// nearest: 79 and 4.6 % in the mean of its layers; OLMoE on all data sets 105
// and 1.8 %, DeepSeek-V2-Lite on intent 88 and 3.0 %, on both 99 and 2.1 %,
// gpt-oss-20b 81 and 2.2 %, Switch-Base-128 68 and 11.5 %.
var standIns = map[string]suggestion{
	"switch_transformers": {table: "switch-base-128-encoder_specmoe", why: "whose counts nobody has published; it is of the same family"},
	"nllb-moe":            {table: "switch-base-128-encoder_specmoe", why: "whose counts nobody has published; both have 128 experts"},
	"qwen3_moe":           {table: "olmoe-1b-7b_allenai", dataset: "wikipedia", why: "of which only a summary is published; of the tables here this one comes nearest to it"},
	"mixtral":             {table: "mixtral-8x7b_fiddler", why: "whose counts are not here; it is of the same family"},
	"gpt_oss":             {table: "gpt-oss-20b_fingerprinting", why: "whose counts are not here; it is of the same family"},
	"deepseek_v2":         {table: "deepseek-v2-lite_esft", why: "whose counts are not here; it is of the same family"},
	"olmoe":               {table: "olmoe-1b-7b_allenai", why: "whose counts are not here; it is of the same family"},
}

// suggest returns the model's own table, or else its stand-in.
func suggest(m model.Spec) suggestion {
	own := names(func(p published) bool {
		return p.family == m.Family && p.own(mustTable(p.name), m) // a table is unpacked only for its family
	})
	if len(own) > 0 {
		return suggestion{table: variant(own, m.Name)}
	}
	if s, ok := standIns[m.Family]; ok {
		return s
	}
	return suggestion{table: alike(m), why: "whose counts are not here; it is the nearest in experts and top-k"}
}

// variant returns the first of own, or the one of the instruction-tuned model if
// the name says that it is meant.
func variant(own []string, name string) string {
	for _, table := range own {
		if strings.Contains(strings.ToLower(name), "instruct") && strings.Contains(table, "instruct") {
			return table
		}
	}
	return own[0]
}

// alike returns a table for a model of no known family: by what spreads load,
// top-1 against top-k, then by the number of experts.
func alike(m model.Spec) string {
	switch {
	case m.TopK == 1:
		return "switch-base-128-encoder_specmoe"
	case m.Experts <= 16:
		return "mixtral-8x7b_fiddler"
	case m.Experts <= 45: // halfway from 32 to 64, by ratio
		return "gpt-oss-20b_fingerprinting"
	default:
		return "deepseek-v2-lite_esft"
	}
}
