package driver

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device"
	"monde/core/device/isa"
	"monde/core/fault"
	"monde/core/link"
	"monde/core/model"
	"monde/core/ndp"
	"monde/core/unit"
)

// spec is the paper's device and link, with a small expert.
func spec() Spec {
	return Spec{
		Device: device.Spec{
			Name: "device", Count: 1, Memory: 512 << 30, Bandwidth: 512e9, Efficiency: 1, Command: 100 * unit.Nanosecond,
			NDP: ndp.Spec{Arrays: 64, Rows: 4, Cols: 4, Clock: unit.Gigahertz},
		},
		Link:   link.Spec{Bandwidth: 32e9, Efficiency: 1, Latency: unit.Microsecond, Chunk: 256 << 10},
		Model:  model.Spec{Name: "model", DModel: 512, ExpertFF: 1024, Experts: 16, TopK: 1, ExpertBits: 16},
		Tokens: 6, Queue: Queue, Burst: Burst, Poll: Poll, Seed: 1,
	}
}

func look(t *testing.T, s Spec) Report {
	t.Helper()
	r, err := Look(context.Background(), s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAReportCountsTheSameExpertInSeveralWays(t *testing.T) {
	for _, pmove := range []bool{false, true} {
		s := spec()
		s.PMove, s.Tokens = pmove, 8
		r := look(t, s)
		passes := map[int]int64{1: 1, 2: 1, 4: 1, 5: 2, 8: 2, 16: 4, 64: 16}
		for _, v := range r.Served {
			if v.Passes != passes[v.Tokens] || v.Streams != v.Passes || !v.Simulated {
				t.Errorf("%d tokens take %d passes, and stream the weights %d times", v.Tokens, v.Passes, v.Streams)
			}
			if v.Moved != unit.Bytes(v.Streams)*r.Expert.Weights {
				t.Errorf("%d tokens stream %d bytes of %d", v.Tokens, v.Moved, r.Expert.Weights)
			}
			if v.Tokens == 4 && (v.Time != v.ByPasses || v.OffPasses != 0) {
				t.Errorf("one full pass takes %d, counted as %d", v.Time, v.ByPasses)
			}
			if v.OffPasses < -0.05 || v.OffPasses > 0.05 { // a small expert: filling and draining show
				t.Errorf("%d tokens take %d, as passes %d", v.Tokens, v.Time, v.ByPasses)
			}
			if v.Tokens == s.Tokens && (v.Time != r.Sight.Time || v.Closed != r.Sight.Closed) {
				t.Errorf("%d tokens take %d and %d, watched %d and %d", v.Tokens, v.Time, v.Closed, r.Sight.Time, r.Sight.Closed)
			}
			if v.Time < v.Closed {
				t.Errorf("%d tokens take %d clock by clock, less than the closed form's %d", v.Tokens, v.Time, v.Closed)
			}
		}
	}
}

// By hand: 6 tokens of 512 bf16 are 6144 bytes, 192 ns at 32 GB/s; an instruction
// takes 2 ns more, and each way a microsecond. The device computes what it does
// clock by clock, and each of the two instructions takes the command once.
func TestTheHostsTimelineByHand(t *testing.T) {
	s := spec()
	r := look(t, s)
	h := r.Host
	at := map[string]Span{}
	for _, p := range h.Spans {
		at[string(rune('1'+p.Instruction))+p.Step] = p
	}
	const there = 192*unit.Nanosecond + unit.Microsecond
	if p := at["1write"]; p.Start != 0 || p.End != there {
		t.Errorf("activations are written from %d to %d", p.Start, p.End)
	}
	if p := at["1issue"]; p.End != there+2*unit.Nanosecond {
		t.Errorf("the first instruction is taken at %d", p.End)
	}
	compute := r.Sight.Time - s.Device.Command
	if p := at["2run"]; p.End != there+2*unit.Nanosecond+compute+2*s.Device.Command || p.Start != at["1run"].End {
		t.Errorf("the second instruction runs from %d to %d", p.Start, p.End)
	}
	if h.Device != compute+2*s.Device.Command {
		t.Errorf("the device runs for %d, of %d", h.Device, compute)
	}
	// A line there, its answer of 192+2 ns, and what both ways take.
	if p := at["2read"]; p.End-p.Start != 2*unit.Nanosecond+unit.Microsecond+there || p.End != h.End {
		t.Errorf("results are read from %d to %d of %d", p.Start, p.End, h.End)
	}
	if h.Program[0].Write != 6144 || h.Program[0].Read != 0 || h.Program[1].Write != 0 || h.Program[1].Read != 6144 {
		t.Errorf("the link carries %+v", h.Program)
	}
	if h.Source != "ours: not published" || h.Coding != "" {
		t.Errorf("the source is %q, the coding %q", h.Source, h.Coding)
	}
}

func TestTheInstructionsAreThoseOfTheExpert(t *testing.T) {
	check := func(gated bool, bits float64, width, group int, ops ...isa.Opcode) {
		t.Helper()
		s := spec()
		s.Model.Gated, s.Model.ExpertBits = gated, bits
		h := look(t, s).Host
		if remarked := h.Coding != ""; remarked != (bits != 16) {
			t.Errorf("of %v bits is said %q", bits, h.Coding)
		}
		for at, p := range h.Program {
			var w isa.Word
			if n, err := hex.Decode(w[:], []byte(p.Word)); n != 64 || err != nil {
				t.Fatalf("%s has %d bytes, %v", p.Word, n, err)
			}
			i, err := w.Decode()
			if err != nil {
				t.Fatal(err)
			}
			k, n := 512, 1024
			if at == 1 {
				k, n = n, k
			}
			if i.Op != ops[at] || i.M != 6 || i.K != k || i.N != n || i.Bits != width || i.Group != group || int(i.Tag) != at+1 {
				t.Errorf("instruction %d is %+v", at, i)
			}
		}
	}
	check(false, 16, 16, 0, isa.GEMMReLU, isa.GEMM)
	check(true, 16, 16, 0, isa.GEMMSiLUMul, isa.GEMM)
	check(true, 4.25, 4, 32, isa.GEMMSiLUMul, isa.GEMM) // MXFP4
	check(false, 5, 8, 128, isa.GEMMReLU, isa.GEMM)
	check(false, 0.6, 1, 128, isa.GEMMReLU, isa.GEMM)
}

func TestSharesOfATimeSumToIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := unit.Time(rapid.Int64Range(0, int64(tooLong)).Draw(t, "whole"))
		a := unit.Cycles(rapid.Int64Range(1, 1<<60).Draw(t, "first"))
		b := unit.Cycles(rapid.Int64Range(1, 1<<60).Draw(t, "second"))
		got, want := split(whole, [2]unit.Cycles{a, b}), float64(whole)*float64(a)/float64(a+b)
		if got[0]+got[1] != whole || got[0] < 0 || got[1] < 0 {
			t.Fatalf("%d is shared as %d", whole, got)
		}
		if off := float64(got[0]) - want; off > 1+want*0x1p-50 || off < -1-want*0x1p-50 {
			t.Fatalf("%d of %d is %d, want %v", a, a+b, got[0], want)
		}
	})
}

