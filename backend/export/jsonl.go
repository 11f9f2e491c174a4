package export

import (
	"bufio"
	"encoding/json"
	"io"

	"monde/core/sweep"
)

// lineWriter writes a row a line.
type lineWriter struct {
	w   *bufio.Writer
	enc *json.Encoder
}

var _ Writer = (*lineWriter)(nil)

func newLines(w io.Writer) *lineWriter {
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return &lineWriter{b, enc}
}

// Write implements Writer.
func (l *lineWriter) Write(rows []sweep.Row) error {
	for i := range rows {
		if err := l.enc.Encode(&rows[i]); err != nil {
			return err
		}
	}
	return l.w.Flush()
}

// Close implements Writer.
func (l *lineWriter) Close() error { return l.w.Flush() }
