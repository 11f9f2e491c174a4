package stream

import (
	"context"
	"sync"
	"time"

	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

// A Run is one scenario on the server, from the queue to its end.
type Run struct {
	ID       string
	Log      Log
	scenario scenario.Scenario
	ctx      context.Context
	cancel   context.CancelCauseFunc

	mu       sync.Mutex
	state    wire.State
	failed   *wire.Failed
	report   *report.Report
	watchers int
	finished time.Time // zero until then
}

// State describes the run to a client.
func (r *Run) State() wire.RunState {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := wire.RunState{
		ID: r.ID, State: r.state, Failed: r.failed, Watchers: r.watchers,
		Title: r.scenario.Title, Model: r.scenario.Model.Name,
		Machine: r.scenario.Machine.Name, Strategy: string(r.scenario.Strategy.Name),
	}
	if r.report != nil {
		s.Digest = r.report.Digest
	}
	return s
}

// Report returns the result, or an error if there is none: ErrUnfinished, or why
// the run failed.
func (r *Run) Report() (*report.Report, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.report != nil:
		return r.report, nil
	case r.failed != nil:
		return nil, &Failure{r.failed}
	default:
		return nil, ErrUnfinished
	}
}

// Cancel stops the run. One that waits ends at once, one that works as soon as
// the simulator notices, and one that has ended stays as it is.
func (r *Run) Cancel() { r.stop(context.Canceled) }

func (r *Run) stop(cause error) {
	r.cancel(cause)
	r.mu.Lock()
	waits := r.state == wire.StateQueued
	r.mu.Unlock()
	if waits {
		r.fail(cause)
	}
}

// begin takes the run out of the queue, unless it was cancelled there.
func (r *Run) begin() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.state != wire.StateQueued {
		return false
	}
	r.state = wire.StateRunning
	return true
}

func (r *Run) succeed(rep report.Report) {
	r.finish(wire.StateDone, wire.Message{Kind: wire.KindReport, Report: &rep})
}

func (r *Run) fail(err error) {
	failed := Describe(err)
	state := wire.StateFailed
	if failed.Code == wire.CodeCancelled {
		state = wire.StateCancelled
	}
	r.finish(state, wire.Message{Kind: wire.KindFailed, Failed: failed})
}

// finish records the result before it is told, so that whoever hears of the end
// finds the report; the first result stands.
func (r *Run) finish(s wire.State, result wire.Message) {
	r.mu.Lock()
	first := r.finished.IsZero()
	if first {
		r.state, r.report, r.failed, r.finished = s, result.Report, result.Failed, time.Now()
	}
	r.mu.Unlock()
	if first {
		r.Log.append(result)
		r.Log.append(wire.Message{Kind: wire.KindEnd})
		r.cancel(nil)
	}
}

// over reports whether the run has ended, in whatever way.
func (r *Run) over() bool {
	_, over := r.since(time.Time{})
	return over
}

// since returns for how long the run has been over; false if it is not.
func (r *Run) since(now time.Time) (time.Duration, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return now.Sub(r.finished), !r.finished.IsZero()
}

func (r *Run) watch(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watchers += n
}
