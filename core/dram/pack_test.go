package dram_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// from is a folder with the reference simulators' output: configs, cmdtraces,
// traces, results.csv and speed.csv. docs/data.md says what it holds.
var from = flag.String("from", "", "folder of reference results to write testdata from")

// TestTestdataIsPackedFromTheReference writes testdata anew, from -from.
func TestTestdataIsPackedFromTheReference(t *testing.T) {
	if *from == "" {
		t.Skip("no -from")
	}
	p := &packer{t}
	p.micro()
	p.streams()
	p.traces()
	p.results()
	p.drawn()
	p.rules()
	p.memories()
}

type packer struct{ *testing.T }

func (p *packer) must(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *packer) read(name string) []byte {
	p.Helper()
	b, err := os.ReadFile(filepath.Join(*from, name))
	p.must(err)
	if strings.HasSuffix(name, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(b))
		p.must(err)
		b, err = io.ReadAll(z)
		p.must(err)
	}
	return b
}

func (p *packer) write(name string, b []byte) {
	p.Helper()
	if strings.HasSuffix(name, ".gz") {
		var out bytes.Buffer
		z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
		p.must(err)
		_, err = z.Write(b)
		p.must(err)
		p.must(z.Close())
		b = out.Bytes()
	}
	p.must(os.WriteFile(filepath.Join("testdata", name), b, 0o644))
}

// micro keeps the requests and the commands, as lines, of what we simulate.
func (p *packer) micro() {
	var out bytes.Buffer
	for line := range strings.Lines(string(p.read("cmdtraces/micro.jsonl"))) {
		var in map[string]json.RawMessage
		p.must(json.Unmarshal([]byte(line), &in))
		var m microTrace
		p.must(json.Unmarshal(in["name"], &m.Name))
		p.must(json.Unmarshal(in["requests_arrive_type_bg_ba_row_col"], &m.Requests))
		m.Commands = map[string][]string{}
		for config, raw := range in {
			var run struct {
				R2 [][]any `json:"commands_clk_cmd_ra_bg_ba_row_col"`
				D3 [][]any `json:"commands"`
			}
			if !strings.HasPrefix(config, "r2_") && !strings.HasPrefix(config, "d3_") {
				continue
			}
			p.must(json.Unmarshal(raw, &run))
			m.Commands[config] = []string{}
			for _, c := range append(run.R2, run.D3...) {
				m.Commands[config] = append(m.Commands[config], strings.Trim(fmt.Sprint(c), "[]"))
			}
		}
		b, err := json.Marshal(m)
		p.must(err)
		out.Write(append(b, '\n'))
	}
	p.write("micro.jsonl.gz", out.Bytes())
}

// streams keeps a hash of each command stream, and a few whole.
func (p *packer) streams() {
	whole := []string{"r2_lp5_6400.mix90_seq", "r2_lp5_6400_refpb.expert", "r2_lp5x_8533.pingpong", "d3_lp5eq_6400.mix90_seq"}
	rows := [][]string{{"config", "stream", "requests", "cycles", "lat_p50", "lat_p99", "commands", "sha256"}}
	files, err := filepath.Glob(filepath.Join(*from, "cmdtraces", "*.cmd.gz"))
	p.must(err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".n5000.cmd.gz")
		config, stream, _ := strings.Cut(name, ".")
		if strings.HasPrefix(config, "dsys") {
			continue
		}
		text := string(p.read("cmdtraces/" + filepath.Base(file)))
		facts, commands := "", []byte{}
		for line := range strings.Lines(text) {
			if !strings.HasPrefix(line, "#") {
				commands = append(commands, line...)
			} else if facts == "" {
				facts = line
			}
		}
		rows = append(rows, []string{
			config, stream, fact(facts, "n"), fact(facts, "cycles"), fact(facts, "lat_p50"), fact(facts, "lat_p99"),
			strconv.Itoa(bytes.Count(commands, []byte("\n"))), fmt.Sprintf("%x", sha256.Sum256(commands)),
		})
		if slices.Contains(whole, name) {
			p.write(name+".gz", commands)
		}
		if name == "r2_lp5_6400.mix90_seq" {
			p.kinds("mix90_seq", commands)
		}
	}
	p.table("streams.csv", rows)
}

