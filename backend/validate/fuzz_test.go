package validate

import (
	"math"
	"strings"
	"testing"
)

// Whatever a file holds, loading it never panics: it is refused by its name, or every
// line of it is rows, each with a scenario that fits it or a problem.
func fuzz(f *testing.F, name string) {
	f.Add(few(f, name, 4))
	f.Add(edited(f, name, strings.Fields(numbers[name])[0], "-1"))
	f.Add("\ufeff" + strings.ReplaceAll(few(f, name, 1), "\n", "\r\n"))
	f.Add(strings.ReplaceAll(few(f, name, 2), ",", ",\"a\nb\","))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := Load(folder(map[string]string{name: text}))
		if err != nil {
			if !strings.HasPrefix(err.Error(), name+".csv: ") || rows != nil {
				t.Fatalf("%v with %d rows", err, len(rows))
			}
			return
		}
		table, err := read(folder(map[string]string{name: text}), name)
		if err != nil {
			t.Fatal(err)
		}
		told := map[int]bool{}
		for _, r := range rows {
			told[r.Line] = true
			checkRow(t, r)
		}
		if len(told) != len(table.rows) {
			t.Fatalf("%d lines have rows, of %d", len(told), len(table.rows))
		}
	})
}

func checkRow(t *testing.T, r Row) {
	t.Helper()
	runs := r.Scenarios()
	switch {
	case r.Problem != "" && runs != nil:
		t.Fatalf("%q, but it would run", r.Problem)
	case r.Problem == "" && len(runs) == 0:
		t.Fatal("nothing to run, and no problem")
	case r.Problem == "" && !(r.Measured > 0 && r.Measured < math.MaxFloat32):
		t.Fatalf("measured %g", r.Measured)
	}
	for _, s := range runs {
		if err := s.Machine.GPU.Validate(); err != nil {
			t.Fatal(err)
		}
	}
}

func FuzzLinkRows(f *testing.F)       { fuzz(f, "h100/link") }
func FuzzFFNRows(f *testing.F)        { fuzz(f, "h100/ffn") }
func FuzzDenseRows(f *testing.F)      { fuzz(f, "h100/dense") }
func FuzzCPURows(f *testing.F)        { fuzz(f, "h100/cpu") }
func FuzzGraphRows(f *testing.F)      { fuzz(f, "h100/graph_layers") }
func FuzzLayerRows(f *testing.F)      { fuzz(f, "h100/layers") }
func FuzzKernelRows(f *testing.F)     { fuzz(f, "gpu_moe/moe_kernels") }
func FuzzBlockRows(f *testing.F)      { fuzz(f, "pregated/block_lats") }
func FuzzActiveRows(f *testing.F)     { fuzz(f, "pregated/ubench_b64_block_lats") }
func FuzzMemoryRows(f *testing.F)     { fuzz(f, "pregated/peak_mems") }
func FuzzThroughputRows(f *testing.F) { fuzz(f, "pregated/throughputs") }
