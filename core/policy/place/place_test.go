package place_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/policy/place"
)

// anyView draws a history of few or many experts, some of them never asked for.
func anyView(t *rapid.T) place.View {
	v := place.View{Experts: rapid.IntRange(1, 40).Draw(t, "experts"), Devices: rapid.IntRange(1, 12).Draw(t, "devices")}
	tokens := rapid.SliceOfN(rapid.OneOf(rapid.Int32Range(0, 3), rapid.Int32Range(0, 1000)), v.Experts, v.Experts)
	v.History = rapid.SliceOfN(tokens, 0, 6).Draw(t, "history")
	return v
}

// loads returns the tokens of each device over a history.
func loads(v place.View, on []int32) []int64 {
	all := make([]int64, v.Devices)
	for _, pass := range v.History {
		for id, n := range pass {
			all[on[id]] += int64(n)
		}
	}
	return all
}

func TestEveryExpertIsPlacedOnceAndNoDeviceHasMoreThanItsRoom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, n := anyView(t), rapid.SampledFrom(append(place.Names(), "")).Draw(t, "name")
		on := n.Place([]int32{7}, v)
		if len(on) != 1+v.Experts || on[0] != 7 {
			t.Fatalf("%d experts got %v", v.Experts, on)
		}
		has := make([]int, v.Devices)
		for _, d := range on[1:] {
			has[d]++
		}
		if most := slices.Max(has); most > v.Room() {
			t.Fatalf("a device has %d of %d experts, its room is %d", most, v.Experts, v.Room())
		}
		if again := n.Place([]int32{7}, v); !slices.Equal(again, on) {
			t.Fatalf("%v, and then %v", on, again)
		}
	})
}

// Beyond its first expert, a device takes one only where the others have as much, or are
// full of busier ones.
func TestNoDeviceOfAGreedyPlacementHasMoreThanTheMeanAndTheBusiestExpert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyView(t)
		all := loads(v, place.Greedy.Place(nil, v))
		var total, busiest int64
		for _, n := range all {
			total += n
		}
		each := make([]int64, v.Experts)
		for _, pass := range v.History {
			for id, n := range pass {
				each[id] += int64(n)
			}
		}
		busiest = slices.Max(each)
		if worst := slices.Max(all); (worst-busiest)*int64(v.Devices) > total {
			t.Fatalf("a device has %d of %d tokens, the busiest expert %d", worst, total, busiest)
		}
	})
}

func TestPlacementsByHand(t *testing.T) {
	turns := [][]int32{{9, 0, 8, 0}, {0, 9, 0, 7}}
	for _, c := range []struct {
		name    place.Name
		devices int
		history [][]int32
		want    []int32
	}{
		{"", 2, [][]int32{{9, 8, 1, 1}}, []int32{0, 0, 1, 1}},
		{place.ByID, 3, [][]int32{{1, 1, 1, 1}}, []int32{0, 0, 1, 2}},
		{place.Greedy, 2, [][]int32{{9, 8, 1, 1}}, []int32{0, 1, 1, 0}},
		{place.Greedy, 2, [][]int32{{9, 1, 1, 1}}, []int32{0, 1, 1, 0}}, // full before it has as much
		{place.Greedy, 2, [][]int32{{5, 5, 5, 5}}, []int32{0, 1, 0, 1}}, // ties by number
		{place.Greedy, 2, nil, []int32{0, 0, 1, 1}},                     // nothing is known: the first that has room
		{place.Greedy, 2, [][]int32{{6, 0, 0, 4}}, []int32{0, 1, 0, 1}}, // one is never asked for
		{place.Greedy, 8, [][]int32{{1, 2, 3, 4}}, []int32{3, 2, 1, 0}}, // more devices than experts
		{place.Greedy, 2, turns, []int32{0, 1, 0, 1}},                   // 0 beside 2, with which it is busy
		{place.AntiCorrelated, 2, turns, []int32{0, 1, 1, 0}},
		{place.AntiCorrelated, 2, turns[:1], []int32{0, 1, 1, 0}}, // one pass says nothing of that
	} {
		v := place.View{Experts: 4, Devices: c.devices, History: c.history}
		if got := c.name.Place(nil, v); !slices.Equal(got, c.want) {
			t.Errorf("%q of %v on %d: %v, want %v", c.name, c.history, c.devices, got, c.want)
		}
	}
}

// worst returns the largest share of a device in any pass.
func worst(v place.View, on []int32) float64 {
	most := 0.0
	for _, pass := range v.History {
		one := place.View{Devices: v.Devices, History: [][]int32{pass}}
		all, sum := loads(one, on), int64(0)
		for _, n := range all {
			sum += n
		}
		most = max(most, float64(slices.Max(all))/float64(sum))
	}
	return most
}

// Experts of even numbers are busy together, then those of odd ones, and all have as many
// tokens in the end: loads alone cannot tell whom to keep apart.
func TestExpertsThatAreBusyTogetherAreKeptApart(t *testing.T) {
	v := place.View{Experts: 8, Devices: 2}
	for p := range 16 {
		pass := make([]int32, v.Experts)
		for id := range pass {
			pass[id] = 10
			if id%2 == p%2 {
				pass[id] = 90
			}
		}
		v.History = append(v.History, pass)
	}
	greedy, apart := worst(v, place.Greedy.Place(nil, v)), worst(v, place.AntiCorrelated.Place(nil, v))
	t.Logf("largest share of a pass: greedy %.3f, anti-correlated %.3f", greedy, apart)
	if greedy < 0.85 || apart > 0.55 {
		t.Errorf("greedy %.3f, anti-correlated %.3f", greedy, apart)
	}
}

func Example() {
	v := place.View{Experts: 6, Devices: 2, History: [][]int32{{90, 40, 30, 10, 5, 5}}}
	fmt.Println(place.ByID.Place(nil, v))
	fmt.Println(place.Greedy.Place(nil, v))
	// Output:
	// [0 0 0 1 1 1]
	// [0 1 1 1 0 0]
}
