// Package httpapi serves runs, traces and the page over HTTP.
//
// The API is described by OpenAPI 3.1 at /openapi.json, errors are RFC 9457
// problems, a run's stream is a WebSocket, and /docs is for people. It leaves out who the client is:
// whoever reaches the server may start runs, and see and cancel all of them.
package httpapi

import (
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"monde/backend/metrics"
	"monde/backend/stream"
	"monde/core/wire"
)

// Config is what the API serves.
type Config struct {
	Runs    *stream.Registry
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
	runs    *stream.Registry
	traces  *traceStore
	uploads uploads
	catalog func() wire.Catalog
	log     *slog.Logger
	api     huma.API
}

// New returns the handler of every path.
func New(c Config) http.Handler {
	_, r := newServer(c)
	return r
}

func newServer(c Config) (*server, chi.Router) {
	s := &server{c.Runs, newTraceStore(maxTraceMemory), make(uploads, maxUploads), c.Catalog, c.Log, nil}
	r := chi.NewRouter()
	r.Use(named, known(c.Proxies), accessLog(c.Log), c.Metrics.Requests, secure, rescue(c.Log), sameOrigin)
	r.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok") })
	r.Get("/readyz", s.ready)
	r.With(worded).Get("/api/v1/runs/{id}/stream", s.streamRun) // it compresses messages, not answers
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
	huma.Register(api, getOf("catalog", "/api/v1/catalog", "List what a scenario may choose from"), s.getCatalog)
	huma.Register(api, startOperation, s.startRun)
	huma.Register(api, getOf("list-runs", "/api/v1/runs", "List recent runs, newest first"), s.listRuns)
	huma.Register(api, getOf("get-run", "/api/v1/runs/{id}", "Tell how far a run has come"), s.getRun)
	huma.Register(api, getOf("get-report", "/api/v1/runs/{id}/report", "Return the report of a run that is done"), s.getReport)
	huma.Register(api, cancelOperation, s.cancelRun)
	api.OpenAPI().AddOperation(streamOperation(api.OpenAPI().Components.Schemas))
	r.Put("/api/v1/traces", s.putTrace)
	api.OpenAPI().AddOperation(traceOperation(api.OpenAPI().Components.Schemas))
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

// ready says whether new runs are taken.
func (s *server) ready(w http.ResponseWriter, _ *http.Request) {
	if s.runs.Closing() {
		say(w, http.StatusServiceUnavailable, stream.ErrClosing.Error())
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
