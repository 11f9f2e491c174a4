package advise

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"monde/core/fault"
	"monde/core/report"
	"monde/core/scenario"
)

func preset(t *testing.T, name string) scenario.Scenario {
	t.Helper()
	p, ok := scenario.PresetNamed(name)
	if !ok {
		t.Fatalf("no preset %s", name)
	}
	s := p.Scenario
	s.Workload.OutputTokens, s.Workload.InputTokens = min(s.Workload.OutputTokens, 10), min(s.Workload.InputTokens, 128) // enough to search
	return s
}

func quiet(int, int) {}

func advice(t *testing.T, name string, ask report.AdviceAsk) report.Advice {
	t.Helper()
	a, err := Run(fault.Never{}, preset(t, name), ask, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

var hardware = []report.Badge{report.NotSold}

func TestTheSameQuestionHasTheSameAnswer(t *testing.T) {
	ask := report.AdviceAsk{Allow: report.Allowable()}
	if a, b := advice(t, "nllb-encoder", ask), advice(t, "nllb-encoder", ask); !reflect.DeepEqual(a, b) {
		t.Error("two searches differ")
	}
}

func TestNearDataIsNeverTheWinnerWithoutANote(t *testing.T) {
	s := preset(t, "nllb-encoder")
	s.Machine.GPU.Memory = 16 << 30 // room for few experts beside all else
	a, err := Run(fault.Never{}, s, report.AdviceAsk{Allow: hardware}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if a.Rows[0].Key != "MD+LB" || a.Rows[0].Group != 0 || a.Rows[0].Tied {
		t.Fatalf("the first row is %+v", a.Rows[0])
	}
	if !strings.Contains(a.Why[0], "only in simulation") || !strings.Contains(a.Why[0], "no proven winner") || !strings.Contains(a.Why[1], "Of what rests on measurements, ") {
		t.Errorf("why = %q", a.Why)
	}
}

func TestNoDifferenceWithinTheErrorIsClaimed(t *testing.T) {
	x := report.Candidate{Title: "x", Latency: 100, Error: 0.1, Unknown: nil}
	y := report.Candidate{Title: "y", Latency: 110, Error: 0.1}
	z := report.Candidate{Title: "z", Latency: 150, Error: 0.1}
	if apart(x, y, report.LeastLatency) || !apart(x, z, report.LeastLatency) {
		t.Error("10 ± 15 is a difference, or 50 ± 18 is none")
	}
	rows := []report.Candidate{z, y, x}
	rank(rows, report.LeastLatency)
	if rows[0].Title != "x" || rows[0].Group != 1 || rows[1].Group != 1 || !rows[1].Tied || rows[2].Group != 2 || rows[2].Tied {
		t.Errorf("rows = %+v", rows)
	}
	w := words{report.Advice{Rows: rows}, report.LeastLatency, nil}
	w.against(x, y, "y")
	if w.lines[0] != "The first is not distinguishable from y." {
		t.Errorf("said %q", w.lines[0])
	}
}

func TestEveryRowOfAGroupIsWithinTheErrorOfItsFirst(t *testing.T) {
	for _, o := range report.Objectives() {
		a := advice(t, "mixtral-h100", report.AdviceAsk{Objective: o, Allow: report.Allowable()})
		head := report.Candidate{}
		for i, y := range a.Rows {
			if i > 0 && better(y, a.Rows[i-1], o) {
				t.Errorf("%s: row %d is better than the one before", o, i)
			}
			if y.Group > head.Group {
				head = y
			} else if known(y) && apart(head, y, o) {
				t.Errorf("%s: %s is in the group of %s", o, y.Title, head.Title)
			}
		}
	}
}

func TestTheFrontIsWhatNothingBeats(t *testing.T) {
	a := advice(t, "mixtral-h100", report.AdviceAsk{Objective: report.MostThroughput, Allow: report.Allowable()})
	on := 0
	for i, y := range a.Rows {
		beaten := false
		for _, x := range a.Rows {
			beaten = beaten || dominates(x, y)
		}
		if y.Front == beaten {
			t.Errorf("row %d: front %v, beaten %v", i, y.Front, beaten)
		}
		if y.Front {
			on++
		}
	}
	if on == 0 {
		t.Error("nothing is on the front")
	}
}

func TestOnlyAllowedBadgesAreRanked(t *testing.T) {
	a := advice(t, "nllb-encoder", report.AdviceAsk{Allow: []report.Badge{}})
	for _, y := range a.Rows {
		if len(y.Badges) > 0 {
			t.Errorf("%s has %q", y.Title, y.Badges)
		}
	}
	if len(a.Left) == 0 || !strings.Contains(a.Left[len(a.Left)-1].Reason, "not allowed") {
		t.Errorf("left out: %+v", a.Left)
	}
}

func TestLimitsOfMemoryAndTimeAreKept(t *testing.T) {
	room := report.Room{GPU: 6_000_000_000}
	a := advice(t, "nllb-encoder", report.AdviceAsk{Allow: hardware, Memory: room, Latency: 1_000_000_000_000})
	if len(a.Rows) == 0 {
		t.Fatal("nothing is left")
	}
	for _, y := range a.Rows {
		if y.GPUMemory > room.GPU || y.Latency > 1_000_000_000_000 {
			t.Errorf("%s takes %d bytes and %d ps", y.Title, y.GPUMemory, y.Latency)
		}
	}
	none := advice(t, "nllb-encoder", report.AdviceAsk{Allow: hardware, Latency: 1})
	if len(none.Rows) != 0 || none.Why[0] != "Nothing that is allowed runs within these limits." {
		t.Errorf("one picosecond is enough: %q", none.Why)
	}
}

func TestARowsScenarioGivesItsFigures(t *testing.T) {
	a := advice(t, "nllb-encoder", report.AdviceAsk{Allow: report.Allowable(), Objective: report.LeastEnergy})
	q := search{stop: fault.Never{}, tell: quiet, left: map[string][]string{}}
	for _, y := range a.Rows {
		s, err := scenario.Decode(y.Short)
		if err != nil {
			t.Fatal(err)
		}
		r, err := q.run(candidate{s: s}, s.Fidelity)
		if err != nil || r.Latency != y.Latency || perToken(*r) != y.EnergyPerToken {
			t.Errorf("%s: latency %d, its scenario's %d (%v)", y.Title, y.Latency, r.Latency, err)
		}
	}
}

func TestEveryPatchOfTheTablesFits(t *testing.T) {
	s := preset(t, "nllb-encoder")
	desktop, _ := scenario.MachineNamed("desktop-4090")
	s.Machine.Flash = desktop.Machine.Flash
	stacked := s
	stacked.Machine.Device.Stacked = true
	for _, x := range strategies {
		on := s
		if x.key == "Duplex" {
			on = stacked
		}
		p, err := on.Patched([]byte(x.patch))
		if err != nil {
			t.Errorf("%s: %v", x.key, err)
			continue
		}
		for _, k := range append(x.knobs, bits) {
			for _, set := range settingsOf(k, p) {
				if _, err := (candidate{s: p}).with(set); err != nil {
					t.Errorf("%s, %s: %v", x.key, set.title, err)
				}
			}
		}
	}
	for _, x := range quantities {
		if _, ok := s.NumberAt(x.path); !ok {
			t.Errorf("the scenario has no number %s", x.path)
		}
	}
}

func TestMistakesAreNamed(t *testing.T) {
	_, err := Run(fault.Never{}, preset(t, "nllb-encoder"), report.AdviceAsk{Objective: "beauty", Allow: []report.Badge{"magic"}, Latency: -1}, quiet)
	if n := len(fault.Fields(err)); n != 3 {
		t.Errorf("%d mistakes: %v", n, err)
	}
}

type stopped struct{ after int }

var errStopped = errors.New("stopped")

func (s *stopped) Err() error {
	if s.after--; s.after < 0 {
		return errStopped
	}
	return nil
}

func TestASearchEndsWhenItIsStopped(t *testing.T) {
	if _, err := Run(&stopped{50}, preset(t, "nllb-encoder"), report.AdviceAsk{Allow: hardware}, quiet); !errors.Is(err, errStopped) {
		t.Errorf("err = %v", err)
	}
	if _, err := Inverse(&stopped{50}, preset(t, "nllb-encoder"), speedUp(3), quiet); !errors.Is(err, errStopped) {
		t.Errorf("err = %v", err)
	}
}

func TestListsAreNeverNull(t *testing.T) {
	doc, err := json.Marshal(advice(t, "nllb-encoder", report.AdviceAsk{Allow: []report.Badge{}, Latency: 1}))
	if err != nil || strings.Contains(string(doc), "null") {
		t.Errorf("%s, %v", doc, err)
	}
}
