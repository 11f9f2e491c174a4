package model_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"monde/core/fault"
	"monde/core/model"
	"monde/core/unit"
)

func named(t *testing.T, name string) model.Spec {
	t.Helper()
	p, ok := model.Named(name)
	if !ok {
		t.Fatalf("no preset %q", name)
	}
	return p.Spec
}

// MoNDE (DAC 2024), table 2: 51.5 GB and 103.1 GB of experts.
func TestExpertBytesReproduceThePaperExactly(t *testing.T) {
	for _, tt := range []struct {
		name string
		want unit.Bytes
	}{
		{"switch-large-128", 24 * 128 * 2 * 1024 * 4096 * 2}, // 51.54 GB
		{"nllb-moe-54b", 12 * 128 * 2 * 2048 * 8192 * 2},     // 103.08 GB
	} {
		if got := named(t, tt.name).AllExpertBytes(); got != tt.want {
			t.Errorf("%s: experts take %d B, want %d", tt.name, got, tt.want)
		}
	}
	if got := float64(named(t, "switch-large-128").AllExpertBytes()) / 1e9; got < 51.45 || got >= 51.55 {
		t.Errorf("Switch-Large-128: %.2f GB, the paper says 51.5", got)
	}
	if got := float64(named(t, "nllb-moe-54b").AllExpertBytes()) / 1e9; got < 103.05 || got >= 103.15 {
		t.Errorf("NLLB-MoE: %.2f GB, the paper says 103.1", got)
	}
}

// Parameter counts as their authors state them, in units of 10⁹; shapes that are
// wrong miss these by far more than the tolerance.
func TestParameterCountsMatchWhatTheAuthorsState(t *testing.T) {
	for _, tt := range []struct {
		name   string
		want   float64
		within float64
	}{
		{"switch-base-128", 7.4, 0.05},
		{"switch-large-128", 26.4, 0.05},
		{"nllb-moe-54b", 54.5, 0.03},
		{"mixtral-8x7b", 46.7, 0.01},
		{"gpt-oss-20b", 20.9, 0.01},
		{"deepseek-v2-lite", 15.7, 0.01},
		{"qwen3-30b-a3b", 30.5, 0.01},
		{"switch-c-2048", 1571, 0.01}, // 3,142 GB in bf16: QMoE (arXiv 2310.16795), table 6
		{"mixtral-8x22b", 140.6, 0.01},
		{"phi-3.5-moe", 41.9, 0.01},
		{"deepseek-moe-16b", 16.4, 0.01},
		{"qwen1.5-moe-a2.7b", 14.3, 0.01},
		{"qwen2-57b-a14b", 57.4, 0.01},
		{"olmoe-1b-7b", 6.9, 0.01},
		{"ds-moe-1b", 1.067, 0.02}, // arXiv 2404.05567, table 1; its vocabulary is assumed
		{"ds-moe-3b", 2.846, 0.014},
		{"ds-moe-6b", 6.343, 0.01},
		{"ds-moe-10b", 9.857, 0.005},
		{"ds-moe-14b", 14.149, 0.005},
		{"ds-moe-19b", 19.216, 0.005},
		{"smoe-5b", 4.911, 0.005},
	} {
		got := parameters(named(t, tt.name)) / 1e9
		if got < tt.want*(1-tt.within) || got > tt.want*(1+tt.within) {
			t.Errorf("%s has %.2f billion parameters, its authors say %.1f", tt.name, got, tt.want)
		}
	}
}

// parameters returns the parameters of s.
func parameters(s model.Spec) float64 {
	s.WeightBits, s.ExpertBits = 8, 8
	return float64(s.AllExpertBytes() + s.OtherBytes())
}

// arXiv 2404.05567, table 5: the models of its speed tests, and those that exist only
// for them. All heads are computed here; there, a few are not.
func TestActiveParametersMatchWhatTheAuthorsState(t *testing.T) {
	for _, tt := range []struct {
		name string
		want float64
	}{
		{"ds-moe-3b", 1.039}, {"ds-moe-6b", 2.043}, {"ds-moe-10b", 3.257}, {"ds-moe-14b", 4.645}, {"ds-moe-19b", 6.278},
	} {
		s := named(t, tt.name)
		idle := float64(s.Experts-s.TopK) * float64(s.ExpertWeights()) * float64(s.MoEBlocks())
		got := (parameters(s) - idle) / 1e9
		if got < tt.want*0.965 || got > tt.want*1.065 {
			t.Errorf("%s: %.3f billion parameters are active, its authors say %.3f", tt.name, got, tt.want)
		}
		t.Logf("%s: %.3f active, stated %.3f", tt.name, got, tt.want)
	}
}

func TestAPresetIsWhatItsConfigJSONSays(t *testing.T) {
	for _, p := range model.Presets() {
		if p.Spec.Family == "ds_moe" {
			continue // published as a table
		}
		doc, err := os.ReadFile(filepath.Join("testdata", p.Spec.Name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := model.FromConfig(doc)
		if err != nil {
			t.Fatalf("%s: %v", p.Spec.Name, err)
		}
		got.Name = p.Spec.Name
		if got != p.Spec {
			t.Errorf("%s: config.json gives\n%+v\nthe preset is\n%+v", p.Spec.Name, got, p.Spec)
		}
	}
}

func TestEveryPresetIsValidAndHasASource(t *testing.T) {
	for _, p := range model.Presets() {
		if err := p.Spec.Validate(); err != nil {
			t.Errorf("%s: %v", p.Spec.Name, err)
		}
		if p.Source == "" || p.Title == "" {
			t.Errorf("%s has no source or title", p.Spec.Name)
		}
	}
}

func TestABadConfigNamesEveryField(t *testing.T) {
	_, _, err := model.FromConfig([]byte(`{"model_type":"mixtral","hidden_size":-1,"intermediate_size":"x","num_hidden_layers":32,"vocab_size":10}`))
	var paths []string
	for _, f := range fault.Fields(err) {
		paths = append(paths, f.Path)
	}
	if got, want := strings.Join(paths, " "), "hidden_size intermediate_size num_attention_heads"; got != want {
		t.Errorf("faults at %q, want %q", got, want)
	}
}

func TestMoEBlocksOfSwitchBaseAreTheOddOnes(t *testing.T) {
	s := named(t, "switch-base-128").Encoder
	var got []int
	for i := range s.Blocks {
		if s.MoE(i) {
			got = append(got, i)
		}
	}
	if len(got) != 6 || got[0] != 1 || got[5] != 11 || s.MoEBlocks() != 6 {
		t.Errorf("Switch-Base's MoE blocks are %v, want 1 3 5 7 9 11", got)
	}
}

func FuzzFromConfigNeverPanics(f *testing.F) {
	f.Add([]byte(`{"model_type":"deepseek_v2","hidden_size":2048}`))
	f.Add([]byte(`{"model_type":"nllb-moe","d_model":7,"encoder_ffn_dim":1e3,"encoder_attention_heads":0}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, _, err := model.FromConfig(doc)
		if err != nil {
			if !fault.Is(err) {
				t.Errorf("%v names no field", err)
			}
			return
		}
		if s.AllExpertBytes() <= 0 || s.OtherBytes() <= 0 {
			t.Errorf("accepted %s with %d and %d B", doc, s.AllExpertBytes(), s.OtherBytes())
		}
	})
}
