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
	} {
		s := named(t, tt.name)
		s.WeightBits, s.ExpertBits = 8, 8
		got := float64(s.AllExpertBytes()+s.OtherBytes()) / 1e9
		if got < tt.want*(1-tt.within) || got > tt.want*(1+tt.within) {
			t.Errorf("%s has %.2f billion parameters, its authors say %.1f", tt.name, got, tt.want)
		}
	}
}

func TestAPresetIsWhatItsConfigJSONSays(t *testing.T) {
	for _, p := range model.Presets() {
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
