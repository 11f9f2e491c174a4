package replace_test

import (
	"testing"

	"monde/core/fault"
	"monde/core/policy/replace"
	"monde/core/policy/replace/replacetest"
)

// spec returns a policy's, with slots for a part of the suite's model.
func spec(name replace.Name, scope replace.Scope, reading replace.Reading) replace.Spec {
	s := replace.Default()
	s.Name, s.Scope, s.Reading = name, scope, reading
	s.Slots, s.LowSlots = 4, 3
	if scope == replace.Model {
		s.Slots, s.LowSlots = 15, 9
	}
	return s
}

// everySpec calls check with each policy, scope and reading.
func everySpec(t *testing.T, check func(t *testing.T, s replace.Spec)) {
	for _, name := range replace.Names() {
		for _, scope := range []replace.Scope{replace.PerLayer, replace.Model} {
			for _, reading := range []replace.Reading{replace.Meant, replace.Printed} {
				s := spec(name, scope, reading)
				if reading == replace.Printed && !read(name) {
					continue
				}
				t.Run(string(name)+" "+string(scope)+" "+string(reading), func(t *testing.T) { check(t, s) })
			}
		}
	}
}

// read reports whether a policy's formula has two readings.
func read(name replace.Name) bool {
	return name == replace.EdgeMoE || name == replace.Hobbit || name == replace.LCU || name == replace.Activation
}

func TestEveryCacheKeepsTheContract(t *testing.T) { everySpec(t, replacetest.Run) }

func TestDefaultsAreValidAndMistakesNameTheirField(t *testing.T) {
	if err := replace.Default().Validate(); err != nil {
		t.Errorf("the default is refused: %v", err)
	}
	for field, change := range map[string]func(*replace.Spec){
		"name":       func(s *replace.Spec) { s.Name = "mru" },
		"scope":      func(s *replace.Spec) { s.Scope = "" },
		"slots":      func(s *replace.Spec) { s.Slots = -1 },
		"low_slots":  func(s *replace.Spec) { s.LowSlots = 1 << 21 },
		"reading":    func(s *replace.Spec) { s.Reading = "both" },
		"nearness":   func(s *replace.Spec) { s.Nearness = 0.5 },
		"low_cost":   func(s *replace.Spec) { s.LowCost = 2 },
		"smoothing":  func(s *replace.Spec) { s.Smoothing = 0 },
		"top_scores": func(s *replace.Spec) { s.TopScores = 0 },
		"epsilon":    func(s *replace.Spec) { s.Epsilon = 0 },
	} {
		s := replace.Default()
		change(&s)
		fields := fault.Fields(s.Validate())
		if len(fields) != 1 || fields[0].Path != field {
			t.Errorf("%s: the mistakes are %v", field, fields)
		}
	}
}

// A sequence's policies know nothing of the one before: a used cache with the same
// copies, accessed in the same order, goes on as a new one does.
func TestPoliciesThatCountBySequenceForgetTheOneBefore(t *testing.T) {
	for _, name := range []replace.Name{replace.SeqLFU, replace.Hobbit, replace.LCU, replace.Activation} {
		s := spec(name, replace.PerLayer, replace.Meant)
		used, fresh := replace.New(s, replacetest.Layers, replacetest.Experts), replace.New(s, replacetest.Layers, replacetest.Experts)
		d := replacetest.NewDraw(5)
		for range 11 {
			d.Pass(used)
			for layer := range replacetest.Layers {
				uses := d.Uses()
				used.Use(layer, uses)
				for _, u := range uses {
					used.Insert(layer, u.Expert, replace.High)
				}
			}
		}
		for layer := range replacetest.Layers {
			for e := range int32(replacetest.Experts) {
				if used.Has(layer, e) == replace.High {
					used.Touch(layer, e)
					fresh.Insert(layer, e, replace.High)
				}
			}
		}
		used.Begin(100, true)
		fresh.Begin(0, true)
		for i := range int64(6) {
			for layer := range replacetest.Layers {
				uses := d.Uses()
				used.Use(layer, uses)
				fresh.Use(layer, uses)
				for _, u := range uses {
					a, _, _ := used.Insert(layer, u.Expert, replace.High)
					b, _, _ := fresh.Insert(layer, u.Expert, replace.High)
					if a != b {
						t.Fatalf("%s: the used cache evicts %v, the new one %v", name, a, b)
					}
				}
			}
			used.Begin(101+i, false)
			fresh.Begin(1+i, false)
		}
	}
}
