package dram_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"monde/core/dram"
	"monde/core/fault"
	"monde/core/unit"
)

func TestRequestsOutsideTheMemoryAreRefusedByNumber(t *testing.T) {
	s := named(t, "r2_lp5_6400_2rank")
	good := dram.Request{Place: dram.Place{Rank: 1, Group: 3, Bank: 3, Row: 65535, Col: 63}}
	for _, change := range []func(*dram.Request){
		func(r *dram.Request) { r.Channel = 1 }, func(r *dram.Request) { r.Channel = -1 }, func(r *dram.Request) { r.Rank = 2 },
		func(r *dram.Request) { r.Group = 4 }, func(r *dram.Request) { r.Bank = 4 }, func(r *dram.Request) { r.Row = 65536 },
		func(r *dram.Request) { r.Col = 64 }, func(r *dram.Request) { r.Col = -1 }, func(r *dram.Request) { r.Arrive = -1 },
		func(r *dram.Request) { r.Arrive = 1 << 62 },
	} {
		bad := good
		change(&bad)
		_, err := dram.Run(t.Context(), s, []dram.Request{good, good, bad}, dram.Options{})
		if !fault.Is(err) || !strings.Contains(err.Error(), "request 3: ") {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if _, err := dram.Run(t.Context(), s, []dram.Request{good}, dram.Options{}); err != nil {
		t.Error(err)
	}
}

func TestARunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := named(t, "r2_lp5_6400")
	if _, err := dram.Run(ctx, s, pattern(t, "conf_bank", s.Name, 100_000), dram.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestARunTellsHowFarItIs(t *testing.T) {
	s := named(t, "r2_lp5_6400")
	last, calls := 0, 0
	_, err := dram.Run(t.Context(), s, pattern(t, "conf_bank", s.Name, 100_000), dram.Options{Working: func(done, of int) {
		if calls++; done < last || done > of || of != 100_000 {
			t.Errorf("%d of %d after %d", done, of, last)
		}
		last = done
	}})
	if err != nil || calls == 0 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

func TestNoRequestsTakeNoTime(t *testing.T) {
	for _, s := range dram.Configs() {
		if r := watched(t, s, nil, 0, nil); r != (dram.Result{}) || r.Bandwidth() != 0 || r.Hits() != 0 {
			t.Errorf("%s: %+v", s.Name, r)
		}
	}
}

// One read of a closed bank takes tRCD, CL and the burst, and the clock before
// the first command; with WCK at rest, a CAS too.
func TestOneReadTakesWhatTheDataSheetSays(t *testing.T) {
	for name, want := range map[string]int64{
		"r2_lp5_6400": 1 + 15 + 1 + 17 + 2, "r2_lp5_6400_wckon": 1 + 15 + 17 + 2, "r2_ddr4_3200": 1 + 22 + 22 + 4, "d3_hbm2": 1 + 14 + 14 + 2,
	} {
		s := named(t, name)
		r := watched(t, s, make([]dram.Request, 1), 0, nil)
		if r.Cycles != want || r.Latency != (dram.Latency{Mean: float64(want), P50: want, P90: want, P99: want, Max: want}) {
			t.Errorf("%s: %+v, want %d clocks", name, r, want)
		}
		if r.Hits() != 0 || r.Bytes != s.Geometry.Burst || r.Time != unit.Time(want)*s.Period {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// A read that DRAMsim3 or Ramulator finds among waiting writes is answered in the
// next clock; a write to the same burst joins the waiting one.
func TestWaitingWritesAnswerReads(t *testing.T) {
	at := func(write bool) dram.Request { return dram.Request{Write: write, Place: dram.Place{Row: 7}} }
	for _, name := range []string{"r2_lp5_6400", "d3_lp5eq_6400"} {
		s := named(t, name)
		busy := []dram.Request{{Place: dram.Place{Bank: 1}}, {Place: dram.Place{Bank: 2}}, {Place: dram.Place{Bank: 3}}}
		r := watched(t, s, append(busy, at(true), at(true), at(false)), 0, nil)
		if r.Reads != 4 || r.Counts[dram.RD] != 3 || r.Counts[dram.WR] > 1 {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

// DRAMsim3 lets its write drain wait for a read of the same burst, and the reads
// wait for the drain. Whoever asks for that must hear of it.
func TestAControllerThatWaitsForItselfIsReported(t *testing.T) {
	s := named(t, "d3_lp5eq_6400")
	var reqs []dram.Request
	for i := range 1000 {
		p := dram.Place{Group: int32(i % 4), Col: int32(i / 4 % 64), Row: int32(i / 256)}
		reqs = append(reqs, dram.Request{Place: p}, dram.Request{Place: p, Write: true})
	}
	ctx, give := context.WithCancel(t.Context())
	defer give()
	refreshes := 0
	_, err := dram.Run(ctx, s, reqs, dram.Options{Emit: func(c dram.Command) {
		if refreshes++; c.Op != dram.REFab {
			refreshes = 0
		} else if refreshes > 500_000 {
			give()
		}
	}})
	if !fault.Is(err) {
		t.Errorf("it refreshes for ever, and does nothing else: %v", err)
	}
}

func TestMistakesInASpecAreListedByField(t *testing.T) {
	check := func(field string, change func(*dram.Spec)) {
		t.Helper()
		s := named(t, "r2_lp5_6400")
		change(&s)
		for _, f := range fault.Fields(s.Validate()) {
			if f.Path == field {
				return
			}
		}
		t.Errorf("%s is not among %v", field, s.Validate())
	}
	check("standard", func(s *dram.Spec) { s.Standard = "LPDDR9" })
	check("channels", func(s *dram.Spec) { s.Channels = 0 })
	check("period_ps", func(s *dram.Spec) { s.Period = 0 })
	check("geometry.ranks", func(s *dram.Spec) { s.Geometry.Ranks = 5 })
	check("geometry.banks_per_group", func(s *dram.Spec) { s.Geometry.Banks, s.Geometry.Groups = 16, 8 })
	check("geometry.rows", func(s *dram.Spec) { s.Geometry.Rows = 0 })
	check("timing.CL", func(s *dram.Spec) { s.Timing.CL = 0 })
	check("timing.REFI", func(s *dram.Spec) { s.Timing.REFI = 2 * s.Timing.RFC })
	check("timing.AAD", func(s *dram.Spec) { s.Timing.AAD = 1 })
	check("controller.kind", func(s *dram.Spec) { s.Controller.Kind = "best" })
	check("controller.kind", func(s *dram.Spec) { s.Controller.Kind = dram.Banks })
	check("controller.refresh", func(s *dram.Spec) { s.Controller.Refresh = "sometimes" })
	check("controller.refresh", func(s *dram.Spec) { s.Controller.Refresh, s.Timing.REFIpb = dram.PerBank, 0 })
	check("controller.reads", func(s *dram.Spec) { s.Controller.Reads = 0 })
	check("controller.writes", func(s *dram.Spec) { s.Controller.Writes = 513 })
	if _, err := dram.Run(t.Context(), dram.Spec{}, nil, dram.Options{}); len(fault.Fields(err)) < 10 {
		t.Errorf("a Spec of nothing: %v", err)
	}
}

func TestPeakAndCapacityAreThoseOfTheChip(t *testing.T) {
	s := named(t, "r2_lp5_6400") // x16 at 6400 MT/s, 16 Gb
	if s.Peak() != 12_800_000_000 || s.Geometry.Capacity() != 2<<30 {
		t.Errorf("%d B/s, %d bytes", s.Peak(), s.Geometry.Capacity())
	}
	if s := named(t, "r2_lp5_6400_8ch"); s.Peak() != 8*12_800_000_000 {
		t.Errorf("%d B/s in 8 channels", s.Peak())
	}
}

func TestPatternsAreMadeForEveryMemoryAndRefusedByField(t *testing.T) {
	for _, s := range dram.Configs() {
		for _, name := range dram.Patterns {
			reqs, err := dram.Pattern(name, s, 10, 1)
			if err != nil || len(reqs) != 10*s.Channels {
				t.Errorf("%s, %s: %d requests, %v", s.Name, name, len(reqs), err)
			}
		}
	}
	s := named(t, "r2_lp5_6400_8ch")
	for _, n := range []int{0, -1, dram.MaxRequests/8 + 1} {
		if _, err := dram.Pattern("rand", s, n, 1); !fault.Is(err) || !strings.HasPrefix(err.Error(), "requests: ") {
			t.Errorf("%d requests: %v", n, err)
		}
	}
	if _, err := dram.Pattern("fast", s, 1, 1); !fault.Is(err) || !strings.HasPrefix(err.Error(), "stream: ") {
		t.Errorf("a stream that nobody knows: %v", err)
	}
	for _, bad := range []string{"rand:200", "rand_open:", "rand_open:0", "seq_open:1001", "seq_open:-5", "seq_open:half", "fast:5"} {
		if _, err := dram.Pattern(bad, s, 1, 1); !fault.Is(err) || !strings.HasPrefix(err.Error(), "stream: ") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	a, _ := dram.Pattern("rand", s, 100, 1)
	b, _ := dram.Pattern("rand", s, 100, 2)
	same := 0
	for i := range a {
		if a[i] == b[i] {
			same++
		}
	}
	if same > 10 {
		t.Errorf("%d of 800 requests are the same with another seed", same)
	}
}

func TestOpenStreamsArriveAtTheShareThatIsAskedFor(t *testing.T) {
	s := named(t, "r2_ddr5_4800") // bursts of 8 clocks
	for _, share := range []int{1, 5, 333, 1000} {
		const n = 5000
		reqs, err := dram.Pattern(fmt.Sprintf("seq_open:%d", share), s, n, 1)
		if err != nil {
			t.Fatal(err)
		}
		got := 1000 * float64(n) * float64(s.Timing.BL) / float64(reqs[n-1].Arrive)
		if math.Abs(got-float64(share)) > 0.06*float64(share) {
			t.Errorf("%d thousandths of the data bus: %.1f arrive", share, got)
		}
	}
	for name, usual := range map[string]string{"rand_open:200": "rand_open", "seq_open:500": "seq_open"} {
		a, errA := dram.Pattern(name, s, 100, 3)
		b, errB := dram.Pattern(usual, s, 100, 3)
		if errA != nil || errB != nil || !slices.Equal(a, b) {
			t.Errorf("%s is not %s", name, usual)
		}
	}
}

func TestLimitsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for l := range dram.Limits {
		if name := l.String(); name == "" || seen[name] {
			t.Errorf("limit %d is called %q", l, name)
		}
		seen[l.String()] = true
	}
}

// What the data bus waits for is what the stream makes it wait for.
func TestEachStreamWaitsForWhatItIsMadeFor(t *testing.T) {
	for stream, want := range map[string]dram.Limit{
		"conf_bank": dram.ByRow, "seq_onebank": dram.ByGroup, "seq_open": dram.ByRequests, "mix50_seq": dram.ByTurnaround, "seq_bg": dram.ByRefresh,
	} {
		s := named(t, "r2_lp5_6400_wckon")
		r := watched(t, s, pattern(t, stream, s.Name, 5000), 0, nil)
		most := dram.Limit(0)
		for why, clocks := range r.Idle {
			if clocks > r.Idle[most] {
				most = dram.Limit(why)
			}
		}
		if most != want {
			t.Errorf("%s waits most for %s, want %s: %v", stream, most, want, r.Idle)
		}
	}
}
