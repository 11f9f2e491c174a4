package validate

import (
	"testing"

	"monde/core/gpu"
)

func TestEveryConstantSaysWhatItIs(t *testing.T) {
	all := Constants()
	if len(all) == 0 {
		t.Fatal("no constant")
	}
	seen := map[string]bool{}
	for _, c := range all {
		if c.Text == "" || !(c.Value > 0) || seen[c.Name] {
			t.Errorf("got %+v", c)
		}
		seen[c.Name] = true
	}
	if first := all[0]; first.Name != "Bytes" || first.Value != gpu.Fitted().Bytes || first.Fit != "dense" {
		t.Errorf("got %+v first", first)
	}
}
