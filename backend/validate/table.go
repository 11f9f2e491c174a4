package validate

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
)

// table is one file of measurements: a header, and rows.
type table struct {
	name string // without .csv
	head []string
	rows [][]string
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
	lines := csv.NewReader(io.LimitReader(f, maxTable))
	lines.Comment = '#'
	all, err := lines.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s.csv: %w", name, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s.csv: is empty, it has no header", name)
	}
	for i := range all[0] {
		all[0][i] = strings.TrimPrefix(strings.TrimSpace(all[0][i]), "\ufeff")
	}
	return &table{name, all[0], all[1:]}, nil
}

// need reports the columns that the file lacks.
func (t *table) need(columns ...string) error {
	for _, c := range columns {
		if !slices.Contains(t.head, c) {
			return fmt.Errorf("%s.csv: has no column %q", t.name, c)
		}
	}
	return nil
}

// line is one row being read: the first mistake in it is kept.
type line struct {
	t     *table
	cells []string
	wrong string
}

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

// measured reads a positive number.
func (l *line) measured(column string) float64 {
	v, err := strconv.ParseFloat(l.text(column), 64)
	if err != nil || !(v > 0) || math.IsInf(v, 0) {
		l.blame("%s must be a positive number, got %q", column, l.text(column))
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

func (l *line) blame(format string, args ...any) {
	if l.wrong == "" {
		l.wrong = fmt.Sprintf(format, args...)
	}
}

// key is the whole row, to know it again in another file.
func (l *line) key() string { return l.t.name + "|" + strings.Join(l.cells, "|") }
