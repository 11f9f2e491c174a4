package core_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"monde/core"
	"monde/core/device"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
	"monde/core/workload"
	"monde/core/workload/workloadtest"
)

var update = flag.Bool("update", false, "rewrite the reference digests")

const digests = "testdata/digests.txt"

// references are every scenario preset under every strategy and fidelity that
// its machine can run.
func references() []scenario.Preset {
	var list []scenario.Preset
	for _, p := range scenario.Presets() {
		for _, f := range []scenario.Fidelity{scenario.Analytic, scenario.Event} {
			for _, name := range named(p.Name) {
				s := p.Scenario
				s.Fidelity, s.Strategy = f, s.Strategy.As(name)
				if s.Validate() == nil {
					list = append(list, scenario.Preset{Name: fmt.Sprintf("%s %s %s", p.Name, f, name), Scenario: s})
				}
			}
		}
	}
	return append(list, clocked()...)
}

// paper is the compositions of MoNDE and its baselines.
var paper = []policy.Name{policy.Ideal, policy.GPUPM, policy.CPUAM, policy.CPULB, policy.MDAM, policy.MDLB}

// named are the compositions that a preset is a reference of: all of them in one case.
func named(preset string) []policy.Name {
	if preset == "deepseek-trace" {
		return policy.Names()
	}
	return paper
}

// clocked are small scenarios clock by clock: on one device and on two, from which
// PMove reads.
func clocked() []scenario.Preset {
	var list []scenario.Preset
	for _, name := range []policy.Name{policy.MDAM, policy.MDLB} {
		for _, devices := range []int{1, 2} {
			s := scenario.Default()
			s.Fidelity, s.Strategy, s.Machine.Device.Count = scenario.Cycle, s.Strategy.As(name), devices
			s.Workload.Scope, s.Workload.Batch, s.Workload.InputTokens = workload.OneLayer, 1, 24
			if devices > 1 {
				s.Machine.Device.DRAM.PMoveFrom = device.FromDevice
				s.Strategy.AlphaMode, s.Strategy.Alpha = policy.Fixed, 2
			}
			list = append(list, scenario.Preset{Name: fmt.Sprintf("clock by clock %d %s", devices, name), Scenario: s})
		}
	}
	return list
}

// attach gives s the shipped trace that it names where the build embeds none, as
// the page does.
func attach(t *testing.T, s *scenario.Scenario) {
	t.Helper()
	if s.Workload.Routing.Source == workload.TraceOf {
		s.Traces = workloadtest.Traces(t, "workload", s.Workload.Routing.Table)
	}
}

// INV-8: the same scenario gives the same digest on every target. The file was
// written natively; CI runs this test under js/wasm too.
func TestGoldenDigestsAreTheSameOnEveryTarget(t *testing.T) {
	var got strings.Builder
	for _, p := range references() {
		s := p.Scenario
		attach(t, &s)
		r, err := core.Run(context.Background(), s, probe.Probe{})
		if err != nil {
			t.Fatalf("%s: %v", p.Name, err)
		}
		if r.Latency < r.Bound {
			t.Errorf("%s beats its bound", p.Name)
		}
		fmt.Fprintf(&got, "%s  %s\n", r.Digest, p.Name)
	}
	if *update {
		if err := os.WriteFile(digests, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(digests)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, string(want), got.String())
}

func compare(t *testing.T, want, got string) {
	t.Helper()
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	if len(w) != len(g) {
		t.Errorf("%d digests, want %d", len(g), len(w))
	}
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			t.Errorf("got  %s\nwant %s", g[i], w[i])
		}
	}
}

func TestATitleDoesNotMoveTheDigest(t *testing.T) {
	s := scenario.Default()
	a, _ := core.Run(context.Background(), s, probe.Probe{})
	s.Title = "for the lecture"
	b, _ := core.Run(context.Background(), s, probe.Probe{})
	if a.Digest != b.Digest || b.Title != s.Title {
		t.Errorf("digests %s and %s, title %q", a.Digest, b.Digest, b.Title)
	}
}

