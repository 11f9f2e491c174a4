package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"monde/backend/export"
	"monde/core/sweep"
)

var axes = []sweep.Axis{
	{Path: "workload.batch", From: 1, To: 1e6},
	{Path: "strategy.name", Values: []sweep.Value{sweep.Name("GPU+PM"), sweep.Name(`+a,"b"`), sweep.Name("MD+LB")}},
	{Path: "strategy.alpha", Values: []sweep.Value{sweep.Number(0.1), sweep.Number(-3)}},
}

// rows are n rows, every third without a result.
func rows(from, n int) []sweep.Row {
	all := make([]sweep.Row, n)
	for i := range all {
		k := from + i
		r := sweep.Row{Index: k, Values: []sweep.Value{sweep.Number(float64(k + 1)), axes[1].Values[k%3], axes[2].Values[k%2]}}
		if k%3 == 2 {
			r.Failed = "workload.batch: must be 1 to 65536, got \"x\", or so"
		} else {
			r.Result = &sweep.Result{Digest: fmt.Sprint("d", k), Latency: 1<<62 + 1, TokensPerSecond: 1.0 / 3, EnergyPerToken: 1e300, Limit: "gpu", Fits: k%2 == 0, LinkIn: 3}
		}
		all[i] = r
	}
	return all
}

