package device

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"monde/core/dram"
	"monde/core/ndp"
	"monde/core/unit"
)

// paper is the device of MoNDE (DAC 2024).
func paper() Spec {
	return Spec{
		Count: 1, Memory: 512 << 30, Bandwidth: 512e9, Efficiency: 1, Command: 100 * unit.Nanosecond,
		NDP: ndp.Spec{Arrays: 64, Rows: 4, Cols: 4, Clock: unit.Gigahertz, Power: 1_830},
	}
}

// small is an expert whose passes take a few thousand bursts of a channel.
var small = ndp.Expert{DModel: 384, DFF: 1100}

func clocked(t *testing.T, s Spec, e ndp.Expert, pmove unit.BytesPerSecond) *Clocked {
	t.Helper()
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	c, err := NewClocked(s, e, pmove)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(t *testing.T, c *Clocked, tokens int) Service {
	t.Helper()
	r, err := c.Expert(context.Background(), tokens)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// INV-13: what is kept from fewer tokens changes nothing for more.
func TestAnExpertTakesAsLongWhateverWasSimulatedBefore(t *testing.T) {
	gated := ndp.Expert{DModel: 300, DFF: 500, Gated: true, Weights: ndp.Format{Bits: 4, Group: 32, ScaleBits: 8}}
	rowByRow, held := paper(), paper()
	rowByRow.DRAM.Layout = "row|rank|bank|bankgroup|column|channel|offset"
	held.DRAM.Refresh, held.DRAM.Channels = dram.AllBanks, 3
	for name, c := range map[string]*Clocked{
		"usual": clocked(t, paper(), small, 0), "beside PMove": clocked(t, paper(), small, 32e9),
		"gated, low-bit": clocked(t, paper(), gated, 0), "row by row": clocked(t, rowByRow, small, 0),
		"three channels, all-bank refresh": clocked(t, held, small, 32e9),
	} {
		t.Run(name, func(t *testing.T) {
			for _, tokens := range []int{37, 4, 5, 64, 8, 3, 41, 39} { // out of order on purpose
				fresh, err := c.finish(context.Background(), c.fresh(tokens), tokens)
				if err != nil {
					t.Fatal(err)
				}
				if got := serve(t, c, tokens); got != fresh {
					t.Errorf("%d tokens:\n%+v, simulated on their own\n%+v", tokens, got, fresh)
				}
			}
		})
	}
}

// INV-3: an expert takes no less than its arrays compute, and its bytes take at
// the pins.
func TestAnExpertNeverBeatsItsArraysOrItsPins(t *testing.T) {
	for _, channels := range []int{1, 7, 32} {
		for _, tokens := range []int{1, 4, 5, 16} {
			s := paper()
			s.DRAM.Channels = channels
			r := serve(t, clocked(t, s, small, 0), tokens)
			total := ndp.New(s.NDP).Expert(small, tokens).Totals()
			if arrays := s.NDP.Clock.Edge(total.Cycles); r.Time < arrays+s.Command || r.Busy != arrays {
				t.Errorf("%d channels, %d tokens: took %d ps and computed %d, of %d", channels, tokens, r.Time, r.Busy, arrays)
			}
			if pins := s.DRAM.Peak().Transfer(r.Weights); r.Time < pins {
				t.Errorf("%d channels, %d tokens: took %d ps, the pins need %d", channels, tokens, r.Time, pins)
			}
		}
	}
}

// INV-2: each byte of the schedule crosses the bus once.
func TestAChannelMovesItsShareOfEveryRunOnce(t *testing.T) {
	for _, channels := range []int{1, 7, 32} {
		s := paper()
		s.DRAM.Channels = channels
		c := clocked(t, s, small, 0)
		const tokens = 6
		want := map[bool]int64{}
		stride := unit.Bytes(32 * channels)
		for step := range c.core.Expert(small, tokens).All() {
			for _, run := range []ndp.Run{step.Weights, step.Read, step.Write} {
				from := unit.Bytes(c.start.base[run.Region]) + run.Offset
				first := (from + stride - 1) / stride * stride
				want[run == step.Write] += int64(max(0, (from+run.Size-first+stride-1)/stride))
			}
		}
		r := serve(t, c, tokens).Memory
		if r.Counts[dram.RD] != want[false] || r.Counts[dram.WR] != want[true] {
			t.Errorf("%d channels: %d reads and %d writes, want %d and %d", channels, r.Counts[dram.RD], r.Counts[dram.WR], want[false], want[true])
		}
	}
}

func TestPassesOverTheWeightsTakeEquallyLong(t *testing.T) {
	c := clocked(t, paper(), ndp.Expert{DModel: 1024, DFF: 4096}, 0)
	one := serve(t, c, 4).Time
	for _, tokens := range []int{1, 2, 5, 8, 16, 64} {
		passes := unit.Time((tokens + 3) / 4)
		got := serve(t, c, tokens).Time
		if off := got - passes*one; off > passes*one/50 || off < -passes*one/50 {
			t.Errorf("%d tokens take %d ps, %d passes of %d", tokens, got, passes, one)
		}
	}
}

func TestALargerWeightBufferHidesMoreOfTheMemorysLatency(t *testing.T) {
	s, e := paper(), ndp.Expert{DModel: 2048, DFF: 2048}
	before := serve(t, clocked(t, s, e, 0), 4).Time
	for _, size := range []unit.Bytes{224 << 10, 448 << 10} {
		s.NDP.WeightBuffer = size
		if now := serve(t, clocked(t, s, e, 0), 4).Time; now >= before {
			t.Errorf("with %d bytes of weight buffer an expert takes %d ps, with less %d", size, now, before)
		} else {
			before = now
		}
	}
}

func TestPMoveFromTheDeviceSlowsItsExperts(t *testing.T) {
	s := paper()
	s.NDP.Arrays = 1024 // so that memory is what they wait for
	alone, beside := serve(t, clocked(t, s, small, 0), 4), serve(t, clocked(t, s, small, 64e9), 4)
	if beside.Time <= alone.Time || beside.Time > 2*alone.Time {
		t.Errorf("takes %d ps beside PMove, %d alone", beside.Time, alone.Time)
	}
}

// Weights for PMove come at the rate asked for, but for what is on its way, or at
// half of what all pins carry.
func TestPMoveFromTheDeviceGetsWhatTheLinkTakes(t *testing.T) {
	for _, channels := range []int{2, 8, 32} {
		for _, rate := range []unit.BytesPerSecond{4e9, 32e9, 1e12} {
			s := paper()
			s.DRAM.Channels = channels
			r := serve(t, clocked(t, s, small, rate), 4)
			want := float64(min(rate, s.DRAM.Peak()/2)) * r.Time.Seconds()
			if off := float64(r.Moved)/want - 1; off < -0.1 || off > 0.05 {
				t.Errorf("%d channels, %d B/s: %d bytes in %d ps, want %.0f", channels, rate, r.Moved, r.Time, want)
			}
		}
	}
}

func TestBeyondTheLastSimulatedPassAnExpertTakesAsLongAsBefore(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates 512 passes")
	}
	c := clocked(t, paper(), ndp.Expert{DModel: 64, DFF: 128}, 0)
	last, next := serve(t, c, MaxPasses*4), serve(t, c, MaxPasses*4+7)
	mean := last.Time / MaxPasses
	if next.Simulated || next.Time < last.Time+mean*19/10 || next.Time > last.Time+mean*21/10 {
		t.Errorf("%d passes take %d ps, two more %d (mean %d); simulated: %v", MaxPasses, last.Time, next.Time, mean, next.Simulated)
	}
}

func TestASimulationOfAnExpertCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := clocked(t, paper(), ndp.Expert{DModel: 4096, DFF: 14336, Gated: true}, 0)
	if _, err := c.Expert(ctx, 400); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnExpertThatDoesNotFitNamesTheChannels(t *testing.T) {
	s := paper()
	s.DRAM.Channels = 1
	_, err := NewClocked(s, ndp.Expert{DModel: 1 << 17, DFF: 1 << 14}, 0)
	if err == nil || err.Error() != "dram.channels: two experts and their activations do not fit into one channel" {
		t.Errorf("got %v", err)
	}
	s = paper()
	s.DRAM.Layout = "column|row|rank|bank|bankgroup|channel|offset"
	if _, err = NewClocked(s, small, 0); err == nil || !strings.HasPrefix(err.Error(), "dram.layout: two experts do not fit") {
		t.Errorf("got %v", err)
	}
}

func TestMemoriesThatNoDeviceHasAreRefused(t *testing.T) {
	for path, d := range map[string]DRAM{
		"dram.grade":      {Grade: "d3_hbm2"},
		"dram.channels":   {Channels: 5000},
		"dram.layout":     {Layout: "channel|row|rank|bank|bankgroup|column|offset"},
		"dram.refresh":    {Refresh: "sometimes"},
		"dram.controller": {Controller: dram.Banks},
		"dram.pmove_from": {PMoveFrom: "flash"},
	} {
		s := paper()
		s.DRAM = d
		if err := s.Validate(); err == nil || len(err.Error()) < len(path) || err.Error()[:len(path)] != path {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func ExampleClocked() {
	s := Spec{Count: 1, Memory: 512 << 30, Bandwidth: 512e9, Efficiency: 1, NDP: ndp.Spec{Arrays: 64, Rows: 4, Cols: 4, Clock: unit.Gigahertz}}
	c, err := NewClocked(s, ndp.Expert{DModel: 1024, DFF: 4096}, 0) // of Switch-Large
	if err != nil {
		panic(err)
	}
	for _, tokens := range []int{1, 4, 5} {
		r, err := c.Expert(context.Background(), tokens)
		if err != nil {
			panic(err)
		}
		fmt.Println(tokens, "tokens:", r.Time/unit.Nanosecond, "ns")
	}
	// Output:
	// 1 tokens: 38442 ns
	// 4 tokens: 38475 ns
	// 5 tokens: 76536 ns
}
