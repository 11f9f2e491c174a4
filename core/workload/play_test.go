package workload_test

import (
	"slices"
	"strings"
	"testing"

	"monde/core/model"
	"monde/core/workload"
)

// tiny has the shape of smallCSV.
var tiny = model.Spec{Name: "tiny", Decoder: model.Stack{Blocks: 2, MoEStep: 1}, Experts: 8, TopK: 2}

func fileRouter(t *testing.T, phase workload.Phase, batch, input, output int) (workload.Router, workload.Origin) {
	t.Helper()
	s := workload.Spec{
		Phase: phase, Scope: workload.WholeModel, Batch: batch, InputTokens: input, OutputTokens: output,
		Routing: workload.Routing{Source: workload.File, File: "mine.csv", SHA256: sampleSHA},
	}
	return router(t, s, tiny, workload.Traces{sampleSHA: read(t, []byte(smallCSV))})
}

func TestInputPassPlaysTheFileFromItsStartAndRepeats(t *testing.T) {
	r, origin := fileRouter(t, workload.Prefill, 1, 3, 1)
	dst := make([]int32, 8)
	r.Count(dst, workload.Pass{Tokens: 3, Input: true}, 0)
	if want := []int32{0, 3, 0, 3, 0, 0, 0, 0}; !slices.Equal(dst, want) { // its only input token is {1, 3}
		t.Errorf("counts are %v, want %v", dst, want)
	}
	if want := "1 tokens are recorded for the 3 of the input pass, and repeat"; !origin.Scaled || !strings.Contains(origin.Text, want) {
		t.Errorf("the origin is %+v", origin)
	}
}

func TestDecodingPlaysRequestsOneAfterAnother(t *testing.T) {
	r, origin := fileRouter(t, workload.Decode, 1, 1, 2)
	dst := make([]int32, 8)
	var seen [][]int32
	for step := range 2 {
		r.Count(dst, workload.Pass{Step: step, Tokens: 1}, 0)
		seen = append(seen, slices.Clone(dst))
	}
	law, code := []int32{0, 1, 1, 0, 0, 0, 0, 0}, []int32{1, 0, 0, 0, 0, 0, 0, 1}
	inOrder := slices.Equal(seen[0], law) && slices.Equal(seen[1], code)
	turned := slices.Equal(seen[0], code) && slices.Equal(seen[1], law)
	if !inOrder && !turned {
		t.Errorf("the steps were %v", seen)
	}
	if origin.StandIn || origin.Scaled {
		t.Errorf("the origin is %+v", origin)
	}
}

func TestTraceWithoutDecodingStepsStandsInForThem(t *testing.T) {
	m := preset(t, "deepseek-v2-lite")
	s := base(m, workload.TraceOf)
	s.Phase = workload.Decode
	_, origin := router(t, s, m, shipped(t))
	if want := "recorded in input passes, they stand in for decoding steps"; !origin.StandIn || !strings.Contains(origin.Text, want) {
		t.Errorf("the origin is %+v", origin)
	}
}

// facts of the trace: 43.6 % of a token's experts were its predecessor's,
// against 20 % of independent draws; one layer and one seed leave a few percent.
func TestDecodingStepsOfATraceReuseExperts(t *testing.T) {
	m := preset(t, "gpt-oss-20b")
	s := base(m, workload.TraceOf)
	s.Phase, s.Batch, s.OutputTokens = workload.Decode, 1, 2000
	r, _ := router(t, s, m, shipped(t))
	var last []int32
	same := map[int]float64{}
	before := make([][]int32, 24)
	rowsOf(s, m, r, 2000, func(_ workload.Pass, layer int, counts []int32) {
		last = before[layer]
		for e, n := range counts {
			if last != nil && n > 0 && last[e] > 0 {
				same[layer]++
			}
		}
		before[layer] = slices.Clone(counts)
	})
	mean := 0.0
	for _, n := range same {
		mean += n / (2000 * 4 * 24)
	}
	if mean < 0.38 || mean > 0.50 {
		t.Errorf("%.3f of the choices were the step's before", mean)
	}
}

func TestDroppedTokensAreSaid(t *testing.T) {
	m := preset(t, "gpt-oss-20b")
	_, origin := router(t, base(m, workload.Counts), m, nil)
	if want := "631 of 1024 choices a pass reach no expert"; !strings.Contains(origin.Text, want) {
		t.Errorf("the origin is %+v", origin)
	}
}

func TestOneRowOfCountsServesAllLayersAndShortRowsArePadded(t *testing.T) {
	m := preset(t, "gpt-oss-20b")
	r, _ := router(t, base(m, workload.Counts), m, nil)
	dst := make([]int32, m.Experts)
	for i := range dst {
		dst[i] = 9
	}
	r.Count(dst, workload.Pass{Tokens: 256, Input: true}, 23)
	if want := []int32{256, 100, 30, 7, 0}; !slices.Equal(dst[:5], want) || dst[31] != 0 {
		t.Errorf("counts are %v", dst)
	}
}