func written(t *testing.T, f export.Format, all []sweep.Row) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := export.New(f, &b, axes)
	if err != nil {
		t.Fatal(err)
	}
	for part := range slices.Chunk(all, 7) {
		if err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSONLinesAreTheRows(t *testing.T) {
	want := rows(0, 20)
	dec := json.NewDecoder(bytes.NewReader(written(t, export.JSONLines, want)))
	for i := range want {
		var got sweep.Row
		if err := dec.Decode(&got); err != nil || !reflect.DeepEqual(got, want[i]) {
			t.Errorf("row %d: %+v, want %+v: %v", i, got, want[i], err)
		}
	}
	if dec.More() {
		t.Error("there are more rows")
	}
}

// cells returns what the table of all rows has, as CSV writes it but for the guard.
func cells(all []sweep.Row) [][]string {
	var table [][]string
	var header []string
	columns := sweep.Columns(axes)
	for _, c := range columns {
		header = append(header, c.Name)
	}
	table = append(table, header)
	for i := range all {
		var line []string
		for _, c := range columns {
			v, ok := c.Of(&all[i])
			text := ""
			switch {
			case !ok:
			case c.Kind == sweep.WholeColumn:
				text = strconv.FormatInt(v.Whole, 10)
			case c.Kind == sweep.RealColumn:
				text = fmt.Sprint(v.Real)
			case c.Kind == sweep.TruthColumn:
				text = fmt.Sprint(v.Truth)
			default:
				text = v.Text
			}
			line = append(line, text)
		}
		table = append(table, line)
	}
	return table
}

func TestCSVHasEveryNumberExactly(t *testing.T) {
	all := rows(0, 20)
	doc := written(t, export.CSV, all)
	if n := bytes.Count(doc, []byte("\r\n")); n != 21 {
		t.Errorf("%d lines end as RFC 4180 says, want 21", n)
	}
	got, err := csv.NewReader(bytes.NewReader(doc)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := cells(all)
	for i, line := range got {
		for k, text := range line {
			if i > 0 && k == 2 {
				text = strings.TrimPrefix(text, "'") // the guard of a name that begins as a formula
			}
			a, errA := strconv.ParseFloat(text, 64)
			b, errB := strconv.ParseFloat(want[i][k], 64)
			if text != want[i][k] && (errA != nil || errB != nil || a != b) {
				t.Errorf("line %d, %s: %q, want %q", i, want[0][k], text, want[i][k])
			}
		}
	}
	if got[1][slices.Index(got[0], "latency_ps")] != "4611686018427387905" {
		t.Error("a time is not written as a whole number")
	}
}

func TestANameIsNoFormulaInCSV(t *testing.T) {
	for _, name := range []string{"=1+2", "+cmd|x", "-cmd", "@SUM(A1)", "\tx"} {
		var b bytes.Buffer
		one := []sweep.Axis{{Path: "workload.routing.table", Values: []sweep.Value{sweep.Name(name)}}}
		w, _ := export.New(export.CSV, &b, one)
		if err := errors.Join(w.Write([]sweep.Row{{Values: one[0].Values}}), w.Close()); err != nil {
			t.Fatal(err)
		}
		got, err := csv.NewReader(&b).ReadAll()
		if err != nil || got[1][1] != "'"+name {
			t.Errorf("%q is written as %q: %v", name, got, err)
		}
	}
}

func TestParquetHasTypedColumnsInTheirOrder(t *testing.T) {
	all := rows(0, 40)
	doc := written(t, export.Parquet, all)
	file, err := parquet.OpenFile(bytes.NewReader(doc), int64(len(doc)))
	if err != nil {
		t.Fatal(err)
	}
	columns := sweep.Columns(axes)
	kinds := map[sweep.ColumnKind]parquet.Kind{sweep.WholeColumn: parquet.Int64, sweep.RealColumn: parquet.Double, sweep.TruthColumn: parquet.Boolean, sweep.TextColumn: parquet.ByteArray}
	for i, f := range file.Schema().Fields() {
		if c := columns[i]; f.Name() != c.Name || f.Type().Kind() != kinds[c.Kind] || f.Optional() != c.Optional {
			t.Errorf("column %d is %s %v, want %s %s", i, f.Name(), f.Type(), c.Name, c.Kind)
		}
	}
	r := parquet.NewReader(bytes.NewReader(doc))
	got := make([]parquet.Row, 1)
	for i := range all {
		if n, err := r.ReadRows(got); n != 1 {
			t.Fatalf("row %d: %v", i, err)
		}
		for k, c := range columns {
			v, ok := c.Of(&all[i])
			if p := got[0][k]; p.IsNull() == ok || ok && !same(c.Kind, p, v) {
				t.Errorf("row %d, %s: %v, want %v", i, c.Name, p, v)
			}
		}
	}
	if n, err := r.ReadRows(got); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("%d more rows: %v", n, err)
	}
}

func same(k sweep.ColumnKind, p parquet.Value, v sweep.Cell) bool {
	switch k {
	case sweep.WholeColumn:
		return p.Int64() == v.Whole
	case sweep.RealColumn:
		return p.Double() == v.Real
	case sweep.TruthColumn:
		return p.Boolean() == v.Truth
	default:
		return string(p.ByteArray()) == v.Text
	}
}

// A writer holds a row group at most, whatever comes after it.
func TestMemoryIsBoundedHoweverManyRows(t *testing.T) {
	const n = 100_000
	for _, f := range export.Formats {
		w, err := export.New(f, io.Discard, axes)
		if err != nil {
			t.Fatal(err)
		}
		some := rows(0, 500)
		var most uint64
		for i := 0; i < n; i += len(some) {
			if err := w.Write(some); err != nil {
				t.Fatal(err)
			}
			if i%(n/10) == 0 {
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				most = max(most, m.HeapAlloc)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: at most %d kB", f, most>>10)
		if most > 32<<20 {
			t.Errorf("%s: %d bytes are held", f, most)
		}
	}
}

func TestAFormatIsKnownByItsName(t *testing.T) {
	for _, f := range export.Formats {
		if got, ok := export.FormatOf("a.b" + f.Suffix()); got != f || !ok || f.ContentType() == "" {
			t.Errorf("%s: %s", f, got)
		}
	}
	if _, ok := export.FormatOf("a.xlsx"); ok {
		t.Error("xlsx is no format")
	}
	if _, err := export.New("xlsx", io.Discard, nil); err == nil {
		t.Error("xlsx is written")
	}
}

func BenchmarkWrite(b *testing.B) {
	some := rows(0, 1000)
	for _, f := range export.Formats {
		b.Run(string(f), func(b *testing.B) {
			w, _ := export.New(f, io.Discard, axes)
			for b.Loop() {
				if err := w.Write(some); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(some)), "ns/row")
		})
	}
}
