// Package text writes a report for a person at a terminal.
//
// Numbers are rounded to three digits; the JSON report has them in full. It
// leaves out colour: the output is as often in a file as on a screen.
package text

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"monde/core/probe"
	"monde/core/report"
	"monde/core/unit"
)

// Write writes r. It returns the first error of w.
func Write(w io.Writer, r report.Report) error {
	p := &page{w: w}
	p.headline(r)
	p.fidelities(r)
	p.resources(r)
	p.memory(r)
	p.placement(r)
	p.energy(r)
	p.layers(r)
	p.trust(r)
	p.remarks(r)
	return p.err
}

// A page writes sections and keeps the first error.
type page struct {
	w   io.Writer
	err error
}

func (p *page) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

// table writes rows in columns: the first to the left, the others to the right.
func (p *page) table(rows [][]string) {
	wide := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		text := fmt.Sprintf("%-*s", wide[0], row[0])
		for i, cell := range row[1:] {
			text += fmt.Sprintf("  %*s", wide[i+1], cell)
		}
		p.line("%s", strings.TrimRight(text, " "))
	}
}

func (p *page) headline(r report.Report) {
	if r.Title != "" {
		p.line("%s", r.Title)
	}
	p.line("%s · %s · %s · %s · %s", r.Strategy, r.Model, r.Machine, r.Phase, r.Fidelity)
	if r.Simulated {
		p.line("Rests on near-data execution, which nobody has measured: simulated only.")
	}
	for _, b := range r.Badges {
		p.line("%s", Badge(b))
	}
	p.line("")
	rows := [][]string{
		{"latency", duration(r.Latency), ""},
		{"bound", duration(r.Bound), "no run of this scenario is faster"},
		{"throughput", digits(r.TokensPerSecond, true) + " tokens/s", count(r.Tokens) + " tokens"},
	}
	if r.TTFT > 0 {
		rows = append(rows, []string{"time to first token", duration(r.TTFT), ""})
	}
	if s := r.TPOT; s != nil {
		rows = append(rows, []string{"time per output token", duration(s.Mean), fmt.Sprintf(
			"p50 %s, p99 %s, worst %s, %s steps", duration(s.P50), duration(s.P99), duration(s.Worst), count(int64(s.Count)))})
	}
	if c := r.Cache; c != nil {
		rows = append(rows, []string{"cache hits", fmt.Sprintf("%.1f %%", 100*c.HitRate), fmt.Sprintf("%s experts cached", count(int64(c.Slots)))})
		if n := c.Prefetched + c.Late + c.Dropped; n > 0 {
			rows = append(rows, []string{"predicted", count(n), fmt.Sprintf("%s were there and used, %s on their way, %s dropped", count(c.Used), count(c.Late), count(c.Dropped))})
		}
		if c.Skipped > 0 {
			rows = append(rows, []string{"skipped", count(c.Skipped), "choices of tokens"})
		}
	}
	p.facts(rows)
}

// badges are what a strategy asks of its user, in words.
var badges = map[report.Badge]string{
	report.ChangesOutput: "The model answers otherwise.",
	report.NeedsTraining: "The model must be trained for it.",
	report.NotSold:       "It needs hardware that nobody sells.",
	report.Secondary:     "Known from others' notes, not from its paper.",
}

// Badge returns what a badge means.
func Badge(b report.Badge) string { return badges[b] }

// fidelities says how far a run clock by clock differs from the faster ones.
func (p *page) fidelities(r report.Report) {
	if len(r.Fidelities) == 0 {
		return
	}
	if len(r.Clocked) == 0 {
		p.line("")
		p.line("No expert is computed on a memory device here, so nothing is simulated clock by clock: the run is that of fidelity event.")
		return
	}
	off := func(a, b unit.Time) string { return fmt.Sprintf("%+.1f %%", 100*(float64(a)-float64(b))/float64(b)) }
	rows := [][]string{{"fidelity", "latency", "against cycle"}}
	for _, f := range r.Fidelities {
		rows = append(rows, []string{f.Name, duration(f.Latency), off(f.Latency, r.Latency)})
	}
	p.line("")
	p.table(rows)
	rows = [][]string{{"tokens of an expert", "passes", "clock by clock", "closed form", ""}}
	for _, c := range r.Clocked {
		rows = append(rows, []string{count(int64(c.Tokens)), count(int64(c.Passes)), duration(c.Clock), duration(c.Closed), off(c.Closed, c.Clock)})
	}
	p.line("")
	p.table(rows)
}

