package validate

import (
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// file is a kind of measurements: its name without .csv, the columns that it must
// have, what a row becomes, and which rows constants are fitted to.
type file struct {
	name    string
	columns []string
	rows    func(*line) []Row
	fitted  func(i int, l *line) bool // i counts rows of the embedded file; nil: none is
}

func files() []file {
	return []file{
		{"h100/link", []string{"memory", "bytes", "h2d_us", "d2h_us", "h2d_host_visible_us"}, linkRows, linkFitted},
		{"h100/ffn", []string{"shape", "d_model", "d_ff", "matrices", "tokens", "eager_us", "graph_us"}, ffnRows, odd},
		{"h100/dense", []string{"shape", "d_model", "heads", "phase", "batch", "context", "eager_us", "graph_us"}, denseRows, oddPair},
		{"h100/cpu", []string{"shape", "d_model", "d_ff", "matrices", "dtype", "threads", "tokens", "us"}, cpuRows, cpuFitted},
		{"h100/graph_layers", []string{"model", "tokens", "strategy", "device_us", "tokens_per_expert"}, graphRows, graphFitted},
		{"h100/layers", []string{"model", "tokens", "strategy", "gpu_experts", "wall_us", "tokens_per_expert"}, layerRows, layerFitted},
		{"gpu_moe/moe_kernels", []string{"system", "framework", "version", "dtype", "distribution", "num_tokens", "hidden", "inter", "topk", "experts", "latency_ms"}, kernelRows, kernelFitted},
		{"pregated/block_lats", []string{"bs", each}, blockRows, blockFitted},
		{"pregated/ubench_b64_block_lats", []string{"bs", "active experts", each}, activeRows, odd},
		{"pregated/peak_mems", []string{"bs", each}, memoryRows, memoryFitted},
		{"pregated/throughputs", []string{"bs", each}, throughputRows, nil},
	}
}

// names returns the files that are read.
func names() []string {
	var all []string
	for _, f := range files() {
		all = append(all, f.name+".csv")
	}
	return all
}

// ignored returns the files of a folder that are not among them: a slip in a name
// would else go unnoticed.
func ignored(dir fs.FS) ([]string, error) {
	all := []string{}
	for _, pattern := range []string{"*.csv", "*/*.csv"} {
		found, err := fs.Glob(dir, pattern)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	known := names()
	return slices.DeleteFunc(all, func(name string) bool { return slices.Contains(known, name) }), nil
}

// measurement is what tells rows apart, whatever file they come from.
type measurement struct {
	set, model, strategy, machine, what string
	tokens                              int
	measured                            float64
}

func (r *Row) measurement() measurement {
	return measurement{r.Set, r.Model, r.Strategy, r.Machine, r.Case, r.Tokens, r.Measured}
}

// fittedRows are the embedded rows that constants are fitted to. They are known again
// in other files, whatever order those have, or columns beside.
var fittedRows = sync.OnceValue(func() map[measurement]bool {
	all := map[measurement]bool{}
	for _, f := range files() {
		t, err := read(Embedded(), f.name)
		if err != nil || t == nil {
			panic("validate: bug: no embedded " + f.name)
		}
		for i := range t.rows {
			if f.fitted == nil || !f.fitted(i, t.line(i)) {
				continue
			}
			for _, r := range f.load(t.line(i)) {
				all[r.measurement()] = true
			}
		}
	}
	return all
})

// Load reads every file of measurements in dir; those that are absent give no rows.
// Rows are in the order of files and lines.
func Load(dir fs.FS) ([]Row, error) {
	var all []Row
	fitted := fittedRows()
	for _, f := range files() {
		t, err := read(dir, f.name)
		if err != nil {
			return nil, err
		}
		if t == nil {
			continue
		}
		if err := t.need(f.columns...); err != nil {
			return nil, err
		}
		for i := range t.rows {
			for _, r := range f.load(t.line(i)) {
				r.Fitted = fitted[r.measurement()]
				all = append(all, r)
			}
		}
	}
	return all, nil
}

// load returns what a line says, complete but for whether it was fitted to.
func (f file) load(l *line) []Row {
	rows := f.rows(l)
	for i := range rows {
		r := &rows[i]
		r.Set, r.Line = set(f.name, r.Set), l.at
		if r.Problem == "" {
			r.Problem = l.wrong
		}
		if r.value == nil {
			r.value = latency
		}
		if r.bound == nil {
			r.bound = bound
		}
	}
	return rows
}

func set(file, part string) string {
	if part == "" {
		return file
	}
	return file + " " + part
}

// Which rows are fitted to: a rule that looks at no outcome.

func odd(i int, _ *line) bool { return i%2 == 1 }

// oddPair: rows of prefill and decode alternate.
func oddPair(i int, _ *line) bool { return i/2%2 == 1 }

func linkFitted(_ int, l *line) bool {
	switch l.text("bytes") {
	case "65536", "1048576", "16777216", "268435456":
		return true
	}
	return l.text("bytes") == "67108864" && l.text("memory") == "pageable"
}

func cpuFitted(_ int, l *line) bool {
	t := l.text("tokens")
	return t == "4" || t == "16" || t == "256"
}

func graphFitted(i int, l *line) bool {
	return strings.HasPrefix(l.text("strategy"), "ideal") && i/4%2 == 1
}

func layerFitted(_ int, l *line) bool {
	t := l.text("tokens")
	return t == "4" || t == "64" || t == "1024"
}

// blockFitted: batch 8 sets the skew of routing.
func blockFitted(_ int, l *line) bool { return l.text("bs") == "1" || l.text("bs") == "8" }

func memoryFitted(_ int, l *line) bool { return l.text("bs") == "1" }

func kernelFitted(i int, l *line) bool {
	if l.text("system") == "h100_sxm" {
		return i%4 == 1
	}
	return i%2 == 1
}
