package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"monde/core/fault"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/sweep"
	"monde/core/wire"
	"monde/core/workload"
)

// A Simulator is what workers run.
type Simulator struct {
	Engine string // its version: a worker does pieces that are for it, and no others
	Report func(context.Context, scenario.Scenario, probe.Probe) (report.Report, error)
	Point  func(context.Context, scenario.Scenario) (sweep.Result, error)
}

var (
	errTooLong = errors.New("it took longer than this server allows")
	errDeadly  = errors.New("every worker that began this ended: it was given up")
)

// away is an error of the queue, that says nothing about a scenario: its piece is done again.
type away struct{ error }

func isAway(err error) bool {
	var a away
	return errors.As(err, &a)
}

const stepEvery = 200 * time.Millisecond

// do runs a task. Its error says that there is no outcome, because ctx ended.
func (w *Worker) do(ctx context.Context, t task, tried int) (outcome, error) {
	if ctx.Err() != nil {
		return outcome{}, context.Cause(ctx)
	}
	began := time.Now()
	o := outcome{Job: t.Job, Piece: t.Piece, Worker: w.name}
	var err error
	if t.Kind == Run {
		err = w.report(ctx, t, tried, &o)
	} else {
		err = w.rows(ctx, t, tried, &o)
	}
	o.Millis = time.Since(began).Milliseconds()
	return o, err
}

// report runs the scenario of a run.
func (w *Worker) report(ctx context.Context, t task, tried int, o *outcome) error {
	s, err := w.scenario(ctx, t.Scenario)
	var rep report.Report
	if err == nil && tried > maxTries {
		err = errDeadly
	}
	if err == nil {
		rep, err = limited(ctx, w.Limit, func(ctx context.Context) (report.Report, error) {
			return w.Sim.Report(ctx, s, w.watch(t))
		})
	}
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case isAway(err):
		return err
	case err != nil:
		o.Failed = w.failed(t, err)
		return nil
	}
	rep.Timeline = rep.Timeline.Empty()
	key := ContentKey(sweep.Key(s, w.Sim.Engine, string(Run)))
	o.Report, o.Digest, o.Key = pack(encoded(rep)), rep.Digest, &key
	return nil
}

// rows runs the points of a sweep, but for those that are known.
func (w *Worker) rows(ctx context.Context, t task, tried int, o *outcome) error {
	base, err := sweep.NewBase(t.Scenario, t.Paths)
	if err != nil {
		return w.all(t, err, o)
	}
	if tried > maxTries {
		return w.all(t, errDeadly, o)
	}
	set := make([]prepared, len(t.Points))
	for i, p := range t.Points {
		set[i].s, set[i].err = base.At(p.Values)
		if set[i].err == nil {
			set[i].err = w.attach(ctx, &set[i].s)
		}
		if isAway(set[i].err) {
			return set[i].err
		}
		if set[i].err == nil {
			set[i].key = ContentKey(sweep.Key(set[i].s, w.Sim.Engine, string(Sweep)))
		}
	}
	known := w.recall(ctx, set)
	told := time.Now()
	for i, p := range t.Points {
		row, reused := w.row(ctx, t, p, set[i], known)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		o.Rows, o.Keys = append(o.Rows, row), append(o.Keys, ContentKey{})
		switch {
		case reused:
			o.Reused++
		case row.Result != nil:
			o.Keys[i] = set[i].key
		}
		if time.Since(told) > stepEvery {
			w.tell(t, step{Piece: t.Piece, Done: i + 1})
			told = time.Now()
		}
	}
	return nil
}

// A prepared point is ready to run, or cannot.
type prepared struct {
	s   scenario.Scenario
	key ContentKey
	err error
}