func TestFaultsAreNamedAsInAScenario(t *testing.T) {
	check := func(want string, change func(*Spec)) {
		t.Helper()
		s := spec()
		change(&s)
		_, err := Look(context.Background(), s, nil)
		if err == nil || !strings.HasPrefix(err.Error(), want) || !fault.Is(err) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	check("machine.device.count: must be at least 1", func(s *Spec) { s.Device = device.Spec{} })
	check("machine.device.dram.grade: ", func(s *Spec) { s.Device.DRAM.Grade = "stone" })
	check("machine.device.ndp.rows: ", func(s *Spec) { s.Device.NDP.Rows = 0 })
	check("model.expert_bits: must be at most 16", func(s *Spec) { s.Model.ExpertBits = 17 })
	check("model.expert_ff: times d_model", func(s *Spec) { s.Model.DModel, s.Model.ExpertFF = 1<<17, 1<<17 })
	check("tokens: must be 1 to 512, got 0\nqueue: must be 1", func(s *Spec) { s.Tokens, s.Queue = 0, 0 })
	check("burst: ", func(s *Spec) { s.Burst = -1 })
	check("poll: must be 0 to", func(s *Spec) { s.Poll = -1 })
	check("machine.device.dram.channels: two experts", func(s *Spec) {
		s.Model.DModel, s.Model.ExpertFF, s.Model.Gated, s.Device.DRAM.Channels = 1<<14, 1<<14, true, 1
	})
	s := spec()
	s.Link.Bandwidth = 5
	if _, err := Look(context.Background(), s, nil); err == nil || err.Error() != "machine.link.bandwidth_bytes_per_s: must be 1000000 to 1000000000000000, got 5" {
		t.Errorf("one link, two directions: got %v", err)
	}
}

func TestALookCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := spec()
	s.Model.DModel, s.Model.ExpertFF = 4096, 14336
	if _, err := Look(ctx, s, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	c, _ := s.coded()
	if _, err := s.check(ctx, c); !errors.Is(err, context.Canceled) {
		t.Errorf("the check: got %v", err)
	}
}
