package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"monde/backend/stream"
	"monde/core/fault"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

// reply is a body and nothing else.
type reply[T any] struct{ Body T }

// one names a run.
type one struct {
	ID string `path:"id" doc:"Of the run" maxLength:"64"`
}

type startInput struct {
	RawBody []byte `contentType:"application/json"`
}

type startReply struct {
	Location string `header:"Location" doc:"Path of the run"`
	Body     wire.RunState
}

var startOperation = huma.Operation{
	OperationID: "start-run", Method: http.MethodPost, Path: "/api/v1/runs",
	Summary:       "Queue a scenario",
	DefaultStatus: http.StatusAccepted,
	MaxBodyBytes:  scenario.MaxDocument,
	RequestBody: &huma.RequestBody{
		Required:    true,
		Description: "A scenario. What is absent keeps its default; a model or machine may be a preset's name, or name one as its base.",
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}},
		},
	},
	SkipValidateBody: true, // scenario.Decode does, and knows presets
	Errors: []int{
		http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity,
		http.StatusTooManyRequests, http.StatusServiceUnavailable,
	},
}

var cancelOperation = huma.Operation{
	OperationID: "cancel-run", Method: http.MethodDelete, Path: "/api/v1/runs/{id}",
	Summary:       "Cancel a run; one that has ended stays as it is",
	DefaultStatus: http.StatusOK,
}

func (s *server) getCatalog(context.Context, *struct{}) (*reply[wire.Catalog], error) {
	return &reply[wire.Catalog]{s.catalog()}, nil
}

func (s *server) startRun(_ context.Context, in *startInput) (*startReply, error) {
	sc, err := scenario.Decode(in.RawBody)
	if err != nil {
		return nil, problem(err)
	}
	sc.Traces = s.traces.of(sc.Workload.Routing.SHA256)
	r, err := s.runs.Start(sc)
	if err != nil {
		return nil, problem(err)
	}
	return &startReply{pathOf(r.ID), stateOf(r)}, nil
}

func (s *server) listRuns(context.Context, *struct{}) (*reply[[]wire.RunState], error) {
	states := []wire.RunState{}
	for _, r := range s.runs.Runs() {
		states = append(states, stateOf(r))
	}
	return &reply[[]wire.RunState]{states}, nil
}

func (s *server) getRun(_ context.Context, in *one) (*reply[wire.RunState], error) {
	r, err := s.runs.Run(in.ID)
	if err != nil {
		return nil, problem(err)
	}
	return &reply[wire.RunState]{stateOf(r)}, nil
}

func (s *server) getReport(_ context.Context, in *one) (*reply[*report.Report], error) {
	r, err := s.runs.Run(in.ID)
	if err != nil {
		return nil, problem(err)
	}
	rep, err := r.Report()
	if err != nil {
		return nil, problem(err)
	}
	return &reply[*report.Report]{rep}, nil
}

func (s *server) cancelRun(_ context.Context, in *one) (*reply[wire.RunState], error) {
	r, err := s.runs.Run(in.ID)
	if err != nil {
		return nil, problem(err)
	}
	r.Cancel()
	return &reply[wire.RunState]{stateOf(r)}, nil
}

// streamRun sends what a run says after message number ?from, the last that the
// client has seen.
func (s *server) streamRun(w http.ResponseWriter, req *http.Request) {
	r, err := s.runs.Run(chi.URLParam(req, "id"))
	if err != nil {
		writeProblem(w, problem(err))
		return
	}
	from, err := seenBy(req.URL.Query().Get("from"), r.Log.Last())
	if err != nil {
		writeProblem(w, problem(err))
		return
	}
	if err := s.runs.Watch(w, req, r, from); err != nil {
		writeProblem(w, problem(err))
	}
}

func seenBy(text string, last int64) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > last {
		return 0, fault.At("from", "must be the number of a message of this run, 0 to %d, got %.32q", last, text)
	}
	return n, nil
}

func streamOperation(schemas huma.Registry) *huma.Operation {
	return &huma.Operation{
		OperationID: "stream-run", Method: http.MethodGet, Path: "/api/v1/runs/{id}/stream",
		Summary:     "Follow a run over a WebSocket",
		Description: "Every text message is a Message. After the end message the client closes.",
		Parameters: []*huma.Param{
			{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}},
			{Name: "from", In: "query", Description: "Number of the last message seen; 0 sends all", Schema: &huma.Schema{Type: huma.TypeInteger}},
		},
		Responses: map[string]*huma.Response{
			"101": {Description: "Messages", Content: map[string]*huma.MediaType{
				"application/json": {Schema: schemaOf[wire.Message](schemas)},
			}},
		},
	}
}

func pathOf(id string) string { return "/api/v1/runs/" + id }

func stateOf(r *stream.Run) wire.RunState {
	s := r.State()
	s.Stream = pathOf(r.ID) + "/stream"
	return s
}
