package endpoint_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device/endpoint"
	"monde/core/device/isa"
	"monde/core/unit"
)

func direction(t *rapid.T, name string) endpoint.Direction {
	return endpoint.Direction{
		Latency:   unit.Time(rapid.IntRange(0, 500).Draw(t, name+" latency")),
		Bandwidth: unit.BytesPerSecond(rapid.SampledFrom([]int64{3e11, 7e11, 1e12, 64e12, 1e15}).Draw(t, name+" bandwidth")),
	}
}

func spec() *rapid.Generator[endpoint.Spec] {
	return rapid.Custom(func(t *rapid.T) endpoint.Spec {
		return endpoint.Spec{
			ToDevice: direction(t, "to"), FromDevice: direction(t, "from"),
			Shared: rapid.Bool().Draw(t, "shared"), Turn: unit.Bytes(rapid.IntRange(64, 300).Draw(t, "turn")),
			Queue: rapid.IntRange(1, 5).Draw(t, "queue"), Burst: rapid.IntRange(0, 8).Draw(t, "burst"),
			Start: unit.Time(rapid.IntRange(0, 100).Draw(t, "start")), Poll: unit.Time(rapid.IntRange(0, 400).Draw(t, "poll")),
		}
	})
}

// scene is programs, and how long each task computes. M is 1 + the task's index.
type scene struct {
	programs [][]endpoint.Task
	times    [][]unit.Time
}

func scenes(devices int) *rapid.Generator[scene] {
	return rapid.Custom(func(t *rapid.T) scene {
		var s scene
		for range devices {
			var tasks []endpoint.Task
			var times []unit.Time
			for i := range rapid.IntRange(0, 12).Draw(t, "tasks") {
				tasks = append(tasks, endpoint.Task{
					Instruction: product(i + 1),
					Write:       unit.Bytes(rapid.SampledFrom([]int{0, 1, 64, 1000}).Draw(t, "write")),
					Read:        unit.Bytes(rapid.SampledFrom([]int{0, 1, 64, 1000}).Draw(t, "read")),
				})
				times = append(times, unit.Time(rapid.SampledFrom([]int{0, 1, 300, 5000, 40_000}).Draw(t, "time")))
			}
			s.programs, s.times = append(s.programs, tasks), append(s.times, times)
		}
		return s
	})
}

// compute returns the scene's Compute, which fails t unless each device runs its
// tasks once and in order, and how many each has run.
func (s scene) compute(t *rapid.T) (endpoint.Compute, []int) {
	ran := make([]int, len(s.programs))
	return func(d int, i isa.Instruction) unit.Time {
		ran[d]++
		if i.M != ran[d] || i.Tag != uint32(ran[d]) {
			t.Fatalf("device %d runs task %d, tagged %d, as its %d-th", d, i.M-1, i.Tag, ran[d])
		}
		return s.times[d][ran[d]-1]
	}, ran
}

// Nothing is lost, nothing runs twice, nothing overtakes, whatever the queue
// refuses; and time never goes back.
func TestEveryInstructionRunsOnceInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sp := spec().Draw(t, "spec")
		sc := scenes(rapid.IntRange(1, 3).Draw(t, "devices")).Draw(t, "scene")
		compute, ran := sc.compute(t)
		line, err := endpoint.New(sp).Run(sc.programs, compute)
		if err != nil {
			t.Fatal(err)
		}
		for d, lives := range line.Lives {
			if ran[d] != len(sc.programs[d]) {
				t.Fatalf("device %d ran %d of %d tasks", d, ran[d], len(sc.programs[d]))
			}
			checkDevice(t, sp, sc, d, lives)
		}
		checkTotals(t, sp, sc, line)
	})
}

