package main

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"monde/backend/client"
	"monde/core/sweep"
	"monde/core/wire"
)

// cluster starts an engine that no server has as its own.
func cluster(t *testing.T) (url string) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the engine does not start")
	}
	return s.ClientURL()
}

// A sweep that one server took is watched at another one, goes on when the first leaves,
// and is all there at the end.
func TestServersOfAClusterShareJobsStreamsAndResults(t *testing.T) {
	nats := cluster(t)
	first, leave, gone := serveHere(t, "--nats-url", nats, "--workers", "1")
	second, _, _ := serveHere(t, "--nats-url", nats, "--workers", "1")
	a, b := mustClient(t, first), mustClient(t, second)
	const points = 600
	state, err := a.StartSweep(t.Context(), wire.SweepAsk{
		Scenario: json.RawMessage(`{"model":"qwen3-30b-a3b","workload":{"phase":"decode","output_tokens":4}}`),
		Sweep:    sweep.Spec{Method: sweep.Grid, Axes: []sweep.Axis{{Path: "seed", From: 1, To: points, Steps: points}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	seen, last := map[int]int{}, wire.Message{}
	err = b.Follow(t.Context(), &client.Stream{Path: state.Stream}, func(m wire.Message) error {
		if m.Rows != nil {
			for _, row := range m.Rows.List {
				seen[row.Index]++
			}
			leave() // the server that took it, and that may lead it
		}
		if m.Kind != wire.KindEnd {
			last = m
		}
		return nil
	})
	if err != nil || last.Swept == nil || last.Swept.Done != points || len(seen) != points {
		t.Fatalf("%v: %d of %d points, at last %q", err, len(seen), points, last.Kind)
	}
	if err := <-gone; err != nil {
		t.Error(err)
	}
	next := 0
	for rows, err := range b.Rows(t.Context(), state.ID, 0) {
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			if row.Index != next || row.Result == nil {
				t.Fatalf("row %d is %+v", next, row)
			}
			next++
		}
	}
	if next != points {
		t.Errorf("%d rows", next)
	}
}

func mustClient(t *testing.T, url string) *client.Client {
	t.Helper()
	c, err := client.New(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}
