package system_test

import (
	"fmt"
	"testing"
)

// Mixtral-offloading (2312.17238, table 2): tokens a second with 2-bit experts (2.6 bits
// with scales), of which GPU memory caches 4 a layer, 2 on the RTX 3060: all of it,
// without loading ahead, without the cache, and naive streaming. 20 % was wanted and is
// missed: weights are decoded in PyTorch, expert by expert, and nobody says how long that
// takes. What is held here is the order of the last three, and how far each is off.
func TestMixtralOffloadingIsPredictedFasterThanPublished(t *testing.T) {
	const small = `{"base":"rtx_3090","name":%q,"memory_bytes":%d,"bandwidth_bytes_per_s":%d,"compute_flops_per_s":%d}`
	for _, x := range []struct {
		gpu, link string
		slots     int
		published [4]float64
	}{
		{`"a100_sxm"`, "pcie4_x16", 4, [4]float64{3.061, 2.918, 2.265, 1.392}},
		{fmt.Sprintf(small, "RTX 3080 Mobile", 16<<30, 448_000_000_000, 60_000_000_000_000), "pcie4_x16", 4, [4]float64{2.655, 2.227, 1.758, 1.059}},
		{fmt.Sprintf(small, "RTX 3060", 12<<30, 360_000_000_000, 51_000_000_000_000), "pcie4_x16", 2, [4]float64{2.278, 2.051, 1.547, 0.919}},
		{fmt.Sprintf(small, "T4", 16<<30, 320_000_000_000, 65_000_000_000_000), "pcie3_x16", 4, [4]float64{2.092, 1.567, 1.168, 0.661}},
	} {
		var got [4]float64
		for i, strategy := range []string{
			fmt.Sprintf(`{"name":"Mixtral-offloading","cache":{"slots":%d}}`, x.slots),
			fmt.Sprintf(`{"name":"Mixtral-offloading","cache":{"slots":%d},"predictor":{"name":"none"}}`, x.slots),
			`{"name":"GPU+PM","transfer":"serial"}`,
			`"ZeRO-Inference"`,
		} {
			got[i] = done(t, decoded(t, fmt.Sprintf(`{"machine":{"base":"desktop-4090","gpu":%s,"link":%q},"model":{"base":"mixtral-8x7b","expert_bits":2.6,"weight_bits":4},
				"workload":{"phase":"decode","batch":1,"output_tokens":32},"strategy":%s}`, x.gpu, x.link, strategy))).TokensPerSecond
		}
		t.Logf("%.60s: predicted %.2f, published %.3f tokens/s", x.gpu, got, x.published)
		if !(got[1] > got[2] && got[2] > got[3]) {
			t.Errorf("%s: a cache, then moving what is asked for alone, should gain: %.2f", x.gpu, got)
		}
		for i, published := range x.published {
			most := [4]float64{4.1, 4.3, 3.5, 1.8}[i]
			if ratio := got[i] / published; ratio < 1 || ratio > most {
				t.Errorf("%s: %.2f of the published speed of variant %d, at most %.1f so far", x.gpu, ratio, i, most)
			}
		}
	}
}