// checkDevice holds the lives of one device's tasks to what a queue and a core that
// never idles beside work allow.
func checkDevice(t *rapid.T, sp endpoint.Spec, sc scene, d int, lives []endpoint.Life) {
	var before endpoint.Life
	for i, l := range lives {
		for s := range endpoint.Steps {
			if start, end := l.Step(s); start > end {
				t.Fatalf("device %d, task %d: %v goes back in time: %+v", d, i, s, l)
			}
		}
		if l.Begin < before.Begin || l.Accepted < before.Accepted || l.Popped < before.Popped || l.Done < before.Done || l.Known < before.Known {
			t.Fatalf("device %d: task %d overtook the one before: %+v, %+v", d, i, before, l)
		}
		if want := max(l.Accepted, before.Done); l.Popped != want {
			t.Fatalf("device %d, task %d: starts at %d, want %d, when it is there and the core is free", d, i, l.Popped, want)
		}
		if want := l.Popped + sp.Start + sc.times[d][i]; l.Done != want {
			t.Fatalf("device %d, task %d: done at %d, want %d", d, i, l.Done, want)
		}
		waiting := 0
		for _, o := range lives[:i] {
			if o.Popped > l.Accepted {
				waiting++
			}
		}
		if waiting >= sp.Queue {
			t.Fatalf("device %d takes task %d, with %d in a queue of %d", d, i, waiting, sp.Queue)
		}
		before = l
	}
}

// checkTotals holds a run to conservation of bytes and to bounds of its own.
func checkTotals(t *rapid.T, sp endpoint.Spec, sc scene, line endpoint.Timeline) {
	var write, read unit.Bytes
	var tasks, reads, refused int64
	var end unit.Time
	for d, p := range sc.programs {
		for i, task := range p {
			l := line.Lives[d][i]
			write, read, tasks, refused = write+task.Write, read+task.Read, tasks+1, refused+l.Refused
			end = max(end, l.Back)
			if task.Read > 0 {
				reads++
			}
		}
	}
	if line.End != end || line.Words != tasks+line.Refused || line.Refused != refused {
		t.Fatalf("the totals of %+v are not those of its lives", line)
	}
	if requests := int64(line.Sent-write)/64 - line.Words - line.Polls; requests < min(reads, 1) || requests > reads {
		t.Fatalf("%d requests for %d results", requests, reads)
	}
	if line.Got != read+64*unit.Bytes(line.Polls) {
		t.Fatalf("%d bytes came back, want %d and %d polls", line.Got, read, line.Polls)
	}
	links := int64(len(sc.programs)) // the bytes of one at least
	if sp.Shared {
		links = 1
	}
	if bound := sp.ToDevice.Bandwidth.Transfer(line.Sent / unit.Bytes(links)); tasks > 0 && line.End < bound {
		t.Fatalf("ends at %d, but what was sent takes %d", line.End, bound)
	}
}

func TestATaskAloneTakesItsClosedForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := endpoint.New(spec().Draw(t, "spec"))
		task := endpoint.Task{Instruction: product(1)}
		task.Write = unit.Bytes(rapid.IntRange(0, 2000).Draw(t, "write"))
		task.Read = unit.Bytes(rapid.IntRange(0, 2000).Draw(t, "read"))
		compute := unit.Time(rapid.IntRange(0, 50_000).Draw(t, "compute"))
		line, err := e.Run([][]endpoint.Task{{task}}, takes(compute))
		if err != nil {
			t.Fatal(err)
		}
		if want := e.Alone(task, compute); line.Lives[0][0] != want {
			t.Fatalf("got  %+v\nwant %+v", line.Lives[0][0], want)
		}
	})
}

func TestPollsThatArePassedOverChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := endpoint.New(spec().Draw(t, "spec"))
		sc := scenes(rapid.IntRange(1, 2).Draw(t, "devices")).Draw(t, "scene")
		compute, _ := sc.compute(t)
		got, err := e.Run(sc.programs, compute)
		if err != nil {
			t.Fatal(err)
		}
		compute, _ = sc.compute(t)
		if want, _ := endpoint.EveryPoll(e).Run(sc.programs, compute); !reflect.DeepEqual(got, want) {
			t.Fatalf("got  %+v\nwant %+v", got, want)
		}
	})
}

func TestDevicesOnLinksOfTheirOwnDoNotNoticeOneAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sp := spec().Draw(t, "spec")
		sp.Shared = false
		sc := scenes(3).Draw(t, "scene")
		compute, _ := sc.compute(t)
		together, err := endpoint.New(sp).Run(sc.programs, compute)
		if err != nil {
			t.Fatal(err)
		}
		for d := range sc.programs {
			one := scene{sc.programs[d : d+1], sc.times[d : d+1]}
			compute, _ := one.compute(t)
			apart, err := endpoint.New(sp).Run(one.programs, compute)
			if err != nil || !slices.Equal(apart.Lives[0], together.Lives[d]) {
				t.Fatalf("device %d alone: %+v\namong others: %+v", d, apart.Lives[0], together.Lives[d])
			}
		}
	})
}
