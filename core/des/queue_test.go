package des_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/des"
	"monde/core/unit"
)

// INV-2: events leave by time, priority and the order they came.
func TestEventsLeaveByTimeThenPriorityThenSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var q des.Queue
		var want []des.Event
		n := rapid.IntRange(0, 200).Draw(t, "n")
		for i := range n {
			e := des.Event{
				At:       unit.Time(rapid.IntRange(0, 5).Draw(t, "at")),
				Priority: des.Priority(rapid.IntRange(0, 1).Draw(t, "priority")),
				Arg:      int32(i),
			}
			q.Push(e)
			want = append(want, e)
		}
		slices.SortStableFunc(want, func(a, b des.Event) int {
			if a.At != b.At {
				return int(a.At - b.At)
			}
			return int(a.Priority) - int(b.Priority)
		})
		for i, w := range want {
			if got := q.Pop(); got.Arg != w.Arg {
				t.Fatalf("event %d is the %d-th pushed, want the %d-th", i, got.Arg, w.Arg)
			}
		}
		if q.Len() != 0 {
			t.Fatalf("%d events are left", q.Len())
		}
	})
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	var q des.Queue
	for i := range 64 {
		q.Push(des.Event{At: unit.Time(i)})
	}
	if n := testing.AllocsPerRun(1000, func() {
		e := q.Pop()
		e.At += 64
		q.Push(e)
	}); n != 0 {
		t.Errorf("an event costs %v allocations, want 0", n)
	}
}

func BenchmarkQueue(b *testing.B) {
	var q des.Queue
	for i := range 64 {
		q.Push(des.Event{At: unit.Time(i)})
	}
	for b.Loop() {
		e := q.Pop()
		e.At += unit.Time(e.Arg%7) + 1
		q.Push(e)
	}
}
