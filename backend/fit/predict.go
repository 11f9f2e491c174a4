package fit

import (
	"context"

	"monde/backend/validate"
	"monde/core"
	"monde/core/gpu"
	"monde/core/probe"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// A predictor returns what a row takes in µs with constants k.
type predictor func(ctx context.Context, r *validate.Row, k gpu.Constants) (float64, error)

// engine runs the row. Only constants that are in a gpu.Spec have an effect.
func engine(ctx context.Context, r *validate.Row, k gpu.Constants) (float64, error) {
	runs := r.Scenarios()
	sum := 0.0
	for _, s := range runs {
		s.Machine.GPU = k.Into(s.Machine.GPU)
		y, err := core.Run(ctx, s, probe.Probe{})
		if err != nil {
			return 0, err
		}
		sum += microseconds(y.Latency)
	}
	return sum / float64(len(runs)), nil
}

// kernels adds up the kernels that the engine would run, which is some hundred
// times as fast: a test holds the two together.
func kernels(ctx context.Context, r *validate.Row, k gpu.Constants) (float64, error) {
	runs := r.Scenarios()
	sum := 0.0
	for i := range runs {
		sum += microseconds(launch(&runs[i], k))
	}
	return sum / float64(len(runs)), ctx.Err()
}

func microseconds(t unit.Time) float64 { return float64(t) / 1e6 }

// launch returns the time of one part of a block in GPU memory, from a graph.
func launch(s *scenario.Scenario, k gpu.Constants) unit.Time {
	m := &s.Model
	g := gpu.With(k.Into(s.Machine.GPU), k)
	ffn := gpu.FFN{DModel: m.DModel, DFF: m.ExpertFF, Gated: m.Gated, Bits: m.ExpertBits}
	switch {
	case s.Workload.Scope == workload.Attending:
		return attention(g, s)
	case s.Workload.Scope == workload.OneExpert:
		return g.FFN(ffn, s.Workload.InputTokens).Time
	case s.Machine.GPU.Experts == gpu.Looped:
		var all gpu.Cost
		for _, t := range s.Workload.Routing.Counts[0] {
			if t > 0 {
				all = all.Plus(g.Looped(ffn, t))
			}
		}
		return all.Time
	}
	tokens := make([]int32, m.Experts)
	for i, t := range s.Workload.Routing.Counts[0] {
		tokens[i] = int32(t)
	}
	return g.Experts(gpu.Group{FFN: ffn, Tokens: tokens, Batch: s.Workload.InputTokens, TopK: m.TopK, Experts: m.Experts}).Time
}

// attention is one product for queries, keys and values, attention, and the output.
func attention(g gpu.GPU, s *scenario.Scenario) unit.Time {
	m, w := &s.Model, &s.Workload
	queries, keys := w.InputTokens, w.InputTokens
	if w.Phase == workload.Decode {
		queries, keys = 1, w.InputTokens+1
	}
	a := gpu.Attention{
		Batch: w.Batch, Queries: queries, Heads: m.Heads, HeadDim: m.HeadDim, DModel: m.DModel, Keys: keys,
		Cache: unit.Bytes(w.Batch * keys * 2 * m.KVHeads * m.HeadDim * 2),
	}
	in := gpu.Gemm{M: w.Batch * queries, N: (m.Heads + 2*m.KVHeads) * m.HeadDim, K: m.DModel, Bits: m.WeightBits}
	out := gpu.Gemm{M: w.Batch * queries, N: m.DModel, K: m.Heads * m.HeadDim, Bits: m.WeightBits}
	return g.Gemm(in).Plus(g.Attention(a)).Plus(g.Gemm(out)).Time
}
