package functional_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device/endpoint"
	"monde/core/device/functional"
	"monde/core/device/isa"
	"monde/core/device/memory"
	"monde/core/fault"
	"monde/core/rng"
	"monde/core/unit"
)

var square = shape{8, 8, true, isa.BF16, 16, 4, 16}

// The timing model drives the functional one: through a queue that refuses, each
// instruction is executed when the endpoint runs it, and the results are the CPU's.
func TestExpertsBehindAFullQueueComputeTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, r := shapes().Draw(t, "shape"), stream(t)
		var experts []functional.Expert
		for range rapid.IntRange(1, 6).Draw(t, "experts") {
			experts = append(experts, s.expert(t, r))
		}
		device := functional.NewDevice(layouts().Draw(t, "layout"), cores().Draw(t, "core"))
		driver, err := functional.NewNDP(device)
		if err != nil {
			t.Fatal(err)
		}
		var jobs []functional.Job
		var program []endpoint.Task
		x := s.tokens(r, rapid.IntRange(1, 5).Draw(t, "tokens"))
		for i, e := range experts {
			if err := driver.Load(i, e); err != nil {
				t.Fatal(err)
			}
			j, err := driver.Begin(i, x)
			if err != nil {
				t.Fatal(err)
			}
			jobs = append(jobs, j)
			program = append(program,
				endpoint.Task{Instruction: j.Program[0], Write: j.Program[0].Input().Size},
				endpoint.Task{Instruction: j.Program[1], Read: j.Program[1].Result().Size})
		}
		link := endpoint.Direction{Latency: 300, Bandwidth: 1e12}
		spec := endpoint.Spec{ToDevice: link, FromDevice: link, Turn: 64, Queue: rapid.IntRange(1, 3).Draw(t, "queue"), Burst: rapid.IntRange(0, 12).Draw(t, "burst"), Poll: 100}
		line, err := endpoint.New(spec).Run([][]endpoint.Task{program}, func(_ int, i isa.Instruction) unit.Time {
			w, err := i.Encode()
			if err := errors.Join(err, device.Execute(w)); err != nil {
				t.Fatal(err)
			}
			return unit.Time(i.M * i.K)
		})
		if err != nil || line.End <= 0 {
			t.Fatal(line.End, err)
		}
		if tag, err := driver.Done(); err != nil || int(tag) != len(program) {
			t.Fatalf("the done register reads %d, %v, want %d", tag, err, len(program))
		}
		cpu := functional.NewCPU(experts)
		for i, j := range jobs {
			want, _ := cpu.FFN(i, x)
			if got, err := driver.End(j); err != nil || !slices.Equal(got.Elements, want.Elements) {
				t.Fatalf("expert %d gives %x, %v, want %x", i, got.Elements, err, want.Elements)
			}
		}
	})
}

func TestADeviceGivesBackWhatItHeld(t *testing.T) {
	r := rng.Stream(1, "device")
	device := functional.NewDevice(smallLayout, smallCore)
	driver, err := functional.NewNDP(device)
	if err != nil {
		t.Fatal(err)
	}
	used := device.Heap.Used(memory.Activations)
	for range 3 {
		if err := driver.Load(2, square.expert(t, r)); err != nil {
			t.Fatal(err)
		}
		if _, err := driver.FFN(2, square.tokens(r, 3)); err != nil {
			t.Fatal(err)
		}
		if err := driver.Unload(2); err != nil {
			t.Fatal(err)
		}
		if w, a := device.Heap.Used(memory.Weights), device.Heap.Used(memory.Activations); w != 0 || a != used {
			t.Fatalf("%d bytes of weights and %d of activations are held", w, a-used)
		}
	}
}

func TestADeviceWithoutRoomHoldsNothing(t *testing.T) {
	tiny := smallLayout
	tiny.Geometry.Rows, tiny.Geometry.Columns, tiny.Geometry.Channels = 1, 2, 1 // 3 rows of 256 bytes for weights, 256 for activations
	r := rng.Stream(1, "device")
	device := functional.NewDevice(tiny, smallCore)
	driver, err := functional.NewNDP(device)
	if err != nil {
		t.Fatal(err)
	}
	var full *memory.Full
	wide := shape{16, 16, true, isa.BF16, 16, 16, 16}
	if err := driver.Load(0, wide.expert(t, r)); !errors.As(err, &full) || !strings.HasPrefix(err.Error(), "weights: memory: ") {
		t.Errorf("three matrices of 512 bytes in 768: %v", err)
	}
	if used := device.Heap.Used(memory.Weights); used != 0 {
		t.Errorf("%d bytes are held for an expert that was refused", used)
	}
	if err := driver.Load(0, square.expert(t, r)); err != nil {
		t.Fatal(err)
	}
	if _, err := driver.FFN(0, square.tokens(r, 9)); !errors.As(err, &full) || device.Heap.Used(memory.Activations) != 64 {
		t.Errorf("nine tokens of 16 bytes, thrice, in 192: %v, %d bytes are held", err, device.Heap.Used(memory.Activations))
	}
	if _, err := driver.FFN(0, square.tokens(r, 4)); err != nil {
		t.Errorf("four tokens of 16 bytes, thrice, in 192: %v", err)
	}
}