func TestTheOrderingThatThePaperReportsHolds(t *testing.T) {
	latency := map[policy.Name]report.Report{}
	for _, name := range paper {
		s := scenario.Default()
		s.Strategy = s.Strategy.As(name)
		r, err := core.Run(context.Background(), s, probe.Probe{})
		if err != nil {
			t.Fatal(err)
		}
		latency[name] = r
	}
	order := []policy.Name{policy.Ideal, policy.MDLB, policy.GPUPM}
	for i := range len(order) - 1 {
		if a, b := latency[order[i]].Latency, latency[order[i+1]].Latency; a >= b {
			t.Errorf("%s takes %d ps, %s takes %d", order[i], a, order[i+1], b)
		}
	}
	if md, lb := latency[policy.MDAM].Latency, latency[policy.MDLB].Latency; lb > md {
		t.Errorf("MD+LB takes %d ps, MD+AM alone %d", lb, md)
	}
}

func encoded(t testing.TB, v any) []byte {
	t.Helper()
	doc, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// call runs one request of the page and returns what was emitted.
func call(t *testing.T, s *core.Session, request any) []json.RawMessage {
	t.Helper()
	var all []json.RawMessage
	s.Call(t.Context(), encoded(t, request), func(b []byte) { all = append(all, b) })
	return all
}

func TestAPageRunsTheScenarioOfALink(t *testing.T) {
	var s core.Session
	scenarioJSON := json.RawMessage(`{"model":"mixtral-8x7b","strategy":"GPU+PM","machine":{"base":"h100-box","link":{"bandwidth_bytes_per_s":24e9}}}`)
	var reply wire.Reply
	if err := json.Unmarshal(call(t, &s, wire.Request{Op: wire.OpEncode, Scenario: scenarioJSON})[0], &reply); err != nil || reply.Failed != nil {
		t.Fatal(err, reply.Failed)
	}
	var back wire.Reply
	if err := json.Unmarshal(call(t, &s, wire.Request{Op: wire.OpDecode, Link: reply.Link})[0], &back); err != nil || back.Failed != nil {
		t.Fatal(err, back.Failed)
	}
	var digests []string
	for _, doc := range []json.RawMessage{scenarioJSON, back.Resolved.Full, back.Resolved.Short} {
		all := call(t, &s, wire.Request{Op: wire.OpRun, Scenario: doc})
		var m wire.Message
		if err := json.Unmarshal(all[len(all)-1], &m); err != nil || m.Kind != wire.KindReport {
			t.Fatalf("%v: %s", err, all[len(all)-1])
		}
		digests = append(digests, m.Report.Digest)
	}
	if digests[0] != digests[1] || digests[1] != digests[2] {
		t.Errorf("the scenario, its full and its short form give digests %q", digests)
	}
}

func TestEveryRefusalOfARequestNamesAField(t *testing.T) {
	var s core.Session
	for name, q := range map[string]any{
		"not a request":     []int{1},
		"unknown op":        wire.Request{Op: "dance"},
		"scenario is text":  wire.Request{Op: wire.OpResolve, Scenario: json.RawMessage(`"x"`)},
		"unknown key":       wire.Request{Op: wire.OpResolve, Scenario: json.RawMessage(`{"machine":{"gpu":{"memry":1}}}`)},
		"link is cut":       wire.Request{Op: wire.OpDecode, Link: "#v1.q1YqSy0"},
		"link is no link":   wire.Request{Op: wire.OpDecode, Link: "#%%%"},
		"model is unknown":  wire.Request{Op: wire.OpModel, Config: json.RawMessage(`{"model_type":"llama"}`)},
		"query is a puzzle": wire.Request{Op: wire.OpDecode, Link: "?model.x=1&model=2&%zz"},
	} {
		var reply wire.Reply
		if err := json.Unmarshal(call(t, &s, q)[0], &reply); err != nil {
			t.Fatal(err)
		}
		if reply.Failed == nil || reply.Failed.Code != wire.CodeInvalid || len(reply.Failed.Fields) == 0 {
			t.Errorf("%s: %+v, want a refusal that names a field", name, reply.Failed)
		}
	}
}

func TestALinkOfAnotherEngineWarns(t *testing.T) {
	var s core.Session
	var reply wire.Reply
	link := wire.EncodeLink("9.9.9", []byte(`{}`))
	if err := json.Unmarshal(call(t, &s, wire.Request{Op: wire.OpDecode, Link: link})[0], &reply); err != nil {
		t.Fatal(err)
	}
	if reply.Resolved == nil || len(reply.Resolved.Warnings) != 1 || !strings.Contains(reply.Resolved.Warnings[0].Text, "9.9.9") {
		t.Errorf("got %+v", reply)
	}
}
