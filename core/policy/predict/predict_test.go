package predict_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/fault"
	"monde/core/policy/predict"
	"monde/core/policy/predict/predicttest"
	"monde/core/rng"
	"monde/core/unit"
)

func spec(name predict.Name) predict.Spec {
	s := predict.Default()
	s.Name, s.Store = name, 4
	return s
}

func fresh(name predict.Name) predict.Predictor {
	return predict.New(spec(name), predicttest.Layers, predicttest.Experts)
}

func TestEveryPredictorKeepsTheContract(t *testing.T) {
	for _, name := range predict.Names() {
		t.Run(string(name), func(t *testing.T) {
			predicttest.Run(t, func() predict.Predictor { return fresh(name) })
		})
	}
}

func TestDefaultsAreValidAndMistakesNameTheirField(t *testing.T) {
	for _, name := range predict.Names() {
		if err := spec(name).Validate(); err != nil {
			t.Errorf("%s is refused: %v", name, err)
		}
	}
	for field, change := range map[string]func(*predict.Spec){
		"name":       func(s *predict.Spec) { s.Name = "crystal ball" },
		"distance":   func(s *predict.Spec) { s.Name, s.Distance = predict.PreGate, 2 },
		"accuracy":   func(s *predict.Spec) { s.Accuracy = 1.5 },
		"latency_ps": func(s *predict.Spec) { s.Latency = -1 },
		"store":      func(s *predict.Spec) { s.Store = 0 },
		"paths":      func(s *predict.Spec) { s.Paths = 0 },
	} {
		s := predict.Default()
		change(&s)
		fields := fault.Fields(s.Validate())
		if len(fields) != 1 || fields[0].Path != field {
			t.Errorf("%s: the mistakes are %v", field, fields)
		}
	}
}

// follow plays a walk and calls check before every gate.
func follow(seed uint64, tokens int, p predict.Predictor, check func(v *predict.View, starts bool)) {
	w := predicttest.NewWalk(seed)
	for i := range tokens {
		starts := i%10 == 0
		p.Begin(starts)
		w.Token()
		for l := range predicttest.Layers {
			v := w.View(l, predicttest.K)
			check(v, starts && l == 0)
			p.Learn(v)
		}
	}
}

// ranked returns the n experts with the highest positive scores, the plainest way.
func ranked(scores []float64, n int) (best []int32) {
	ids := make([]int32, len(scores))
	for i := range ids {
		ids[i] = int32(i)
	}
	slices.SortStableFunc(ids, func(a, b int32) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return 0
	})
	for _, id := range ids[:min(n, len(ids))] {
		if scores[id] > 0 {
			best = append(best, id)
		}
	}
	return best
}

// A first-order table agrees with naive Bayes worked out from every gate so far. Its
// logarithms are short: what is as likely to 1 in 500 may change places.
func TestFirstOrderIsNaiveBayes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type pair struct {
			target       int
			chosen, then []int32
		}
		var gates []pair
		p := fresh(predict.FirstOrder)
		follow(rapid.Uint64().Draw(t, "seed"), 15, p, func(v *predict.View, _ bool) {
			scores := make([]float64, predicttest.Experts)
			for to := range scores {
				n, both := 0.0, make([]float64, predicttest.Experts)
				for _, g := range gates {
					if g.target == v.Target && len(g.chosen) > 0 && slices.Contains(g.then, int32(to)) {
						n++
						for _, from := range g.chosen {
							both[from]++
						}
					}
				}
				scores[to] = math.Log2(n + 0.5)
				for _, from := range v.Chosen {
					scores[to] += math.Log2((both[from] + 0.5) / (n + 1))
				}
				if n == 0 || len(v.Chosen) == 0 {
					scores[to] = math.Inf(-1)
				}
			}
			got := p.Predict(nil, v)
			for to, score := range scores {
				for _, e := range got {
					if !slices.Contains(got, int32(to)) && score > scores[e]+0.002 {
						t.Fatalf("expects %d, of score %v, before %d, of %v", e, scores[e], to, score)
					}
				}
				if score > math.Inf(-1) && len(got) < v.Count && !slices.Contains(got, int32(to)) {
					t.Fatalf("expects %v alone, and not %d", got, to)
				}
			}
			gates = append(gates, pair{v.Target, slices.Clone(v.Chosen), slices.Clone(v.Truth)})
		})
	})
}

func TestAPathExpectsWhatFollowedItMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type key struct{ target, a, b, c, d, e, f int32 }
		after := map[key][]float64{}
		p := fresh(predict.Path)
		follow(rapid.Uint64().Draw(t, "seed"), 40, p, func(v *predict.View, _ bool) {
			k := key{target: int32(v.Target)}
			for i, e := range v.Chosen {
				*[]*int32{&k.a, &k.b, &k.c}[i] = e + 1
			}
			for i, e := range v.Before {
				*[]*int32{&k.d, &k.e, &k.f}[i] = e + 1
			}
			if after[k] == nil {
				after[k] = make([]float64, predicttest.Experts)
			}
			got, want := p.Predict(nil, v), ranked(after[k], v.Count)
			if len(v.Chosen) == 0 {
				want = nil
			}
			if !slices.Equal(got, want) {
				t.Fatalf("predicts %v, want %v", got, want)
			}
			for _, e := range v.Truth {
				after[k][e]++
			}
		})
	})
}

// The most alike of stored requests, by cosines worked out in full.
func TestActivationsAreMatchedByCosine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const cells = predicttest.Layers * predicttest.Experts
		var store [][]float64
		now := make([]float64, cells)
		p := fresh(predict.Activation)
		first := true
		follow(rapid.Uint64().Draw(t, "seed"), 60, p, func(v *predict.View, starts bool) {
			if starts && !first {
				store, now = append(store, now), make([]float64, cells)
				store = store[max(0, len(store)-4):]
			}
			first = false
			got := p.Predict(nil, v)
			if len(store) == 0 {
				if len(got) > 0 {
					t.Fatal("predicts from an empty store")
				}
			} else if !likely(got, store, now, v) {
				t.Fatalf("%v are not the busiest of any matrix with the highest cosine", got)
			}
			for _, e := range v.Truth {
				now[v.Target*predicttest.Experts+int(e)]++
			}
		})
	})
}

// likely reports whether got is what some matrix with the highest cosine expects.
func likely(got []int32, store [][]float64, now []float64, v *predict.View) bool {
	cosine := func(m []float64) float64 {
		var dot, a, b float64
		for i := range m {
			dot, a, b = dot+m[i]*now[i], a+m[i]*m[i], b+now[i]*now[i]
		}
		if b == 0 {
			return 0
		}
		return dot / math.Sqrt(a*b)
	}
	most := 0.0
	for _, m := range store {
		most = max(most, cosine(m))
	}
	return slices.ContainsFunc(store, func(m []float64) bool {
		row := m[v.Target*predicttest.Experts : (v.Target+1)*predicttest.Experts]
		return cosine(m) > most-1e-9 && slices.Equal(got, ranked(row, v.Count))
	})
}

