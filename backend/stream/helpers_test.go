package stream

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"testing"
	"time"

	"go.uber.org/goleak"

	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// simulateLayers reports so many layers, a millisecond each.
func simulateLayers(n int64) Simulate {
	return func(ctx context.Context, s scenario.Scenario, p probe.Probe) (report.Report, error) {
		for i := range n {
			select {
			case <-ctx.Done():
				return report.Report{}, ctx.Err()
			case <-time.After(time.Millisecond):
			}
			p.Report(probe.Progress{Done: i + 1, Total: n, Now: unit.Time(i+1) * unit.Millisecond})
		}
		return report.Report{Digest: "digest of " + s.Title, Latency: unit.Time(n) * unit.Millisecond}, nil
	}
}

// simulateForever ends only when it is cancelled.
func simulateForever(ctx context.Context, _ scenario.Scenario, p probe.Probe) (report.Report, error) {
	p.Report(probe.Progress{Done: 1, Total: 2})
	<-ctx.Done()
	return report.Report{}, ctx.Err()
}

func smallLimits() Limits {
	l := DefaultLimits()
	l.Workers, l.Queue, l.Keep = 1, 2, 3
	return l
}

func newRegistry(t *testing.T, s Simulate, l Limits) *Registry {
	t.Helper()
	g := New(s, l, slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(func() { closeSoon(g) })
	return g
}

func closeSoon(g *Registry) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	g.Close(ctx)
}

func mustStart(t *testing.T, g *Registry, title string) *Run {
	t.Helper()
	r, err := g.Start(scenario.Scenario{Title: title})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// watch returns everything that r says after seq.
func watch(t *testing.T, r *Run, seq int64) []wire.Message {
	t.Helper()
	var all []wire.Message
	for {
		entries, err := r.Log.Next(t.Context(), seq)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			var m wire.Message
			if err := json.Unmarshal(e.JSON, &m); err != nil {
				t.Fatal(err)
			}
			all = append(all, m)
			seq = e.Seq
		}
	}
}

func kinds(messages []wire.Message) (names []wire.Kind) {
	for _, m := range messages {
		names = append(names, m.Kind)
	}
	return names
}
