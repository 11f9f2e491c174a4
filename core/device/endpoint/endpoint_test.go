package endpoint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"monde/core/device/endpoint"
	"monde/core/device/isa"
	"monde/core/fault"
	"monde/core/unit"
)

// slow moves a byte a picosecond, so that sizes are times.
const slow unit.BytesPerSecond = 1e12

// product is a valid instruction; m tells one from another.
func product(m int) isa.Instruction {
	return isa.Instruction{
		Op: isa.GEMM, Format: isa.BF16, Bits: 16, M: m, K: 32, N: 32,
		Weights: 1 << 20, Activations: 1 << 30, Output: 1 << 40, Done: 1 << 49,
	}
}

// takes returns a Compute of t for every instruction.
func takes(t unit.Time) endpoint.Compute {
	return func(int, isa.Instruction) unit.Time { return t }
}

func run(t testing.TB, s endpoint.Spec, programs [][]endpoint.Task, c endpoint.Compute) endpoint.Timeline {
	t.Helper()
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	line, err := endpoint.New(s).Run(programs, c)
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// By hand. The inputs leave by 1000 and arrive 100 later, the instruction by 1164;
// it is done at 1164+5+300. Polls leave 10 after 1064, and take 64+100 to the
// device, which sees them at 1238 and, a period of 10+164+64+50 later, at 1526. The
// host knows at 1526+64+50, asks by 164 later, and has 500 bytes 550 after that.
func TestOneTaskByHand(t *testing.T) {
	s := endpoint.Spec{
		ToDevice: endpoint.Direction{Latency: 100, Bandwidth: slow}, FromDevice: endpoint.Direction{Latency: 50, Bandwidth: slow},
		Turn: 64, Queue: 1, Burst: 1, Start: 5, Poll: 10,
	}
	task := endpoint.Task{Instruction: product(1), Write: 1000, Read: 500}
	line := run(t, s, [][]endpoint.Task{{task}}, takes(300))
	want := endpoint.Life{Begin: 0, Written: 1100, Accepted: 1164, Popped: 1164, Done: 1469, Known: 1640, Back: 2354}
	if got := line.Lives[0][0]; got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := endpoint.New(s).Alone(task, 300); got != want {
		t.Errorf("in closed form\ngot  %+v\nwant %+v", got, want)
	}
	if line.End != 2354 || line.Polls != 2 || line.Words != 1 || line.Refused != 0 || line.Sent != 1000+64*4 || line.Got != 500+64*2 {
		t.Errorf("got %+v", line)
	}
}

// The first poll of the run above reaches the device at 1238; it started at 1169.
func TestAPollSeesWhatIsDoneAtTheSameInstant(t *testing.T) {
	s := endpoint.Spec{
		ToDevice: endpoint.Direction{Latency: 100, Bandwidth: slow}, FromDevice: endpoint.Direction{Latency: 50, Bandwidth: slow},
		Turn: 64, Queue: 1, Start: 5, Poll: 10,
	}
	for compute, want := range map[unit.Time]unit.Time{69: 1238 + 114, 70: 1238 + 114 + 288} {
		line := run(t, s, [][]endpoint.Task{{{Instruction: product(1), Write: 1000}}}, takes(compute))
		if got := line.Lives[0][0].Known; got != want {
			t.Errorf("compute of %d is known at %d, want %d", compute, got, want)
		}
	}
}

// By hand, without latency: a queue of one, a burst of three. Instructions arrive at
// 64, 128 and 192; the third is refused. The driver, which polls at once, sends it
// again every 64+64+64: at 384, 576, 768 and 960, and at 1152 there is room, since
// 1064. From then on a poll comes every 128.
func TestAFullQueueRefusesAndTheDriverComesAgain(t *testing.T) {
	s := endpoint.Spec{
		ToDevice: endpoint.Direction{Bandwidth: slow}, FromDevice: endpoint.Direction{Bandwidth: slow},
		Turn: 64, Queue: 1, Burst: 3,
	}
	tasks := []endpoint.Task{{Instruction: product(1)}, {Instruction: product(2)}, {Instruction: product(3)}}
	line := run(t, s, [][]endpoint.Task{tasks}, takes(1000))
	want := []endpoint.Life{
		{Accepted: 64, Popped: 64, Done: 1064, Known: 1280, Back: 1280},
		{Accepted: 128, Popped: 1064, Done: 2064, Known: 2176, Back: 2176},
		{Accepted: 1152, Popped: 2064, Done: 3064, Known: 3200, Back: 3200, Refused: 5},
	}
	if !slices.Equal(line.Lives[0], want) {
		t.Errorf("got  %+v\nwant %+v", line.Lives[0], want)
	}
	if line.End != 3200 || line.Polls != 21 || line.Words != 8 || line.Refused != 5 {
		t.Errorf("got %+v", line)
	}
}

// By hand: two devices write 1000 bytes each. On one link they take turns of 100,
// so the first is through at 1900 and the second at 2000; apart, both at 1000.
func TestDevicesTakeTurnsOnlyOnASharedLink(t *testing.T) {
	s := endpoint.Spec{
		ToDevice: endpoint.Direction{Bandwidth: slow}, FromDevice: endpoint.Direction{Bandwidth: slow},
		Turn: 100, Queue: 1, Burst: 1, Poll: 10_000,
	}
	tasks := []endpoint.Task{{Instruction: product(1), Write: 1000}}
	for shared, want := range map[bool][2]unit.Time{false: {1000, 1000}, true: {1900, 2000}} {
		s.Shared = shared
		line := run(t, s, [][]endpoint.Task{tasks, tasks}, takes(0))
		if got := [2]unit.Time{line.Lives[0][0].Written, line.Lives[1][0].Written}; got != want {
			t.Errorf("shared %v: written at %v, want %v", shared, got, want)
		}
	}
}

func TestARunNamesWhatIsAtFault(t *testing.T) {
	e := endpoint.New(endpoint.Spec{ToDevice: endpoint.Direction{Bandwidth: slow}, FromDevice: endpoint.Direction{Bandwidth: slow}, Turn: 64, Queue: 1, Burst: 1})
	check := func(want string, programs ...[]endpoint.Task) {
		t.Helper()
		if _, err := e.Run(programs, takes(1)); err == nil || err.Error() != want || !fault.Is(err) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	good := endpoint.Task{Instruction: product(1)}
	bad := good
	bad.Instruction.K, bad.Read = 0, -1
	check("programs[1][1].instruction.k: must be 1 to 131072, got 0\nprograms[1][1].read_bytes: must be 0 to 1099511627776, got -1",
		[]endpoint.Task{good}, []endpoint.Task{good, bad})
	large := good
	large.Write = 1 << 40
	check("programs: must write and read at most 1099511627776 bytes", []endpoint.Task{large}, []endpoint.Task{{Instruction: product(1), Read: 1}})
	check("programs: must be of at most 1024 devices, got 1025", make([][]endpoint.Task, 1025)...)
	if line, err := e.Run(nil, nil); err != nil || line.End != 0 {
		t.Errorf("nothing to do: %+v, %v", line, err)
	}
}

func TestASpecReportsEveryMistakeWithItsPath(t *testing.T) {
	var paths []string
	for _, f := range fault.Fields(endpoint.Spec{Start: -1, ToDevice: endpoint.Direction{Latency: -1}}.Validate()) {
		paths = append(paths, f.Path)
	}
	want := "to_device.latency_ps to_device.bandwidth_bytes_per_s from_device.bandwidth_bytes_per_s turn_bytes queue start_ps"
	if got := strings.Join(paths, " "); got != want {
		t.Errorf("faults at %s, want %s", got, want)
	}
}

func TestAComputeThatGoesBackInTimeIsABug(t *testing.T) {
	defer func() {
		if r := fmt.Sprint(recover()); !strings.HasPrefix(r, "endpoint: bug: gemm of 1×32×32 takes -1 ps") {
			t.Errorf("got %s", r)
		}
	}()
	run(t, paper, [][]endpoint.Task{{{Instruction: product(1)}}}, takes(-1))
}

// paper is MoNDE's link of 32 GB/s each way; the latencies, the queue and the poll
// are ours.
var paper = endpoint.Spec{
	ToDevice:   endpoint.Direction{Latency: 300 * unit.Nanosecond, Bandwidth: 32e9},
	FromDevice: endpoint.Direction{Latency: 300 * unit.Nanosecond, Bandwidth: 32e9},
	Turn:       4096, Queue: 32, Start: 100 * unit.Nanosecond, Poll: unit.Microsecond,
}

// An expert of Switch-Large-128 with one token: 2 KiB in, two products of 16.4 us
// each, 2 KiB back.
func ExampleEndpoint_Run() {
	up, down := product(1), product(1)
	up.Op, up.K, up.N = isa.GEMMReLU, 1024, 4096
	down.K, down.N = 4096, 1024
	line, err := endpoint.New(paper).Run([][]endpoint.Task{{
		{Instruction: up, Write: 2048},
		{Instruction: down, Read: 2048},
	}}, func(_ int, i isa.Instruction) unit.Time {
		return unit.BytesPerSecond(512e9).Transfer(i.Matrix().Bytes())
	})
	line.Spans(func(s endpoint.Span) {
		fmt.Printf("task %d %-5v %6d to %6d ns\n", s.Task, s.Step, s.Start/unit.Nanosecond, s.End/unit.Nanosecond)
	})
	fmt.Println(line.End/unit.Nanosecond, line.Polls, err)
	// Output:
	// task 0 write      0 to    364 ns
	// task 0 issue    364 to    366 ns
	// task 0 run      366 to  16850 ns
	// task 0 poll   16850 to  17712 ns
	// task 1 issue      0 to    368 ns
	// task 1 wait     368 to  16850 ns
	// task 1 run    16850 to  33334 ns
	// task 1 poll   33334 to  33752 ns
	// task 1 read   33752 to  34418 ns
	// 34418 21 <nil>
}

func BenchmarkALayerOf128Experts(b *testing.B) {
	var tasks []endpoint.Task
	for range 128 {
		tasks = append(tasks, endpoint.Task{Instruction: product(4), Write: 8192}, endpoint.Task{Instruction: product(4), Read: 8192})
	}
	programs := [][]endpoint.Task{tasks}
	e := endpoint.New(paper)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Run(programs, takes(16*unit.Microsecond)); err != nil {
			b.Fatal(err)
		}
	}
}
