package dram_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"monde/core/dram"
)

func TestPatternsAreTheReferenceTraces(t *testing.T) {
	for _, want := range table(t, "traces.csv") {
		reqs := pattern(t, want["stream"], "r2_lp5_6400", int(want.number(t, "requests")))
		hash := sha256.New()
		var line []byte
		for _, r := range reqs {
			kind := " R "
			if r.Write {
				kind = " W "
			}
			line = append(strconv.AppendInt(line[:0], r.Arrive, 10), kind...)
			for _, v := range [...]int32{r.Channel, r.Rank, r.Group, r.Bank, r.Row} {
				line = append(strconv.AppendInt(line, int64(v), 10), ' ')
			}
			line = append(strconv.AppendInt(line, int64(r.Col), 10), '\n')
			hash.Write(line)
		}
		if got := fmt.Sprintf("%x", hash.Sum(nil)); got != want["sha256"] {
			t.Errorf("%s: %d requests, from %+v on, hash to %s, want %s", want["stream"], len(reqs), reqs[0], got, want["sha256"])
		}
	}
}

// names of the commands in results.csv. CAS of either kind is one column, which
// DRAMsim3 does not have; nor does it have PREab.
var counted = map[string][]dram.Op{
	"ACT": {dram.ACT}, "PREpb": {dram.PRE}, "PREab": {dram.PREab}, "RD": {dram.RD, dram.RDA}, "WR": {dram.WR, dram.WRA},
	"REFab": {dram.REFab}, "REFpb": {dram.REFpb}, "CAS": {dram.CASRD, dram.CASWR},
}

// all asks for the streams of 32 channels too, which take longest; some of them
// are always run.
var all = flag.Bool("all", false, "run every stream of 32 channels too")

func left(i, every int, channels, stream string) bool {
	return slow && i%every != 0 || channels == "32" && stream != "seq_bg" && !*all
}

func TestLongStreamsTakeAsManyClocksAndCommandsAsInTheReference(t *testing.T) {
	for i, want := range table(t, "results.csv") {
		if left(i, 29, want["nch"], want["stream"]) {
			continue
		}
		t.Run(fmt.Sprintf("%s/%s/w%s", want["config"], want["stream"], want["window"]), func(t *testing.T) {
			t.Parallel()
			s := named(t, want["config"])
			reqs := pattern(t, want["stream"], want["config"], int(want.number(t, "n"))/s.Channels)
			r := watched(t, s, reqs, int(want.number(t, "window")), nil)
			if undrained := want["undrained_writes"]; undrained != "" && int64(r.Undrained) != want.number(t, "undrained_writes") {
				t.Errorf("%d writes were never issued, want %s", r.Undrained, undrained)
			}
			if r.Cycles != want.number(t, "cycles") {
				t.Errorf("%d clocks, want %s", r.Cycles, want["cycles"])
			}
			got := fmt.Sprintf("%d %d %d %d", r.Latency.P50, r.Latency.P90, r.Latency.P99, r.Latency.Max)
			if want := strings.Join([]string{want["lat_p50"], want["lat_p90"], want["lat_p99"], want["lat_max"]}, " "); got != want {
				t.Errorf("reads took %s clocks (p50, p90, p99, most), want %s", got, want)
			}
			var mean float64
			if _, err := fmt.Sscan(want["lat_mean"], &mean); err != nil || math.Abs(mean-r.Latency.Mean) > 0.0051 { // printed to 0.01
				t.Errorf("reads took %v clocks on average, want %s", r.Latency.Mean, want["lat_mean"])
			}
			for column, ops := range counted {
				n := int64(0)
				for _, op := range ops {
					n += r.Counts[op]
				}
				if want[column] != "" && n != want.number(t, column) && !dueAtTheEnd(s, column, n, r.Cycles) {
					t.Errorf("%d %s, want %s", n, column, want[column])
				}
			}
		})
	}
}

// dueAtTheEnd says whether the next refresh after n falls between the last
// command and the last data. Ramulator goes on until that; we stop before.
func dueAtTheEnd(s dram.Spec, column string, n, cycles int64) bool {
	due := (n + 1) * int64(s.Timing.REFIpb)
	return column == "REFpb" && due < cycles && due > cycles-int64(s.Timing.CL+s.Timing.BL)
}

// Of streams that were drawn at random the reference published seconds and clocks
// a second, to four digits. Other draws are as good, within 1 %.
func TestDrawnStreamsTakeAsLongAsInTheReference(t *testing.T) {
	const percent = 1
	exact := map[string]bool{}
	for _, r := range table(t, "results.csv") {
		exact[r["config"]+r["stream"]+r["window"]+r["n"]] = true
	}
	for i, want := range table(t, "speed.csv") {
		config, channels := want["config"], want.number(t, "nch")
		if channels > 1 {
			config = map[string]string{"ramulator2.1": "r2_lp5_6400_", "dramsim3": "d3_lp5eq_6400_"}[want["sim"]] + config
		}
		if exact[config+want["stream"]+want["window"]+want["n"]] { // compared to the clock elsewhere
			continue
		}
		if left(i, 9, want["nch"], want["stream"]) || !strings.HasPrefix(config, "r2_") && !strings.HasPrefix(config, "d3_") {
			continue
		}
		t.Run(fmt.Sprintf("%s/%s/w%s", config, want["stream"], want["window"]), func(t *testing.T) {
			t.Parallel()
			s := named(t, config)
			stream, _, _ := strings.Cut(want["stream"], ":")
			reqs, err := dram.Pattern(stream, s, int(want.number(t, "n")/channels), 1)
			if err != nil {
				t.Fatal(err)
			}
			r := watched(t, s, reqs, int(want.number(t, "window")), nil)
			var seconds, rate float64
			if _, err := fmt.Sscan(want["cpu_s_min5"], &seconds); err != nil {
				t.Fatal(err)
			}
			if _, err := fmt.Sscan(want["Mcycles_per_s"], &rate); err != nil {
				t.Fatal(err)
			}
			if clocks := seconds * rate * 1e6; math.Abs(float64(r.Cycles)-clocks) > clocks*percent/100 {
				t.Errorf("%d clocks, want %.0f", r.Cycles, clocks)
			}
		})
	}
}
