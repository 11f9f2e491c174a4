package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"monde/backend/job"
	"monde/core"
	"monde/core/fault"
	"monde/core/wire"
	"monde/core/workload"
)

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
	writeJSON(w, http.StatusOK, core.Describe(t))
}

func (s *server) readTrace(w http.ResponseWriter, req *http.Request) (*workload.Trace, error) {
	name := req.URL.Query().Get("name")
	if len(name) > 256 {
		return nil, fault.At("name", "must be at most 256 bytes, got %d", len(name))
	}
	leave, err := s.uploads.enter(req.Context(), s.patience)
	if err != nil {
		return nil, err
	}
	defer leave()
	b, err := bodyOf(w, req)
	if err != nil {
		return nil, err
	}
	return s.keepTrace(req.Context(), name, b)
}

// keepTrace reads a trace, and keeps it under its digest. It waits on the disk until its
// digest is known, which is at its end.
func (s *server) keepTrace(ctx context.Context, name string, b *body) (t *workload.Trace, err error) {
	spool, err := os.CreateTemp("", "monde-trace-")
	if err != nil {
		return nil, fmt.Errorf("%w: %v", job.ErrFull, err)
	}
	defer func() { err = errors.Join(err, spool.Close(), os.Remove(spool.Name())) }()
	t, err = workload.ReadTrace(name, io.TeeReader(b, spool))
	if err != nil {
		return nil, b.reason(fault.In("body", err))
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return t, s.Jobs.Store.PutTrace(ctx, t.SHA256, spool)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that left does not matter
}

func traceOperation(schemas huma.Registry) *huma.Operation {
	return &huma.Operation{
		OperationID: "put-trace", Method: http.MethodPut, Path: "/api/v1/traces",
		Summary: "Attach a routing trace, which scenarios then name by its SHA-256",
		Description: fmt.Sprintf("CSV, JSON Lines or the packed form, plain or gzip, up to %d MiB sent and unpacked. "+
			"With Content-Encoding: gzip the SHA-256 is that of the file inside. The server keeps traces for a while.", maxTraceFile>>20),
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
