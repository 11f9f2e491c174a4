package dram

import "monde/core/unit"

// Result is what a run took.
type Result struct {
	Cycles    int64         // clock of the last data read, or of the last write issued if that is later
	Time      unit.Time     // of them
	Bytes     unit.Bytes    // read and written
	Peak      float64       // share of the data bus' bandwidth that was used; over 1 for a few writes, whose data comes after Cycles
	Counts    [Ops]int64    // commands, of all channels
	Reads     int64         // served
	Undrained int           // writes that the controller never issues
	Latency   Latency       // of reads
	Idle      [Limits]int64 // clocks of the data buses before a burst, by what they waited for
}

// Latency is how long reads took, in clocks from acceptance to their last data.
type Latency struct {
	Mean               float64
	P50, P90, P99, Max int64
}

// Bandwidth returns bytes over time, in bytes a second.
func (r Result) Bandwidth() float64 {
	if r.Time == 0 {
		return 0
	}
	return float64(r.Bytes) / r.Time.Seconds()
}

// Hits returns the share of bursts that needed no ACT of their own. It is
// negative when refreshes close rows before they are used.
func (r Result) Hits() float64 {
	bursts := r.Bursts()
	if bursts == 0 {
		return 0
	}
	return 1 - float64(r.Counts[ACT])/float64(bursts)
}

// Bursts returns how often the data bus was used.
func (r Result) Bursts() int64 { return r.Counts[RD] + r.Counts[RDA] + r.Counts[WR] + r.Counts[WRA] }

// Shared returns how many of the requests that were served needed no burst of their
// own, on a memory of the given bytes a burst: they were answered from the write
// buffer, or joined another for the same burst.
func (r Result) Shared(burst unit.Bytes) int64 { return int64(r.Bytes/burst) - r.Bursts() }

// result sums up the channels after asked requests.
func (m *channels) result(asked int) Result {
	var r Result
	served := int64(0)
	var lat []int64
	for _, t := range m.taps {
		r.Cycles = max(r.Cycles, t.end)
		served += t.moved
		for op, n := range t.counts {
			r.Counts[op] += n
		}
		for why, n := range t.idle.clocks {
			r.Idle[why] += n
		}
		if len(t.latency) > len(lat) {
			lat = append(lat, make([]int64, len(t.latency)-len(lat))...)
		}
		for at, n := range t.latency {
			lat[at] += n
		}
	}
	r.Undrained = asked - int(served)
	r.Time = unit.Time(r.Cycles) * m.spec.Period
	r.Bytes = unit.Bytes(served) * m.spec.Geometry.Burst
	if r.Cycles > 0 {
		r.Peak = float64(r.Bursts()*int64(m.spec.Timing.BL)) / (float64(r.Cycles) * float64(m.spec.Channels))
	}
	r.Latency, r.Reads = quantiles(lat)
	return r
}

// quantiles returns how long n reads took, of whose latencies counts tells.
func quantiles(counts []int64) (l Latency, n int64) {
	sum := int64(0)
	for at, c := range counts {
		n += c
		sum += int64(at) * c
		if c > 0 {
			l.Max = int64(at)
		}
	}
	if n == 0 {
		return l, 0
	}
	l.Mean = float64(sum) / float64(n)
	l.P50, l.P90, l.P99 = rank(counts, n, 50), rank(counts, n, 90), rank(counts, n, 99)
	return l, n
}

// rank returns the latency at percent of the way from the shortest of n reads to
// the longest, to the nearest read.
func rank(counts []int64, n, percent int64) int64 {
	before, wanted := int64(0), (percent*(n-1)+50)/100
	for at, c := range counts {
		if before += c; before > wanted {
			return int64(at)
		}
	}
	return 0
}
