// Package fault holds the errors that are the caller's to mend: each names the
// field that is wrong, and all of them are reported at once.
package fault

import (
	"errors"
	"fmt"
)

// A Field says which field of the input is wrong, and why. Path is written as
// in the input, "machine.link.latency_ps" or "workload.routing.counts[2]"; it
// is empty when the input as a whole is wrong.
type Field struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// Error returns "path: reason".
func (f *Field) Error() string {
	if f.Path == "" {
		return f.Reason
	}
	return f.Path + ": " + f.Reason
}

// At returns a *Field.
func At(path, format string, args ...any) error {
	return &Field{path, fmt.Sprintf(format, args...)}
}

// Unless returns nil if ok, and otherwise a *Field.
func Unless(ok bool, path, format string, args ...any) error {
	if ok {
		return nil
	}
	return At(path, format, args...)
}

// Within returns nil if v is lo to hi, and otherwise a *Field.
func Within[N ~int | ~int64 | ~float64](path string, v, lo, hi N) error {
	return Unless(v >= lo && v <= hi, path, "must be %v to %v, got %v", lo, hi, v)
}

// Share returns nil if v is above 0 and at most 1, and otherwise a *Field.
func Share(path string, v float64) error {
	return Unless(v > 0 && v <= 1, path, "must be above 0 and at most 1, got %v", v)
}

// In returns err, which may join several, with parent in front of every path.
// An error that is not a Field stays as it is.
func In(parent string, err error) error {
	if err == nil {
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []error
		for _, e := range many.Unwrap() {
			all = append(all, In(parent, e))
		}
		return errors.Join(all...)
	}
	var f *Field
	if errors.As(err, &f) {
		return &Field{join(parent, f.Path), f.Reason}
	}
	return err
}

// Fields returns every Field that err joins or wraps, in order.
func Fields(err error) []Field {
	if err == nil {
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []Field
		for _, e := range many.Unwrap() {
			all = append(all, Fields(e)...)
		}
		return all
	}
	var f *Field
	if errors.As(err, &f) {
		return []Field{*f}
	}
	return nil
}

// Is reports whether err is the caller's to mend: it holds a Field.
func Is(err error) bool { return len(Fields(err)) > 0 }

func join(parent, path string) string {
	switch {
	case parent == "":
		return path
	case path == "" || path[0] == '[':
		return parent + path
	default:
		return parent + "." + path
	}
}
