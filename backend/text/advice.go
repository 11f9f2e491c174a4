package text

import (
	"fmt"
	"io"
	"strings"

	"monde/core/report"
	"monde/core/unit"
)

// Advice writes what there is to do; all adds what was left out.
func Advice(w io.Writer, a report.Advice, all bool) error {
	p := &page{w: w}
	p.paragraphs(a.Why)
	if len(a.Rows) > 0 {
		p.line("")
		p.candidates(a)
		p.line("")
		p.line("%d candidates were tried in closed form, these %d as discrete events. group: rows of one cannot", a.Looked, len(a.Rows))
		p.line("be told apart; ? is simulated only. *: on the front of latency, throughput, energy and memory.")
	}
	p.left(a, all)
	return p.err
}

// paragraphs writes sentences, each on lines of its own.
func (p *page) paragraphs(lines []string) {
	for _, line := range lines {
		at := 0
		var b strings.Builder
		for _, word := range strings.Fields(line) {
			if at += len([]rune(word)) + 1; at > 96 {
				b.WriteString("\n  ")
				at = len([]rune(word)) + 3
			}
			b.WriteString(word + " ")
		}
		p.line("%s", strings.ReplaceAll(strings.TrimSpace(b.String()), " \n", "\n"))
	}
}

func (p *page) candidates(a report.Advice) {
	rows := [][]string{{"strategy", "group", "latency", "±", "TTFT", "TPOT", "tokens/s", "energy/token", "GPU memory", "badges"}}
	for _, y := range a.Rows {
		rows = append(rows, candidate(y))
	}
	p.table(rows)
}

func candidate(y report.Candidate) []string {
	name, group, off := y.Title, fmt.Sprint(y.Group), fmt.Sprintf("%.0f %%", 100*y.Error)
	if y.Given {
		name += " (yours)"
	}
	if y.Front {
		name += " *"
	}
	if len(y.Unknown) > 0 {
		group, off = "?", "?"
	}
	var badges []string
	for _, b := range y.Badges {
		badges = append(badges, string(b))
	}
	return []string{name, group, duration(y.Latency), off, some(y.TTFT), some(y.TPOT), digits(y.TokensPerSecond, true),
		energy(y.EnergyPerToken), amount(y.GPUMemory), strings.Join(badges, ", ")}
}

func some(t unit.Time) string {
	if t == 0 {
		return "–"
	}
	return duration(t)
}

func (p *page) left(a report.Advice, all bool) {
	n := 0
	for _, l := range a.Left {
		n += len(l.Titles)
	}
	if n == 0 {
		return
	}
	p.line("")
	p.line("left out  %d", n)
	for _, l := range a.Left {
		p.line("%6d    %s", len(l.Titles), l.Reason)
		for _, title := range l.Titles {
			if all {
				p.line("            %s", title)
			}
		}
	}
}

// Inverse writes the least value that reaches a goal, and the curve.
func Inverse(w io.Writer, y report.Inverse) error {
	p := &page{w: w}
	p.line("%s", y.Title)
	p.paragraphs(y.Text)
	p.line("")
	rows := [][]string{{"value", "goal", "waits most for", ""}}
	for _, x := range y.Curve {
		mark := ""
		switch {
		case x.Value == y.Value && y.Outcome == report.NotEver:
			mark = "<- best"
		case x.Value == y.Value:
			mark = "<- least"
		case x.Meets:
			mark = "reached"
		case !x.Fits:
			mark = "does not fit"
		}
		rows = append(rows, []string{y.Of(x.Value), goal(y, x.Metric), x.Binds, mark})
	}
	p.table(rows)
	return p.err
}

func goal(y report.Inverse, v float64) string {
	switch y.Ask.Metric {
	case report.InThroughput:
		return digits(v, true) + " tokens/s"
	case report.InEnergy:
		return energy(unit.Energy(v))
	case report.InSpeedUp:
		return digits(v, true) + "x"
	case report.InMemory:
		return fmt.Sprintf("%.1f %%", 100*v)
	default:
		return duration(unit.Time(v))
	}
}
