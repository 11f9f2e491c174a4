package validate

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// table is one file of measurements: a header, and rows.
type table struct {
	name string // without .csv
	head []string
	rows [][]string
	at   []int // lines of the file where rows begin, from 1
}

// maxTable is the largest file that is read, in bytes.
const maxTable = 64 << 20

// read reads the file of that name; nil if there is none.
func read(dir fs.FS, name string) (*table, error) {
	f, err := dir.Open(name + ".csv")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	t := &table{name: name}
	if err := t.fill(&io.LimitedReader{R: f, N: maxTable + 1}); err != nil {
		return nil, fmt.Errorf("%s.csv: %w", name, err)
	}
	return t, nil
}

// fill reads all of a file. A byte order mark, as spreadsheets write one, is no part
// of the first column.
func (t *table) fill(r *io.LimitedReader) error {
	text := bufio.NewReader(r)
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" {
		_, _ = text.Discard(3) // they are in the buffer
	}
	lines := csv.NewReader(text)
	lines.Comment = '#'
	for {
		cells, err := lines.Read()
		switch {
		case r.N == 0: // or its end would be missing, and nobody would know
			return fmt.Errorf("is larger than %d MiB", maxTable>>20)
		case err == io.EOF:
			return t.complete()
		case err != nil:
			return err
		case t.head == nil:
			t.head = cells
			continue
		}
		at, _ := lines.FieldPos(0)
		t.rows, t.at = append(t.rows, cells), append(t.at, at)
	}
}

// complete reports a file that says nothing, or two things at once.
func (t *table) complete() error {
	if t.head == nil {
		return errors.New("is empty, it has no header")
	}
	if len(t.rows) == 0 {
		return errors.New("has no rows, only a header")
	}
	for i, name := range t.head {
		name = strings.TrimSpace(name)
		if name != "" && slices.Contains(t.head[:i], name) {
			return fmt.Errorf("has column %q twice", name)
		}
		t.head[i] = name
	}
	return nil
}

// each stands for a column of each model and strategy, one at least.
const each = "model/strategy"

// has reports whether the file has a column.
func (t *table) has(column string) bool {
	if column == each {
		return slices.ContainsFunc(t.head, func(name string) bool { return strings.Contains(name, "/") })
	}
	return slices.Contains(t.head, column)
}

// need reports the columns that the file lacks.
func (t *table) need(columns ...string) error {
	var lacks []string
	for _, c := range columns {
		if !t.has(c) {
			lacks = append(lacks, strconv.Quote(c))
		}
	}
	if len(lacks) > 0 {
		return fmt.Errorf("%s.csv: has no column %s", t.name, strings.Join(lacks, ", "))
	}
	return nil
}

// line is one row being read: the first mistake in it is kept.
type line struct {
	t     *table
	cells []string
	at    int
	wrong string
}

// line returns row i.
func (t *table) line(i int) *line { return &line{t: t, cells: t.rows[i], at: t.at[i]} }

func (l *line) text(column string) string {
	if i := slices.Index(l.t.head, column); i >= 0 {
		return strings.TrimSpace(l.cells[i])
	}
	return ""
}

// count reads a whole number from lo to hi.
func (l *line) count(column string, lo, hi int) int {
	n, err := strconv.Atoi(l.text(column))
	if err != nil || n < lo || n > hi {
		l.blame("%s must be a whole number from %d to %d, got %q", column, lo, hi, l.text(column))
		return lo
	}
	return n
}

// Measured values are within these, so that ratios of them are numbers too.
const (
	leastMeasured = 1e-9
	mostMeasured  = 1e15
)

// measured reads a positive number.
func (l *line) measured(column string) float64 {
	v, err := strconv.ParseFloat(l.text(column), 64)
	if err != nil || !(v >= leastMeasured && v <= mostMeasured) {
		l.blame("%s must be a positive number up to %g, got %q", column, mostMeasured, l.text(column))
		return 0
	}
	return v
}

// counts reads tokens per expert.
func (l *line) counts(column string) []int {
	var all []int
	for word := range strings.FieldsSeq(l.text(column)) {
		n, err := strconv.Atoi(word)
		if err != nil || n < 0 || n > 1<<24 {
			l.blame("%s must be whole numbers, got %q", column, word)
			return nil
		}
		all = append(all, n)
	}
	if len(all) == 0 {
		l.blame("%s is empty", column)
	}
	return all
}

// longProblem is how many bytes of a mistake are told: a cell may be as large as a file.
const longProblem = 200

// blame keeps the first mistake of a line.
func (l *line) blame(format string, args ...any) {
	if l.wrong != "" {
		return
	}
	l.wrong = fmt.Sprintf(format, args...)
	if len(l.wrong) > longProblem {
		l.wrong = strings.ToValidUTF8(l.wrong[:longProblem], "") + "..."
	}
}
