package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"monde/core/wire"
)

// serveHere serves until the test or stop ends it.
func serveHere(t *testing.T, flags ...string) (url string, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	c := &console{strings.NewReader(""), io.Discard, io.Discard}
	go func() {
		done <- run(ctx, c, append([]string{"serve", "--addr", addr, "--data", t.TempDir(), "--static", t.TempDir(), "--ops-addr", ""}, flags...))
	}()
	t.Cleanup(cancel)
	for range 500 {
		if res, err := http.Get("http://" + addr + "/readyz"); err == nil {
			_ = res.Body.Close()
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return "http://" + addr, cancel, done
}

func TestTheServerAndTheCommandLineAgree(t *testing.T) {
	url, _, _ := serveHere(t)
	res, err := http.Post(url+"/api/v1/runs", "application/json", strings.NewReader(`{"strategy":"GPU+PM"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var state wire.RunState
	if err := json.NewDecoder(res.Body).Decode(&state); err != nil {
		t.Fatal(err)
	}
	for state.State != wire.StateDone {
		if state.State == wire.StateFailed {
			t.Fatalf("failed: %+v", state.Failed)
		}
		time.Sleep(5 * time.Millisecond)
		state = get[wire.RunState](t, url+"/api/v1/runs/"+state.ID)
	}
	var out, problems strings.Builder
	c := &console{strings.NewReader(`{"strategy":"GPU+PM"}`), &out, &problems}
	if err := run(t.Context(), c, []string{"run", "-", "--json"}); err != nil {
		t.Fatal(err, problems.String())
	}
	if !strings.Contains(out.String(), `"digest":"`+state.Digest+`"`) || state.Digest == "" {
		t.Errorf("the server's digest is %q, the command line prints %.300s", state.Digest, &out)
	}
}

func get[T any](t *testing.T, url string) (v T) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestAnInterruptEndsTheServerInOrder(t *testing.T) {
	_, stop, ended := serveHere(t)
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("it goes on")
	}
}