// fact returns the value of key in a line of key=value.
func fact(line, key string) string {
	for _, word := range strings.Fields(line) {
		if v, ok := strings.CutPrefix(word, key+"="); ok {
			return v
		}
	}
	return ""
}

func (p *packer) table(name string, rows [][]string) {
	var out bytes.Buffer
	p.must(csv.NewWriter(&out).WriteAll(rows))
	p.write(name, out.Bytes())
}

// kinds keeps which requests of a drawn stream were writes: those whose place a
// WR went to. Every place occurs once.
func (p *packer) kinds(stream string, commands []byte) {
	written := map[string]bool{}
	for line := range strings.Lines(string(commands)) {
		if f := strings.Fields(line); f[1] == "WR" {
			written[strings.Join(f[2:], " ")] = true
		}
	}
	reqs := pattern(p, "seq_bg", "r2_lp5_6400", 5000)
	bits := make([]byte, (len(reqs)+7)/8)
	for i, r := range reqs {
		if written[fmt.Sprint(r.Rank, r.Group, r.Bank, r.Row, r.Col*16)] {
			bits[i/8] |= 1 << (i % 8)
		}
	}
	p.write(stream+".writes", bits)
}

// traces keeps a hash of each request stream, and the kinds of the drawn one.
func (p *packer) traces() {
	rows := [][]string{{"stream", "requests", "sha256"}}
	files, err := filepath.Glob(filepath.Join(*from, "traces", "*.trc.gz"))
	p.must(err)
	for _, file := range files {
		stream, _, _ := strings.Cut(filepath.Base(file), ".")
		var lines []byte
		var bits []byte
		n := 0
		for line := range strings.Lines(string(p.read("traces/" + filepath.Base(file)))) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			if n%8 == 0 {
				bits = append(bits, 0)
			}
			if strings.Fields(line)[1] == "W" {
				bits[n/8] |= 1 << (n % 8)
			}
			lines = append(lines, line...)
			n++
		}
		if stream == "mix50_seq" {
			p.write(stream+".writes", bits)
		}
		rows = append(rows, []string{stream, strconv.Itoa(n), fmt.Sprintf("%x", sha256.Sum256(lines))})
	}
	p.table("traces.csv", rows)
}

// results keeps the counts of every run of a memory that we simulate.
func (p *packer) results() {
	keep := []string{
		"config", "stream", "window", "nch", "n", "cycles", "lat_mean", "lat_p50", "lat_p90", "lat_p99", "lat_max",
		"ACT", "PREpb", "PREab", "RD", "WR", "REFab", "REFpb", "CAS", "undrained_writes",
	}
	p.columns("results.csv", "results.csv", keep, func(row func(string) string) bool {
		return strings.HasPrefix(row("config"), "r2_") || strings.HasPrefix(row("config"), "d3_")
	})
}

// drawn keeps what is known of runs of drawn streams: seconds and clocks a second.
func (p *packer) drawn() {
	keep := []string{"sim", "config", "stream", "window", "nch", "n", "cpu_s_min5", "Mcycles_per_s", "Mreq_per_s"}
	p.columns("speed.csv", "speed.csv", keep, func(func(string) string) bool { return true })
}

func (p *packer) columns(name, to string, keep []string, want func(row func(string) string) bool) {
	in, err := csv.NewReader(bytes.NewReader(p.read(name))).ReadAll()
	p.must(err)
	rows := [][]string{keep}
	for _, row := range in[1:] {
		get := func(column string) string { return row[slices.Index(in[0], column)] }
		if !want(get) {
			continue
		}
		var out []string
		for _, k := range keep {
			out = append(out, get(k))
		}
		rows = append(rows, out)
	}
	p.table(to, rows)
}
