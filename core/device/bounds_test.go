package device

import (
	"context"
	"testing"

	"monde/core/dram"
	"monde/core/fault"
	"monde/core/ndp"
	"monde/core/unit"
)

// slow is a device whose arrays compute for ages.
func slow() Spec {
	s := paper()
	s.NDP = ndp.Spec{Arrays: 1, Rows: 1, Cols: 1, Clock: unit.Megahertz}
	return s
}

// What Work foresees is what is simulated, whether memory or arrays are slow.
func TestWorkIsAboutWhatIsSimulated(t *testing.T) {
	for name, s := range map[string]Spec{"paper": paper(), "slow": slow()} {
		for _, pmove := range []unit.BytesPerSecond{0, 32e9} {
			e := ndp.Expert{DModel: 64, DFF: 500}
			if name == "paper" {
				e = small
			}
			c := clocked(t, s, e, pmove)
			tokens := 3 * s.NDP.Rows
			m := serve(t, c, tokens).Memory
			done := float64(m.Bursts() + m.Counts[dram.REFab] + m.Counts[dram.REFpb] + c.core.Expert(e, tokens).Totals().Steps)
			if got := s.Work(e, tokens, pmove); got < done/2 || got > 2*done {
				t.Errorf("%s, pmove %d: foresees %.0f, does %.0f", name, pmove, got, done)
			}
		}
	}
}

func TestALookThatTakesTooLongIsRefusedAtOnce(t *testing.T) {
	check := func(s Spec, e ndp.Expert, path string) {
		t.Helper()
		l := Look{Device: s, DModel: e.DModel, DFF: e.DFF, Bits: 16, Tokens: 500, Clocks: 1}
		_, err := l.Through(context.Background(), nil)
		if f := fault.Fields(err); len(f) != 1 || f[0].Path != path {
			t.Errorf("got %v, want a fault at %s", err, path)
		}
	}
	check(slow(), ndp.Expert{DModel: 2048, DFF: 8192}, "device")
	narrow := paper()
	narrow.NDP.Rows, narrow.DRAM.Channels = 1, 1
	check(narrow, ndp.Expert{DModel: 1 << 13, DFF: 1 << 14}, "tokens")
}

func TestALookTellsHowFarItIs(t *testing.T) {
	last := int64(0)
	l := Look{Device: slow(), DModel: 256, DFF: 256, Bits: 16, Tokens: 16, Clocks: 1}
	l.Device.NDP.Clock = unit.Gigahertz
	_, err := l.Through(context.Background(), func(done, of int64) {
		if done <= last || done > of {
			t.Errorf("%d of %d after %d", done, of, last)
		}
		last = done
	})
	if err != nil || last == 0 {
		t.Errorf("told up to %d, %v", last, err)
	}
}