// row returns a point's row, and whether it was known.
func (w *Worker) row(ctx context.Context, t task, p point, q prepared, known map[ContentKey][]byte) (sweep.Row, bool) {
	row := sweep.Row{Index: p.Index, Values: p.Values}
	if doc, ok := known[q.key]; ok && q.err == nil {
		var r sweep.Result
		if json.Unmarshal(doc, &r) == nil {
			row.Result = &r
			return row, true
		}
	}
	err := q.err
	if err == nil {
		var r sweep.Result
		r, err = limited(ctx, w.Limit, func(ctx context.Context) (sweep.Result, error) { return w.Sim.Point(ctx, q.s) })
		row.Result = &r
	}
	if err != nil {
		row.Result, row.Failed = nil, reason(w.failed(t, err))
	}
	return row, false
}

// all gives every point of a task the same reason.
func (w *Worker) all(t task, err error, o *outcome) error {
	why := reason(w.failed(t, err))
	for _, p := range t.Points {
		o.Rows, o.Keys = append(o.Rows, sweep.Row{Index: p.Index, Values: p.Values, Failed: why}), append(o.Keys, ContentKey{})
	}
	return nil
}

// recall asks whoever has the record for results that are known; nobody, for none.
func (w *Worker) recall(ctx context.Context, set []prepared) map[ContentKey][]byte {
	var keys []ContentKey
	for _, q := range set {
		if q.err == nil {
			keys = append(keys, q.key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	m, err := w.Bus.Conn.RequestMsgWithContext(ctx, &nats.Msg{Subject: recallSubject, Data: joined(keys)})
	if err != nil {
		return nil // it is computed again, which only costs time
	}
	return readRecalled(m.Data)
}

// scenario decodes a task's scenario, with its trace.
func (w *Worker) scenario(ctx context.Context, doc []byte) (scenario.Scenario, error) {
	s, err := scenario.Decode(doc)
	if err != nil {
		return s, err
	}
	return s, w.attach(ctx, &s)
}

// attach gives s the trace that it names.
func (w *Worker) attach(ctx context.Context, s *scenario.Scenario) error {
	if s.Workload.Routing.Source != workload.File {
		return nil
	}
	trace, err := w.traces.get(ctx, w.Bus, s.Workload.Routing.SHA256)
	switch {
	case errors.Is(err, jetstream.ErrObjectNotFound), errors.Is(err, jetstream.ErrBucketNotFound):
		return fault.At("workload.routing.sha256", "the trace is not on the server any more: attach it again")
	case err != nil:
		return away{err}
	}
	named := *trace
	named.Name = s.Workload.Routing.File // as where it was attached
	s.Traces = workload.Traces{named.SHA256: &named}
	return nil
}

// limited calls run within a time, and makes a panic an error: one scenario must not
// take other work down.
func limited[T any](ctx context.Context, limit time.Duration, run func(context.Context) (T, error)) (result T, err error) {
	within, cancel := context.WithTimeoutCause(ctx, limit, errTooLong)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	result, err = run(within)
	if err != nil && within.Err() != nil {
		err = context.Cause(within)
	}
	return result, err
}

// failed says why there is no result. What nobody foresaw goes to the log alone.
func (w *Worker) failed(t task, err error) *wire.Failed {
	f := Describe(err)
	if f.Code == wire.CodeInternal {
		w.Log.Error("a scenario failed", "job", t.Job, "piece", t.Piece, "error", err)
	}
	return f
}

// watch returns a probe that tells how far a run is.
func (w *Worker) watch(t task) probe.Probe {
	var last time.Time
	return probe.Probe{Progress: func(p probe.Progress) {
		now := time.Now()
		if now.Sub(last) < stepEvery {
			return
		}
		last = now
		s := step{Piece: t.Piece, Progress: &wire.Progress{Done: p.Done, Total: p.Total, Now: p.Now, Clocked: p.Clocked, ClockedOf: p.ClockedOf}}
		if p.Done > 0 {
			s.Partial = &wire.Partial{Latency: p.Now, Passes: p.Passes, Tokens: p.Tokens}
		}
		w.tell(t, s)
	}}
}

func (w *Worker) tell(t task, s step) {
	_ = w.Bus.Conn.Publish(stepSubject(t.Job), encoded(s)) // the next one makes up for it
}