// The most alike of stored passes, over the layers that are known, worked out in full.
func TestTrajectoriesAreMatchedOverTheLayersSoFar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type pass [predicttest.Layers][]int32
		var store []pass
		var now pass
		p := fresh(predict.Trajectory)
		follow(rapid.Uint64().Draw(t, "seed"), 30, p, func(v *predict.View, _ bool) {
			if v.Target == 0 && now[0] != nil {
				store = append(store, now)
				store = store[max(0, len(store)-4):]
			}
			now[v.Target] = slices.Clone(v.Truth)
			got := p.Predict(nil, v)
			if v.Target == 0 || len(store) == 0 {
				if len(got) > 0 {
					t.Fatalf("expects %v of layer %d after %d passes", got, v.Target, len(store))
				}
				return
			}
			alike := func(x pass) float64 {
				both, size := 0, 0
				for l := range v.Target {
					size += len(x[l])
					for _, e := range now[l] {
						if slices.Contains(x[l], e) {
							both++
						}
					}
				}
				return float64(both) / math.Sqrt(float64(max(1, size)))
			}
			most := 0.0
			for _, x := range store {
				most = max(most, alike(x))
			}
			if !slices.ContainsFunc(store, func(x pass) bool {
				want := slices.Sorted(slices.Values(x[v.Target]))
				return alike(x) > most-1e-9 && slices.Equal(got, want[:min(len(want), v.Count)])
			}) {
				t.Fatalf("%v are the experts of no pass that is most alike", got)
			}
		})
	})
}

func TestReplayedPredictorsAreAsGoodAsPublished(t *testing.T) {
	for name, want := range map[predict.Name]float64{
		predict.TokenTable: 0.583, predict.SkipGate: 0.669, predict.Learned: 0.847, predict.RPP: 0.90,
	} {
		var s predict.Score
		p := fresh(name)
		follow(7, 4000, p, func(v *predict.View, _ bool) { s.Add(p.Predict(nil, v), v.Truth, 0) })
		if !name.Replayed() || math.Abs(s.Recall()-want) > 0.01 || s.Predicted != s.Asked {
			t.Errorf("%s finds %.3f with %d of %d experts, want %.3f", name, s.Recall(), s.Predicted, s.Asked, want)
		}
	}
	far := spec(predict.Learned)
	far.Distance = 2
	if p, ok := far.Of(""); !ok || p.Accuracy != 0.797 {
		t.Errorf("at a distance of 2 the learned predictor has %v", p)
	}
}

func TestReplayedMistakesFollowPopularity(t *testing.T) {
	s := spec(predict.SkipGate)
	s.Accuracy = 1e-12
	p, r := predict.New(s, 1, 4), rng.Stream(1, "mistakes")
	counts := make([]int, 4)
	for range 10_000 {
		v := &predict.View{Count: 1, Truth: []int32{2}, Popularity: []float64{0.1, 0.3, 0.6, 0}, Draw: r.Float64}
		counts[p.Predict(nil, v)[0]]++
	}
	if counts[2] != 0 || counts[3] != 0 || counts[1] < 7300 || counts[1] > 7700 {
		t.Errorf("of 10,000 mistakes %v go to each expert, want 1 to 3 between the first two", counts)
	}
}

func TestAPreGateKnowsAllButTheFirstBlock(t *testing.T) {
	p := fresh(predict.PreGate)
	truth := []int32{3, 1}
	if got := p.Predict(nil, &predict.View{Layer: -1, Target: 0, Count: 2, Truth: truth}); len(got) != 0 {
		t.Errorf("the first block's experts are predicted: %v", got)
	}
	if got := p.Predict(nil, &predict.View{Layer: 0, Target: 1, Count: 2, Truth: truth}); !slices.Equal(got, truth) {
		t.Errorf("predicts %v, want %v", got, truth)
	}
}

func TestScoresByHand(t *testing.T) {
	var s predict.Score
	s.Add([]int32{1, 2, 3, 4}, []int32{2, 4, 6}, 3)
	s.Sum(predict.Score{Asked: 1})
	if s.Recall() != 0.5 || s.Precision() != 0.5 || s.FetchRate() != 0.75 || s.GoodPred() != 0.375 {
		t.Errorf("recall %v, precision %v, fetch rate %v, GoodPred %v", s.Recall(), s.Precision(), s.FetchRate(), s.GoodPred())
	}
	if (predict.Score{}).GoodPred() != 0 {
		t.Error("no prediction is good")
	}
}

