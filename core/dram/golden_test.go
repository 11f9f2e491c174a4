package dram_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"

	"monde/core/dram"
	"monde/core/dram/cmdtrace"
)

//go:embed testdata/*.csv testdata/*.gz testdata/*.writes
var testdata embed.FS

// given returns a file of testdata.
func given(t testing.TB, name string) []byte {
	t.Helper()
	b, err := testdata.ReadFile("testdata/" + name)
	if err == nil && strings.HasSuffix(name, ".gz") {
		var z *gzip.Reader
		if z, err = gzip.NewReader(bytes.NewReader(b)); err == nil {
			b, err = io.ReadAll(z)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A row of a table, by column.
type row map[string]string

func (r row) number(t testing.TB, column string) int64 {
	t.Helper()
	var n int64
	if _, err := fmt.Sscan(r[column], &n); err != nil {
		t.Fatalf("%s: %q is no number", column, r[column])
	}
	return n
}

func table(t testing.TB, name string) []row {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(given(t, name))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, line := range lines[1:] {
		r := row{}
		for i, cell := range line {
			r[lines[0][i]] = cell
		}
		rows = append(rows, r)
	}
	return rows
}

func named(t testing.TB, name string) dram.Spec {
	t.Helper()
	s, err := dram.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pattern returns n requests a channel. Of mixed streams it returns those of the
// reference runs, whose kinds are in testdata: they were drawn otherwise.
func pattern(t testing.TB, stream, config string, n int) []dram.Request {
	t.Helper()
	s := named(t, config)
	reqs, err := dram.Pattern(stream, s, n, 1)
	if err != nil {
		t.Fatal(err)
	}
	if stream == "mix90_seq" || stream == "mix50_seq" {
		bits := given(t, stream+".writes")
		for i := range reqs {
			if at := i / s.Channels; at < 8*len(bits) { // for longer ones, ours do
				reqs[i].Write = bits[at/8]>>(at%8)&1 == 1
			}
		}
	}
	return reqs
}

// A microTrace is a handful of requests and what each memory makes of them.
type microTrace struct {
	Name     string              `json:"name"`
	Requests [][6]any            `json:"requests"` // arrive, R or W, bank group, bank, row, burst
	Commands map[string][]string `json:"commands"`
}

func (m microTrace) requests(t *testing.T) []dram.Request {
	t.Helper()
	var lines strings.Builder
	for _, r := range m.Requests {
		fmt.Fprintln(&lines, r[0], r[1], 0, 0, r[2], r[3], r[4], r[5])
	}
	reqs, err := dram.ReadTrace(strings.NewReader(lines.String()))
	if err != nil {
		t.Fatal(err)
	}
	return reqs
}

func TestEveryCommandOfAMicroTraceIsIssuedAtTheClockOfTheReference(t *testing.T) {
	compared := 0
	for line := range bytes.Lines(given(t, "micro.jsonl.gz")) {
		var m microTrace
		if err := json.Unmarshal(line, &m); err != nil {
			t.Fatal(err)
		}
		for config, want := range m.Commands {
			s := named(t, config)
			got := commands(t, s, m.requests(t))
			if diff := difference(got, []byte(strings.Join(append(want, ""), "\n"))); diff != "" {
				t.Errorf("%s, %s: %s", m.Name, config, diff)
			}
			compared++
		}
	}
	if compared != 14*5 {
		t.Errorf("%d streams were compared, want 14 of 5 memories each", compared)
	}
}

// commands returns the command stream that s makes of reqs, as text.
func commands(t *testing.T, s dram.Spec, reqs []dram.Request) []byte {
	t.Helper()
	lines := cmdtrace.Of(s)
	var out []byte
	watched(t, s, reqs, 0, func(c dram.Command) { out = lines.Append(out, c) })
	return out
}

// difference says where two command streams first differ, and what came before;
// it is empty when they do not.
func difference(got, want []byte) string {
	if bytes.Equal(got, want) {
		return ""
	}
	a, b := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	from := max(0, n-8)
	return fmt.Sprintf("command %d of %d differs; got\n%s\nwant\n%s", n+1, len(b),
		strings.Join(a[from:min(n+3, len(a))], "\n"), strings.Join(b[from:min(n+3, len(b))], "\n"))
}

func TestEveryCommandOfAStreamIsIssuedAtTheClockOfTheReference(t *testing.T) {
	for i, want := range table(t, "streams.csv") {
		if slow && i%7 != 0 {
			continue
		}
		t.Run(want["config"]+"/"+want["stream"], func(t *testing.T) {
			t.Parallel()
			s := named(t, want["config"])
			reqs := pattern(t, want["stream"], want["config"], int(want.number(t, "requests")))
			lines := cmdtrace.Of(s)
			var got []byte
			r := watched(t, s, reqs, 0, func(c dram.Command) { got = lines.Append(got, c) })
			if whole, err := testdata.ReadFile("testdata/" + want["config"] + "." + want["stream"] + ".gz"); err == nil && len(whole) > 0 {
				if diff := difference(got, given(t, want["config"]+"."+want["stream"]+".gz")); diff != "" {
					t.Error(diff)
				}
			}
			if n := int64(bytes.Count(got, []byte("\n"))); n != want.number(t, "commands") || r.Cycles != want.number(t, "cycles") {
				t.Errorf("%d commands in %d clocks, want %s in %s", n, r.Cycles, want["commands"], want["cycles"])
			}
			if r.Latency.P50 != want.number(t, "lat_p50") || r.Latency.P99 != want.number(t, "lat_p99") {
				t.Errorf("reads took %+v clocks, want p50 %s and p99 %s", r.Latency, want["lat_p50"], want["lat_p99"])
			}
			if hash := fmt.Sprintf("%x", sha256.Sum256(got)); hash != want["sha256"] {
				t.Errorf("the command stream is %s, want %s", hash, want["sha256"])
			}
		})
	}
}
