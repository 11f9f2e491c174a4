package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"monde/backend/bus"
	httpapi "monde/backend/http"
	"monde/backend/job"
	"monde/backend/metrics"
	"monde/backend/store/kv"
	"monde/backend/store/sqlite"
	"monde/backend/stream"
	"monde/core"
)

type serveCommand struct {
	Addr    string `default:":8080" env:"MONDE_ADDR" help:"Address to listen on."`
	Static  string `env:"MONDE_STATIC" placeholder:"DIR" help:"Directory of the built page; static/dist if there is one."`
	Workers int    `default:"-1" env:"MONDE_WORKERS" help:"Pieces that this process works on at once; 0 leaves all to others (monde worker), -1 is one a core."`

	Queue  queueFlags `embed:""`
	Data   string     `default:"monde-data" env:"MONDE_DATA" placeholder:"DIR" help:"Directory of the record and, unless --nats-url names a cluster, of the queue."`
	Listen string     `env:"MONDE_NATS_LISTEN" placeholder:"ADDR" help:"Address at which the embedded queue lets monde worker join; keep it inside your network."`
	Sync   bool       `env:"MONDE_SYNC" help:"Survive a loss of power, not only of processes: the disk confirms every write."`

	Limits limitFlags `embed:""`

	OpsAddr string        `default:"127.0.0.1:9464" env:"MONDE_OPS_ADDR" help:"Loopback address of metrics and profiles; empty for none."`
	OpsOpen bool          `env:"MONDE_OPS_OPEN" help:"Let --ops-addr be one that others reach."`
	Proxies string        `name:"trust-proxy" env:"MONDE_TRUST_PROXY" placeholder:"NETS" help:"Networks of proxies whose X-Forwarded-For is believed."`
	Drain   time.Duration `default:"10s" env:"MONDE_DRAIN" help:"Time for requests and streams to end, once interrupted."`
}

// queueFlags say which queue to use.
type queueFlags struct {
	URL      string `name:"nats-url" env:"MONDE_NATS_URL" placeholder:"URL" help:"NATS JetStream cluster that has queue and record; without it both are embedded."`
	Creds    string `name:"nats-creds" env:"MONDE_NATS_CREDS" placeholder:"FILE" help:"Credentials for the cluster."`
	Replicas int    `name:"nats-replicas" default:"1" env:"MONDE_NATS_REPLICAS" help:"Copies that the cluster keeps."`
}

// limitFlags are what a server takes and keeps.
type limitFlags struct {
	Points  int           `name:"max-points" default:"20000" env:"MONDE_MAX_POINTS" help:"Points of one sweep."`
	Jobs    int           `name:"max-client-jobs" default:"8" env:"MONDE_MAX_CLIENT_JOBS" help:"Runs and sweeps of one client that go on at once."`
	AllJobs int           `name:"max-jobs" default:"256" env:"MONDE_MAX_JOBS" help:"Runs and sweeps that go on at once."`
	Time    time.Duration `name:"max-time" default:"10m" env:"MONDE_MAX_TIME" help:"Time of one run, or of one point."`
	Starts  int           `name:"max-starts" default:"300" env:"MONDE_MAX_STARTS" help:"Requests a minute with which one client starts something; 0: any number."`
	Age     time.Duration `name:"keep-age" default:"720h" env:"MONDE_KEEP_AGE" help:"For how long results are kept; 0: for good."`
	Bytes   int64         `name:"keep-bytes" default:"10000000000" env:"MONDE_KEEP_BYTES" help:"Bytes of results that are kept; 0: any number."`
	Count   int           `name:"keep-jobs" default:"100000" env:"MONDE_KEEP_JOBS" help:"Runs and sweeps that are kept; 0: any number."`
	Free    int64         `name:"min-free" default:"134217728" env:"MONDE_MIN_FREE" help:"Free bytes of the disk below which nothing more is taken."`
}

const (
	defaultSite = "static/dist"
	openWithin  = 30 * time.Second // for the queue to be there
)

