package sweep_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"monde/core/fault"
	"monde/core/scenario"
	"monde/core/sweep"
)

// FuzzSpec plans whatever JSON says: it ends with a plan whose points can be asked for, or
// with mistakes of the caller.
func FuzzSpec(f *testing.F) {
	for _, doc := range []string{
		`{"method": "grid", "axes": [{"path": "workload.batch", "values": [1, 2]}, {"path": "machine", "values": ["h100-box"]}]}`,
		`{"method": "lhs", "points": 5, "seed": 3, "axes": [{"path": "workload.batch", "from": 1, "to": 64, "scale": "log", "whole": true}]}`,
		`{"method": "random", "points": 1000000, "axes": [{"path": "machine.link.bandwidth_bytes_per_s", "from": 1e-300, "to": 1e300, "scale": "log"}]}`,
		`{"method": "list", "axes": [{"path": "strategy.alpha", "from": -1e300, "to": 1e300, "steps": 4611686018427387904}]}`,
		`{"method": "grid", "axes": [{"path": "machine.link", "values": ["` + "\u0000" + `", 1e999, -0, null]}, {"path": "strategy.name.", "values": []}]}`,
		`{"method": "grid", "axes": [null, {}, 3], "points": -1}`,
	} {
		f.Add([]byte(doc))
	}
	base := scenario.Default()
	f.Fuzz(func(t *testing.T, doc []byte) {
		s, err := sweep.Decode(doc)
		if err != nil {
			if !fault.Is(err) {
				t.Fatalf("not the caller's: %v", err)
			}
			return
		}
		p, err := s.Plan(base)
		if err != nil {
			for _, field := range fault.Fields(err) {
				if field.Path == "" {
					t.Errorf("no path: %s", field.Reason)
				}
			}
			if !fault.Is(err) {
				t.Fatalf("not the caller's: %v", err)
			}
			return
		}
		for _, i := range []int{0, p.Len() / 2, p.Len() - 1} {
			values := p.Values(i)
			if _, err := json.Marshal(values); err != nil || len(values) != len(s.Axes) {
				t.Errorf("point %d of %d: %v, %v", i, p.Len(), values, err)
			}
			_, _ = p.Scenario(i)
		}
	})
}

// FuzzValue reads a value, and reads again what it is written as.
func FuzzValue(f *testing.F) {
	for _, doc := range []string{`1`, `-0`, `1e999`, `"a\u0000\ud800"`, ` true`, `null`, `[1]`, `0x1`, `01`} {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var v, again sweep.Value
		if json.Unmarshal(doc, &v) != nil {
			return
		}
		written, err := json.Marshal(v)
		if err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		if bytes.Equal(written, []byte("null")) {
			return
		}
		if err := json.Unmarshal(written, &again); err != nil || again != v {
			t.Errorf("%q: %v, then %v: %v", doc, v, again, err)
		}
	})
}
