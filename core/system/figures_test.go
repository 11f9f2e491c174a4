package system_test

import (
	"testing"

	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

func item(t *testing.T, r report.Report, pool, name string) unit.Bytes {
	t.Helper()
	for _, p := range r.Memory {
		for _, i := range p.Items {
			if p.Name == pool && i.Name == name {
				return i.Bytes
			}
		}
	}
	t.Fatalf("no %q in memory %q: %+v", name, pool, r.Memory)
	return 0
}

func decode(t *testing.T, doc string) scenario.Scenario {
	t.Helper()
	s, err := scenario.Decode([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// By hand: two of KV heads × dimensions × 2 B, for every token and block.
func TestTheKVCacheHoldsEveryTokenThatABlockAttendsTo(t *testing.T) {
	for doc, want := range map[string]unit.Bytes{
		`{"model":"mixtral-8x7b","strategy":"GPU+PM","workload":{"phase":"decode","batch":3,"input_tokens":10,"output_tokens":2}}`: 3 * 12 * 32 * 4096,
		`{"model":"mixtral-8x7b","strategy":"GPU+PM","workload":{"phase":"prefill","batch":3,"input_tokens":10}}`:                  3 * 10 * 32 * 4096,
		`{"model":"gpt-oss-20b","strategy":"GPU+PM","workload":{"phase":"prefill","batch":1,"input_tokens":1000}}`:                 (12*128 + 12*1000) * 2048,
		`{"strategy":"GPU+PM"}`: 0, // an encoder
		`{"strategy":"GPU+PM","workload":{"phase":"decoder","batch":2,"input_tokens":10,"output_tokens":3}}`: 2 * (10 + 3) * 24 * 8192,
	} {
		if got := item(t, run(t, decode(t, doc), probe.Probe{}), "gpu", "KV cache"); got != want {
			t.Errorf("%s: the cache takes %d B, want %d", doc, got, want)
		}
	}
}

func TestWhatDoesNotFitIsSaid(t *testing.T) {
	s := scenario.Default()
	s.Strategy = s.Strategy.As(policy.Ideal)
	r := run(t, s, probe.Probe{})
	if got, want := item(t, r, "gpu", "experts"), unit.Bytes(12*128*2*2048*8192*2); got != want || r.Memory[0].Fits {
		t.Errorf("the experts take %d B and fit=%v, want %d and not", got, r.Memory[0].Fits, want)
	}
	for _, w := range r.Warnings {
		if w.Path == "machine.gpu.memory_bytes" {
			return
		}
	}
	t.Errorf("no warning: %+v", r.Warnings)
}

// Board power over busy time; the device's over the whole run.
func TestEnergyIsPowerOverTime(t *testing.T) {
	for _, name := range []policy.Name{policy.MDAM, policy.CPUAM} {
		s := scenario.Default()
		s.Strategy = s.Strategy.As(name)
		r := run(t, s, probe.Probe{})
		busy := func(x probe.Resource) float64 { return r.Resources[x].Busy.Seconds() }
		want := map[string]float64{
			"gpu": 300 * busy(probe.GPU), "cpu": 120 * busy(probe.CPU),
			"device": 114.2 * r.Latency.Seconds(), "ndp": 1.83 * busy(probe.NDP),
		}
		for _, e := range r.Energy {
			if got := float64(e.Energy) / 1e12; got < want[e.Name]-1e-9 || got > want[e.Name]+1e-9 {
				t.Errorf("%s: the %s takes %g J, want %g", name, e.Name, got, want[e.Name])
			}
		}
	}
}

// A run of both phases is the input pass, and then its steps, with the same
// routing and times as each alone would have if it were drawn alike.
func TestTheFirstTokenComesWithItsPass(t *testing.T) {
	ends := map[int32]unit.Time{}
	p := probe.Probe{Span: func(s probe.Span) { ends[s.Pass] = max(ends[s.Pass], s.End) }}
	r := run(t, decode(t, `{"model":"mixtral-8x7b","workload":{"phase":"generate","batch":2,"input_tokens":8,"output_tokens":4}}`), p)
	if r.TTFT != ends[0] || len(ends) != 4 || r.Latency != ends[3] {
		t.Errorf("prefill ends at %d and the run at %d in %d passes; TTFT is %d, latency %d", ends[0], ends[3], len(ends), r.TTFT, r.Latency)
	}
	if worst := max(ends[1]-ends[0], ends[2]-ends[1], ends[3]-ends[2]); r.TPOT.Count != 3 || r.TPOT.Worst != worst {
		t.Errorf("TPOT is %+v, want 3 steps, the longest of %d", r.TPOT, worst)
	}

	clear(ends)
	r = run(t, decode(t, `{"workload":{"phase":"generate","batch":2,"input_tokens":8,"output_tokens":4}}`), p)
	if r.TTFT != ends[1] || r.TPOT.Count != 3 || len(ends) != 5 {
		t.Errorf("the decoder's first step ends at %d; TTFT is %d, TPOT %+v in %d passes", ends[1], r.TTFT, r.TPOT, len(ends))
	}

	r = run(t, decode(t, `{"workload":{"scope":"moe_layer"}}`), probe.Probe{})
	if r.TTFT != 0 || r.TPOT != nil {
		t.Errorf("a single layer has TTFT %d and TPOT %+v", r.TTFT, r.TPOT)
	}
}

// With room for two experts, the third's weights wait until the first is
// computed; with room for three they do not.
func TestStagingHoldsTransfersBack(t *testing.T) {
	s := layer(t, policy.GPUPM, 1, 1, 1)
	s.Machine.GPU.Kernel = unit.Millisecond // compute is the longer stage
	starts := func(staging int) (third, firstDone unit.Time) {
		s.Strategy.Staging = staging
		var moves []probe.Span
		run(t, s, probe.Probe{Span: func(x probe.Span) {
			if x.Work == probe.PMove {
				moves = append(moves, x)
			} else if firstDone == 0 {
				firstDone = x.End
			}
		}})
		return moves[2].Start, firstDone
	}
	if third, done := starts(2); third != done {
		t.Errorf("staging 2: the third PMove starts at %d, the first expert is done at %d", third, done)
	}
	if third, done := starts(3); third >= done {
		t.Errorf("staging 3: the third PMove starts at %d, after the first expert, %d", third, done)
	}
}

// A queued transfer's latency hides behind the one before it.
func TestLatencyIsPaidOnceForAQueueOfTransfers(t *testing.T) {
	s := layer(t, policy.GPUPM, 1, 1, 1, 1)
	idle := run(t, s, probe.Probe{}).Resources[probe.LinkIn].Busy
	s.Machine.Link.Latency = 10 * unit.Microsecond
	if got := run(t, s, probe.Probe{}).Resources[probe.LinkIn].Busy - idle; got != 10*unit.Microsecond {
		t.Errorf("four overlapped transfers pay %d ps of latency, want one", got)
	}
	s.Strategy.Transfer = policy.Serial
	if got := run(t, s, probe.Probe{}).Resources[probe.LinkIn].Busy - idle; got != 40*unit.Microsecond {
		t.Errorf("four serial transfers pay %d ps of latency, want four", got)
	}
}

func TestSharedExpertsAndTheHeadTakeTheirTime(t *testing.T) {
	spans := map[probe.Work]int{}
	s := decode(t, `{"model":"deepseek-v2-lite","workload":{"batch":1,"input_tokens":4}}`)
	run(t, s, probe.Probe{Span: func(x probe.Span) { spans[x.Work]++ }})
	// 27 blocks: one dense FFN, 26 with shared experts, one head.
	if spans[probe.DenseFFN] != 27 || spans[probe.Head] != 1 || spans[probe.Gate] != 26 || spans[probe.Attention] != 27 {
		t.Errorf("spans by work: %v", spans)
	}
	s.Workload.Phase = workload.Decode
	s.Workload.OutputTokens = 3
	clear(spans)
	run(t, s, probe.Probe{Span: func(x probe.Span) { spans[x.Work]++ }})
	if spans[probe.Head] != 3 {
		t.Errorf("three steps ran the head %d times", spans[probe.Head])
	}
}
