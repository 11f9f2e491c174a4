package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"syscall"
	"time"
)

// defaultOps is where the operators' listener is unless somebody says otherwise.
const defaultOps = "127.0.0.1:9464"

// ops answers those who run the server: metrics, profiles, and whether it is alive and
// ready. It is not for users, and so has a listener of its own on a loopback address.
type ops struct {
	listener net.Listener
	server   *http.Server
}

// newOps listens on addr; empty: nowhere, and the ops is nil, whose methods do nothing. An
// address that others can reach is refused unless open. If the default is taken, which is
// another server on this machine, this one does without.
func newOps(addr string, open bool, metrics http.Handler, ready func() error, log *slog.Logger) (*ops, error) {
	if addr == "" {
		return nil, nil
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, mistake{fmt.Errorf("--ops-addr: %w", err)}
	}
	if !open && !loopback(host) {
		return nil, mistake{fmt.Errorf("--ops-addr: %s can be reached by others, who would see profiles of memory; --ops-open allows it", addr)}
	}
	l, err := net.Listen("tcp", addr)
	switch {
	case err == nil:
	case addr == defaultOps && errors.Is(err, syscall.EADDRINUSE):
		log.Warn("no metrics: the default address is taken; --ops-addr chooses another", "addr", addr)
		return nil, nil
	default:
		return nil, mistake{fmt.Errorf("--ops-addr: %w", err)}
	}
	h := opsRoutes(metrics, ready)
	if !open {
		h = onlyLoopback(h)
	}
	return &ops{l, &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      5 * time.Minute, // a profile takes as long as it is asked to
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}}, nil
}

func opsRoutes(metrics http.Handler, ready func() error) http.Handler {
	m := http.NewServeMux()
	m.Handle("GET /metrics", metrics)
	m.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintln(w, "ok") })
	m.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if err := ready(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ready")
	})
	m.HandleFunc("/debug/pprof/", pprof.Index)
	m.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	m.HandleFunc("/debug/pprof/profile", pprof.Profile)
	m.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	m.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return m
}

// onlyLoopback refuses requests for another host: a page in a browser of this machine
// could have its name lead here.
func onlyLoopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if !loopback(host) {
			http.Error(w, "this is for the machine itself", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Addr returns where it listens.
func (o *ops) Addr() string {
	if o == nil {
		return ""
	}
	return o.listener.Addr().String()
}

// Run answers until Close.
func (o *ops) Run() error {
	if o == nil {
		return nil
	}
	if err := o.server.Serve(o.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Close lets requests end until ctx does, and then ends them. It is for last, so that
// metrics tell of the shutdown too.
func (o *ops) Close(ctx context.Context) error {
	if o == nil {
		return nil
	}
	if err := o.server.Shutdown(ctx); err != nil {
		return o.server.Close()
	}
	_ = o.listener.Close() // Shutdown knows it only once Run was called
	return nil
}
