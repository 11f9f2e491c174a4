package replace_test

import (
	"testing"

	"monde/core/policy/replace"
)

// Each formula by values worked out by hand. The model has four layers of four experts,
// and five slots for all; expert 3 of layer 3 comes when layer 1 runs in pass 2.
func TestFormulasByHand(t *testing.T) {
	type use struct {
		pass, layer int
		use         replace.Use
	}
	key := func(layer, expert int32) replace.Key { return replace.Key{Layer: layer, Expert: expert} }
	for _, tt := range []struct {
		why    string
		change func(*replace.Spec)
		uses   []use
		want   replace.Key
	}{
		{"LRU: layer 0's expert 1 was accessed first",
			func(s *replace.Spec) { s.Name = replace.LRU },
			[]use{{1, 0, replace.Use{Expert: 1}}, {1, 1, replace.Use{Expert: 0}}, {1, 2, replace.Use{Expert: 0}}, {2, 0, replace.Use{Expert: 0}}},
			key(0, 1)},
		{"LFU: once against twice; of those used once, the older",
			func(s *replace.Spec) { s.Name = replace.LFU },
			[]use{{1, 0, replace.Use{Expert: 1}}, {1, 1, replace.Use{Expert: 0}}, {1, 2, replace.Use{Expert: 0}}, {2, 0, replace.Use{Expert: 1}}},
			key(1, 0)},
		{"Expert Buffering: the last in of those that pass 2 did not ask for",
			func(s *replace.Spec) { s.Name = replace.LIFO },
			[]use{{1, 0, replace.Use{Expert: 1}}, {1, 1, replace.Use{Expert: 0}}, {1, 2, replace.Use{Expert: 0}}, {2, 0, replace.Use{Expert: 0}}},
			key(2, 0)},
		// T = 2. p(0,1) = .5·1/2 + .5·1/2 = .5; p(1,0) = .5·1/2 + .5·2/2 with two high uses…
		// in halves: R 1, H 0 is .25; R 1, H 1 is .5; R 2, H 1 is .75.
		{"HOBBIT: R/2·½ + H/2·½ is ¼ where the only use was of low precision",
			func(s *replace.Spec) {
				s.Name, s.Recency, s.Frequency, s.HighUses, s.Nearness = replace.Hobbit, 0.5, 0, 0.5, 0
			},
			[]use{{1, 0, replace.Use{Expert: 1}}, {1, 1, replace.Use{Expert: 0}}, {1, 2, replace.Use{Expert: 0, Want: replace.Low}}, {2, 0, replace.Use{Expert: 0}}},
			key(2, 0)},
		// Layer 1 runs: 1 - D/4 is ¼ for layer 0, 1 for layer 1, ¾ for layer 2.
		{"HOBBIT: layer 0 is three layers ahead",
			func(s *replace.Spec) {
				s.Name, s.Recency, s.Frequency, s.HighUses, s.Nearness = replace.Hobbit, 0, 0, 0, 1
			},
			[]use{{1, 0, replace.Use{Expert: 1}}, {1, 2, replace.Use{Expert: 0}}, {2, 0, replace.Use{Expert: 0}}},
			key(0, 1)},
		// As printed it is ¾ for layer 0, ¼ for layer 2.
		{"HOBBIT as printed: layer 2 is three layers behind",
			func(s *replace.Spec) {
				s.Name, s.Reading, s.Recency, s.Frequency, s.HighUses, s.Nearness = replace.Hobbit, replace.Printed, 0, 0, 0, 1
			},
			[]use{{1, 0, replace.Use{Expert: 1}}, {1, 2, replace.Use{Expert: 0}}, {2, 0, replace.Use{Expert: 0}}},
			key(2, 0)},
		// All were used in the last pass or this. (0,1): 1/2 + 1/3.1 = .82; (2,0): ⅛/2 +
		// 1/1.1 = .97; (1,0): 1/2 + 1/.1; (0,0): 1/2 + 1/3.1, but later.
		{"MoE-APEX: three layers ahead outweighs a cheap miss",
			func(s *replace.Spec) { s.Name = replace.LCU },
			[]use{{1, 0, replace.Use{Expert: 1}}, {1, 1, replace.Use{Expert: 0}}, {1, 2, replace.Use{Expert: 0, Want: replace.Low}}, {2, 0, replace.Use{Expert: 0}}},
			key(0, 1)},
		// f/D: (0,1) 2/3, (2,0) 1/1, (0,0) 1/3.
		{"EdgeMoE: one use, three layers ahead",
			func(s *replace.Spec) { s.Name = replace.EdgeMoE },
			[]use{{1, 0, replace.Use{Expert: 1}}, {1, 2, replace.Use{Expert: 0}}, {2, 0, replace.Use{Expert: 1}}, {2, 0, replace.Use{Expert: 0}}},
			key(0, 0)},
		// f/D: (0,1) 2/1, (2,0) 1/3, (0,0) 1/1.
		{"EdgeMoE as printed: one use, three layers behind",
			func(s *replace.Spec) { s.Name, s.Reading = replace.EdgeMoE, replace.Printed },
			[]use{{1, 0, replace.Use{Expert: 1}}, {1, 2, replace.Use{Expert: 0}}, {2, 0, replace.Use{Expert: 1}}, {2, 0, replace.Use{Expert: 0}}},
			key(2, 0)},
		// Layer 0: S(1) = ½·.75 = .375, then .1875; S(0) = ½·.25 = .125. Layer 2: .15.
		{"HybriMoE: an old high score outlives a new low one",
			func(s *replace.Spec) { s.Name = replace.MRS },
			[]use{{1, 0, replace.Use{Expert: 1, Score: 0.75}}, {1, 2, replace.Use{Expert: 0, Score: 0.3}}, {2, 0, replace.Use{Expert: 0, Score: 0.25}}},
			key(0, 0)},
		// (0,1): 3/4; (0,0): 1/4; (2,0): 2/2·(1 - 2/4) = ½; (1,0): 1·¾.
		{"MoE-Infinity: one of four tokens",
			func(s *replace.Spec) { s.Name = replace.Activation },
			[]use{{1, 0, replace.Use{Expert: 1, Tokens: 3}}, {1, 1, replace.Use{Expert: 0}}, {1, 2, replace.Use{Expert: 0, Tokens: 2}}, {2, 0, replace.Use{Expert: 0}}},
			key(0, 0)},
		// 4/3, 4/1, 2/(2·½), 1/¾: the lowest is 4/3 at (0,1), and equal at (1,0); with
		// eps 4/3.001 < 1/(1.001·¾) = 1.332: (1,0) is 1.3320, (0,1) 1.3329.
		{"MoE-Infinity as quoted",
			func(s *replace.Spec) { s.Name, s.Reading = replace.Activation, replace.Printed },
			[]use{{1, 0, replace.Use{Expert: 1, Tokens: 3}}, {1, 1, replace.Use{Expert: 0}}, {1, 2, replace.Use{Expert: 0, Tokens: 2}}, {2, 0, replace.Use{Expert: 0}}},
			key(1, 0)},
		{"DynaNDE: what costs time leaves first",
			func(s *replace.Spec) { s.Name = replace.Benefit },
			[]use{{1, 0, replace.Use{Expert: 1, Benefit: 5}}, {1, 2, replace.Use{Expert: 0, Benefit: 9}}, {2, 0, replace.Use{Expert: 1, Benefit: -7}}},
			key(0, 1)},
	} {
		s := replace.Default()
		s.Scope = replace.Model
		tt.change(&s)
		there := map[replace.Key]bool{}
		for _, u := range tt.uses {
			there[key(int32(u.layer), u.use.Expert)] = true
		}
		s.Slots = len(there)
		c := replace.New(s, 4, 4)
		pass := 0
		for _, u := range tt.uses {
			if u.pass != pass {
				pass = u.pass
				c.Begin(int64(pass), pass == 1)
			}
			u.use.Tokens = max(1, u.use.Tokens)
			c.Use(u.layer, []replace.Use{u.use})
			c.Insert(u.layer, u.use.Expert, replace.High)
		}
		c.Use(1, nil) // layer 1 runs
		if got, any, ok := c.Insert(3, 3, replace.High); got != tt.want || !any || !ok {
			t.Errorf("%s: %v was evicted, want %v", tt.why, got, tt.want)
		}
	}
}

