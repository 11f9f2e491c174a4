package system_test

import (
	"testing"

	"monde/core/fault"
	"monde/core/policy"
	"monde/core/policy/place"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// skewed is a language model as Towards MoE Deployment's (2303.06182): 512 experts on
// eight V100, and few of them popular.
func skewed(t *testing.T) scenario.Scenario {
	t.Helper()
	return decoded(t, `{"machine":"dgx1-v100","model":{"base":"switch-large-128","name":"lm-52b","experts":512,"top_k":2,"encoder":{"blocks":0},"decoder":{"blocks":24,"moe_first":1,"moe_step":2}},
		"workload":{"phase":"prefill","batch":8,"input_tokens":512,"routing":{"source":"lognormal","sigma":4}},"strategy":{"name":"Ideal","profile_passes":16}}`)
}

// placed runs s with a placement.
func placed(t *testing.T, s scenario.Scenario, n place.Name) report.Report {
	t.Helper()
	s.Strategy.Placement = n
	return done(t, s)
}

// Published: the largest share of eight GPUs falls from above 0.6 to below 0.4, and the
// throughput of the language model rises by 10.1 %. Their routing is not published.
func TestGreedyPlacementLowersTheLargestShareAndTheTimeOfASkewedRouter(t *testing.T) {
	for _, s := range []scenario.Scenario{
		skewed(t),
		decoded(t, `{"machine":"dgx1-v100","model":"nllb-moe-54b","workload":{"batch":8},"strategy":{"name":"Ideal","profile_passes":16}}`),
		decoded(t, `{"machine":"dgx1-v100","model":"switch-base-128","workload":{"batch":8},"strategy":{"name":"Ideal","profile_passes":16}}`),
	} {
		id, greedy, apart := placed(t, s, place.ByID), placed(t, s, place.Greedy), placed(t, s, place.AntiCorrelated)
		for _, r := range []report.Report{id, greedy, apart} {
			t.Logf("%s: largest share %.3f, at most %.3f; %.2f ms", s.Model.Name, r.Placement.BusiestShare, r.Placement.WorstShare, r.Latency.Seconds()*1e3)
		}
		if greedy.Placement.BusiestShare >= id.Placement.BusiestShare || greedy.Latency >= id.Latency {
			t.Errorf("%s: by number %.3f in %v, greedy %.3f in %v", s.Model.Name, id.Placement.BusiestShare, id.Latency, greedy.Placement.BusiestShare, greedy.Latency)
		}
		if apart.Placement.BusiestShare >= id.Placement.BusiestShare {
			t.Errorf("%s: by number %.3f, anti-correlated %.3f", s.Model.Name, id.Placement.BusiestShare, apart.Placement.BusiestShare)
		}
	}
}

// Real tokens of a request share experts: a placement that learnt from other requests
// holds for these.
func TestGreedyPlacementHoldsForTokensThatItHasNotSeen(t *testing.T) {
	p, _ := scenario.PresetNamed("deepseek-trace")
	s := p.Scenario
	s.Traces = traces(t)
	s.Machine = decoded(t, `{"machine":"dgx1-v100"}`).Machine
	s.Strategy = s.Strategy.As(policy.Ideal)
	s.Strategy.Profile, s.Workload.Batch, s.Workload.OutputTokens = 64, 32, 16
	id, greedy, apart := placed(t, s, place.ByID), placed(t, s, place.Greedy), placed(t, s, place.AntiCorrelated)
	t.Logf("largest share: by number %.3f, greedy %.3f, anti-correlated %.3f", id.Placement.BusiestShare, greedy.Placement.BusiestShare, apart.Placement.BusiestShare)
	if greedy.Placement.BusiestShare >= id.Placement.BusiestShare {
		t.Errorf("by number %.3f, greedy %.3f", id.Placement.BusiestShare, greedy.Placement.BusiestShare)
	}
}

func TestAnExchangeTakesTimeBeforeAndAfterTheExpertsOfALayer(t *testing.T) {
	s := skewed(t)
	var works [probe.Works]unit.Time
	r := run(t, s, probe.Probe{Span: func(x probe.Span) { works[x.Work] += x.End - x.Start }})
	links := r.Resources[probe.LinkIn].Busy + r.Resources[probe.LinkOut].Busy
	if works[probe.AllToAll] == 0 || works[probe.AllToAll] != links {
		t.Errorf("exchanges take %v, the links are busy %v", works[probe.AllToAll], links)
	}
	s.Machine.Peer.Bandwidth /= 4
	if slow := done(t, s); slow.Latency <= r.Latency {
		t.Errorf("%v, on a quarter of the bandwidth %v", r.Latency, slow.Latency)
	}
}

// Uniform routing, so that all GPUs have as much: exchanges are all that several cost.
func TestMoreGPUsAreFasterWhereComputeIsWhatTakesTime(t *testing.T) {
	s := decoded(t, `{"machine":"a100-pair","model":"mixtral-8x7b","workload":{"phase":"prefill","scope":"moe_layer","batch":32,"routing":{"source":"uniform"}},"strategy":"Ideal"}`)
	var before unit.Time
	for _, n := range []int{1, 2, 4, 8} {
		s.Machine.GPUs = n
		r := done(t, s)
		t.Logf("%d GPUs: %.2f ms", n, r.Latency.Seconds()*1e3)
		if before > 0 && float64(r.Latency) > 0.7*float64(before) {
			t.Errorf("%d GPUs take %v, half as many %v", n, r.Latency, before)
		}
		before = r.Latency
	}
}

// Dynamic gating against static gating, on one node: published are 6.21 times the
// throughput at capacity 0.05, and 5.75 for NLLB-MoE's encoder at capacity 1.
func TestStaticGatingComputesAndSendsItsPadding(t *testing.T) {
	sent := func(r report.Report) unit.Bytes { return r.Resources[probe.LinkOut].Bytes }
	nllb := decoded(t, `{"machine":"dgx1-v100","model":"nllb-moe-54b","workload":{"batch":8}}`)
	for capacity, s := range map[float64]scenario.Scenario{0.05: skewed(t), 1: nllb} {
		dynamic, static := changed(t, s, func(s *scenario.Scenario) { s.Strategy.Batching.Capacity = capacity })
		t.Logf("%s: static gating takes %.2f times as long, and sends %.2f times as much", s.Model.Name,
			float64(static.Latency)/float64(dynamic.Latency), float64(sent(static))/float64(sent(dynamic)))
		if static.Latency <= 2*dynamic.Latency || sent(static) <= 2*sent(dynamic) {
			t.Errorf("%s: dynamic %v, %d B; static %v, %d B", s.Model.Name, dynamic.Latency, sent(dynamic), static.Latency, sent(static))
		}
		if static.Placement.BusiestShare != dynamic.Placement.BusiestShare {
			t.Errorf("%s: padding changes what tokens chose", s.Model.Name)
		}
	}
}

func TestEveryGPUHoldsItsShareOfTheExperts(t *testing.T) {
	s := decoded(t, `{"machine":"dgx1-v100","model":"nllb-moe-54b","workload":{"batch":8}}`)
	eight := done(t, s).Memory[0]
	s.Machine.GPUs = 0
	one := done(t, s).Memory[0]
	item := func(p report.Pool, name string) unit.Bytes {
		for _, i := range p.Items {
			if i.Name == name {
				return i.Bytes
			}
		}
		t.Fatalf("no %s", name)
		return 0
	}
	for _, name := range []string{"experts", "activations"} {
		if a, b := item(eight, name), item(one, name); 8*a != b {
			t.Errorf("%s: %d B on one of eight, %d on one", name, a, b)
		}
	}
	if !eight.Fits || one.Fits || item(eight, "weights outside experts") != item(one, "weights outside experts") {
		t.Errorf("eight: %+v, one: %+v", eight, one)
	}
}

func TestOneGPUIsOneWrittenOutOrNot(t *testing.T) {
	plain := decoded(t, `{"machine":"h100-box","strategy":"Ideal"}`)
	said := decoded(t, `{"machine":{"base":"h100-box","gpus":1},"strategy":{"name":"Ideal","placement":"id"}}`)
	if string(plain.Full()) != string(said.Full()) {
		t.Errorf("%s\n%s", plain.Full(), said.Full())
	}
	said.Machine.GPUs, said.Strategy.Placement = 1, place.Greedy
	if a, b := done(t, plain), done(t, said); a.Spans != b.Spans || a.Latency != b.Latency || b.Placement != nil {
		t.Error("one GPU has something to place")
	}
}

func TestSeveralGPUsNeedAllThatTheyNeed(t *testing.T) {
	for doc, want := range map[string]string{
		`{"machine":"dgx1-v100","strategy":"GPU+PM"}`:                                           "machine.gpus",
		`{"machine":{"base":"h100-box","gpus":2},"strategy":"Ideal"}`:                           "machine.peer",
		`{"machine":{"base":"h100-box","gpus":65,"peer":"nvlink4"},"strategy":"Ideal"}`:         "machine.gpus",
		`{"machine":"dgx1-v100","workload":{"scope":"expert"}}`:                                 "workload.scope",
		`{"machine":"dgx1-v100","strategy":{"placement":"random"}}`:                             "strategy.placement",
		`{"machine":{"base":"dgx1-v100","peer":{"efficiency":2}}}`:                              "machine.peer.efficiency",
		`{"machine":{"base":"h100-box","gpus":2,"peer":"nvlink9"},"strategy":{"name":"Ideal"}}`: "machine.peer",
	} {
		_, err := scenario.Decode([]byte(doc))
		if f := fault.Fields(err); len(f) != 1 || f[0].Path != want {
			t.Errorf("%s: %v", doc, err)
		}
	}
}

func TestAPlacementThatLearnsFromTheRunsOwnTokensSaysSo(t *testing.T) {
	s := decoded(t, `{"machine":"a100-pair","model":"mixtral-8x7b","strategy":{"placement":"greedy"},"workload":{"scope":"moe_layer","batch":1,"input_tokens":36,"routing":{"source":"counts","counts":[[20,20,20,5,5,1,1,0]]}}}`)
	r := done(t, s)
	warned := false
	for _, w := range r.Warnings {
		warned = warned || w.Path == "strategy.placement"
	}
	if !warned || r.Placement.BusiestShare > 0.6 || s.Workload.Routing.Source != workload.Counts {
		t.Errorf("%+v, %+v", r.Warnings, *r.Placement)
	}
}
