package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"

	"monde/backend/metrics"
)

var silent = slog.New(slog.DiscardHandler)

func fine() error { return nil }

func TestOperatorsSeeMetricsProfilesAndReadiness(t *testing.T) {
	var notReady error
	o, err := newOps("127.0.0.1:0", false, metrics.New("v").Handler(), func() error { return notReady }, silent)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- o.Run() }()
	ask := func(path, host string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), "GET", "http://"+o.Addr()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(text)
	}
	check := func(path string, status int, want string) {
		t.Helper()
		if got, text := ask(path, ""); got != status || !strings.Contains(text, want) {
			t.Errorf("%s: %d, %.200s", path, got, text)
		}
	}
	check("/metrics", 200, "monde_build_info")
	check("/debug/pprof/goroutine?debug=1", 200, "goroutine profile")
	check("/healthz", 200, "ok")
	check("/readyz", 200, "ready")
	notReady = errors.New("it closes")
	check("/readyz", 503, "it closes")
	check("/nothing", 404, "")
	if status, _ := ask("/metrics", "rebound.example:9464"); status != http.StatusForbidden {
		t.Errorf("under another name: %d", status)
	}
	if status, _ := ask("/metrics", "localhost"); status != http.StatusOK {
		t.Errorf("as localhost: %d", status)
	}
	if err := o.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestOperatorsListenWhereOthersCannotReach(t *testing.T) {
	check := func(addr string, open bool, fine bool) {
		t.Helper()
		o, err := newOps(addr, open, http.NotFoundHandler(), func() error { return nil }, silent)
		if (err == nil) != fine {
			t.Errorf("%s, open %v: %v", addr, open, err)
		}
		if err := o.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
	check("", false, true)
	check("127.0.0.1:0", false, true)
	check("localhost:0", false, true)
	check(":0", false, false)
	check("0.0.0.0:0", false, false)
	check("0.0.0.0:0", true, true)
	check("example.com:0", false, false)
	check("127.0.0.1", false, false)
}

func TestASecondServerOfAMachineStartsWithoutMetrics(t *testing.T) {
	if l, err := net.Listen("tcp", defaultOps); err == nil { // unless somebody has it already
		defer l.Close()
	}
	var log strings.Builder
	o, err := newOps(defaultOps, false, http.NotFoundHandler(), fine, slog.New(slog.NewTextHandler(&log, nil)))
	if o != nil || err != nil || !strings.Contains(log.String(), "--ops-addr") {
		t.Errorf("%v, %v, log %s", o, err, &log)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	if _, err := newOps(taken.Addr().String(), false, http.NotFoundHandler(), fine, silent); err == nil || tell(io.Discard, err) != callers {
		t.Errorf("an address that was asked for: %v", err)
	}
}
