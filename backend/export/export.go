// Package export writes the rows of a sweep as tables that other programs read.
//
// CSV is RFC 4180, JSON Lines is one sweep.Row a line, Parquet is version 2 of Apache's
// format by github.com/parquet-go/parquet-go. Columns and their names come from
// package sweep, numbers are exact in all three. Writers hold a bounded number of rows,
// however many there are. It leaves out where rows come from, and reading.
package export

import (
	"fmt"
	"io"
	"strings"

	"monde/core/sweep"
)

// Format is a kind of file.
type Format string

// Formats.
const (
	CSV       Format = "csv"
	JSONLines Format = "jsonl"
	Parquet   Format = "parquet"
)

// Formats lists them.
var Formats = []Format{CSV, JSONLines, Parquet}

// FormatOf returns the format that a file's name ends in, and whether there is one.
func FormatOf(file string) (Format, bool) {
	for _, f := range Formats {
		if strings.HasSuffix(file, f.Suffix()) {
			return f, true
		}
	}
	return "", false
}

// Suffix returns what the names of such files end in: ".csv".
func (f Format) Suffix() string { return "." + string(f) }

// ContentType returns the format's media type.
func (f Format) ContentType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8; header=present"
	case JSONLines:
		return "application/x-ndjson"
	default:
		return "application/vnd.apache.parquet"
	}
}

// A Writer writes rows in the order in which they come. Without Close a file is not whole.
type Writer interface {
	Write(rows []sweep.Row) error
	Close() error
}

// New returns a Writer of rows of a sweep over axes. Close does not close w.
func New(f Format, w io.Writer, axes []sweep.Axis) (Writer, error) {
	switch f {
	case CSV:
		return newCSV(w, axes)
	case JSONLines:
		return newLines(w), nil
	case Parquet:
		return newParquet(w, axes), nil
	}
	return nil, fmt.Errorf("export: there is no format %.32q; known are %q", f, Formats)
}
