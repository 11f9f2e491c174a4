package httpapi

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"monde/core"
	"monde/core/fault"
	"monde/core/wire"
	"monde/core/workload"
)

const (
	maxTraceFile   = 64 << 20  // bytes of an upload
	maxTraceMemory = 512 << 20 // bytes of all traces that are kept
)

// putTrace reads the user's trace as it arrives. One at a time: each may take
// hundreds of megabytes while it is read.
func (s *server) putTrace(w http.ResponseWriter, req *http.Request) {
	name := req.URL.Query().Get("name")
	if len(name) > 256 {
		writeProblem(w, problem(fault.At("name", "must be at most 256 bytes, got %d", len(name))))
		return
	}
	if !s.traces.reading.TryLock() {
		writeProblem(w, problem(errUploading))
		return
	}
	defer s.traces.reading.Unlock()
	body := &capped{r: req.Body, left: maxTraceFile}
	t, err := workload.ReadTrace(name, body)
	switch {
	case body.over:
		writeProblem(w, problem(errTooLarge))
	case err != nil:
		writeProblem(w, problem(err))
	default:
		s.traces.put(t)
		writeJSON(w, http.StatusOK, core.Describe(t))
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that left does not matter
}

// capped remembers that a body was too long, which its reader may not tell.
type capped struct {
	r    io.Reader
	left int64
	over bool
}

// Read implements io.Reader.
func (c *capped) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		c.over = true
		return 0, errTooLarge
	}
	return n, err
}

// A traceStore keeps the traces used last, as many as fit.
type traceStore struct {
	reading sync.Mutex // held by the upload that is being read

	mu     sync.Mutex
	limit  int64
	traces []*workload.Trace // used last at the end
}

func newTraceStore(limit int64) *traceStore { return &traceStore{limit: limit} }

// put keeps t, and forgets what was not used for longest if need be.
func (s *traceStore) put(t *workload.Trace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.traces = slices.DeleteFunc(s.traces, func(o *workload.Trace) bool { return o.SHA256 == t.SHA256 })
	s.traces = append(s.traces, t)
	var bytes int64
	for i, o := range slices.Backward(s.traces) {
		if bytes += sizeOf(o); bytes > s.limit && o != t {
			s.traces = slices.Delete(s.traces, 0, i+1)
			return
		}
	}
}

// of returns the trace with a digest, by its digest; none if it is not kept,
// which the run then reports with the field's path.
func (s *traceStore) of(sha256 string) workload.Traces {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, t := range s.traces {
		if t.SHA256 == sha256 {
			s.traces = append(slices.Delete(s.traces, i, i+1), t)
			return workload.Traces{sha256: t}
		}
	}
	return nil
}

// sizeOf estimates the memory of t: two bytes a choice.
func sizeOf(t *workload.Trace) int64 { return int64(t.Tokens) * int64(t.Layers) * int64(t.TopK) * 2 }

func traceOperation(schemas huma.Registry) *huma.Operation {
	return &huma.Operation{
		OperationID: "put-trace", Method: http.MethodPut, Path: "/api/v1/traces",
		Summary:     "Attach a routing trace, which scenarios then name by its SHA-256",
		Description: "CSV, JSON Lines or the packed form, plain or gzip, up to 64 MiB. The server keeps the traces used last.",
		Parameters: []*huma.Param{
			{Name: "name", In: "query", Description: "For people", Schema: &huma.Schema{Type: huma.TypeString}},
		},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		}},
		Responses: map[string]*huma.Response{
			"200": {Description: "What the trace holds", Content: map[string]*huma.MediaType{
				"application/json": {Schema: schemaOf[wire.Trace](schemas)},
			}},
		},
	}
}

func schemaOf[T any](schemas huma.Registry) *huma.Schema {
	return schemas.Schema(reflect.TypeFor[T](), true, "")
}
