package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"monde/backend/job"
	"monde/backend/stream"
	"monde/core/fault"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

// reply is a body and nothing else.
type reply[T any] struct{ Body T }

// One names a run, a sweep or a link.
type One struct {
	ID string `path:"id" doc:"Its name" maxLength:"64"`
}

type startInput struct {
	Once
	RawBody []byte `contentType:"application/json"`
}

type startReply[T any] struct {
	Location string `header:"Location" doc:"Its path"`
	Body     T
}

// refusals are the answers to what is not taken.
var refusals = []int{
	http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity,
	http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusInsufficientStorage,
}

var startRun = huma.Operation{
	OperationID: "start-run", Method: http.MethodPost, Path: "/api/v1/runs",
	Summary:       "Queue a scenario",
	Description:   "A scenario whose report is known already is done at once.",
	DefaultStatus: http.StatusAccepted,
	MaxBodyBytes:  scenario.MaxDocument,
	RequestBody: &huma.RequestBody{
		Required:    true,
		Description: "A scenario. What is absent keeps its default; a model or machine may be a preset's name, or name one as its base.",
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}, // describeBody says more
		},
	},
	SkipValidateBody: true, // scenario.Decode does, and knows presets
	Errors:           refusals,
}

func cancelOf(id, path, summary string) huma.Operation {
	return huma.Operation{OperationID: id, Method: http.MethodDelete, Path: path, Summary: summary, DefaultStatus: http.StatusOK}
}

func (s *server) getCatalog(context.Context, *struct{}) (*reply[wire.Catalog], error) {
	return &reply[wire.Catalog]{s.Catalog()}, nil
}

// request returns who asks for something to be started, and by which key.
func (s *server) request(ctx context.Context, o Once) (job.Request, error) {
	key, err := o.key()
	if err == nil && s.leaving.Load() {
		err = stream.ErrLeaving
	}
	return job.Request{Client: clientIn(ctx), Key: key}, err
}

func (s *server) startRun(ctx context.Context, in *startInput) (*startReply[wire.RunState], error) {
	r, err := s.request(ctx, in.Once)
	if err != nil {
		return nil, problem(err)
	}
	j, err := s.Jobs.StartRun(ctx, r, in.RawBody)
	if err != nil {
		return nil, problem(err)
	}
	return &startReply[wire.RunState]{j.Path(), s.runState(j)}, nil
}

type listInput struct {
	Paged
	Live bool `query:"live" doc:"Only those that go on"`
}

type listReply[T any] struct {
	Link string `header:"Link" doc:"What follows (RFC 8288)"`
	Body T
}

// list returns a page of jobs, and the path of the next one.
func (s *server) list(ctx context.Context, kind job.Kind, in *listInput) (jobs []job.Job, next string, err error) {
	before, err := in.before()
	if err != nil {
		return nil, "", problem(err)
	}
	jobs, err = s.Jobs.Store.Jobs(ctx, job.Page{Kind: kind, Live: in.Live, Before: before, Limit: in.size() + 1})
	if err != nil {
		return nil, "", problem(err)
	}
	if len(jobs) > in.size() {
		jobs = jobs[:in.size()]
		kept := map[string][]string{}
		if in.Live {
			kept["live"] = []string{"true"}
		}
		next = in.after("/api/v1/"+string(kind)+"s", jobs[len(jobs)-1].ID, kept)
	}
	return jobs, next, nil
}

func (s *server) listRuns(ctx context.Context, in *listInput) (*listReply[wire.RunList], error) {
	jobs, next, err := s.list(ctx, job.Run, in)
	if err != nil {
		return nil, err
	}
	l := wire.RunList{Runs: []wire.RunState{}, Next: next}
	for _, j := range jobs {
		l.Runs = append(l.Runs, s.runState(j))
	}
	return &listReply[wire.RunList]{linkTo(next), l}, nil
}

// job returns a job of a kind.
func (s *server) job(ctx context.Context, kind job.Kind, id string) (job.Job, error) {
	j, err := s.Jobs.Store.Job(ctx, id)
	switch {
	case errors.Is(err, job.ErrUnknown), err == nil && j.Kind != kind:
		return j, noSuch(string(kind))
	case err != nil:
		return j, problem(err)
	}
	return j, nil
}

func noSuch(what string) error {
	return huma.Error404NotFound("there is no such " + what + "; it may have been forgotten")
}

func (s *server) getRun(ctx context.Context, in *One) (*reply[wire.RunState], error) {
	j, err := s.job(ctx, job.Run, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.RunState]{s.runState(j)}, nil
}

type reportInput struct {
	One
	Asked
}

type reportReply struct {
	Lasting
	Body *report.Report
}

func (s *server) getReport(ctx context.Context, in *reportInput) (*reportReply, error) {
	j, err := s.job(ctx, job.Run, in.ID)
	if err != nil {
		return nil, err
	}
	if err := unfinished(j); err != nil {
		return nil, err
	}
	lasting, err := in.lasting(j.Digest, forSelf)
	if err != nil {
		return nil, err
	}
	pieces, err := s.Jobs.Store.Pieces(ctx, j.ID, 0, 1)
	if err == nil && len(pieces) == 0 {
		err = job.ErrUnknown
	}
	if err != nil {
		return nil, problem(err)
	}
	rep, err := pieces[0].Report()
	if err != nil {
		return nil, problem(err)
	}
	rep.Title = j.Title // who ran it first may have called it something else
	return &reportReply{lasting, rep}, nil
}

// unfinished says why a job has no result.
func unfinished(j job.Job) error {
	switch {
	case !j.Over():
		return problem(errUnfinished)
	case j.Failed != nil:
		return failed(j.Failed)
	}
	return nil
}

func (s *server) cancelRun(ctx context.Context, in *One) (*reply[wire.RunState], error) {
	if _, err := s.job(ctx, job.Run, in.ID); err != nil {
		return nil, err
	}
	j, err := s.Jobs.Cancel(ctx, in.ID)
	if err != nil {
		return nil, problem(err)
	}
	return &reply[wire.RunState]{s.runState(j)}, nil
}

// stream sends what a job says after message number ?from, the last that the client has
// seen.
func (s *server) stream(kind job.Kind) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		j, err := s.job(r.Context(), kind, chi.URLParam(r, "id"))
		if err != nil {
			writeProblem(w, err)
			return
		}
		from, err := seenBy(r.URL.Query().Get("from"))
		if err == nil {
			err = s.Hub.Watch(w, r, clientOf(r), j.ID, from)
		}
		if err != nil {
			writeProblem(w, problem(err))
		}
	}
}

func seenBy(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.At("from", "must be the number of a message of this stream, got %.32q", text)
	}
	return n, nil
}

func streamOperation(schemas huma.Registry, kind job.Kind) *huma.Operation {
	return &huma.Operation{
		OperationID: "stream-" + string(kind), Method: http.MethodGet, Path: "/api/v1/" + string(kind) + "s/{id}/stream",
		Summary: "Follow a " + string(kind) + " over a WebSocket",
		Description: "Every text message is a Message. After the end message the client closes. After a moved message, or a connection that is lost, " +
			"it connects again with the number of the last message that it saw, and misses nothing but progress that newer progress replaced.",
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

func (s *server) runState(j job.Job) wire.RunState {
	state := j.RunState()
	state.Watchers = s.Hub.Watchers(j.ID)
	return state
}
