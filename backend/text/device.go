package text

import (
	"fmt"
	"io"
	"strings"

	"monde/core/device/driver"
	"monde/core/dram"
	"monde/core/unit"
)

// WriteDevice writes what one expert does on one device. It returns the first error
// of w.
func WriteDevice(w io.Writer, r driver.Report) error {
	p := &page{w: w}
	p.expert(r)
	p.streams(r)
	p.served(r)
	p.cost(r)
	p.host(r)
	p.checked(r.Check)
	return p.err
}

func (p *page) expert(r driver.Report) {
	d, e, core := r.Device, r.Expert, r.Device.NDP
	kind := "two matrices, relu"
	if e.Gated {
		kind = "three matrices, silu(gate)·up"
	}
	p.line("%s · one expert of %s", d.Name, e.Model)
	p.line("%s", r.Caveat)
	p.line("")
	p.table2([][2]string{
		{"memory", fmt.Sprintf("%s, %s of 16 bits, %s/s at the pins", d.Grade, many(d.Channels, "channel"), data.write(float64(d.Peak)))},
		{"layout", fmt.Sprintf("weights %s; activations in %s of each group", d.Layout.Weights, many(d.Layout.ActivationBanks, "bank"))},
		{"refresh, controller", fmt.Sprintf("%s, %s", d.Refresh, d.Controller)},
		{"timing from", d.Source},
		{"core", fmt.Sprintf("%s of %d × %d at %.4g GHz", many(core.Arrays, "array"), core.Rows, core.Cols, float64(core.Clock)/1e9)},
		{"expert", fmt.Sprintf("%s × %s, %s, %v bits a weight: %s", count(int64(e.DModel)), count(int64(e.DFF)), kind, e.Bits, amount(e.Weights))},
	})
}

// table2 writes a name and a text a row.
func (p *page) table2(rows [][2]string) {
	for _, row := range rows {
		p.line("%-22s %s", row[0], row[1])
	}
}

func (p *page) streams(r driver.Report) {
	s := r.Sight
	beside := ""
	if r.PMove {
		beside = ", beside PMove"
	}
	p.line("")
	p.line("%s clock by clock%s", many(r.Tokens, "token"), beside)
	p.facts([][]string{
		{"time", duration(s.Time), amount(s.Weights) + " of weights streamed"},
		{"bandwidth", data.write(float64(s.Reached)) + "/s", fmt.Sprintf("of weights, %s of the %s/s that the pins carry (fidelities analytic and event take %s/s)",
			percent(float64(s.Reached)/float64(s.Peak)), data.write(float64(s.Peak)), data.write(float64(r.Device.Bandwidth)))},
		{"arrays busy", percent(s.Busy), ""},
		{"row hits", percent(s.Hits), "bursts that needed no ACT of their own"},
	})
	p.line("%s", s.Bound)
	p.line("")
	rows := [][]string{{"data bus", "share"}}
	for _, b := range s.Bus {
		rows = append(rows, []string{waited(b.Name), percent(b.Share)})
	}
	p.table(rows)
	rows = [][]string{{"command of a channel", "issued"}}
	for _, c := range s.Counts {
		rows = append(rows, []string{c.Name, count(c.Count)})
	}
	p.line("")
	p.table(rows)
}

// waited says what the bus did, of the name of a share.
func waited(name string) string {
	for why, text := range waits {
		if dram.Limit(why).String() == name {
			return text
		}
	}
	return name
}

func (p *page) served(r driver.Report) {
	more := func(share float64) string {
		return strings.Replace(fmt.Sprintf("%+.1f %%", 100*share), "-0.0", "+0.0", 1)
	}
	rows := [][]string{{"tokens", "passes", "clock by clock", "as so many passes", "", "closed form", ""}}
	for _, s := range r.Served {
		rows = append(rows, []string{
			count(int64(s.Tokens)), count(s.Passes), duration(s.Time), duration(s.ByPasses), more(s.OffPasses), duration(s.Closed), more(s.OffClosed),
		})
	}
	p.line("")
	p.table(rows)
	p.line("Passes are tokens over the %d rows of an array, rounded up. Percentages say how far the other ways of counting are off, of the time clock by clock.", r.Device.NDP.Rows)
}

