package httpapi

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"monde/backend/export"
	"monde/backend/job"
	"monde/core/fault"
	"monde/core/sweep"
	"monde/core/wire"
)

// maxSweep is how many bytes the document of a sweep may have: a list of points is longer
// than a scenario.
const maxSweep = 1 << 20

var startSweep = huma.Operation{
	OperationID: "start-sweep", Method: http.MethodPost, Path: "/api/v1/sweeps",
	Summary:       "Queue a sweep",
	Description:   "Points that are known already are not simulated again. A point that cannot be simulated is a row that says why.",
	DefaultStatus: http.StatusAccepted,
	MaxBodyBytes:  maxSweep,
	RequestBody: &huma.RequestBody{
		Required: true,
		Content: map[string]*huma.MediaType{
			"application/json": {Schema: &huma.Schema{Type: huma.TypeObject}}, // describeBody says more
		},
	},
	SkipValidateBody: true, // sweep.Decode does
	Errors:           refusals,
}

func (s *server) startSweep(ctx context.Context, in *startInput) (*startReply[wire.SweepState], error) {
	r, err := s.request(ctx, in.Once)
	if err != nil {
		return nil, problem(err)
	}
	ask, err := askOf(in.RawBody)
	if err != nil {
		return nil, problem(err)
	}
	j, err := s.Jobs.StartSweep(ctx, r, ask)
	if err != nil {
		return nil, problem(err)
	}
	return &startReply[wire.SweepState]{j.Path(), s.sweepState(j)}, nil
}

// askOf reads what a sweep is asked for by.
func askOf(doc []byte) (wire.SweepAsk, error) {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(doc, &parts); err != nil || parts == nil {
		return wire.SweepAsk{}, fault.At("", "must be an object of a scenario and a sweep: %v", err)
	}
	for key := range parts {
		if key != "scenario" && key != "sweep" {
			return wire.SweepAsk{}, fault.At(key, "unknown; there are scenario and sweep")
		}
	}
	ask := wire.SweepAsk{Scenario: parts["scenario"]}
	if ask.Scenario == nil {
		ask.Scenario = json.RawMessage("{}")
	}
	if parts["sweep"] == nil {
		return ask, fault.At("sweep", "is missing")
	}
	var err error
	ask.Sweep, err = sweep.Decode(parts["sweep"])
	return ask, fault.In("sweep", err)
}

func (s *server) listSweeps(ctx context.Context, in *listInput) (*listReply[wire.SweepList], error) {
	jobs, next, err := s.list(ctx, job.Sweep, in)
	if err != nil {
		return nil, err
	}
	l := wire.SweepList{Sweeps: []wire.SweepState{}, Next: next}
	for _, j := range jobs {
		l.Sweeps = append(l.Sweeps, outlined(s.sweepState(j)))
	}
	return &listReply[wire.SweepList]{linkTo(next), l}, nil
}

// manyValues is from how many on a list leaves an axis's values out: a sweep may have
// a hundred thousand.
const manyValues = 16

// outlined returns a sweep as lists have it.
func outlined(state wire.SweepState) wire.SweepState {
	state.Sweep.Axes = slices.Clone(state.Sweep.Axes)
	for i := range state.Sweep.Axes {
		if a := &state.Sweep.Axes[i]; len(a.Values) > manyValues {
			a.Values = nil
		}
	}
	return state
}

func (s *server) getSweep(ctx context.Context, in *One) (*reply[wire.SweepState], error) {
	j, err := s.job(ctx, job.Sweep, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.SweepState]{s.sweepState(j)}, nil
}

func (s *server) cancelSweep(ctx context.Context, in *One) (*reply[wire.SweepState], error) {
	if _, err := s.job(ctx, job.Sweep, in.ID); err != nil {
		return nil, err
	}
	j, err := s.Jobs.Cancel(ctx, in.ID)
	if err != nil {
		return nil, problem(err)
	}
	return &reply[wire.SweepState]{s.sweepState(j)}, nil
}

type rowsInput struct {
	One
	From  int `query:"from" minimum:"0" doc:"The first index that is wanted"`
	Limit int `query:"limit" default:"1000" minimum:"1" maximum:"10000" doc:"How many at most"`
}

