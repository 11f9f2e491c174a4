package device

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"monde/core/device/memory"
	"monde/core/dram"
	"monde/core/dram/audit"
	"monde/core/ndp"
	"monde/core/unit"
)

func TestABurstIsWhereTheMapPutsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := DRAM{
			Channels: rapid.IntRange(1, 40).Draw(t, "channels"),
			Layout:   rapid.SampledFrom([]memory.Order{memory.SeqBG, memory.SeqRow, "bank|rank|row|bankgroup|column|channel|offset"}).Draw(t, "layout"),
		}
		s, n, err := d.Memory()
		if err != nil {
			t.Fatal(err)
		}
		g := newGrid(d.Lay(s, n))
		kind := rapid.SampledFrom([]memory.Kind{memory.Weights, memory.Activations}).Draw(t, "kind")
		region := g.memory.Region(kind)
		start := region.Start + memory.Address(rapid.Int64Range(0, int64(region.Size)-1<<20).Draw(t, "start"))
		var walked line
		walked.begin(g, start, unit.Bytes(rapid.IntRange(1, 1<<18).Draw(t, "size")), 0)
		for walked.active {
			var looked dram.Request
			g.place(&looked, walked.at)
			if walked.req.Place != looked.Place {
				t.Fatalf("at %d the walk is at %+v, the map says %+v", walked.at, walked.req.Place, looked.Place)
			}
			walked.next(g)
		}
	})
}

// INV-4: the commands of a device keep every rule of its memory.
func TestTheCommandsOfADeviceKeepEveryRule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := paper()
		s.NDP.Arrays = rapid.SampledFrom([]int{1, 16, 64, 512}).Draw(t, "arrays")
		s.DRAM = DRAM{
			Grade:      rapid.SampledFrom([]string{"", "lpddr5_6400"}).Draw(t, "grade"),
			Channels:   rapid.IntRange(1, 8).Draw(t, "channels"),
			Refresh:    rapid.SampledFrom([]dram.Refresh{"", dram.AllBanks, dram.NoRefresh}).Draw(t, "refresh"),
			Controller: rapid.SampledFrom([]dram.Kind{"", dram.Window}).Draw(t, "controller"),
		}
		e := ndp.Expert{
			DModel: rapid.IntRange(1, 300).Draw(t, "d_model"), DFF: rapid.IntRange(1, 300).Draw(t, "d_ff"), Gated: rapid.Bool().Draw(t, "gated"),
			Weights: ndp.FormatOf(rapid.SampledFrom([]float64{16, 8, 4.25, 1}).Draw(t, "bits")),
		}
		c, err := NewClocked(s, e, unit.BytesPerSecond(rapid.SampledFrom([]int64{0, 1e9, 64e9}).Draw(t, "pmove")))
		if err != nil {
			t.Fatal(err)
		}
		tokens := rapid.IntRange(1, 20).Draw(t, "tokens")
		from := c.fresh(tokens)
		auditor := audit.New(c.channel)
		from.port = dram.NewPort(c.channel, auditor.Command)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := c.finish(ctx, from, tokens); err != nil {
			t.Fatal(err)
		}
		if err := auditor.Err(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAPictureShowsWhatTheDeviceDid(t *testing.T) {
	l := Look{Device: paper(), DModel: 384, DFF: 1100, Bits: 16, Tokens: 6, From: 500, Clocks: 3000}
	s, err := l.Through(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, b := range s.Bus {
		sum += b.Share
	}
	if sum < 0.999 || sum > 1.001 {
		t.Errorf("the data bus' shares sum to %v: %v", sum, s.Bus)
	}
	if s.Time != serve(t, clocked(t, paper(), small, 0), 6).Time {
		t.Errorf("watched, an expert takes %d ps", s.Time)
	}
	for i := 0; i < len(s.Command); i += 5 {
		if at, bank := s.Command[i], s.Command[i+2]; at < 0 || int64(at) >= l.Clocks || bank < -1 || bank >= 16 {
			t.Fatalf("command %d is at clock %d in bank %d", i/5, at, bank)
		}
	}
	if len(s.Command) == 0 || len(s.Arrays) == 0 || len(s.Profile) == 0 || s.Bound == "" || s.Busy <= 0 || s.Busy > 1 {
		t.Errorf("there is nothing to see: %+v", s)
	}
}

func TestWhatNobodyCanLookAtIsNamed(t *testing.T) {
	err := Look{Device: paper(), DModel: 1 << 17, DFF: 1 << 17, Bits: 99, Clocks: 1e6}.Validate()
	want := "d_ff: times d_model must be at most 268435456\nbits: must be at most 16 on a memory device: its instructions code no wider weights, got 99\ntokens: must be 1 to 512, got 0\nclocks: must be 1 to 20000, got 1000000"
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
