package main

import (
	"context"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"monde/backend/client"
	"monde/core/sweep"
	"monde/core/wire"
)

// clusterHere is a cluster of one until the test ends.
func clusterHere(t *testing.T) (url string) {
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

// workHere works for a cluster until the test ends. It may be there before any server.
func workHere(t *testing.T, cluster string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, &console{strings.NewReader(""), io.Discard, io.Discard}, []string{"worker", "--nats-url", cluster, "--workers", "1"})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func dialHere(t *testing.T, url string) *client.Client {
	t.Helper()
	c, err := client.New(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// rowsHere are those of a sweep, without any server.
func rowsHere(t *testing.T, j sweepJob) (all []sweep.Row) {
	t.Helper()
	err := here(2)(t.Context(), j, func(rows []sweep.Row) error {
		all = append(all, rows...)
		return nil
	}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestASweepOutlivesTheServerThatTookIt(t *testing.T) {
	cluster := clusterHere(t)
	one, stop, ended := serveHere(t, "--nats-url", cluster, "--workers", "0")
	two, _, _ := serveHere(t, "--nats-url", cluster, "--workers", "0")
	workHere(t, cluster)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	j := sweepOf(t, 4000)
	state, err := dialHere(t, one).StartSweep(ctx, wire.SweepAsk{Scenario: j.base.Full(), Sweep: j.spec})
	if err != nil {
		t.Fatal(err)
	}
	other := dialHere(t, two)
	streamed, left := map[int]sweep.Row{}, 0
	err = other.Follow(ctx, &client.Stream{Path: state.Stream}, func(m wire.Message) error {
		if m.Rows == nil {
			return nil
		}
		for _, row := range m.Rows.List {
			streamed[row.Index] = row
		}
		if left == 0 { // it goes in the middle
			left = len(streamed)
			stop()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Error("the first server:", err)
	}
	if left == 0 || left == 4000 {
		t.Errorf("the first server left after %d of 4000 points", left)
	}
	var fetched []sweep.Row
	for rows, err := range other.Rows(ctx, state.ID, 0) {
		if err != nil {
			t.Fatal(err)
		}
		fetched = append(fetched, rows...)
	}
	want := rowsHere(t, j)
	if !reflect.DeepEqual(fetched, want) {
		t.Errorf("%d rows differ from the %d that this machine gives", len(fetched), len(want))
	}
	for _, row := range want {
		if !reflect.DeepEqual(streamed[row.Index], row) {
			t.Fatalf("row %d was streamed as %+v, want %+v", row.Index, streamed[row.Index], row)
		}
	}
	final, err := other.Sweep(ctx, state.ID)
	if err != nil || final.State != wire.StateDone || final.Done != 4000 {
		t.Errorf("%+v, %v", final, err)
	}
}
