// Package httpapi serves runs, sweeps, links, traces and the page over HTTP.
//
// The API is described by OpenAPI 3.1 at /openapi.json, errors are RFC 9457
// problems, a job's stream is a WebSocket, and /docs is for people. It leaves out who
// the client is: whoever reaches the server may start jobs, and see and cancel all of
// them. Limits and fairness go by address.
package httpapi

import (
	"io/fs"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"monde/backend/job"
	"monde/backend/metrics"
	"monde/backend/stream"
	"monde/core/wire"
)

// Config is what the API serves.
type Config struct {
	Jobs    *job.Service
	Hub     *stream.Hub
	Catalog func() wire.Catalog
	Static  fs.FS // the page; nil serves none
	Log     *slog.Logger

	Metrics *metrics.Metrics // nil counts nothing
	Proxies Proxies          // whose X-Forwarded-For is believed
	Starts  int              // a minute that a client may ask for; 0: any number
	Within  time.Duration    // for an answer to be made; 0: 30 s
}

// A server answers requests.
type server struct {
	Config
	uploads  uploads
	patience time.Duration // for a place among them
	api      huma.API
	leaving  atomic.Bool
}

// A Handler answers every path.
type Handler struct {
	http.Handler
	s *server
}

// New returns the handler of every path.
func New(c Config) *Handler {
	s, r := newServer(c)
	return &Handler{r, s}
}

// Ready says why no jobs are taken; nil if they are.
func (h *Handler) Ready() error { return h.s.Ready() }

// Leave makes the server not ready: what watches it sends clients elsewhere.
func (h *Handler) Leave() { h.s.leaving.Store(true) }

// Ready says why no jobs are taken; nil if they are.
func (s *server) Ready() error {
	if s.leaving.Load() {
		return stream.ErrLeaving
	}
	return s.Jobs.Healthy()
}

func newServer(c Config) (*server, chi.Router) {
	s := &server{Config: c, uploads: make(uploads, maxUploads), patience: waitUpload}
	r := chi.NewRouter()
	r.Use(named, known(c.Proxies), accessLog(c.Log), c.Metrics.Requests, secure, rescue(c.Log), sameOrigin)
	r.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	r.Get("/readyz", s.ready)
	for _, kind := range []job.Kind{job.Run, job.Sweep} {
		r.With(worded).Get("/api/v1/"+string(kind)+"s/{id}/stream", s.stream(kind)) // it compresses messages, not answers
	}
	r.Get("/s/{id}", s.openLink)
	r.With(compress).Get("/api/v1/sweeps/{id}/results", s.results) // it takes as long as the client does
	r.Group(func(r chi.Router) {
		r.Use(compress, limit(c.Starts), documents, deadline(c.Within))
		s.api = humachi.New(r, describe(c.Catalog().Engine, c.Log))
		s.routes(s.api, r)
		finish(s.api.OpenAPI())
		newGuide(s.api.OpenAPI()).routes(r)
	})
	r.MethodNotAllowed(refuseMethod(r))
	r.NotFound(worded(files(c.Static)).ServeHTTP) // what no route knows may be a file
	return s, r
}

func describe(engine string, log *slog.Logger) huma.Config {
	c := huma.DefaultConfig("MoNDE Playground", engine)
	c.Info.Description = "Simulates where the experts of a Mixture-of-Experts model live and are computed."
	c.DocsPath = ""    // huma's page loads a CDN
	c.SchemasPath = "" // they are in openapi.json
	c.Transformers = []huma.Transformer{tidy(log)}
	c.CreateHooks = nil // no $schema field in replies: a report is the same everywhere
	return c
}

func (s *server) routes(api huma.API, r chi.Router) {
	doc := api.OpenAPI()
	huma.Register(api, getOf("catalog", "/api/v1/catalog", "List what a scenario may choose from"), s.getCatalog)
	huma.Register(api, startRun, s.startRun)
	huma.Register(api, getOf("list-runs", "/api/v1/runs", "List runs, newest first"), s.listRuns)
	huma.Register(api, getOf("get-run", "/api/v1/runs/{id}", "Tell how far a run has come"), s.getRun)
	huma.Register(api, getOf("get-report", "/api/v1/runs/{id}/report", "Return the report of a run that is done"), s.getReport)
	huma.Register(api, cancelOf("cancel-run", "/api/v1/runs/{id}", "Cancel a run; one that has ended stays as it is"), s.cancelRun)
	huma.Register(api, startSweep, s.startSweep)
	huma.Register(api, getOf("list-sweeps", "/api/v1/sweeps", "List sweeps, newest first"), s.listSweeps)
	huma.Register(api, getOf("get-sweep", "/api/v1/sweeps/{id}", "Tell how far a sweep has come"), s.getSweep)
	huma.Register(api, getOf("get-rows", "/api/v1/sweeps/{id}/rows", "Return rows of a sweep by their index, as far as they are there"), s.getRows)
	huma.Register(api, cancelOf("cancel-sweep", "/api/v1/sweeps/{id}", "Cancel a sweep; its rows stay"), s.cancelSweep)
	huma.Register(api, putLink, s.putLink)
	huma.Register(api, getOf("get-link", "/api/v1/links/{id}", "Return the scenario of a short link"), s.getLink)
	doc.AddOperation(openLink)
	doc.AddOperation(resultsOperation())
	for _, kind := range []job.Kind{job.Run, job.Sweep} {
		doc.AddOperation(streamOperation(doc.Components.Schemas, kind))
	}
	r.Put("/api/v1/traces", s.putTrace)
	doc.AddOperation(traceOperation(doc.Components.Schemas))
}

func getOf(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodGet, Path: path, Summary: summary}
}

// refuseMethod tells which methods a path knows.
func refuseMethod(routes chi.Routes) http.HandlerFunc {
	methods := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}
	return func(w http.ResponseWriter, r *http.Request) {
		for _, m := range methods {
			if routes.Match(chi.NewRouteContext(), m, r.URL.Path) {
				w.Header().Add("Allow", m)
			}
		}
		writeProblem(w, huma.Error405MethodNotAllowed("this path does not know "+r.Method))
	}
}

// ready says whether new jobs are taken.
func (s *server) ready(w http.ResponseWriter, _ *http.Request) {
	if err := s.Ready(); err != nil {
		say(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	say(w, http.StatusOK, "ready")
}

// say answers with a line of text.
func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n")) // a client that left does not matter
}
