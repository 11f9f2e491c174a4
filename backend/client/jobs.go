package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"monde/core/report"
	"monde/core/sweep"
	"monde/core/wire"
)

const (
	runs   = "/api/v1/runs"
	sweeps = "/api/v1/sweeps"
	links  = "/api/v1/links"
	traces = "/api/v1/traces"
)

// of returns the path of something that has a name.
func of(list, id string) string { return list + "/" + url.PathEscape(id) }

// StartRun starts a scenario.
func (c *Client) StartRun(ctx context.Context, scenario []byte) (wire.RunState, error) {
	return get[wire.RunState](ctx, c, asking(http.MethodPost, runs, scenario))
}

// Run tells how far a run is.
func (c *Client) Run(ctx context.Context, id string) (wire.RunState, error) {
	return get[wire.RunState](ctx, c, asking(http.MethodGet, of(runs, id), nil))
}

// Report returns what a run that is done has found.
func (c *Client) Report(ctx context.Context, id string) (report.Report, error) {
	return get[report.Report](ctx, c, asking(http.MethodGet, of(runs, id)+"/report", nil))
}

// CancelRun ends a run; one that is over stays as it is.
func (c *Client) CancelRun(ctx context.Context, id string) (wire.RunState, error) {
	return get[wire.RunState](ctx, c, asking(http.MethodDelete, of(runs, id), nil))
}

// StartSweep starts a sweep.
func (c *Client) StartSweep(ctx context.Context, ask wire.SweepAsk) (wire.SweepState, error) {
	doc, err := json.Marshal(ask)
	if err != nil {
		return wire.SweepState{}, err
	}
	return get[wire.SweepState](ctx, c, asking(http.MethodPost, sweeps, doc))
}

// Sweep tells how far a sweep is.
func (c *Client) Sweep(ctx context.Context, id string) (wire.SweepState, error) {
	return get[wire.SweepState](ctx, c, asking(http.MethodGet, of(sweeps, id), nil))
}

// CancelSweep ends a sweep; its rows stay.
func (c *Client) CancelSweep(ctx context.Context, id string) (wire.SweepState, error) {
	return get[wire.SweepState](ctx, c, asking(http.MethodDelete, of(sweeps, id), nil))
}

// How rows are fetched.
const (
	pageOf   = 2000 // rows
	pollRows = 500 * time.Millisecond
)

// Rows gives the rows of a sweep in the order of their index, from one on, and waits for
// those that are not there yet. Of a sweep that was cancelled it gives those up to the
// first that is missing.
func (c *Client) Rows(ctx context.Context, id string, from int) iter.Seq2[[]sweep.Row, error] {
	return func(yield func([]sweep.Row, error) bool) {
		path := of(sweeps, id) + "/rows?limit=" + strconv.Itoa(pageOf) + "&from=" + strconv.Itoa(from)
		for path != "" {
			page, err := get[wire.RowsPage](ctx, c, asking(http.MethodGet, path, nil))
			if err != nil {
				yield(nil, err)
				return
			}
			if len(page.Rows) > 0 && !yield(page.Rows, nil) {
				return
			}
			path = page.Next
			if path != "" && len(page.Rows) < pageOf && !pause(ctx, pollRows) {
				yield(nil, context.Cause(ctx))
				return
			}
		}
	}
}

// Results writes the rows of a sweep that are there, as a file of a format. What was
// written when it fails is not the whole.
func (c *Client) Results(ctx context.Context, id, format string, to io.Writer) error {
	r := asking(http.MethodGet, of(sweeps, id)+"/results?format="+url.QueryEscape(format), nil)
	r.slow = true
	r.header.Set("Accept", "*/*")
	return c.ask(ctx, r, func(body io.Reader) error {
		n, err := io.Copy(to, body)
		if err != nil && n > 0 {
			return final{err}
		}
		return err
	})
}

// PutTrace attaches a file of routing, which scenarios then name by its SHA-256.
func (c *Client) PutTrace(ctx context.Context, name string, file io.ReadSeeker) (wire.Trace, error) {
	r := asking(http.MethodPut, traces+"?name="+url.QueryEscape(name), nil)
	r.slow = true
	r.header.Set("Content-Type", "application/octet-stream")
	r.body = func() (io.Reader, error) {
		_, err := file.Seek(0, io.SeekStart)
		return io.NopCloser(file), err // the transport must not close it
	}
	return get[wire.Trace](ctx, c, r)
}

// PutLink keeps a scenario under a short name.
func (c *Client) PutLink(ctx context.Context, scenario []byte) (wire.Link, error) {
	return get[wire.Link](ctx, c, asking(http.MethodPost, links, scenario))
}

// Link returns the scenario of a short name.
func (c *Client) Link(ctx context.Context, id string) (wire.Link, error) {
	return get[wire.Link](ctx, c, asking(http.MethodGet, of(links, id), nil))
}

// IsUnknown reports whether the server does not know what was asked for.
func IsUnknown(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status == http.StatusNotFound
}