// getRows returns rows by their index, as far as they are there without a gap.
func (s *server) getRows(ctx context.Context, in *rowsInput) (*listReply[wire.RowsPage], error) {
	j, err := s.job(ctx, job.Sweep, in.ID)
	if err != nil {
		return nil, err
	}
	page := wire.RowsPage{Rows: []sweep.Row{}}
	next := in.From
	err = s.eachPiece(ctx, j, in.From/j.Size, func(rows []sweep.Row) bool {
		for _, row := range rows {
			if row.Index >= in.From && row.Index == next && len(page.Rows) < in.Limit {
				page.Rows = append(page.Rows, row)
				next++
			}
		}
		return len(page.Rows) < in.Limit
	})
	if err != nil {
		return nil, problem(err)
	}
	if next < j.Points && (len(page.Rows) == in.Limit || !j.Over()) {
		page.Next = fmt.Sprintf("%s/rows?from=%d&limit=%d", j.Path(), next, in.Limit)
	}
	return &listReply[wire.RowsPage]{linkTo(page.Next), page}, nil
}

// eachPiece calls f with the rows of each recorded piece from one on, until it returns
// false.
func (s *server) eachPiece(ctx context.Context, j job.Job, from int, f func([]sweep.Row) bool) error {
	const at = 32 // a time
	for {
		pieces, err := s.Jobs.Store.Pieces(ctx, j.ID, from, at)
		if err != nil {
			return err
		}
		for _, p := range pieces {
			rows, err := p.Unpack()
			if err != nil {
				return err
			}
			if !f(rows) {
				return nil
			}
			from = p.Number + 1
		}
		if len(pieces) < at {
			return nil
		}
	}
}

// results sends every row that is there, as a file.
func (s *server) results(w http.ResponseWriter, r *http.Request) {
	j, err := s.job(r.Context(), job.Sweep, chi.URLParam(r, "id"))
	if err != nil {
		writeProblem(w, err)
		return
	}
	format, err := formatOf(r.URL.Query().Get("format"))
	if err != nil {
		writeProblem(w, problem(err))
		return
	}
	if j.State == wire.StateDone && unchanged(w, r, j.ID+"-"+strconv.Itoa(j.Done)+"-"+string(format), forSelf) {
		return
	}
	w.Header().Set("Content-Type", format.ContentType())
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "sweep-"+j.ID+format.Suffix()))
	if err := s.export(r.Context(), j, format, w); err != nil && r.Context().Err() == nil {
		s.Log.Error("a download broke off", "sweep", j.ID, "error", err)
		panic(http.ErrAbortHandler) // the client must not take a part for the whole
	}
}

// formatOf reads the name of a format; CSV is the usual one.
func formatOf(name string) (export.Format, error) {
	if name == "" {
		return export.CSV, nil
	}
	if f := export.Format(name); slices.Contains(export.Formats, f) {
		return f, nil
	}
	return "", fault.At("format", "must be one of %q, got %.32q", export.Formats, name)
}

func (s *server) export(ctx context.Context, j job.Job, format export.Format, w http.ResponseWriter) error {
	buffer := bufio.NewWriterSize(patient{w, http.NewResponseController(w)}, 1<<16)
	out, err := export.New(format, buffer, j.Sweep.Axes)
	if err != nil {
		return err
	}
	var broken error
	err = s.eachPiece(ctx, j, 0, func(rows []sweep.Row) bool {
		broken = out.Write(rows)
		return broken == nil
	})
	if err == nil {
		err = broken
	}
	if err == nil {
		err = out.Close()
	}
	if err == nil {
		err = buffer.Flush()
	}
	return err
}

// A patient writer gives a client time for each part of a file, however long all of it takes.
type patient struct {
	w       io.Writer
	control *http.ResponseController
}

// Write implements io.Writer.
func (p patient) Write(part []byte) (int, error) {
	_ = p.control.SetWriteDeadline(time.Now().Add(answerWithin)) // a connection without deadlines needs none
	return p.w.Write(part)
}

func resultsOperation() *huma.Operation {
	binary := &huma.Schema{Type: huma.TypeString}
	return &huma.Operation{
		OperationID: "get-results", Method: http.MethodGet, Path: "/api/v1/sweeps/{id}/results",
		Summary:     "Download the rows of a sweep",
		Description: "Of a sweep that goes on, those that are there.",
		Parameters: []*huma.Param{
			{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}},
			{Name: "format", In: "query", Description: "csv, jsonl or parquet", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"csv", "jsonl", "parquet"}, Default: "csv"}},
		},
		Responses: map[string]*huma.Response{
			"200": {Description: "A file", Content: map[string]*huma.MediaType{
				"text/csv": {Schema: binary}, "application/x-ndjson": {Schema: binary}, "application/vnd.apache.parquet": {Schema: binary},
			}},
		},
	}
}

func (s *server) sweepState(j job.Job) wire.SweepState {
	state := j.SweepState()
	state.Watchers = s.Hub.Watchers(j.ID)
	return state
}