// facts writes a name, a value and a remark a row.
func (p *page) facts(rows [][]string) {
	for _, row := range rows {
		p.line("%s", strings.TrimRight(fmt.Sprintf("%-22s %14s  %s", row[0], row[1], row[2]), " "))
	}
}

func (p *page) resources(r report.Report) {
	rows := [][]string{{"resource", "busy", "share", "waited for", "share", "moved"}}
	for _, s := range r.Resources {
		if s.Busy == 0 && s.Bytes == 0 {
			continue
		}
		moved := ""
		if s.Bytes > 0 {
			moved = amount(s.Bytes)
		}
		rows = append(rows, []string{
			s.Name, duration(s.Busy), share(s.Busy, r.Latency), duration(s.Critical), share(s.Critical, r.Latency), moved,
		})
	}
	p.line("")
	p.table(rows)
}

func (p *page) memory(r report.Report) {
	if len(r.Memory) == 0 {
		return
	}
	rows := [][]string{{"memory", "used", "of", ""}}
	for _, m := range r.Memory {
		verdict := "fits"
		if !m.Fits {
			verdict = "DOES NOT FIT"
		}
		rows = append(rows, []string{m.Name, amount(m.Used), amount(m.Capacity), verdict})
	}
	p.line("")
	p.table(rows)
}

func (p *page) placement(r report.Report) {
	if x := r.Placement; x != nil {
		p.line("")
		p.line("%s have %d experts of a layer at most; the busiest gets %s of a layer's tokens, %s where it is worst",
			many(x.Devices, "GPU"), x.Experts, percent(x.BusiestShare), percent(x.WorstShare))
	}
}

func (p *page) energy(r report.Report) {
	if len(r.Energy) == 0 {
		return
	}
	rows := [][]string{{"energy", ""}}
	for _, e := range r.Energy {
		rows = append(rows, []string{e.Name, energy(e.Energy)})
	}
	p.line("")
	p.table(rows)
}

// longest is how many layers are listed.
const longest = 8

// layers lists the slowest layers, in the order of execution.
func (p *page) layers(r report.Report) {
	if len(r.Layers) == 0 {
		return
	}
	rows := [][]string{{"layer", "time", "share", "waits for", "active", "to the GPU"}}
	for _, l := range slowest(r.Layers, longest) {
		rows = append(rows, layer(l, r))
	}
	p.line("")
	if len(r.Layers) > longest {
		p.line("the %d slowest of %d layers", longest, len(r.Layers))
	}
	p.table(rows)
}

func layer(l report.Layer, r report.Report) []string {
	kind, active, moved := "dense", "", ""
	if l.MoE {
		kind, active, moved = "MoE", count(l.Active), count(l.H)
	}
	name := fmt.Sprintf("%s %d, %s", l.Stack, l.Block, kind)
	return []string{name, duration(l.Time), share(l.Time, r.Latency), culprit(l), active, moved}
}

// culprit names the resource that a layer waited for longest.
func culprit(l report.Layer) string {
	worst := probe.GPU
	for i, t := range l.Critical {
		if t > l.Critical[worst] {
			worst = probe.Resource(i)
		}
	}
	return worst.String()
}

func (p *page) remarks(r report.Report) {
	p.line("")
	p.line("routing   %s", r.Routing.Text)
	if r.HotExperts > 0 {
		p.line("moved     %s experts to the GPU", count(r.HotExperts))
	}
	if r.Alpha > 0 {
		p.line("alpha     %.4g in the input pass", r.Alpha)
	}
	if r.StepAlpha > 0 {
		p.line("alpha     %.4g in decoding steps", r.StepAlpha)
	}
	for _, w := range r.Warnings {
		at := ""
		if w.Path != "" {
			at = w.Path + ": "
		}
		p.line("warning   %s%s", at, w.Text)
	}
	p.line("digest    %s, engine %s", r.Digest, r.Engine)
}
