package dram_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	native = flag.String("native", "", "output of BenchmarkStream to write the table of docs/benchmarks.md from")
	inWASM = flag.String("wasm", "", "the same under js/wasm")
)

// TestTheTableOfBenchmarks prints the table of docs/benchmarks.md, from -native
// and -wasm: the best of as many runs as there are.
func TestTheTableOfBenchmarks(t *testing.T) {
	if *native == "" || *inWASM == "" {
		t.Skip("no -native and -wasm")
	}
	ours, wasm := rates(t, *native), rates(t, *inWASM)
	var table strings.Builder
	table.WriteString("| stream | window | channels | `window` | `banks` | fastest reference | ratio | WASM/native |\n|---|--:|--:|--:|--:|--:|--:|--:|\n")
	sum, n := 0.0, 0.0
	for _, r := range races(t) {
		suffix := ""
		if r.channels > 1 {
			suffix = fmt.Sprintf("_%dch", r.channels)
		}
		at := [2]string{
			fmt.Sprintf("r2_lp5_6400%s/%s/w%d", suffix, r.stream, r.window), fmt.Sprintf("d3_lp5eq_6400%s/%s/w%d", suffix, r.stream, r.window),
		}
		a, b := ours[at[0]], ours[at[1]]
		share := [2]float64{wasm[at[0]] / a, wasm[at[1]] / b}
		sum, n = sum+math.Log(share[0]*share[1]), n+2
		fmt.Fprintf(&table, "| %s | %s | %d | %.2f | %.2f | %.3f %s | %s, %s | %.2f, %.2f |\n", r.stream, limit(r.window), r.channels, a, b,
			r.fastest, r.by, ratio(a/r.fastest), ratio(b/r.fastest), share[0], share[1])
	}
	t.Logf("\n%s\nWASM/native, geometric mean: %.2f", &table, math.Exp(sum/n))
}

func limit(window int64) string {
	if window == 0 {
		return "none"
	}
	return fmt.Sprint(window)
}

// ratio writes how often faster we are; below 10, which is the aim, in bold.
func ratio(v float64) string {
	if v < 10 {
		return fmt.Sprintf("**%.1f**", v)
	}
	return fmt.Sprintf("%.0f", v)
}

var benchmarkLine = regexp.MustCompile(`^BenchmarkStream/(\S+?)(?:-\d+)?\s.*?([0-9.]+) Mreq/s`)

// rates returns the best rate of each benchmark in a file.
func rates(t *testing.T, name string) map[string]float64 {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	best := map[string]float64{}
	for line := range strings.Lines(string(text)) {
		if m := benchmarkLine.FindStringSubmatch(line); m != nil {
			var v float64
			if _, err := fmt.Sscan(m[2], &v); err != nil {
				t.Fatal(err)
			}
			best[m[1]] = max(best[m[1]], v)
		}
	}
	return best
}
