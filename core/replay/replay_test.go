package replay_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"monde/core/fault"
	"monde/core/policy/predict"
	"monde/core/policy/replace"
	"monde/core/replay"
	"monde/core/rng"
	"monde/core/workload"
)

// small returns a trace of requests of so many tokens, two layers, top-2 of 6 experts.
func small(t testing.TB, requests, tokens int) *workload.Trace {
	t.Helper()
	r := rng.Stream(1, "small")
	var b strings.Builder
	b.WriteString("request,phase,step,layer,e0,e1\n")
	for i := range requests {
		for step := range tokens {
			for layer := range 2 {
				a := r.IntN(6)
				fmt.Fprintf(&b, "%s/%d,decode,%d,%d,%d,%d\n", []string{"x", "y"}[i%2], i, step, layer, a, (a+1+r.IntN(2))%6)
			}
		}
	}
	tr, err := workload.ReadTrace("small", strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// spec is of one slot, from the first token on.
func spec(slots int) replay.Spec {
	s := replay.Default()
	s.Warmup, s.Learn, s.Cache.Slots = 0, replay.Online, slots
	return s
}

func TestACacheOfEverythingMissesOnceAnExpert(t *testing.T) {
	tr := small(t, 4, 30)
	r := run(t, tr, spec(6))
	for l, layer := range r.Layers {
		if layer.Misses != 6 || layer.Hits+layer.Misses != 2*4*30 {
			t.Errorf("layer %d: %d hits and %d misses, want 240 in all, 6 of them misses", l, layer.Hits, layer.Misses)
		}
	}
	if r.Union != 2 || r.Steps != 120 || r.Requests != 4 {
		t.Errorf("%v experts a step of %d steps of %d requests", r.Union, r.Steps, r.Requests)
	}
	warm := spec(6)
	warm.Cache.Warm = true
	if r := run(t, tr, warm); r.HitRate != 1 {
		t.Errorf("a warm cache of everything hits %v", r.HitRate)
	}
}

func TestNoCacheHitsNothing(t *testing.T) {
	s := spec(3)
	s.Cache.Name = replace.NoCache
	if r := run(t, small(t, 2, 10), s); r.HitRate != 0 || r.Layers[0].Misses != 40 {
		t.Errorf("hits %v", r.HitRate)
	}
}

// A step asks once for what several slots chose, and every slot's token is in it.
func TestABatchAsksForTheUnion(t *testing.T) {
	tr := small(t, 6, 20)
	s := spec(3)
	one := run(t, tr, s)
	s.Batch = 3
	three := run(t, tr, s)
	if three.Union <= one.Union || three.Union > 6 {
		t.Errorf("a gate asks for %v experts in a batch of 3, alone for %v", three.Union, one.Union)
	}
	if three.Steps != 40 {
		t.Errorf("3 slots of 2 requests of 20 tokens take %d steps, want 40", three.Steps)
	}
}

func TestAnOracleThatPrefetchesMakesAllButTheFirstLayerHit(t *testing.T) {
	s := spec(3)
	s.Predict.Name, s.Prefetch = predict.Oracle, true
	r := run(t, small(t, 4, 30), s)
	if r.Layers[1].HitRate != 1 || r.Recall != 1 || r.Precision != 1 || r.GoodPred != 1 {
		t.Errorf("layer 1 hits %v, recall %v, precision %v, GoodPred %v", r.Layers[1].HitRate, r.Recall, r.Precision, r.GoodPred)
	}
	if r.Layers[0].Score.Asked != 0 {
		t.Error("a layer is scored of which nothing could be known")
	}
}

func TestReplayedPredictorsSaySo(t *testing.T) {
	s := spec(3)
	s.Predict.Name = predict.SkipGate
	r := run(t, small(t, 20, 50), s)
	if !r.Replayed || math.Abs(r.Recall-0.669) > 0.05 {
		t.Errorf("replayed is %v, recall %v", r.Replayed, r.Recall)
	}
}

func TestWarmUpIsPlayedAndNotCounted(t *testing.T) {
	tr := small(t, 4, 30)
	s := spec(6)
	s.Warmup = 60
	if r := run(t, tr, s); r.Steps != 60 || r.Layers[0].Misses != 0 {
		t.Errorf("%d steps, %d misses", r.Steps, r.Layers[0].Misses)
	}
}

func TestHalvesLearnFromEachOther(t *testing.T) {
	tr := small(t, 8, 25)
	s := spec(2)
	s.Learn, s.Cache.Name = replay.Half, replace.Static
	r := run(t, tr, s)
	if r.Steps != 8*25 {
		t.Errorf("%d tokens were played, want all 200", r.Steps)
	}
	if again := run(t, tr, s); fmt.Sprint(again) != fmt.Sprint(r) {
		t.Error("the same replay finds something else")
	}
}

// Every policy and every predictor plays a trace to its end.
func TestEveryMixPlays(t *testing.T) {
	tr := small(t, 8, 12)
	for _, cache := range replace.Names() {
		for _, predictor := range predict.Names() {
			s := spec(3)
			s.Learn, s.Prefetch, s.Batch = replay.Half, true, 2
			s.Cache.Name, s.Predict.Name = cache, predictor
			if r := run(t, tr, s); r.HitRate < 0 || r.HitRate > 1 || r.Recall > 1 {
				t.Errorf("%s with %s: hits %v, recall %v", cache, predictor, r.HitRate, r.Recall)
			}
		}
	}
}

func TestMistakesNameTheirField(t *testing.T) {
	tr := small(t, 2, 5)
	for field, change := range map[string]func(*replay.Spec){
		"batch":            func(s *replay.Spec) { s.Batch = 3 },
		"dataset":          func(s *replay.Spec) { s.Dataset = "z" },
		"warmup":           func(s *replay.Spec) { s.Warmup = 1000 },
		"learn":            func(s *replay.Spec) { s.Learn = "" },
		"factor":           func(s *replay.Spec) { s.Factor = 0 },
		"cache.name":       func(s *replay.Spec) { s.Cache.Name = "" },
		"predict.distance": func(s *replay.Spec) { s.Predict.Distance = 0 },
	} {
		s := spec(2)
		change(&s)
		_, err := replay.Run(fault.Never{}, tr, s)
		if f := fault.Fields(err); len(f) != 1 || f[0].Path != field {
			t.Errorf("%s: the mistakes are %v", field, err)
		}
	}
}

type stopped struct{}

func (stopped) Err() error { return fmt.Errorf("stopped") }

func TestAReplayStopsWhenAsked(t *testing.T) {
	if _, err := replay.Run(stopped{}, small(t, 2, 5), spec(2)); err == nil || err.Error() != "stopped" {
		t.Errorf("the error is %v", err)
	}
}
