package core

import (
	"encoding/json"
	"testing"

	"monde/core/fault"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

// asked returns the messages of one request.
func asked(t *testing.T, s *Session, q wire.Request) []wire.Message {
	t.Helper()
	doc, err := json.Marshal(q)
	if err != nil {
		t.Fatal(err)
	}
	var all []wire.Message
	s.Call(fault.Never{}, doc, func(b []byte) {
		var m wire.Message
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	})
	return all
}

func TestASearchTellsHowFarItIsAndThenAnswers(t *testing.T) {
	s := &Session{Search: Find}
	for _, q := range []wire.Request{
		{Op: wire.OpAdvise, Scenario: json.RawMessage(`{}`), Advise: &report.AdviceAsk{Allow: report.Allowable()}},
		{Op: wire.OpInverse, Scenario: json.RawMessage(`{}`), Inverse: &report.InverseAsk{Vary: "machine.device.ndp.arrays", Metric: report.InLatency, Target: 5e11}},
	} {
		all := asked(t, s, q)
		for i, m := range all[:len(all)-1] {
			if m.Kind != wire.KindProgress || m.Seq != int64(i+1) || m.Progress.Done > m.Progress.Total {
				t.Errorf("%s: message %d is %+v", q.Op, i, m)
			}
		}
		if last := all[len(all)-1]; len(all) < 10 || string(last.Kind)[0] != string(q.Op)[0] {
			t.Errorf("%s: %d messages, the last of kind %q", q.Op, len(all), last.Kind)
		}
	}
}

func TestEveryLinkOfAdviceGivesItsRow(t *testing.T) {
	a, err := Advise(fault.Never{}, scenario.Default(), report.AdviceAsk{Allow: report.Allowable()}, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, y := range a.Rows {
		if _, doc, err := wire.DecodeLink(y.Link); err != nil || string(doc) != string(y.Short) {
			t.Errorf("%s: the link holds %s, %v", y.Title, doc, err)
		}
	}
}

func TestWithoutASearchItsOpsAreRefused(t *testing.T) {
	for _, s := range []*Session{{}, {Search: Find}} {
		all := asked(t, s, wire.Request{Op: wire.OpAdvise, Scenario: json.RawMessage(`{}`)})
		if len(all) != 1 || all[0].Failed == nil || all[0].Failed.Code != wire.CodeInvalid {
			t.Errorf("%+v", all)
		}
	}
}
