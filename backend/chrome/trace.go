// Package chrome writes a run as a trace that chrome://tracing and Perfetto
// open.
//
// The format is the JSON of "Trace Event Format" (Google, 2016): a complete
// event a span, a thread a resource. It leaves out counters and flows.
package chrome

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"monde/core/probe"
	"monde/core/unit"
)

// A Trace writes spans as they come, so that a long run needs no memory. The
// first error stops it, and Close returns it.
type Trace struct {
	w   *bufio.Writer
	err error
}

// New begins a trace; name is shown for the whole run.
func New(w io.Writer, name string) *Trace {
	t := &Trace{w: bufio.NewWriterSize(w, 1<<16)}
	t.printf(`{"displayTimeUnit":"ns","traceEvents":[` + "\n")
	t.printf(`{"ph":"M","pid":1,"tid":0,"name":"process_name","args":{"name":%s}}`, quote(name))
	for r := range probe.Resources {
		t.printf(",\n"+`{"ph":"M","pid":1,"tid":%d,"name":"thread_name","args":{"name":%s}}`, thread(r), quote(r.String()))
		t.printf(",\n"+`{"ph":"M","pid":1,"tid":%d,"name":"thread_sort_index","args":{"sort_index":%d}}`, thread(r), thread(r))
	}
	return t
}

// Span writes one span.
func (t *Trace) Span(s probe.Span) {
	name := s.Work.String()
	if s.Expert >= 0 {
		name = fmt.Sprintf("%s %d", name, s.Expert)
	}
	t.printf(",\n"+`{"ph":"X","pid":1,"tid":%d,"name":%s,"cat":"%s","ts":%s,"dur":%s,"args":{"work":"%s","pass":%d,"layer":%d,"expert":%d}}`,
		thread(s.Resource), quote(name), s.Work, microseconds(s.Start), microseconds(s.End-s.Start),
		s.Work, s.Pass, s.Layer, s.Expert)
}

// Close ends the trace. It does not close the writer below.
func (t *Trace) Close() error {
	t.printf("\n]}\n")
	if t.err != nil {
		return t.err
	}
	return t.w.Flush()
}

func (t *Trace) printf(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.w, format, args...)
	}
}

// thread numbers resources from 1: viewers hide thread 0.
func thread(r probe.Resource) int { return int(r) + 1 }

// microseconds writes a time exactly: the format's unit is the microsecond, and
// six decimals of it are picoseconds.
func microseconds(t unit.Time) string {
	return fmt.Sprintf("%d.%06d", t/unit.Microsecond, t%unit.Microsecond)
}

func quote(s string) []byte {
	b, err := json.Marshal(s)
	if err != nil {
		panic("chrome: bug: " + err.Error()) // every string has a JSON
	}
	return b
}