func (p *page) cost(r driver.Report) {
	p.line("")
	for _, e := range r.Sight.Energy {
		p.facts([][]string{{e.Name, energy(e.Energy), e.Source}})
	}
	for _, a := range r.Sight.Area {
		p.facts([][]string{{"area of " + a.Name, fmt.Sprintf("%.3f mm²", float64(a.Area)/1e6), ""}})
	}
	p.line("Areas are those of a synthesis at 28 nm (MoNDE, DAC 2024, table 3), scaled.")
}

func (p *page) host(r driver.Report) {
	h := r.Host
	e := h.Endpoint
	burst := "a burst of as many as there is room for"
	if e.Burst > 0 {
		burst = fmt.Sprintf("bursts of %d", e.Burst)
	}
	p.line("")
	p.line("%s from the host's side: %s", many(r.Tokens, "token"), duration(h.End))
	p.table2([][2]string{
		{"link, each way", fmt.Sprintf("%s/s after %s", data.write(float64(e.ToDevice.Bandwidth)), duration(e.ToDevice.Latency))},
		{"start", fmt.Sprintf("%s an instruction (command_ps; the expert alone takes it once)", duration(e.Start))},
		{"driver", fmt.Sprintf("a queue of %d, %s, a poll %s after an answer (%s)", e.Queue, burst, duration(e.Poll), h.Source)},
	})
	if h.Coding != "" {
		p.line("%-22s %s", "coding", h.Coding)
	}
	p.line("")
	rows := [][]string{{"instruction", "M", "K", "N", "to device", "from device", "cycles", "time"}}
	for at, i := range h.Program {
		rows = append(rows, []string{
			instruction(h, at), count(int64(i.M)), count(int64(i.K)), count(int64(i.N)), amount(i.Write), amount(i.Read), count(int64(i.Cycles)), duration(i.Time),
		})
	}
	p.table(rows)
	p.timeline(h)
	p.line("%s, %s refused; %s to the device, %s from it; it runs %s of the time. An expert's time is shared by the cycles of the arrays.",
		many(int(h.Polls), "poll"), many(int(h.Refused), "instruction"), amount(h.Sent), amount(h.Got), share(h.Device, h.End))
}

// instruction names the at-th instruction.
func instruction(h driver.Host, at int) string { return fmt.Sprintf("%d %s", at+1, h.Program[at].Op) }

// does says what a host and its device do in each step.
var does = map[string]string{
	"write": "write activations", "issue": "issue", "wait": "wait in the queue", "run": "run", "poll": "poll the done register", "read": "read results back",
}

func (p *page) timeline(h driver.Host) {
	rows := [][]string{{"step", "from", "to", "takes"}}
	for _, s := range h.Spans {
		rows = append(rows, []string{instruction(h, s.Instruction) + ": " + does[s.Step], instant(s.Start), instant(s.End), duration(s.End - s.Start)})
	}
	p.line("")
	p.table(rows)
}

// instant returns t in microseconds, so that instants of a table compare.
func instant(t unit.Time) string {
	return fmt.Sprintf("%.3f µs", float64(t)/float64(unit.Microsecond))
}

func (p *page) checked(c *driver.Check) {
	if c == nil {
		return
	}
	p.line("")
	p.line("numbers of a small layer: %s of %d × %d, top-%d, %s, seed %d", many(c.Experts, "expert"), c.DModel, c.DFF, c.TopK, many(c.Tokens, "token"), c.Seed)
	rows := [][]string{{"experts", "outputs", "differ from the first"}}
	for _, v := range c.Places {
		rows = append(rows, []string{v.Name, count(int64(v.Outputs)), count(int64(v.Differ))})
	}
	p.table(rows)
	e := c.Largest
	if err := c.Err(); err != nil {
		p.line("FAILED: %v", err)
	} else {
		p.line("All are equal to the bit; digest %s.", c.Digest)
	}
	p.line("Against float64: off by %.3g at most (%.6g for %.6g; %.3g is allowed there); no output is off by more than %s of its bound.",
		e.Off, e.Got, e.Want, e.Bound, percent(c.Nearest))
}