func TestEveryAccuracyHasASource(t *testing.T) {
	for _, p := range predict.Accuracies() {
		if p.Source == "" || p.Model == "" || p.Accuracy <= 0 || p.Accuracy > 1 || p.Distance < 1 || !slices.Contains(predict.Names(), p.Predictor) {
			t.Errorf("incomplete: %+v", p)
		}
	}
}

// One target: 8 of 128 experts, 48 layers.
func BenchmarkStep(b *testing.B) {
	const layers, experts, k = 48, 128, 8
	for _, name := range predict.Names() {
		b.Run(string(name), func(b *testing.B) {
			s := predict.Default()
			s.Name = name
			p, r := predict.New(s, layers, experts), rng.Stream(1, "bench")
			sets := make([][]int32, 512)
			for i := range sets {
				for len(sets[i]) < k {
					if e := int32(float64(experts) * r.Float64() * r.Float64()); !slices.Contains(sets[i], e) {
						sets[i] = append(sets[i], e)
					}
				}
			}
			shares, prompt := make([]float64, experts), make([]int32, experts)
			for i := range shares {
				shares[i], prompt[i] = 1/float64(i+1), int32(experts-i)
			}
			dst, draw := make([]int32, 0, experts), r.Float64
			var v predict.View
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				if i%layers == 0 {
					p.Begin(i/layers%64 == 0)
				}
				v = predict.View{
					Layer: i%layers - 1, Target: i % layers, Count: k, Chosen: sets[i%512], Before: sets[(i+9)%512], Previous: sets[(i+5)%512],
					Prompt: prompt, Popularity: shares, Truth: sets[(i+1)%512], Draw: draw,
				}
				dst = p.Predict(dst[:0], &v)
				p.Learn(&v)
			}
		})
	}
}

// pEAM: the row of the nearest matrix, in tokens; nothing before one is stored.
func TestAnExpecterTellsTheRowThatItFound(t *testing.T) {
	p := predict.New(spec(predict.Activation), 2, 4)
	x := p.(predict.Expecter)
	v := predict.View{Target: 1, Count: 2, Truth: []int32{3}}
	p.Begin(true)
	if p.Predict(nil, &v); x.Expected() != nil {
		t.Errorf("expects %v of nothing", x.Expected())
	}
	p.Learn(&v)
	p.Learn(&v)
	p.Begin(true)
	if p.Predict(nil, &v); !slices.Equal(x.Expected(), []float64{0, 0, 0, 2}) {
		t.Errorf("expects %v", x.Expected())
	}
}

// Published numbers go with the model that they were measured on, where there is one; the
// top expert's accuracy is not that of all.
func TestAPublishedAccuracyIsTheModelFamilys(t *testing.T) {
	for _, tt := range []struct {
		name     predict.Name
		model    string
		distance int
		accuracy float64
		latency  unit.Time
	}{
		{predict.SkipGate, "mixtral-8x7b", 1, 0.84, 0},
		{predict.SkipGate, "mixtral-8x22b", 2, 0.84, 0},
		{predict.SkipGate, "qwen2-57b-a14b", 1, 0.669, 0},
		{predict.SkipGate, "deepseek-v2-lite", 2, 0.669, 0},
		{predict.Learned, "mixtral-8x7b", 2, 0.797, 200 * unit.Microsecond},
		{predict.Oracle, "mixtral-8x7b", 1, 0, 0},
	} {
		s := spec(tt.name)
		s.Distance, s.Accuracy, s.Latency = tt.distance, 0, 0
		if got := s.For(tt.model); got.Accuracy != tt.accuracy || got.Latency != tt.latency {
			t.Errorf("%s of %s: %+v", tt.name, tt.model, got)
		}
		s.Accuracy, s.Latency = 0.5, 7
		if got := s.For(tt.model); got != s {
			t.Errorf("%s of %s: %+v instead of what was given", tt.name, tt.model, got)
		}
	}
}
