package gpu_test

import (
	"testing"

	"monde/core/gpu"
	"monde/core/unit"
)

// h100 is as in scenario's presets, with the efficiencies of its fit.
var h100 = gpu.Spec{
	Memory: 80 << 30, Bandwidth: 3_350e9, BandwidthEfficiency: 0.9139, Compute: 989e12, ComputeEfficiency: 0.77,
	SMs: 132, L2: 50e6, Kernel: 4_021_000, Small: 2_203_000, Experts: gpu.Grouped, Tiles: gpu.NewTiles,
}

// The reference is a second writing of the model, in Python, that was fitted first.
func TestKernelsTakeAsLongAsInTheReferenceWriting(t *testing.T) {
	a100 := h100
	a100.Bandwidth, a100.Compute, a100.SMs, a100.L2, a100.Tiles, a100.Experts = 2_039e9, 312e12, 108, 40e6, gpu.OldTiles, gpu.Fused
	old := gpu.Fitted()
	old.FusedBytes32, old.FusedReuse32 = 0.5109, 0.008667
	fused := h100
	fused.Experts = gpu.Fused
	switchFFN := gpu.FFN{DModel: 1024, DFF: 4096, Bits: 16}
	mixtral := gpu.FFN{DModel: 4096, DFF: 14336, Gated: true, Bits: 16}
	even := gpu.Group{FFN: mixtral, Tokens: []int32{128, 128, 128, 128, 128, 128, 128, 128}, Batch: 512, TopK: 2, Experts: 8}
	g := gpu.New(h100)
	loop := g.Looped(switchFFN, 5).Plus(g.Looped(switchFFN, 3)).Plus(g.Looped(switchFFN, 1))
	attention := func(queries int) gpu.Attention {
		return gpu.Attention{Batch: 16, Queries: queries, Heads: 32, HeadDim: 128, DModel: 4096, Keys: 512, Cache: 4 * 16 * 512 * 4096}
	}
	projections := func(tokens int) unit.Time {
		return g.Gemm(gpu.Gemm{M: tokens, N: 3 * 4096, K: 4096, Bits: 16}).Plus(g.Gemm(gpu.Gemm{M: tokens, N: 4096, K: 4096, Bits: 16})).Time
	}
	for what, c := range map[string]struct {
		got  unit.Time
		want float64 // µs
	}{
		"one token's GEMM":      {g.Gemm(gpu.Gemm{M: 1, N: 14336, K: 4096, Bits: 16}).Time, 44.363191716038486},
		"GEMM of 512":           {g.Gemm(gpu.Gemm{M: 512, N: 4096, K: 14336, Bits: 16}).Time, 92.9897893698478},
		"FFN":                   {g.FFN(gpu.FFN{DModel: 7168, DFF: 2048, Gated: true, Bits: 16}, 64).Time, 47.94598639350071},
		"looped experts":        {loop.Time, 67.83581036513812},
		"grouped experts":       {g.Experts(gpu.Group{FFN: switchFFN, Tokens: []int32{5, 3, 0, 1}, Batch: 9, TopK: 1, Experts: 4}).Time, 59.43993700700539},
		"decoding":              {g.Attention(attention(1)).Time + projections(16), 110.50249647590604},
		"prefill":               {g.Attention(attention(512)).Time + projections(16*512), 1717.564854926361},
		"fused experts":         {gpu.New(fused).Experts(even).Time, 2026.891497831351},
		"fused experts, before": {gpu.With(a100, old).Experts(even).Time, 4387.83643056268},
	} {
		if got := float64(c.got) / 1e6; got < c.want-1e-4 || got > c.want+1e-4 {
			t.Errorf("%s: %.6f µs, want %.6f", what, got, c.want)
		}
	}
}
