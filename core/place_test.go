package core_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"monde/core"
	"monde/core/fault"
	"monde/core/report"
	"monde/core/wire"
)

// asked returns what a page gets that asks for a place.
func asked(t testing.TB, ctx context.Context, q wire.Request) (reply wire.Reply) {
	t.Helper()
	new(core.Session).Call(ctx, encoded(t, q), func(b []byte) {
		if err := json.Unmarshal(b, &reply); err != nil {
			t.Fatal(err)
		}
	})
	return reply
}

func TestAPageLearnsWhereAnExpertIsFast(t *testing.T) {
	reply := asked(t, t.Context(), wire.Request{Op: wire.OpPlace, Scenario: json.RawMessage(`{}`), Place: &wire.Place{Tokens: []int{1, 65_536, 7}}})
	p := reply.Placed
	if reply.Failed != nil || p == nil || len(p.Counts) != 3 || p.Home != report.OnDevice || p.Crossover == nil {
		t.Fatalf("got %+v, %+v", p, reply.Failed)
	}
	for i, want := range []int{1, 65_536, 7} {
		if c := p.Counts[i]; c.Tokens != want || c.Moved == nil || c.Moved.There != p.PMove {
			t.Errorf("got %+v for %d tokens", c, want)
		}
	}
}

func TestABadPlaceIsRefusedByPath(t *testing.T) {
	many := make([]int, 1_000_000)
	for name, tt := range map[string]struct {
		scenario string
		place    *wire.Place
		paths    []string
	}{
		"no place":           {`{}`, nil, []string{"place"}},
		"bad counts":         {`{}`, &wire.Place{Tokens: []int{0, 5, -1, 65_537}}, []string{"place.tokens[0]", "place.tokens[2]", "place.tokens[3]"}},
		"a huge list":        {`{}`, &wire.Place{Tokens: many}, []string{"place.tokens"}},
		"a bad scenario":     {`{"machine":{"link":{"bandwidth_bytes_per_s":0}}}`, &wire.Place{}, []string{"machine.link.bandwidth_bytes_per_s"}},
		"an unknown field":   {`{"machine":{"lnk":{}}}`, &wire.Place{}, []string{"machine.lnk"}},
		"not a scenario":     {`[]`, &wire.Place{}, []string{""}},
		"a hopeless link":    {`{"machine":{"link":{"bandwidth_bytes_per_s":1}}}`, &wire.Place{}, []string{"machine.link"}},
		"no device to be on": {`{"machine":"h100-box","strategy":"MD+AM"}`, &wire.Place{}, []string{"machine.device.count"}},
	} {
		reply := asked(t, t.Context(), wire.Request{Op: wire.OpPlace, Scenario: json.RawMessage(tt.scenario), Place: tt.place})
		if reply.Failed == nil || reply.Failed.Code != wire.CodeInvalid || !slices.Equal(paths(reply.Failed.Fields), tt.paths) {
			t.Errorf("%s: got %+v, want faults at %q", name, reply.Failed, tt.paths)
		}
	}
}

func paths(all []fault.Field) (p []string) {
	for _, f := range all {
		p = append(p, f.Path)
	}
	return p
}

func TestAPlaceEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	reply := asked(t, ctx, wire.Request{Op: wire.OpPlace, Scenario: json.RawMessage(`{}`), Place: &wire.Place{Tokens: []int{1}}})
	if reply.Failed == nil || reply.Failed.Code != wire.CodeCancelled {
		t.Errorf("got %+v", reply.Failed)
	}
}

// Whatever a page sends, it gets times whose parts add up, or the field that is wrong.
func FuzzPlace(f *testing.F) {
	f.Add(`{}`, `[1,5,65536]`)
	f.Add(`{"machine":"h100-box","strategy":"CPU+LB","workload":{"scope":"expert"}}`, `[64]`)
	f.Add(`{"machine":{"gpu":{"eager":true,"experts":"fused"}},"strategy":{"name":"GPU+PM","transfer":"block"}}`, `[3]`)
	f.Add(`{"machine":{"host":{"compute_flops_per_s":1},"device":{"bandwidth_bytes_per_s":1}}}`, `[1.5]`)
	f.Add(`{"model":{"base":"mixtral-8x7b","expert_bits":0.5}}`, `["1"]`)
	f.Add(`[`, `{}`)
	f.Fuzz(func(t *testing.T, s, tokens string) {
		var reply wire.Reply
		new(core.Session).Call(t.Context(), []byte(`{"op":"place","scenario":`+s+`,"place":{"tokens":`+tokens+`}}`), func(b []byte) {
			if err := json.Unmarshal(b, &reply); err != nil && json.Valid(b) {
				t.Fatal(err)
			}
		})
		if reply.Failed != nil {
			if reply.Failed.Code != wire.CodeInvalid || len(reply.Failed.Fields) == 0 {
				t.Fatalf("%+v names no field", reply.Failed)
			}
			return
		}
		if reply.Placed != nil {
			checkPlaced(t, *reply.Placed)
		}
	})
}

func checkPlaced(t *testing.T, p report.Placed) {
	t.Helper()
	for _, at := range p.Counts {
		for _, c := range []*report.Cost{at.Device, at.Host, at.Moved, at.GPU} {
			if c != nil && (c.Time <= 0 || c.Calls < 0 || c.There < 0 || c.Back < 0 || c.Read+c.Calls+c.There+c.Compute+c.Back != c.Time) {
				t.Errorf("%d tokens: %+v", at.Tokens, *c)
			}
		}
	}
}