// Run serves until ctx ends.
func (s *serveCommand) Run(ctx context.Context, c *console) error {
	log := slog.New(slog.NewJSONHandler(c.err, nil))
	if s.Workers < -1 {
		return mistake{errors.New("--workers must be at least -1")}
	}
	site, err := s.site(log)
	if err != nil {
		return err
	}
	proxies, err := httpapi.ParseProxies(s.Proxies)
	if err != nil {
		return mistake{fmt.Errorf("--trust-proxy: %w", err)}
	}
	listener, err := net.Listen("tcp", s.Addr)
	if err != nil {
		return mistake{err}
	}
	p, err := s.open(ctx, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	p.api = httpapi.New(httpapi.Config{
		Jobs: p.jobs, Hub: p.hub, Catalog: core.Catalog, Static: site, Log: log,
		Metrics: p.metrics, Proxies: proxies, Starts: s.Limits.Starts,
	})
	p.ops, err = newOps(s.OpsAddr, s.OpsOpen, p.metrics.Handler(), p.api.Ready, log)
	if err != nil {
		return errors.Join(err, listener.Close(), p.close())
	}
	log.Info("listening", "addr", listener.Addr().String(), "data", s.Data, "workers", p.worker.Slots, "join", p.bus.Addr())
	return p.serve(ctx, listener, s.Drain)
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

// A process is everything that a server consists of.
type process struct {
	bus     *bus.Bus
	store   job.Store
	jobs    *job.Service
	worker  *job.Worker
	hub     *stream.Hub
	metrics *metrics.Metrics
	api     *httpapi.Handler
	ops     *ops
	log     *slog.Logger
}

// open starts queue and record.
func (s *serveCommand) open(ctx context.Context, log *slog.Logger) (*process, error) {
	p := &process{metrics: metrics.New(core.Engine), log: log}
	within, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	var err error
	if s.Queue.URL == "" {
		p.store, err = sqlite.New(within, s.Data, sqlite.Options{PowerLoss: s.Sync, Log: log})
		if err != nil {
			return nil, mistake{err}
		}
	}
	p.bus, err = bus.Open(within, bus.Config{
		URL: s.Queue.URL, Creds: s.Queue.Creds, Replicas: s.Queue.Replicas,
		Dir: filepath.Join(s.Data, "queue"), Listen: s.Listen, Sync: s.Sync, Log: log,
	})
	if err == nil && p.store == nil && p.bus.Embedded() {
		err = errors.New("--nats-url leads to another server's own queue, which monde worker may join; a second server needs a cluster of its own")
	}
	if err == nil && p.store == nil {
		p.store, err = kv.New(within, p.bus.JS, kv.Options{Replicas: s.Queue.Replicas, Log: log})
	}
	if err == nil {
		err = p.bus.Prepare(within)
	}
	if err != nil {
		return nil, errors.Join(mistake{err}, p.close())
	}
	p.jobs = job.New(job.Config{
		Bus: p.bus, Store: p.store, Engine: core.Engine, Room: s.room(), Limits: s.Limits.admission(),
		Keep:    job.Limits{Age: s.Limits.Age, Jobs: s.Limits.Count, Bytes: s.Limits.Bytes},
		Metrics: p.metrics, Log: log,
	})
	p.worker = newWorker(p.bus, s.Workers, s.Limits.Time, log)
	p.hub = stream.New(p.bus.JS, p.store, stream.DefaultLimits(), p.metrics, log)
	return p, nil
}

// room says whether the disk has room; a cluster's is its own to watch.
func (s *serveCommand) room() func() error {
	if s.Queue.URL != "" {
		return nil
	}
	return func() error { return roomIn(s.Data, s.Limits.Free) }
}

func (l limitFlags) admission() job.Admission {
	a := job.DefaultAdmission()
	a.Points, a.Jobs, a.AllJobs = l.Points, l.Jobs, l.AllJobs
	return a
}

// serve answers until ctx ends. Then it takes nothing more, sends watchers elsewhere and
// hands jobs back, while requests end.
func (p *process) serve(ctx context.Context, l net.Listener, drain time.Duration) error {
	server := &http.Server{
		Handler:           p.api,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       time.Minute,     // a trace has a pace instead
		WriteTimeout:      3 * time.Minute, // streams are not bound by it: they were hijacked
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
	}
	inside, stop := context.WithCancel(context.WithoutCancel(ctx))
	var working sync.WaitGroup
	ended := make(chan error, 4)
	part := func(run func() error) {
		working.Go(func() {
			if err := run(); err != nil {
				p.log.Error("a part of the server ended", "error", err)
				ended <- err
			}
		})
	}
	part(func() error { return p.jobs.Run(inside) })
	if p.worker.Slots > 0 {
		part(func() error { return p.worker.Run(inside) })
	}
	part(p.ops.Run)
	go func() { ended <- server.Serve(l) }()
	var broken error
	select {
	case broken = <-ended: // without being asked to
	case <-p.spent(inside):
		broken = errors.New("the queue stopped storing when its disk was full or broken; there is room again: start the server again, nothing is lost")
	case <-ctx.Done():
		p.log.Info("shutting down")
	}
	p.api.Leave()
	late, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	stop()
	p.hub.Close(late)
	stopped := server.Shutdown(late)
	closed := p.ops.Close(late)
	working.Wait()
	return errors.Join(broken, stopped, closed, p.close())
}

// spent returns what tells that the queue is broken and that a new start would mend it. Until
// there is room for that, the server goes on and answers what it can from the record.
func (p *process) spent(ctx context.Context) <-chan struct{} {
	over := make(chan struct{})
	go func() {
		tick := time.NewTicker(2 * time.Second)
		defer tick.Stop()
		for !p.bus.Broken() || p.jobs.Room() != nil {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
		close(over)
	}()
	return over
}

// close ends queue and record.
func (p *process) close() error {
	var err error
	if p.bus != nil {
		p.bus.Close()
	}
	if p.store != nil {
		err = p.store.Close()
	}
	return err
}
