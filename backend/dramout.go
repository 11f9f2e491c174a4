package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"monde/core/dram"
	"monde/core/dram/cmdtrace"
	"monde/core/unit"
)

// A dramResult is what `monde dram --json` prints. Latencies are in clocks, from
// the acceptance of a read to its last data.
type dramResult struct {
	Config       string           `json:"config"`
	Requests     int              `json:"requests"`
	Cycles       int64            `json:"cycles"`
	NS           float64          `json:"ns"`
	Bytes        unit.Bytes       `json:"bytes"`
	GBps         float64          `json:"gbps"`
	PeakFraction float64          `json:"peak_fraction"`
	ACT          int64            `json:"act"` // ACT, or ACT1
	PRE          int64            `json:"pre"` // of one bank and of all
	RD           int64            `json:"rd"`
	WR           int64            `json:"wr"`
	REF          int64            `json:"ref"` // of one bank and of all
	RowHits      float64          `json:"row_hits"`
	LatMean      float64          `json:"lat_mean"`
	LatP50       int64            `json:"lat_p50"`
	LatP90       int64            `json:"lat_p90"`
	LatP99       int64            `json:"lat_p99"`
	LatMax       int64            `json:"lat_max"`
	Undrained    int              `json:"undrained"`
	Commands     map[string]int64 `json:"counts"`
	Idle         map[string]int64 `json:"idle"` // clocks of all data buses, by what they waited for
	WallSeconds  float64          `json:"wall_seconds"`
}

func result(s dram.Spec, reqs []dram.Request, r dram.Result, wall time.Duration) dramResult {
	n := r.Counts
	d := dramResult{
		Config: s.Name, Requests: len(reqs), Cycles: r.Cycles, NS: float64(r.Time) / float64(unit.Nanosecond), Bytes: r.Bytes,
		GBps: r.Bandwidth() / 1e9, PeakFraction: r.Peak,
		ACT: n[dram.ACT], PRE: n[dram.PRE] + n[dram.PREab], RD: n[dram.RD] + n[dram.RDA], WR: n[dram.WR] + n[dram.WRA],
		REF: n[dram.REFab] + n[dram.REFpb], RowHits: r.Hits(),
		LatMean: r.Latency.Mean, LatP50: r.Latency.P50, LatP90: r.Latency.P90, LatP99: r.Latency.P99, LatMax: r.Latency.Max,
		Undrained: r.Undrained, WallSeconds: wall.Seconds(), Commands: map[string]int64{}, Idle: map[string]int64{},
	}
	for op, n := range r.Counts {
		if n > 0 {
			d.Commands[s.OpName(dram.Op(op))] = n
		}
	}
	for why, clocks := range r.Idle {
		d.Idle[dram.Limit(why).String()] = clocks
	}
	return d
}

// A commandWriter prints commands as they are issued: lines, or with quote the
// strings of an array in JSON.
type commandWriter struct {
	out    *bufio.Writer
	lines  *cmdtrace.Lines
	quote  bool
	head   []byte // what comes before the first command
	begun  bool
	broken func() // is told of the first error
	buf    []byte
	err    error
}

// begin prepares what comes before the first command. It is printed with that: of
// requests that are refused, nothing is.
func (w *commandWriter) begin(s dram.Spec, requests int) {
	if w.quote {
		w.head = []byte(`{"commands":[`)
		return
	}
	w.head = fmt.Appendf(nil, "# config=%s n=%d channels=%d tCK_ns=%.4f tx_bytes=%d\n%s",
		s.Name, requests, s.Channels, float64(s.Period)/float64(unit.Nanosecond), s.Geometry.Burst, w.lines.Header())
}

func (w *commandWriter) command(c dram.Command) {
	w.buf = w.lines.Append(w.buf[:0], c)
	switch {
	case !w.begun:
		w.begun = true
		w.write(w.head)
	case w.quote:
		w.write([]byte{','})
	}
	if !w.quote {
		w.write(w.buf)
		return
	}
	lines := bytes.TrimSuffix(w.buf, []byte{'\n'})
	w.write(bytes.ReplaceAll(strconv.AppendQuote(nil, string(lines)), []byte(`\n`), []byte(`","`)))
}

// end prints r, as one object with the commands if there were any.
func (w *commandWriter) end(r dramResult, commands bool) error {
	doc, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if commands {
		if !w.begun {
			w.write(w.head)
		}
		w.write([]byte("],"))
		doc = doc[1:]
	}
	w.write(append(doc, '\n'))
	return w.err
}

func (w *commandWriter) write(b []byte) {
	if w.err != nil {
		return
	}
	if _, w.err = w.out.Write(b); w.err != nil {
		w.broken()
	}
}
