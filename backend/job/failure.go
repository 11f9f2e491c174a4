package job

import (
	"context"
	"errors"
	"strings"

	"monde/core/fault"
	"monde/core/wire"
)

// Describe is the table from errors to failed messages. What is not in it is ours, and
// its text stays in the log: it may name what no client should know.
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
	case errors.Is(err, errTooLong):
		return failed(wire.CodeCancelled, "the run took longer than this server allows")
	case errors.Is(err, errCancelled), errors.Is(err, context.Canceled):
		return failed(wire.CodeCancelled, "the run was cancelled")
	case errors.Is(err, errDeadly):
		return failed(wire.CodeInternal, err.Error())
	default:
		return failed(wire.CodeInternal, "the server failed; its log says why")
	}
}

// reason returns f as one line.
func reason(f *wire.Failed) string {
	if len(f.Fields) == 0 {
		return f.Reason
	}
	var all []string
	for _, field := range f.Fields {
		all = append(all, field.Error())
	}
	return strings.Join(all, "; ")
}
