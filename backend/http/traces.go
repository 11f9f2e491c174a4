package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
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

const maxTraceMemory = 512 << 20 // bytes of all traces that are kept

// putTrace reads the user's trace as it arrives, and keeps it once it is whole.
func (s *server) putTrace(w http.ResponseWriter, req *http.Request) {
	t, err := s.readTrace(w, req)
	if err != nil {
		if !errors.Is(err, errSlow) {
			linger(w, req)
		}
		writeProblem(w, problem(err))
		return
	}
	s.traces.put(t)
	writeJSON(w, http.StatusOK, core.Describe(t))
}

func (s *server) readTrace(w http.ResponseWriter, req *http.Request) (*workload.Trace, error) {
	name := req.URL.Query().Get("name")
	if len(name) > 256 {
		return nil, fault.At("name", "must be at most 256 bytes, got %d", len(name))
	}
	leave, err := s.uploads.enter(req.Context())
	if err != nil {
		return nil, err
	}
	defer leave()
	b, err := bodyOf(w, req)
	if err != nil {
		return nil, err
	}
	t, err := workload.ReadTrace(name, b)
	if err != nil {
		return nil, b.reason(fault.In("body", err))
	}
	return t, nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that left does not matter
}

// A traceStore keeps the traces used last, as many as fit.
type traceStore struct {
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
		Summary: "Attach a routing trace, which scenarios then name by its SHA-256",
		Description: fmt.Sprintf("CSV, JSON Lines or the packed form, plain or gzip, up to %d MiB sent and unpacked. "+
			"With Content-Encoding: gzip the SHA-256 is that of the file inside. The server keeps the traces used last.", maxTraceFile>>20),
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
