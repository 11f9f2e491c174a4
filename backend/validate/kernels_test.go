package validate

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func total(counts []int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

// drawn draws a shape of routing.
func drawn(t *rapid.T) (tokens, experts, topK int) {
	experts = rapid.IntRange(1, 200).Draw(t, "experts")
	return rapid.IntRange(1, 2000).Draw(t, "tokens"), experts, rapid.IntRange(1, min(experts, 16)).Draw(t, "top_k")
}

func TestEveryTokenGetsItsExpertsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens, experts, topK := drawn(t)
		seed := random(rapid.Uint64().Draw(t, "seed"))
		alpha := rapid.SampledFrom([]float64{0.1, 0.99, 1.01, 1.2, 2, 9.9}).Draw(t, "alpha")
		for what, counts := range map[string][]int{"balanced": balanced(tokens, experts, topK), "power law": powerLaw(&seed, tokens, experts, topK, alpha)} {
			if total(counts) != tokens*topK || slices.Min(counts) < 0 || slices.Max(counts) > tokens {
				t.Fatalf("%s: %d tokens to %d of %d: %v", what, tokens, topK, experts, counts)
			}
		}
	})
}

// The plainest way to what fill does.
func TestFillGivesOneByOneToTheFirstThatHasFewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		counts := rapid.SliceOfN(rapid.IntRange(0, 9), 1, 12).Draw(t, "counts")
		left := rapid.IntRange(0, 60).Draw(t, "left")
		want := slices.Clone(counts)
		for range left {
			want[slices.Index(want, slices.Min(want))]++
		}
		if fill(counts, left); !slices.Equal(counts, want) {
			t.Fatalf("got %v, want %v", counts, want)
		}
	})
}

func TestBalancedRoutingIsThatOfTheBenchmarkTokenByToken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tokens, experts, topK := drawn(t)
		want, stride := make([]int, experts), (experts+topK-1)/topK
		for token := range tokens {
			at := token
			if tokens < stride {
				at = token * stride / tokens
			}
			var chosen []int
			for i := range topK {
				if e := (at + i*stride) % experts; !slices.Contains(chosen, e) {
					chosen = append(chosen, e)
				}
			}
			for e := 0; len(chosen) < topK; e++ {
				if !slices.Contains(chosen, e) {
					chosen = append(chosen, e)
				}
			}
			for _, e := range chosen {
				want[e]++
			}
		}
		if got := balanced(tokens, experts, topK); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestTheLargestLayerIsDrawnInAMoment(t *testing.T) {
	for _, name := range []string{"balanced", "power_law_0.1", "power_law_9.9"} {
		rows := load(t, map[string]string{"gpu_moe/moe_kernels": "system,framework,version,dtype,distribution,num_tokens,hidden,inter,topk,experts,latency_ms\n" +
			"h100_sxm,vllm,0.19.0,bf16," + name + ",1048576,4096,4096,256,512,7\n"})
		if len(rows) != 1 || rows[0].Problem != "" {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}
