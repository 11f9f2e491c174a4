package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"
)

// A table is what was found, in the order in which it is told.
type table struct {
	Title string `json:"title"`
	Lines []line `json:"lines"`
	Wrong []string
}

// A line is one figure.
type line struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
	Unit  string `json:"unit,omitempty"`
	Note  string `json:"note,omitempty"`
}

// add adds a figure. A note says what it is about, if that is not plain.
func (t *table) add(name string, value any, unit string, note ...string) {
	l := line{Name: name, Value: value, Unit: unit}
	for _, n := range note {
		l.Note += n
	}
	switch v := value.(type) {
	case time.Duration:
		l.Value, l.Unit = float64(v.Microseconds())/1000, "ms"
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			l.Value = nil
		}
	}
	t.Lines = append(t.Lines, l)
}

// need notes what must hold.
func (t *table) need(ok bool, format string, args ...any) {
	if !ok {
		t.Wrong = append(t.Wrong, fmt.Sprintf(format, args...))
	}
}

// write tells everything, as lines of text or as JSON.
func (t *table) write(w io.Writer, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(t)
	}
	tabs := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(tabs, t.Title) // Flush has the error, as of the next ones
	for _, l := range t.Lines {
		_, _ = fmt.Fprintf(tabs, "  %s\t%s %s\t%s\n", l.Name, figure(l.Value), l.Unit, l.Note)
	}
	for _, wrong := range t.Wrong {
		_, _ = fmt.Fprintf(tabs, "  WRONG: %s\n", wrong)
	}
	return tabs.Flush()
}

// figure writes a value with about four digits.
func figure(v any) string {
	f, ok := v.(float64)
	switch {
	case v == nil:
		return "-"
	case !ok:
		return fmt.Sprint(v)
	case f != 0 && (math.Abs(f) < 0.01):
		return strconv.FormatFloat(f, 'g', 3, 64)
	case math.Abs(f) < 100:
		return strconv.FormatFloat(f, 'f', 2, 64)
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}

// spread adds how long something took each time: least, middle, most, and each.
func (t *table) spread(name string, all []time.Duration) {
	if len(all) == 0 {
		t.add(name, "none", "")
		return
	}
	sorted := slices.Sorted(slices.Values(all))
	note := ""
	for _, d := range all {
		note += fmt.Sprintf(" %.2f", d.Seconds())
	}
	t.add(name+", median", sorted[len(sorted)/2], "", "seconds each:"+note)
	t.add(name+", max", sorted[len(sorted)-1], "")
}
