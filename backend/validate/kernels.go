package validate

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"monde/core/gpu"
	"monde/core/workload"
)

// kernelRows: the fused MoE kernel, with the routing of AIConfigurator's benchmark.
func kernelRows(l *line) []Row {
	tokens, topK, experts := l.count("num_tokens", 1, maxTokens), l.count("topk", 1, 256), l.count("experts", 1, 1<<14)
	d, f := l.count("hidden", 1, maxWidth), l.count("inter", 1, maxWidth)
	bf16(l, "dtype")
	system, name := l.text("system"), fmt.Sprintf("%d x %d, %d of %d", d, f, topK, experts)
	r := Row{
		Model: name, Strategy: l.text("distribution"), Machine: system, Tokens: tokens, Case: l.text("framework") + " " + l.text("version"),
		Measured: 1000 * l.measured("latency_ms"),
	}
	p, ok := gpu.Named(system)
	if !ok {
		l.blame("GPU %q is not known", system)
		return []Row{r}
	}
	s := start(box, workload.OneLayer, shape(name, d, f, 3, experts, topK), tokens)
	s.Machine.GPU = p.Spec
	s.Machine.GPU.Experts, s.Machine.GPU.Tiles = gpu.Fused, tilesOf(l)
	if topK > experts {
		l.blame("topk must be at most experts, got %d of %d", topK, experts)
	}
	if l.wrong != "" {
		return []Row{r}
	}
	s.Workload.Routing.Source = workload.Counts
	for _, counts := range draws(l, tokens, experts, topK) {
		one := s
		one.Workload.Routing.Counts = [][]int{counts}
		r.runs = append(r.runs, one)
	}
	return []Row{r}
}

// tilesOf returns the tiles of a vLLM version; other frameworks' kernels are taken
// for the newer ones.
func tilesOf(l *line) gpu.Tiles {
	major, minor := 0, 0
	if _, err := fmt.Sscanf(l.text("version"), "%d.%d", &major, &minor); err != nil || l.text("framework") != "vllm" {
		return gpu.NewTiles
	}
	if major == 0 && minor < 17 {
		return gpu.OldTiles
	}
	return gpu.NewTiles
}

// draws returns the tokens of each expert: once if they are balanced, several times
// where they are drawn.
func draws(l *line, tokens, experts, topK int) [][]int {
	name := l.text("distribution")
	if name == "balanced" {
		return [][]int{balanced(tokens, experts, topK)}
	}
	exponent, ok := strings.CutPrefix(name, "power_law_")
	alpha, err := strconv.ParseFloat(exponent, 64)
	if !ok || err != nil || !(alpha > 0 && alpha < 10 && alpha != 1) { // the formula has no value at 1
		l.blame("distribution %q is not known: balanced is, and power_law_ with a number above 0 and below 10 but 1", name)
		return nil
	}
	seed := random(tokens*1_000_003 + experts*1009 + topK*31 + int(100*alpha))
	n := 6
	if experts < 64 {
		n = 16
	}
	all := make([][]int, n)
	for i := range all {
		all[i] = powerLaw(&seed, tokens, experts, topK, alpha)
	}
	return all
}

// random is splitmix64.
type random uint64

func (r *random) next() float64 {
	*r += 0x9E3779B97F4A7C15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64((z^z>>31)>>11) / (1 << 53)
}

// balanced is AIConfigurator's balanced_logits: token t's choice i is an expert
// stride further. A choice taken twice goes to the first expert that is free. Tokens
// that are as many apart as there are experts choose alike.
func balanced(tokens, experts, topK int) []int {
	counts := make([]int, experts)
	stride := (experts + topK - 1) / topK
	for t := range min(tokens, experts) {
		chosen := map[int]bool{}
		at := t
		if tokens < stride {
			at = t * stride / tokens
		}
		for i := range topK {
			chosen[(at+i*stride)%experts] = true
		}
		for e := 0; len(chosen) < topK; e++ {
			chosen[e] = true
		}
		alike := (tokens - t + experts - 1) / experts
		for e := range chosen {
			counts[e] += alike
		}
	}
	return counts
}

// powerLaw is AIConfigurator's sample_power_law: shares between two bounds, scaled to
// the choices there are, and mended at the ends.
func powerLaw(r *random, tokens, experts, topK int, alpha float64) []int {
	lo, hi := 0.01, 2.0
	if tokens*topK > experts {
		lo, hi = 1, 0.8*float64(tokens)
	}
	p := 1 - alpha
	a, b := math.Pow(lo, p), math.Pow(hi, p)-math.Pow(lo, p)
	shares, sum := make([]float64, experts), 0.0
	for i := range shares {
		shares[i] = math.Pow(b*r.next()+a, 1/p)
		sum += shares[i]
	}
	counts := make([]int, experts)
	left := tokens * topK
	for i, x := range shares {
		counts[i] = min(tokens, int(math.RoundToEven(x/sum*float64(tokens*topK))))
		left -= counts[i]
	}
	fill(counts, left)
	for ; left < 0; left++ {
		counts[extreme(counts)]--
	}
	return counts
}

// fill adds left tokens, each to the first expert that has the fewest: all up to one
// level, and what is left over to the first of those on it. One by one they would
// take minutes where most of a large layer's tokens are left.
func fill(counts []int, left int) {
	if left <= 0 {
		return
	}
	missing := func(level int) (n int) {
		for _, c := range counts {
			n += max(0, level-c)
		}
		return n
	}
	level := sort.Search(slices.Max(counts)+left+1, func(level int) bool { return missing(level) > left }) - 1
	left -= missing(level)
	for i, c := range counts {
		counts[i] = max(c, level)
		if left > 0 && c <= level {
			counts[i]++
			left--
		}
	}
}

// extreme returns the first index of the largest value.
func extreme(all []int) int {
	best := 0
	for i, v := range all {
		if v > all[best] {
			best = i
		}
	}
	return best
}
