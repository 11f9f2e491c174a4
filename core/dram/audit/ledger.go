package audit

import (
	"errors"
	"fmt"

	"monde/core/dram"
	"monde/core/unit"
)

// A Ledger holds what a memory was asked for against the bursts that it issued
// and the Result that it reports.
type Ledger struct {
	spec   dram.Spec
	reqs   []dram.Request
	asked  uint64 // sums of marks: equal if the same bursts were asked for and issued
	issued uint64
	bursts []dram.Command
	counts [dram.Ops]int64
	ends   []int64 // clock of the last data read or WR, by channel
	last   []int64 // clock of the last burst's command, by channel
	moved  []int64 // bursts, by channel
}

// NewLedger returns a Ledger of reqs, sent to s.
func NewLedger(s dram.Spec, reqs []dram.Request) *Ledger {
	n := s.Channels
	l := &Ledger{spec: s, reqs: reqs, ends: make([]int64, n), last: make([]int64, n), moved: make([]int64, n)}
	for i := range reqs {
		l.asked += mark(reqs[i].Channel, reqs[i].Write, reqs[i].Place)
	}
	l.bursts = make([]dram.Command, 0, len(reqs))
	return l
}

// mark returns a number for a burst, such that sums of them tell sets apart.
func mark(channel int32, write bool, p dram.Place) uint64 {
	h := uint64(channel)<<48 ^ uint64(p.Rank)<<44 ^ uint64(p.Group)<<40 ^ uint64(p.Bank)<<36 ^ uint64(p.Row)<<16 ^ uint64(p.Col)
	if write {
		h = ^h
	}
	h = (h ^ h>>31) * 0x9e3779b97f4a7c15
	h = (h ^ h>>29) * 0xbf58476d1ce4e5b9
	return h ^ h>>32
}

func writes(op dram.Op) bool { return op == dram.WR || op == dram.WRA }

// Command notes the next command. It fits dram.Options.Emit.
func (l *Ledger) Command(c dram.Command) {
	l.counts[c.Op]++
	if !column(c.Op) {
		return
	}
	l.issued += mark(c.Channel, writes(c.Op), c.Place)
	l.bursts = append(l.bursts, c)
	end := c.Clock
	if !writes(c.Op) {
		end += int64(l.spec.Timing.CL + l.spec.Timing.BL)
	}
	l.ends[c.Channel] = max(l.ends[c.Channel], end)
	l.last[c.Channel] = c.Clock
	l.moved[c.Channel]++
}

// Err returns what is wrong with r, or nil.
func (l *Ledger) Err(r dram.Result) error {
	return errors.Join(l.served(r), l.counted(r), l.bounds(r))
}

// served checks that each request has its burst. A request without one must have
// met another for the same place that was still waiting.
func (l *Ledger) served(r dram.Result) error {
	most := 0
	if l.spec.Controller.Kind == dram.Banks {
		most = 8 * l.spec.Channels // that DRAMsim3 leaves
	}
	if r.Undrained < 0 || r.Undrained > most {
		return fmt.Errorf("%d writes were never issued, at most %d may be", r.Undrained, most)
	}
	if l.asked == l.issued && len(l.bursts) == len(l.reqs) {
		return l.arrived()
	}
	return l.settle(r)
}

// A key is what requests and bursts are matched by.
type key struct {
	channel int32
	write   bool
	place   dram.Place
}

// settle matches bursts with requests one by one.
func (l *Ledger) settle(r dram.Result) error {
	asked := map[key]int{}
	for _, q := range l.reqs {
		asked[key{q.Channel, q.Write, q.Place}]++
	}
	issued := map[key]int{}
	for _, c := range l.bursts {
		k := key{c.Channel, writes(c.Op), c.Place}
		if issued[k]++; issued[k] > asked[k] {
			return fmt.Errorf("%s: %d requests asked for it", say(c), asked[k])
		}
	}
	missing := map[key]bool{}
	for _, q := range l.reqs { // in order, so that the same one is reported every time
		k := key{q.Channel, q.Write, q.Place}
		if issued[k] > 0 || missing[k] || !q.Write && asked[key{q.Channel, true, q.Place}] > 0 {
			continue // a read without a burst has its data from a waiting write
		}
		missing[k] = true
		if !q.Write || len(missing) > r.Undrained {
			return fmt.Errorf("nothing was issued for %+v, and %d writes are undrained", q, r.Undrained)
		}
	}
	return nil
}

// arrived checks that no burst came before its request, where each place was
// asked for once.
func (l *Ledger) arrived() error {
	if n := len(l.reqs); n == 0 || l.reqs[n-1].Arrive == 0 {
		return nil
	}
	at := map[key]int64{}
	for _, q := range l.reqs {
		k := key{q.Channel, q.Write, q.Place}
		if _, twice := at[k]; !twice {
			at[k] = q.Arrive
		}
	}
	for _, c := range l.bursts {
		if due := at[key{c.Channel, writes(c.Op), c.Place}]; c.Clock < due {
			return fmt.Errorf("%s: its request arrived at clock %d", say(c), due)
		}
	}
	return nil
}

// counted checks what r counts.
func (l *Ledger) counted(r dram.Result) error {
	reads := int64(0)
	for i := range l.reqs {
		if !l.reqs[i].Write {
			reads++
		}
	}
	bytes := unit.Bytes(len(l.reqs)-r.Undrained) * l.spec.Geometry.Burst
	return errors.Join(
		unless(r.Counts == l.counts, "the commands counted are %v, issued were %v", r.Counts, l.counts),
		unless(r.Bytes == bytes, "%d bytes were moved, asked for were %d", r.Bytes, bytes),
		unless(r.Reads == reads, "%d reads were served, asked for were %d", r.Reads, reads),
		unless(r.Time == unit.Time(r.Cycles)*l.spec.Period, "%d clocks are not %d ps", r.Cycles, r.Time),
	)
}

// bounds checks r against what no memory beats.
func (l *Ledger) bounds(r dram.Result) error {
	t := l.spec.Timing
	var end, last, bus int64
	for c := range l.last {
		end, last = max(end, l.ends[c]), last+l.last[c]
		bus = max(bus, (l.moved[c]-1)*int64(t.BL)) // from the first command to the last
	}
	accounted := int64(len(l.bursts)) * int64(t.BL)
	for _, n := range r.Idle {
		accounted += n
	}
	// Commands of a WR and a RD of another rank may be closer than their data.
	several := l.spec.Geometry.Ranks > 1
	least := int64(t.CL + t.BL)
	slow := r.Reads == 0 || len(l.bursts) < len(l.reqs) || r.Latency.P50 >= least && r.Latency.Mean >= float64(least)
	return errors.Join(
		unless(r.Cycles >= end, "the run took %d clocks, its last burst ends at %d", r.Cycles, end),
		unless(r.Cycles >= bus, "the run took %d clocks, the data bus needs %d", r.Cycles, bus),
		unless(several || accounted <= last+int64(t.BL)*int64(l.spec.Channels), "the data buses were busy or idle for %d clocks of %d", accounted, last),
		unless(slow, "reads took %+v clocks, none takes under %d", r.Latency, least),
	)
}

func unless(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}
