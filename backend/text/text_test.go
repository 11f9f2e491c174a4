package text

import (
	"strings"
	"testing"

	"monde/core/report"
	"monde/core/unit"
	"monde/core/workload"
)

func TestQuantitiesHaveThreeDigitsAndAFittingUnit(t *testing.T) {
	check := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	check(duration(0), "0 ps")
	check(duration(999), "999 ps")
	check(duration(1234*unit.Nanosecond), "1.23 µs")
	check(duration(99_960*unit.Microsecond), "100 ms")
	check(duration(999_600*unit.Microsecond), "1.00 s")
	check(duration(5000*unit.Second), "5000 s")
	check(amount(80e9), "80.0 GB")
	check(energy(1_500_000_000_000), "1.50 J")
	check(share(1, 3), "33.3 %")
	check(share(1, 0), "")
	check(count(1234567), "1,234,567")
	check(count(-123), "-123")
	check(count(-1234), "-1,234")
	check(count(0), "0")
}

func sample() report.Report {
	return report.Report{
		Title: "A title", Model: "model", Machine: "machine", Strategy: "MD+LB", Fidelity: "event", Phase: "generate",
		Simulated: true, Latency: 20 * unit.Millisecond, Bound: 10 * unit.Millisecond, Tokens: 2048, TokensPerSecond: 102400,
		TTFT: 5 * unit.Millisecond, TPOT: &report.Steps{Count: 16, Mean: unit.Millisecond},
		Resources: []report.Resource{{Name: "gpu", Busy: 15 * unit.Millisecond, Critical: 12 * unit.Millisecond}, {Name: "link_in", Bytes: 3e9}},
		Layers: []report.Layer{
			{Stack: "decoder", Block: 0, Time: unit.Millisecond, Critical: []unit.Time{1, 0, 0, 0, 0}},
			{Stack: "decoder", Block: 1, MoE: true, Time: 2 * unit.Millisecond, Critical: []unit.Time{1, 5, 0, 2, 0}, Active: 60, H: 7},
		},
		Routing: workload.Origin{Text: "Measured on WMT."},
		Memory:  []report.Pool{{Name: "gpu", Capacity: 80e9, Used: 90e9}},
		Energy:  []report.Energy{{Name: "gpu", Energy: 2e12}}, Warnings: []report.Warning{{Path: "workload.routing", Text: "Shares were stretched."}},
	}
}

func TestAReportSaysWhatAPersonNeeds(t *testing.T) {
	var out strings.Builder
	if err := Write(&out, sample()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"A title\n", "MD+LB · model · machine", "nobody has measured", "20.0 ms", "10.0 ms", "102400 tokens/s", "2,048 tokens",
		"p99", "75.0 %", "3.00 GB", "DOES NOT FIT", "2.00 J", "decoder 1, MoE", "link_in", "Measured on WMT.",
		"workload.routing: Shares were stretched.",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

func TestAnEmptyReportIsWrittenToo(t *testing.T) {
	var out strings.Builder
	if err := Write(&out, report.Report{}); err != nil || strings.Contains(out.String(), "NaN") {
		t.Errorf("%v\n%s", err, &out)
	}
}

func TestTheSlowestLayersKeepTheirOrder(t *testing.T) {
	layers := []report.Layer{{Block: 0, Time: 3}, {Block: 1, Time: 1}, {Block: 2, Time: 5}, {Block: 3, Time: 3}}
	var got []int
	for _, l := range slowest(layers, 2) {
		got = append(got, l.Block)
	}
	if len(got) != 2 || got[0] != 0 || got[1] != 2 {
		t.Errorf("got %d, want 0 and 2", got)
	}
}