func TestADeviceRefusesWhatIsOutsideItsMemory(t *testing.T) {
	device := functional.NewDevice(smallLayout, smallCore)
	i := isa.Instruction{
		Op: isa.GEMM, Format: isa.BF16, Bits: 16, M: 1, K: 64, N: 64, Tag: 1,
		Weights: 0, Activations: 1 << 20, Output: 1 << 40, Done: 1 << 21,
	}
	w, err := i.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := device.Execute(w); err == nil || err.Error() != "instruction.output: must lie in the device's 67108864 bytes" {
		t.Errorf("got %v", err)
	}
	if err := device.Execute(isa.Word{}); !fault.Is(err) {
		t.Errorf("a word of zeros: %v", err)
	}
}

// A device may be sent anything. Its memory is so small that what it takes is short.
func FuzzExecuteNeverPanics(f *testing.F) {
	tiny := smallLayout
	tiny.Geometry.Channels, tiny.Geometry.Rows, tiny.Geometry.Columns = 1, 2, 8 // 8 KiB
	for _, bits := range []int{16, 3} {
		i := isa.Instruction{
			Op: isa.GEMMSiLUMul, Format: isa.BF16, Bits: bits, Group: 16 * (1 - bits/16), M: 2, K: 17, N: 5, Tag: 1,
			Weights: 0, Up: 1024, Activations: 2048, Output: 4096, Done: 8128,
		}
		w, err := i.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(w[:])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var w isa.Word
		copy(w[:], data)
		device := functional.NewDevice(tiny, smallCore)
		var before, after [8192]byte
		if err := device.Execute(w); err != nil {
			if err := device.Store.Read(0, after[:]); err != nil || after != before {
				t.Fatalf("a refused instruction wrote something, %v", err)
			}
			return
		}
		i, _ := w.Decode()
		var done [8]byte
		if err := device.Store.Read(i.Done, done[:]); err != nil || binary.LittleEndian.Uint64(done[:]) != uint64(i.Tag) {
			t.Fatalf("the done register reads %x, %v, want %d", done, err, i.Tag)
		}
	})
}

func TestExecutorsNameWhatDoesNotFit(t *testing.T) {
	r := rng.Stream(1, "device")
	e := square.expert(t, r)
	for name, executor := range everywhere(t, e) {
		for want, f := range map[string]func() (functional.Tensor, error){
			"expert: must": func() (functional.Tensor, error) { return executor.FFN(1, square.tokens(r, 1)) },
			"tokens: must have 8 columns, got 7": func() (functional.Tensor, error) {
				return executor.FFN(0, functional.NewTensor(isa.BF16, 1, 7))
			},
			"tokens: must be bf16, got fp16": func() (functional.Tensor, error) {
				return executor.FFN(0, functional.NewTensor(isa.FP16, 1, 8))
			},
		} {
			if _, err := f(); err == nil || !strings.HasPrefix(err.Error(), want) || !fault.Is(err) {
				t.Errorf("%s: got %v, want %s", name, err, want)
			}
		}
		if y, err := executor.FFN(0, square.tokens(r, 0)); err != nil || y.Rows != 0 || y.Cols != 8 {
			t.Errorf("%s: no tokens give %d×%d, %v", name, y.Rows, y.Cols, err)
		}
	}
	cpu := functional.NewCPU([]functional.Expert{e})
	for want, routes := range map[string][][]functional.Choice{
		"routes: must be of 1 tokens, got 2":         make([][]functional.Choice, 2),
		"routes[0]: must be to expert 0 to 1, got 2": {{{Expert: 2}}},
		"experts[1].expert: must be 0 to 0, got 1":   {{{Expert: 1}}},
	} {
		if _, err := functional.Layer(square.tokens(r, 1), routes, []functional.Executor{cpu, cpu}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestAnExpertAndACoreReportEveryMistake(t *testing.T) {
	r := rng.Stream(1, "device")
	e := square.expert(t, r)
	e.Gate, e.Down = e.Down, functional.Matrix{Layout: e.Up.Layout}
	var paths []string
	for _, err := range []error{e.Validate(), functional.Core{Rows: 0, Cols: 1, Depth: 17}.Validate()} {
		for _, f := range fault.Fields(err) {
			paths = append(paths, f.Path)
		}
	}
	if got, want := strings.Join(paths, " "), "down.data gate rows depth"; got != want {
		t.Errorf("faults at %s, want %s", got, want)
	}
	driver := ndp(t, smallLayout, smallCore, square.expert(t, r))
	for want, err := range map[string]error{
		"expert: must not be held: 0 is":               driver.Load(0, square.expert(t, r)),
		"expert: must be 0 to 16777215, got -1":        driver.Load(-1, square.expert(t, r)),
		"expert: must be held by the device: 1 is not": driver.Unload(1),
	} {
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// BenchmarkExpert is one token through an expert of 256×1024 and back.
func BenchmarkExpert(b *testing.B) {
	s := shape{256, 1024, false, isa.BF16, 16, 16, 16}
	r := rng.Stream(1, "bench")
	e, x := s.expert(b, r), s.tokens(r, 1)
	all := everywhere(b, e)
	for _, name := range []string{"cpu", "gpu", "ndp"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := all[name].FFN(0, x); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
