package sweep_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"monde/core/fault"
	"monde/core/scenario"
	"monde/core/sweep"
	"monde/core/workload"
)

func value(t testing.TB, doc string) sweep.Value {
	t.Helper()
	var v sweep.Value
	if err := json.Unmarshal([]byte(doc), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func decode(t testing.TB, doc string) scenario.Scenario {
	t.Helper()
	s, err := scenario.Decode([]byte(doc))
	if err != nil {
		t.Fatalf("%s: %v", doc, err)
	}
	return s
}

func TestAPointIsTheShortFormWithItsFieldsSaid(t *testing.T) {
	check := func(base, path, to, want string) {
		t.Helper()
		got, err := sweep.Set(decode(t, base), []string{path}, []sweep.Value{value(t, to)})
		if err != nil {
			t.Errorf("%s with %s %s: %v", base, path, to, err)
			return
		}
		if w := decode(t, want); !bytes.Equal(got.Full(), w.Full()) {
			t.Errorf("%s with %s %s:\n got %s\nwant %s", base, path, to, got.Short(), w.Short())
		}
	}
	check(`{}`, "workload.batch", "8", `{"workload": {"batch": 8}}`)
	// What is named brings its own defaults ...
	check(`{}`, "model", `"mixtral-8x7b"`, `{"model": "mixtral-8x7b"}`)
	check(`{"strategy": "MD+LB"}`, "machine", `"h100-box"`, `{"machine": "h100-box"}`)
	check(`{"machine": "h100-box"}`, "machine.gpu", `"a100_sxm"`, `{"machine": {"base": "h100-box", "gpu": "a100_sxm"}}`)
	// ... and is as its name says, whatever the scenario changed in its place,
	check(`{"machine": {"link": {"latency_ps": 5000}}}`, "machine", `"h100-box"`, `{"machine": "h100-box"}`)
	// which beside it stays.
	check(`{"machine": {"link": {"latency_ps": 5000}}}`, "machine.gpu", `"h100_sxm"`, `{"machine": {"gpu": "h100_sxm", "link": {"latency_ps": 5000}}}`)
	check(`{"strategy": {"name": "MD+LB", "alpha": 2}}`, "strategy.name", `"GPU+PM"`, `{"strategy": {"name": "GPU+PM", "alpha": 2}}`)
	// A name that stands for a part is its base.
	check(`{"machine": "h100-monde"}`, "machine.device.count", "2", `{"machine": {"base": "h100-monde", "device": {"count": 2}}}`)
	check(`{"machine": {"gpu": "h100_sxm"}}`, "machine.gpu.memory_bytes", "8e10", `{"machine": {"gpu": {"base": "h100_sxm", "memory_bytes": 8e10}}}`)
	check(`{"model": "mixtral-8x7b"}`, "model.expert_format.name", `"int4"`, `{"model": {"base": "mixtral-8x7b", "expert_format": "int4"}}`)
	check(`{"machine": "dgx1-v100"}`, "machine.gpus", "4", `{"machine": {"base": "dgx1-v100", "gpus": 4}}`)
	check(`{"kv": "paged"}`, "kv.max_tokens", "4096", `{"kv": {"allocator": "paged", "max_tokens": 4096}}`)
	check(`{"model": "mixtral-8x7b"}`, "model.gated", "false", `{"model": {"base": "mixtral-8x7b", "gated": false}}`)
	check(`{}`, "seed", "9007199254740991", `{"seed": 9007199254740991}`)
}

func TestSettingAFieldToWhatItIsChangesNothing(t *testing.T) {
	for _, p := range scenario.Presets() {
		s := p.Scenario
		got, err := sweep.Set(s, []string{"workload.batch", "fidelity"}, []sweep.Value{sweep.Number(float64(s.Workload.Batch)), sweep.Name(string(s.Fidelity))})
		if err != nil || !bytes.Equal(got.Full(), s.Full()) {
			t.Errorf("%s: %v\n got %s\nwant %s", p.Name, err, got.Full(), s.Full())
		}
	}
}

func TestTracesGoWithEveryPoint(t *testing.T) {
	s := scenario.Default()
	s.Traces = workload.Traces{"x": nil}
	got, err := sweep.Set(s, []string{"seed"}, []sweep.Value{sweep.Number(3)})
	if err != nil || len(got.Traces) != 1 {
		t.Errorf("%d traces: %v", len(got.Traces), err)
	}
}

func TestABaseSaysWhatIsWrongWithAPoint(t *testing.T) {
	b, err := sweep.NewBase([]byte(`{}`), []string{"workload.batch", "machine.link"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.At([]sweep.Value{sweep.Number(0), sweep.Name("pcie4")})
	if !fault.Is(err) {
		t.Errorf("a batch of 0: %v", err)
	}
	if _, err = b.At(nil); !fault.Is(err) {
		t.Errorf("no values: %v", err)
	}
	for _, paths := range [][]string{{"nothing"}, {"seed", "seed"}} {
		if _, err := sweep.NewBase([]byte(`{}`), paths); !fault.Is(err) {
			t.Errorf("%v: %v", paths, err)
		}
	}
	if _, err := sweep.NewBase([]byte(`{`), nil); !fault.Is(err) {
		t.Errorf("no scenario: %v", err)
	}
}

func TestAPlanAndABaseFromItsRecordMakeTheSamePoints(t *testing.T) {
	p := plan(t, "deepseek-trace", `{"method": "random", "points": 20, "axes": [{"path": "workload.batch", "from": 1, "to": 64},
		{"path": "machine.gpu.memory_bytes", "from": 8e9, "to": 8e10, "scale": "log"}, {"path": "strategy.name", "values": ["ProMoE", "GPU+PM", "HOBBIT"]}]}`)
	b, err := sweep.NewBase(preset(t, "deepseek-trace").Full(), p.Paths())
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.Len() {
		one, err1 := p.Scenario(i)
		two, err2 := b.At(p.Values(i))
		if (err1 == nil) != (err2 == nil) || !bytes.Equal(one.Full(), two.Full()) {
			t.Errorf("point %d: %v, %v", i, err1, err2)
		}
	}
}

func TestOneScenarioHasOneKeyHoweverItIsWritten(t *testing.T) {
	a := decode(t, `{"machine": "h100-box", "title": "one"}`)
	b := decode(t, string(a.Full()))
	b.Title = "two"
	c := decode(t, string(a.Resolved().Full()))
	key := sweep.Key(a, "1", "row")
	if sweep.Key(b, "1", "row") != key || sweep.Key(c, "1", "row") != key {
		t.Error("the same scenario has several keys")
	}
	a.Seed++
	others := [][32]byte{sweep.Key(b, "2", "row"), sweep.Key(b, "1", "report"), sweep.Key(a, "1", "row"), sweep.Key(b, "1r", "ow"), key}
	for i, k := range others {
		if slices.Index(others, k) != i {
			t.Errorf("key %d is another's too", i)
		}
	}
}

func TestAReasonIsOneLine(t *testing.T) {
	_, err := scenario.Decode([]byte(`{"workload": {"batch": 0, "output_tokens": 0}}`))
	if got := sweep.Reason(err); strings.Contains(got, "\n") || strings.Count(got, "; ") != 1 {
		t.Errorf("%q", got)
	}
}

func BenchmarkPoint(b *testing.B) {
	p := plan(b, "qwen3-generate", `{"method": "lhs", "points": 100000, "axes": [{"path": "workload.batch", "from": 1, "to": 64},
		{"path": "machine.gpu.memory_bytes", "from": 8e9, "to": 8e10, "scale": "log"}, {"path": "strategy.name", "values": ["ProMoE", "GPU+PM", "HOBBIT"]}]}`)
	b.Run("values", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			p.Values(i % p.Len())
		}
	})
	b.Run("scenario", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			_, _ = p.Scenario(i % p.Len())
		}
	})
	s, _ := p.Scenario(1)
	b.Run("key", func(b *testing.B) {
		for b.Loop() {
			sweep.Key(s, "1", "row")
		}
	})
}
