package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	httpapi "monde/backend/http"
	"monde/backend/stream"
	"monde/core"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
)

type serveCommand struct {
	Addr    string `default:":8080" env:"MONDE_ADDR" help:"Address to listen on."`
	Static  string `env:"MONDE_STATIC" placeholder:"DIR" help:"Directory of the built page; static/dist if there is one."`
	Workers int    `default:"2" env:"MONDE_WORKERS" help:"Runs at once."`
	Queue   int    `default:"64" env:"MONDE_QUEUE" help:"Runs that may wait."`
}

const (
	drain       = 10 * time.Second // for requests and streams to end, once interrupted
	defaultSite = "static/dist"
)

// Run serves until ctx ends.
func (s *serveCommand) Run(ctx context.Context, c *console) error {
	log := slog.New(slog.NewJSONHandler(c.err, nil))
	if s.Workers < 1 || s.Queue < 0 {
		return mistake{errors.New("--workers must be at least 1, and --queue 0")}
	}
	site, err := s.site(log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return mistake{err}
	}
	limits := stream.DefaultLimits()
	limits.Workers, limits.Queue = s.Workers, s.Queue
	runs := stream.New(simulate, limits, log)
	api := httpapi.New(httpapi.Config{Runs: runs, Catalog: core.Catalog, Static: site, Log: log})
	log.Info("listening", "addr", listener.Addr().String())
	return serve(ctx, listener, api, runs, log)
}

// site opens the page's directory, from which no path leads out.
func (s *serveCommand) site(log *slog.Logger) (fs.FS, error) {
	dir := s.Static
	if dir == "" {
		dir = defaultSite
	}
	root, err := os.OpenRoot(dir)
	switch {
	case err == nil:
		return root.FS(), nil // the directory stays open as long as the program
	case s.Static == "" && errors.Is(err, fs.ErrNotExist):
		log.Warn("no page to serve: only the API", "missing", dir)
		return nil, nil
	default:
		return nil, mistake{err}
	}
}

// serve answers until ctx ends, and then lets requests and streams end too.
func serve(ctx context.Context, l net.Listener, api http.Handler, runs *stream.Registry, log *slog.Logger) error {
	server := &http.Server{
		Handler:           api,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       time.Minute,     // a trace has a pace instead
		WriteTimeout:      3 * time.Minute, // streams are not bound by it: they were hijacked
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	var broken error
	select {
	case broken = <-ended: // without being asked to
	case <-ctx.Done():
		log.Info("shutting down")
	}
	late, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	stopped := server.Shutdown(late)
	runs.Close(late)
	return errors.Join(broken, stopped)
}

// simulate is core.Run, as a stream.Simulate.
func simulate(ctx context.Context, s scenario.Scenario, p probe.Probe) (report.Report, error) {
	return core.Run(ctx, s, p)
}
