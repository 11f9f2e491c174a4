package dram_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"monde/core/dram"
	"monde/core/unit"
)

func TestRulesAreThoseOfTheReference(t *testing.T) {
	seen := 0
	for block := range strings.SplitSeq(string(given(t, "rules.txt.gz")), "\n\n") {
		head, lines, _ := strings.Cut(strings.TrimSpace(block), "\n")
		want := strings.Split(lines, "\n")
		for config := range strings.FieldsSeq(head) {
			seen++
			got := expanded(named(t, config).Rules())
			for _, line := range want {
				if !slices.Contains(got, line) {
					t.Errorf("%s lacks %s", config, line)
				}
			}
			for _, line := range got {
				if !slices.Contains(want, line) {
					t.Errorf("%s has %s, which the reference has not", config, line)
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s has %d rules, want %d", config, len(got), len(want))
			}
		}
	}
	if seen != 19 {
		t.Errorf("%d configurations were compared, want 19", seen)
	}
}

// expanded writes rules as level, from, to, clocks, window and whether they are
// between siblings, a line a pair of commands.
func expanded(rules []dram.Rule) []string {
	var lines []string
	for _, r := range rules {
		for _, from := range r.From {
			for _, to := range r.To {
				if r.Cycles > 0 {
					lines = append(lines, fmt.Sprint(r.In, " ", from, " ", to, " ", r.Cycles, " ", max(1, r.Window), " ", r.Other))
				}
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// A memory is what the reference files say of one.
type memory struct {
	Name      string
	Channels  int
	Standard  string
	Width     int
	Count     []int
	Timing    map[string]int
	Reads     int
	Writes    int
	WCK       string
	Scheduler string
	Refresh   string
	Cap       int
}

func TestNamedMemoriesAreThoseOfRamulator(t *testing.T) {
	for line := range bytes.Lines(given(t, "memories.jsonl.gz")) {
		if !bytes.Contains(line, []byte(`"name":"r2_`)) {
			continue
		}
		var m memory
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		s := named(t, m.Name)
		g, k := s.Geometry, s.Controller
		refresh := map[dram.Refresh]string{dram.NoRefresh: "NoRefresh", dram.AllBanks: "AllBank", dram.PerBank: "PerBank"}[k.Refresh]
		check := func(what string, got, want any) {
			t.Helper()
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %s is %v, want %v", m.Name, what, got, want)
			}
		}
		check("channels", s.Channels, m.Channels)
		check("standard", s.Standard, m.Standard)
		check("geometry", []int{1, g.Ranks, g.Groups, g.Banks, g.Rows, g.Bursts * g.Column}, m.Count)
		check("burst", int(g.Burst), m.Width/8*g.Column)
		check("buffers", []int{k.Reads, k.Writes}, []int{m.Reads, m.Writes})
		check("WCK always on", k.WCKAlways, m.WCK == "always_on")
		check("scheduler that keeps hits", k.RowHit, m.Scheduler == "FRFCFS-RowHit")
		check("refresh", refresh, m.Refresh)
		check("cap", k.Cap, m.Cap)
		check("period", s.Period, m.Timing["tCK_ps"])
		timings(t, s, m)
	}
}

// timings compares clocks. What a standard has for writes too, DDR4 has once.
func timings(t *testing.T, s dram.Spec, m memory) {
	t.Helper()
	got := map[string]int{}
	doc, err := json.Marshal(s.Timing)
	if err == nil {
		err = json.Unmarshal(doc, &got)
	}
	if err != nil {
		t.Fatal(err)
	}
	rename := strings.NewReplacer("nBL_min", "BL", "nBL_max", "BLmax", "_", "", "n", "")
	for key, want := range m.Timing {
		switch key {
		case "rate", "tCK_ps", "nCAS": // nCAS is 0: CAS binds nothing
			continue
		}
		ours := rename.Replace(key)
		if got[ours] != want {
			t.Errorf("%s: %s is %d, want %d", m.Name, ours, got[ours], want)
		}
		delete(got, ours)
	}
	for ours, clocks := range got {
		if clocks != 0 && (s.Standard != dram.DDR4 || !strings.HasPrefix(ours, "CCD")) {
			t.Errorf("%s: %s is %d, and the reference has no such timing", m.Name, ours, clocks)
		}
	}
}

func TestNamedMemoriesAreThoseOfDRAMsim3(t *testing.T) {
	seen := 0
	for line := range bytes.Lines(given(t, "memories.jsonl.gz")) {
		if !bytes.Contains(line, []byte(`"name":"d3_`)) {
			continue
		}
		seen++
		ini := map[string]string{}
		if err := json.Unmarshal(line, &ini); err != nil {
			t.Fatal(err)
		}
		s := named(t, ini["name"])
		s.Name, s.Source = "", ""
		if s.Controller.Refresh == dram.NoRefresh { // an interval that never ends, there
			s.Timing.REFI = 1_900_000_000
		}
		if want := fromINI(t, ini); s != want {
			t.Errorf("%s is\n%+v, want\n%+v", ini["name"], s, want)
		}
	}
	if seen != 9 {
		t.Errorf("%d configurations were compared, want 9", seen)
	}
}

// fromINI returns the memory that an .ini of DRAMsim3 describes, with the values
// that its src/configuration.cc takes where the file has none.
func fromINI(t *testing.T, ini map[string]string) dram.Spec {
	t.Helper()
	number := func(fallback int32, keys ...string) int32 {
		for _, key := range keys {
			var n float64
			if _, err := fmt.Sscan(ini[key], &n); err == nil {
				return int32(n)
			}
		}
		return fallback
	}
	var period float64
	if _, err := fmt.Sscan(ini["tCK"], &period); err != nil {
		t.Fatal(err)
	}
	n := func(key string) int32 { return number(0, key) }
	hbm := ini["protocol"] == "HBM"
	beats, queue := n("BL"), int(n("trans_queue_size"))
	s := dram.Spec{
		Standard: dram.UMD, Channels: int(n("channels")), Period: unit.Time(period*1000 + 0.5),
		Geometry: dram.Geometry{
			Ranks: 1, Groups: int(n("bankgroups")), Banks: int(n("banks_per_group")), Rows: int(n("rows")),
			Burst: unit.Bytes(n("bus_width") / 8 * beats), Column: 1,
		},
		Timing: dram.Timing{
			BL: beats / 2, CL: n("AL") + n("CL"), CWL: n("AL") + n("CWL"), RCD: number(0, "tRCD", "tRCDRD"), RP: n("tRP"), RAS: n("tRAS"),
			RC: n("tRAS") + n("tRP"), WR: n("tWR"), RTP: number(5, "tRTP"), CCDS: n("tCCD_S"), CCDL: n("tCCD_L"), RRDS: n("tRRD_S"), RRDL: n("tRRD_L"),
			WTRS: n("tWTR_S"), WTRL: n("tWTR_L"), FAW: n("tFAW"), RFC: n("tRFC"), RFCpb: n("tRFCb"), REFI: n("tREFI"), REFIpb: n("tREFIb"),
			CS: number(2, "tRTRS"), PPD: n("tPPD"),
		},
		Controller: dram.Controller{Kind: dram.Banks, Reads: queue, Writes: queue, PerBank: int(n("cmd_queue_size")), Refresh: dram.AllBanks, Dual: hbm},
	}
	// A row is as long as fills a channel of one rank. (A column of HBM is two beats.)
	g := &s.Geometry
	g.Bursts = int(n("channel_size")) << 20 / (g.Groups * g.Banks * g.Rows * int(g.Burst))
	if ini["refresh_policy"] == "BANK_LEVEL_STAGGERED" {
		s.Controller.Refresh = dram.PerBank
	}
	if s.Timing.REFI > 1<<30 {
		s.Controller.Refresh = dram.NoRefresh
	}
	return s
}

func TestNanosecondsAreRoundedUpToClocksAtEveryRate(t *testing.T) {
	if got, want := dram.LPDDR5At(6400), named(t, "r2_lp5_6400").Timing; got != want {
		t.Errorf("at 6400 MT/s they are %+v, want %+v", got, want)
	}
	if got, want := dram.LPDDR5At(8533), named(t, "r2_lp5x_8533").Timing; got != want {
		t.Errorf("at 8533 MT/s they are %+v, want %+v", got, want)
	}
	slow, fast := dram.LPDDR5At(3200), dram.LPDDR5At(6400)
	if slow.RAS != 17 || slow.REFI != 1563 || slow.RTP != fast.RTP || slow.BL != fast.BL {
		t.Errorf("at 3200 MT/s, clocks of 2.5 ns, they are %+v", slow)
	}
}

func TestNamesAreUniqueAndEveryMemoryIsValid(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range dram.Configs() {
		if err := s.Validate(); err != nil || seen[s.Name] {
			t.Errorf("%s: %v", s.Name, err)
		}
		seen[s.Name] = true
		if probe := named(t, s.Name+".probe"); probe != s {
			t.Errorf("%s.probe is another memory than %s", s.Name, s.Name)
		}
	}
	if _, err := dram.Named("nothing"); err == nil || !strings.Contains(err.Error(), `"nothing"`) {
		t.Errorf("a memory that nobody has: %v", err)
	}
}
