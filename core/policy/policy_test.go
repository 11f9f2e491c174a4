package policy_test

import (
	"fmt"
	"testing"

	"monde/core/policy"
	"monde/core/policy/policytest"
	"monde/core/unit"
)

func spec(name policy.Name) policy.Spec {
	return policy.Spec{Transfer: policy.Overlap, Staging: 2, AlphaMode: policy.Fixed, Alpha: 1, Rounding: policy.Nearest, Profile: 1}.As(name)
}

func TestEveryStrategyKeepsThePlacersContract(t *testing.T) {
	for _, name := range policy.Names() {
		t.Run(string(name), func(t *testing.T) {
			policytest.Run(t, func() policy.Placer { return policy.New(spec(name), 3) }, spec(name).HasAll())
		})
	}
	exact := spec(policy.MDLB)
	exact.AlphaMode = policy.Exact
	t.Run("MD+LB exact", func(t *testing.T) {
		policytest.Run(t, func() policy.Placer { return policy.New(exact, 0) }, false)
	})
}

func TestEveryOrderKeepsItsContract(t *testing.T) {
	for _, f := range policy.Firsts() {
		t.Run(string(f), func(t *testing.T) { policytest.RunOrder(t, f) })
	}
}

func TestEveryPrecisionKeepsItsContract(t *testing.T) {
	for _, x := range policy.Systems() {
		t.Run(string(x.Name), func(t *testing.T) { policytest.RunPrecision(t, spec(x.Name).Precision) })
	}
}

// MoNDE (DAC 2024), equation 4: 32/(32+512) of 128 experts are 7.53.
func TestHFollowsThePapersFormula(t *testing.T) {
	v := &policy.View{LinkRate: 32e9, NearRate: 512e9}
	for _, tt := range []struct {
		rounding policy.Rounding
		alpha    float64
		active   int
		minHot   int
		want     int
	}{
		{policy.Floor, 1, 128, 0, 7},
		{policy.Nearest, 1, 128, 0, 8},
		{policy.Ceil, 1, 128, 0, 8},
		{policy.Nearest, 2, 128, 0, 15},
		{policy.Nearest, 1, 1, 0, 0},
		{policy.Ceil, 1, 1, 0, 1},
		{policy.Floor, 1, 1, 1, 1},
		{policy.Floor, 0, 128, 1, 1},
		{policy.Floor, 1e6, 128, 0, 128},
		{policy.Floor, 1, 0, 5, 0},
	} {
		s := policy.Spec{Rounding: tt.rounding, MinHot: tt.minHot}
		if got := policy.HotExperts(s, tt.alpha, v, tt.active); got != tt.want {
			t.Errorf("H(%s, alpha %g, %d active, at least %d) = %d, want %d", tt.rounding, tt.alpha, tt.active, tt.minHot, got, tt.want)
		}
	}
}

func TestMDLBMovesTheBusiestExperts(t *testing.T) {
	v := &policy.View{
		Tokens: []int32{3, 9, 0, 9, 1}, GPU: make([]unit.Time, 5), Near: make([]unit.Time, 5),
		LinkRate: 1, NearRate: 1,
	}
	got := policy.New(spec(policy.MDLB), 1).Place(nil, v)
	want := []policy.Site{policy.Near, policy.Moved, policy.Idle, policy.Moved, policy.Near}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("sites are %v, want %v", got, want)
	}
}

// missed returns the active experts that GPU memory does not hold, busiest first, and how
// long the GPU takes for the others.
func missed(v *policy.View) (ids []int32, busy unit.Time) {
	for _, id := range policy.ByTokens(nil, v.Tokens) {
		if v.Held != nil && v.Held[id] {
			busy += v.GPU[id]
		} else {
			ids = append(ids, id)
		}
	}
	return ids, busy
}

// cost recomputes, in the plainest way, what a choice of H costs.
func cost(v *policy.View, h int) unit.Time {
	var link, near, tokens unit.Time
	ids, gpu := missed(v)
	for i, id := range ids {
		if i < h {
			link += v.Move
			if i == 0 {
				link += v.Latency
			}
			gpu = max(gpu, link) + v.GPU[id]
		} else {
			near += v.Near[id]
			tokens += unit.Time(v.Tokens[id])
		}
	}
	if tokens == 0 {
		return gpu
	}
	across := v.Latency + tokens*v.Token
	return max(gpu, across+near) + across
}

