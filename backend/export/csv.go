package export

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"monde/core/sweep"
)

// csvWriter writes a header, then a line a row. What a row lacks is empty.
type csvWriter struct {
	w       *csv.Writer
	columns []sweep.Column
	cells   []string // of a row
}

var _ Writer = (*csvWriter)(nil)

func newCSV(w io.Writer, axes []sweep.Axis) (*csvWriter, error) {
	c := &csvWriter{w: csv.NewWriter(w), columns: sweep.Columns(axes)}
	c.w.UseCRLF = true // RFC 4180, 2.1
	c.cells = make([]string, len(c.columns))
	for i, column := range c.columns {
		c.cells[i] = column.Name
	}
	return c, c.w.Write(c.cells)
}

// Write implements Writer.
func (c *csvWriter) Write(rows []sweep.Row) error {
	for i := range rows {
		for k, column := range c.columns {
			c.cells[k] = inCSV(column, &rows[i])
		}
		if err := c.w.Write(c.cells); err != nil {
			return err
		}
	}
	c.w.Flush()
	return c.w.Error()
}

// Close implements Writer.
func (c *csvWriter) Close() error {
	c.w.Flush()
	return c.w.Error()
}

func inCSV(column sweep.Column, r *sweep.Row) string {
	v, ok := column.Of(r)
	if !ok {
		return ""
	}
	switch column.Kind {
	case sweep.WholeColumn:
		return strconv.FormatInt(v.Whole, 10)
	case sweep.RealColumn:
		return number(v.Real)
	case sweep.TruthColumn:
		return strconv.FormatBool(v.Truth)
	default:
		return guarded(v.Text)
	}
}

// number returns the shortest text that is v again, with all digits of a whole number.
func number(v float64) string { return sweep.Number(v).String() }

// guarded keeps a spreadsheet from taking a name for a formula: one that begins as a
// formula does gets an apostrophe before it, as OWASP's "CSV Injection" says. Nothing of
// ours begins so, but a user's file may name anything. Text that is a number stays.
func guarded(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r\n", rune(s[0])) {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}
