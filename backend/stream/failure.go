package stream

import (
	"context"
	"errors"

	"monde/core/fault"
	"monde/core/wire"
)

// What the registry refuses, and why a run may stop.
var (
	ErrBusy       = errors.New("too many runs are waiting; try again later")
	ErrClosing    = errors.New("the server is shutting down")
	ErrUnknown    = errors.New("no such run; it may have been forgotten")
	ErrUnfinished = errors.New("the run has not ended yet")
	ErrTooLong    = errors.New("the run took longer than this server allows")
)

// A Failure is a run's failed message as an error.
type Failure struct{ wire *wire.Failed }

// Error returns the reason.
func (f *Failure) Error() string { return f.wire.Reason }

// Code returns what kind of failure it is.
func (f *Failure) Code() wire.Code { return f.wire.Code }

// Fields returns every mistake of the caller.
func (f *Failure) Fields() []fault.Field { return f.wire.Fields }

// Describe is the table from errors to failed messages. What is not in it is
// ours, and its text stays in the log: it may name what no client should know.
func Describe(err error) *wire.Failed {
	fields := fault.Fields(err)
	if fields == nil {
		fields = []fault.Field{} // an empty list in JSON, not null
	}
	failed := func(code wire.Code, reason string) *wire.Failed {
		return &wire.Failed{Code: code, Reason: reason, Fields: fields}
	}
	switch {
	case len(fields) > 0:
		return failed(wire.CodeInvalid, "the scenario has mistakes")
	case errors.Is(err, ErrBusy):
		return failed(wire.CodeBusy, err.Error())
	case errors.Is(err, ErrTooLong), errors.Is(err, ErrClosing):
		return failed(wire.CodeCancelled, err.Error())
	case errors.Is(err, context.Canceled):
		return failed(wire.CodeCancelled, "the run was cancelled")
	default:
		return failed(wire.CodeInternal, "the server failed; its log says why")
	}
}
