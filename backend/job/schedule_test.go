package job

import (
	"slices"
	"testing"
	"time"
)

// granted tells which of some turns were granted.
func granted(turns ...*turn) (all []int) {
	for i, t := range turns {
		select {
		case <-t.granted:
			all = append(all, i)
		default:
		}
	}
	return all
}

func TestClientsTakeTurnsHoweverMuchTheyWant(t *testing.T) {
	s := newSchedule()
	var turns []*turn
	for _, name := range []string{"a", "a", "a", "a", "a", "b", "a", "c"} {
		turns = append(turns, s.want(name))
	}
	if got := granted(turns...); !slices.Equal(got, []int{0, 1}) { // nobody works yet: as for one
		t.Errorf("granted %v at first", got)
	}
	var order []int
	seen := granted(turns...)
	for range turns {
		s.release()
		for _, i := range granted(turns...) {
			if !slices.Contains(seen, i) {
				order, seen = append(order, i), append(seen, i)
			}
		}
	}
	if want := []int{2, 5, 7, 3, 4, 6}; !slices.Equal(order, want) { // a, b, c, and then the rest of a
		t.Errorf("then %v, want %v", order, want)
	}
}

func TestAsMuchIsOutAsWorkersCanDo(t *testing.T) {
	s := newSchedule()
	now := time.Now()
	s.now = func() time.Time { return now }
	var turns []*turn
	for range 20 {
		turns = append(turns, s.want("a"))
	}
	s.heard(beat{Worker: "w", Slots: 3})
	s.heard(beat{Worker: "w", Slots: 3}) // the same one again
	if n := len(granted(turns...)); n != 6 {
		t.Errorf("%d are out for three slots, want 6", n)
	}
	s.heard(beat{Worker: "v", Slots: 1})
	if n := len(granted(turns...)); n != 8 {
		t.Errorf("%d are out for four slots, want 8", n)
	}
	now = now.Add(2 * lostAfter)
	if workers, slots := s.crew(); workers != 0 || slots != 0 {
		t.Errorf("%d workers with %d slots were not heard for long", workers, slots)
	}
}

func TestAWishThatIsTakenBackIsNotCounted(t *testing.T) {
	s := newSchedule()
	first, second, third := s.want("a"), s.want("b"), s.want("b")
	s.drop(third)  // waiting
	s.drop(second) // granted
	fourth := s.want("c")
	if got := granted(first, second, third, fourth); !slices.Equal(got, []int{0, 1, 3}) {
		t.Errorf("granted %v", got)
	}
	if len(s.clients) != 0 || s.out != 2 {
		t.Errorf("%d clients wait and %d pieces are out", len(s.clients), s.out)
	}
}

func TestWhatRemainsIsToldOnlyWhenThePaceIsKnown(t *testing.T) {
	var p pace
	at := time.Now()
	check := func(after time.Duration, work float64, want time.Duration) {
		t.Helper()
		p.note(at.Add(after), work, int(work))
		if got := p.remaining(1000); got.Round(time.Second) != want {
			t.Errorf("after %v with %v done: %v, want %v", after, work, got, want)
		}
	}
	check(0, 0, 0)
	check(time.Second, 5, 0)   // too early
	check(2*time.Second, 5, 0) // too little
	check(4*time.Second, 40, 96*time.Second)
	check(20*time.Second, 200, 80*time.Second) // by the last seconds: from the fourth on
	check(30*time.Second, 1000, 0)
	if r := p.rate(); r < 36 || r > 38 {
		t.Errorf("%v points a second over the last seconds", r)
	}
}
