package text

import (
	"fmt"
	"io"
	"strings"

	"monde/core/dram"
	"monde/core/unit"
)

// A DRAMRun is what a memory made of a stream of requests.
type DRAMRun struct {
	Spec     dram.Spec
	Requests int
	Result   dram.Result
}

// WriteDRAM writes r. It returns the first error of w.
func WriteDRAM(w io.Writer, r DRAMRun) error {
	p := &page{w: w}
	p.line("%s · %s · %s · %s", r.Spec.Name, r.Spec.Chips(), many(r.Spec.Channels, "channel"), r.Spec.Controller.Kind)
	p.line("%s", r.Spec.Source)
	p.line("")
	p.bandwidth(r)
	p.latency(r)
	p.bus(r)
	p.commands(r)
	return p.err
}

func (p *page) bandwidth(r DRAMRun) {
	peak := data.write(float64(r.Spec.Peak())) + "/s"
	burst := r.Spec.Geometry.Burst
	shared := r.Result.Shared(burst)
	rate := r.Result.Bandwidth()
	if shared > 0 { // of the data bus alone: what needs none of it has no bounds
		rate *= float64(r.Result.Bursts()) / float64(r.Result.Bursts()+shared)
	}
	rows := [][]string{
		{"requests", count(int64(r.Requests)), amount(r.Result.Bytes) + " moved"},
		{"clocks", count(r.Result.Cycles), fmt.Sprintf("of %d ps: %s", r.Spec.Period, duration(r.Result.Time))},
		{"bandwidth", data.write(rate) + "/s", percent(r.Result.Peak) + " of " + peak},
		{"row hits", percent(r.Result.Hits()), "bursts that needed no ACT of their own"},
	}
	if shared > 0 {
		rows = append(rows, []string{"no burst of their own", count(shared), fmt.Sprintf(
			"requests answered from the write buffer, or with another for the same burst: %s that are in no bandwidth here", amount(unit.Bytes(shared)*burst))})
	}
	if n := r.Result.Undrained; n > 0 {
		rows = append(rows, []string{"undrained", count(int64(n)), "writes that DRAMsim3 never issues, and that count nowhere else"})
	}
	p.facts(rows)
}

func (p *page) latency(r DRAMRun) {
	if r.Result.Reads == 0 {
		return
	}
	l := r.Result.Latency
	p.facts([][]string{{"read latency", fmt.Sprintf("%.1f clocks", l.Mean), fmt.Sprintf("p50 %s, p90 %s, p99 %s, longest %s, from acceptance to the last data",
		count(l.P50), count(l.P90), count(l.P99), count(l.Max))}})
}

// waits says what the data bus waits for, by dram.Limit.
var waits = [dram.Limits]string{
	dram.ByRequests: "for a request", dram.ByRefresh: "for a refresh", dram.ByTurnaround: "between reads and writes",
	dram.ByRow: "for a row to open", dram.ByGroup: "for a bank group", dram.ByOther: "for ranks, commands or WCK",
}

// bus splits the clocks of all data buses.
func (p *page) bus(r DRAMRun) {
	all := r.Result.Cycles * int64(r.Spec.Channels)
	if all == 0 {
		return
	}
	rest := all
	rows := [][]string{{"data bus", "clocks", "share"}}
	row := func(name string, clocks int64) {
		rest -= clocks
		if clocks > 0 {
			rows = append(rows, []string{name, count(clocks), percent(float64(clocks) / float64(all))})
		}
	}
	row("busy", r.Result.Bursts()*int64(r.Spec.Timing.BL))
	for why, clocks := range r.Result.Idle {
		row(waits[why], clocks)
	}
	row("at the end", rest)
	p.line("")
	p.table(rows)
}

func (p *page) commands(r DRAMRun) {
	rows := [][]string{{"command", "issued"}}
	for op, n := range r.Result.Counts {
		if n > 0 {
			rows = append(rows, []string{r.Spec.OpName(dram.Op(op)), count(n)})
		}
	}
	if len(rows) > 1 {
		p.line("")
		p.table(rows)
	}
}

// WriteDRAMs writes the memories that are known by name, a row each, and the names
// of twins, which are the same memories again.
func WriteDRAMs(w io.Writer, all, twins []dram.Spec) error {
	rows := [][]string{{"name", "standard", "channels", "clock", "peak", "refresh", "controller", "source"}}
	for _, s := range all {
		rows = append(rows, []string{
			s.Name, s.Chips(), count(int64(s.Channels)), fmt.Sprintf("%d ps", s.Period), data.write(float64(s.Peak())) + "/s",
			string(s.Controller.Refresh), string(s.Controller.Kind), s.Source,
		})
	}
	p := &page{w: w}
	p.columns(rows)
	if len(twins) > 0 {
		names := []string{}
		for _, s := range twins {
			names = append(names, s.Name)
		}
		p.line("")
		p.line("The reference was also run while its refreshes were counted; those memories are the same: %s.", strings.Join(names, ", "))
	}
	return p.err
}

// columns writes rows in columns, all to the left.
func (p *page) columns(rows [][]string) {
	wide := make([]int, len(rows[0])-1)
	for _, row := range rows {
		for i := range wide {
			wide[i] = max(wide[i], len(row[i]))
		}
	}
	for _, row := range rows {
		text := ""
		for i, width := range wide {
			text += fmt.Sprintf("%-*s  ", width, row[i])
		}
		p.line("%s%s", text, row[len(wide)])
	}
}

func percent(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }

func many(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return count(int64(n)) + " " + what + "s"
}