func hot(sites []policy.Site) int {
	n := 0
	for _, s := range sites {
		if s == policy.Moved {
			n++
		}
	}
	return n
}

func TestExactHIsWithinAnExpertOfTheBestPrefix(t *testing.T) {
	s := spec(policy.MDLB)
	s.AlphaMode = policy.Exact
	for _, v := range policytest.Views(200) {
		got := cost(&v, hot(policy.New(s, 0).Place(nil, &v)))
		least, worst := unit.Never, unit.Time(0)
		ids, _ := missed(&v)
		for h := range len(ids) + 1 {
			least = min(least, cost(&v, h))
		}
		for _, g := range v.GPU {
			worst = max(worst, g)
		}
		if got > least+worst {
			t.Fatalf("chose a prefix of %d ps, the best takes %d", got, least)
		}
	}
}

func TestTunedAlphaIsNoWorseThanAnyFixedOne(t *testing.T) {
	views := policytest.Views(20)
	for i := range views {
		views[i].NearRate = 512e9
	}
	s := spec(policy.MDLB)
	sum := func(alpha float64) (total unit.Time) {
		for _, v := range views {
			total += cost(&v, hot(policy.New(s, alpha).Place(nil, &v)))
		}
		return total
	}
	tuned := sum(policy.Tune(s, views))
	for _, alpha := range []float64{0, 0.5, 1, 2, 4, 8, 16} {
		if other := sum(alpha); float64(tuned) > 1.02*float64(other) {
			t.Errorf("the tuned alpha takes %d ps, alpha %g takes %d", tuned, alpha, other)
		}
	}
}

func ExampleHotExperts() {
	v := &policy.View{LinkRate: 32e9, NearRate: 512e9}
	fmt.Println(policy.HotExperts(policy.Spec{Rounding: policy.Nearest}, 1, v, 128))
	// Output: 8
}

func TestPuttingExpertsInOrderAllocatesNothing(t *testing.T) {
	v := policytest.Views(1)[0]
	ids, left := policy.ByTokens(nil, v.Tokens), make([]unit.Time, len(v.Tokens))
	left[len(left)-1] = 1
	for _, first := range policy.Firsts() {
		if n := testing.AllocsPerRun(100, func() {
			ids = policy.ByTokens(ids[:0], v.Tokens)
			first.Sort(ids, v.Tokens, left)
		}); n != 0 {
			t.Errorf("%s allocates %v times, want 0", first, n)
		}
	}
}

// An expert whose weights have nearly come is computed on the GPU, though home would be
// sooner if they had to be moved as a whole.
func TestWhatIsOnItsWayIsCheaperToMove(t *testing.T) {
	for _, missed := range []policy.Missed{policy.Cheaper, policy.Timelines, policy.Balanced} {
		s := spec("HybriMoE")
		s.Missed, s.AlphaMode = missed, policy.Exact
		v := policy.View{
			Tokens: []int32{1, 0, 1}, GPU: []unit.Time{5, 0, 5}, Near: []unit.Time{60, 0, 60},
			Move: 1000, LinkRate: 1, NearRate: 1,
		}
		if got := policy.New(s, 1).Place(nil, &v); got[0] != policy.Near || got[2] != policy.Near {
			t.Errorf("%s: nothing has come, and %v is where it is computed", missed, got)
		}
		v.Left = []unit.Time{0, 0, 7}
		if got := policy.New(s, 1).Place(nil, &v); got[0] != policy.Near || got[2] != policy.Moved {
			t.Errorf("%s: the third has nearly come, and %v is where they are computed", missed, got)
		}
		v.Busy = 200
		if got := policy.New(s, 1).Place(nil, &v); missed == policy.Timelines && got[2] != policy.Near {
			t.Errorf("the link is busy, and %v is where they are computed", got)
		}
	}
}
