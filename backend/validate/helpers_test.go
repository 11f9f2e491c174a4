package validate

import (
	"context"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// quietly is where nothing is interrupted.
var quietly = context.Background()

// compared is everything that the program carries, compared once for all tests. Under
// the race detector, one in seven of the rows of fused kernels stands for all.
var compared = sync.OnceValues(func() (Result, error) {
	if !slow {
		return Run(quietly, Embedded(), func(int, int) {})
	}
	rows, err := Load(Embedded())
	if err != nil {
		return Result{}, err
	}
	rows = slices.DeleteFunc(rows, func(r Row) bool { return r.Machine != box && r.Machine != offload && r.Line > 3 && r.Line%7 != 5 })
	err = predict(quietly, rows, func(int, int) {})
	return Result{Sets: summaries(rows), Rows: rows}, err
})

func embeddedResult(t *testing.T) Result {
	t.Helper()
	r, err := compared()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// carriedRows are all rows that the program carries, without predictions.
func carriedRows(t *testing.T) []Row {
	t.Helper()
	rows, err := Load(Embedded())
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// folder is a folder of measurements from name and text.
func folder(files map[string]string) fs.FS {
	all := fstest.MapFS{}
	for name, text := range files {
		all[name+".csv"] = &fstest.MapFile{Data: []byte(text)}
	}
	return all
}

// carried is the text of an embedded file.
func carried(t testing.TB, name string) string {
	t.Helper()
	text, err := fs.ReadFile(Embedded(), name+".csv")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// mapped returns the text of an embedded file with its lines, without the header,
// changed.
func mapped(t testing.TB, name string, change func(lines []string) []string) string {
	t.Helper()
	head, body, _ := strings.Cut(strings.TrimSpace(carried(t, name)), "\n")
	return head + "\n" + strings.Join(change(strings.Split(body, "\n")), "\n") + "\n"
}

// few returns the first lines of an embedded file, its header included.
func few(t testing.TB, name string, n int) string {
	t.Helper()
	return mapped(t, name, func(lines []string) []string { return lines[:min(n, len(lines))] })
}

// load reads a folder that is well formed as files go.
func load(t testing.TB, files map[string]string) []Row {
	t.Helper()
	rows, err := Load(folder(files))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// held returns the rows of sets that are held out and have a prediction, of some
// strategies and machines, or of all.
func held(rows []Row, set string, strategies ...string) []Row {
	wanted := map[string]bool{}
	for _, s := range strategies {
		wanted[s] = true
	}
	var all []Row
	for _, r := range rows {
		if r.Set == set && !r.Fitted && r.Problem == "" && (len(wanted) == 0 || wanted[r.Strategy] || wanted[r.Machine]) {
			all = append(all, r)
		}
	}
	return all
}

// problems counts rows by their problem.
func problems(rows []Row) map[string]int {
	all := map[string]int{}
	for _, r := range rows {
		if r.Problem != "" {
			all[r.Problem]++
		}
	}
	return all
}

func sameCounts(a, b map[string]int) bool { return maps.Equal(a, b) }
