package advise

import (
	"strings"
	"testing"

	"monde/core/fault"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/system"
	"monde/core/workload/workloadtest"
)

const bandwidth = "machine.device.bandwidth_bytes_per_s"

func speedUp(by float64) report.InverseAsk {
	return report.InverseAsk{Vary: bandwidth, Metric: report.InSpeedUp, Over: "GPU+PM", Target: by}
}

func inverse(t *testing.T, name string, ask report.InverseAsk) report.Inverse {
	t.Helper()
	y, err := Inverse(fault.Never{}, preset(t, name), ask, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// at returns the point of the curve with that value.
func at(t *testing.T, y report.Inverse, v float64) (int, report.InversePoint) {
	t.Helper()
	for i, p := range y.Curve {
		if p.Value == v {
			return i, p
		}
	}
	t.Fatalf("the curve has no point at %g", v)
	return 0, report.InversePoint{}
}

func TestTheAnswerIsTheLeastThatReachesTheGoal(t *testing.T) {
	y := inverse(t, "nllb-encoder", speedUp(3))
	i, p := at(t, y, y.Value)
	if y.Outcome != report.Reached || !p.Meets || y.Curve[i-1].Meets || y.Curve[i-1].Value < y.Value*(1-2*fine) {
		t.Errorf("%s at %g after %+v", y.Outcome, y.Value, y.Curve[i-1])
	}
	if !y.Monotone || y.Surely != 0 || !strings.Contains(y.Text[1], "Simulated only") {
		t.Errorf("monotone %v, %q", y.Monotone, y.Text)
	}
}

func TestWholeNumbersAreExact(t *testing.T) {
	y := inverse(t, "nllb-encoder", report.InverseAsk{Vary: "machine.device.ndp.arrays", Metric: report.InSpeedUp, Over: "GPU+PM", Target: 2})
	i, p := at(t, y, y.Value)
	if !p.Meets || y.Curve[i-1].Value != y.Value-1 || y.Curve[i-1].Meets {
		t.Errorf("%g arrays, after %+v", y.Value, y.Curve[i-1])
	}
}

func TestTheLeastCacheThatReachesALatencyIsFound(t *testing.T) {
	s := preset(t, "deepseek-trace")
	s.Traces = workloadtest.Traces(t, "../workload", "deepseek-v2-lite_esft")
	s.Strategy = s.Strategy.As("Expert Buffering")
	r, err := system.Run(fault.Never{}, s, probe.Probe{}) // with a quarter of all experts
	if err != nil {
		t.Fatal(err)
	}
	ask := report.InverseAsk{Vary: "strategy.cache_share", Metric: report.InLatency, Target: float64(r.Latency)}
	y, err := Inverse(fault.Never{}, s, ask, quiet)
	if err != nil || y.Outcome != report.Reached || y.Value < 0.24 || y.Value > 0.26 {
		t.Errorf("%s at a share of %g, want 0.25 (%v)", y.Outcome, y.Value, err)
	}
	s.Strategy = s.Strategy.As(policy.MDLB)
	if _, err := Inverse(fault.Never{}, s, ask, quiet); !fault.Is(err) {
		t.Errorf("a strategy without a cache gives %v", err)
	}
}

func TestAnErrorThatIsKnownGivesAStretch(t *testing.T) {
	s := preset(t, "mixtral-h100")
	y, err := Inverse(fault.Never{}, s, report.InverseAsk{Vary: "machine.link.bandwidth_bytes_per_s", Metric: report.InLatency, Target: 1e12}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if y.Outcome != report.Reached || !(y.Perhaps < y.Value && y.Value < y.Surely) {
		t.Errorf("%s: %g < %g < %g", y.Outcome, y.Perhaps, y.Value, y.Surely)
	}
	again, err := scenario.Decode(y.Short)
	if v, _ := again.NumberAt(y.Ask.Vary); err != nil || v != y.Value {
		t.Errorf("the answer's scenario has %g, the answer is %g", v, y.Value)
	}
}

func TestAGoalMayBeReachedAlreadyOrNever(t *testing.T) {
	if y := inverse(t, "nllb-encoder", speedUp(1.01)); y.Outcome != report.Already || y.Value != 32e9 {
		t.Errorf("%s at %g", y.Outcome, y.Value)
	}
	y := inverse(t, "nllb-encoder", speedUp(50))
	if y.Outcome != report.NotEver || !strings.Contains(y.Text[0], "the NDP core binds") {
		t.Errorf("%s: %q", y.Outcome, y.Text)
	}
}

func TestMemoryIsSoughtByWhatFits(t *testing.T) {
	s := preset(t, "mixtral-h100")
	s.Strategy = s.Strategy.As("Ideal")
	y, err := Inverse(fault.Never{}, s, report.InverseAsk{Vary: "machine.gpu.memory_bytes", Metric: report.InMemory}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if y.Outcome != report.Reached || y.Value < 93e9 || y.Value > 95e9 {
		t.Errorf("%s at %g", y.Outcome, y.Value)
	}
}

func TestACurveThatTurnsIsTold(t *testing.T) {
	// A faster link helps GPU+PM more than what avoids it.
	y := inverse(t, "nllb-encoder", report.InverseAsk{Vary: "machine.link.bandwidth_bytes_per_s", Metric: report.InSpeedUp, Over: "GPU+PM", Target: 1.5})
	if y.Monotone || !strings.Contains(strings.Join(y.Text, " "), "the curve turns") {
		t.Errorf("monotone %v: %q", y.Monotone, y.Text)
	}
}

func TestMistakesOfAnInverseAreNamed(t *testing.T) {
	for _, c := range []struct {
		preset, path string
		ask          report.InverseAsk
	}{
		{"nllb-encoder", "vary", report.InverseAsk{Vary: "machine.gpu.name", From: 1, To: 2, Metric: report.InLatency, Target: 1}},
		{"nllb-encoder", "from", report.InverseAsk{Vary: "seed", Metric: report.InLatency, Target: 1}},
		{"nllb-encoder", "metric", report.InverseAsk{Vary: bandwidth, Metric: "joy", Target: 1}},
		{"nllb-encoder", "target", report.InverseAsk{Vary: bandwidth, Metric: report.InLatency}},
		{"nllb-encoder", "over", report.InverseAsk{Vary: bandwidth, Metric: report.InSpeedUp, Target: 1, Over: "X"}},
		{"nllb-encoder", "metric", report.InverseAsk{Vary: bandwidth, Metric: report.InTPOT, Target: 1}},
		{"mixtral-h100", "vary", report.InverseAsk{Vary: bandwidth, Metric: report.InLatency, Target: 1}},
	} {
		_, err := Inverse(fault.Never{}, preset(t, c.preset), c.ask, quiet)
		if f := fault.Fields(err); len(f) != 1 || f[0].Path != c.path {
			t.Errorf("%+v: %v, want one mistake at %s", c.ask, err, c.path)
		}
	}
}