func TestAWarmCacheHoldsTheHotSetAndAStaticOneKeepsIt(t *testing.T) {
	s := spec(replace.Static, replace.PerLayer, replace.Meant)
	c := replace.New(s, 2, 8)
	hot := []replace.Key{{Layer: 0, Expert: 7}, {Layer: 0, Expert: 3}, {Layer: 1, Expert: 0}, {Layer: 0, Expert: 1}, {Layer: 0, Expert: 2}, {Layer: 0, Expert: 5}}
	c.Warm(replace.High, hot)
	if c.Has(0, 7) != replace.High || c.Has(0, 2) != replace.High || c.Has(0, 5) != replace.None || c.Held(replace.High) != 5 {
		t.Error("the hot set is not there as far as it fits")
	}
	if _, _, ok := c.Insert(0, 5, replace.High); ok {
		t.Error("a static set was replaced")
	}
}

func TestExpectedActivationsReplaceCountedOnes(t *testing.T) {
	s := spec(replace.Activation, replace.PerLayer, replace.Meant)
	s.Slots = 2
	c := replace.New(s, 1, 4)
	c.Begin(0, true)
	c.Insert(0, 0, replace.High)
	c.Insert(0, 1, replace.High)
	c.Expect(0, []float64{1, 5, 0, 0})
	if got, _, _ := c.Insert(0, 2, replace.High); got.Expert != 0 {
		t.Errorf("expert %d was evicted, want 0: 1 of 6 tokens", got.Expert)
	}
}

// One layer of one pass: 8 of 128 experts, a quarter of which fit.
func BenchmarkStep(b *testing.B) {
	const layers, experts, k = 48, 128, 8
	for _, scope := range []replace.Scope{replace.PerLayer, replace.Model} {
		for _, name := range replace.Names()[1:] {
			b.Run(string(name)+"/"+string(scope), func(b *testing.B) {
				s := replace.Default()
				s.Name, s.Scope, s.Slots = name, scope, experts/4
				if scope == replace.Model {
					s.Slots *= layers
				}
				c := replace.New(s, layers, experts)
				uses := reused(layers*64, experts, k)
				b.ReportAllocs()
				b.ResetTimer()
				for i := range b.N {
					layer := i % layers
					if layer == 0 {
						c.Begin(int64(i/layers), i/layers%64 == 0)
					}
					now := uses[i%len(uses)]
					c.Use(layer, now)
					for j := range now {
						if c.Has(layer, now[j].Expert) != replace.High {
							c.Insert(layer, now[j].Expert, replace.High)
						}
					}
				}
				b.ReportMetric(float64(c.Hits())/float64(c.Hits()+c.Misses()), "hits")
			})
		}
	}
}
