package system

import (
	"math/bits"

	"monde/core/bound"
	"monde/core/policy"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/unit"
	"monde/core/workload"
)

// MaxSpans is how many spans a report's timeline holds.
const MaxSpans = 20_000

// tally adds up what happens into the report.
type tally struct {
	report            *report.Report
	rates             bound.Rates
	passes            int
	steps             []unit.Time // of decoding
	input             bool        // an input pass came first
	partial, generate bool        // of the scenario: one layer only; both phases
	hash              uint64      // of every span
}

func newTally(s scenario.Scenario, r *report.Report) tally {
	m := s.Machine
	t := tally{report: r, hash: 14695981039346656037,
		partial: s.Workload.Scope.Partial(), generate: s.Workload.Phase == workload.Generate,
		rates: bound.Rates{
			GPUBytes: m.GPU.Bandwidth, GPUFLOPs: m.GPU.Compute,
			HostBytes: m.Host.Bandwidth, HostFLOPs: m.Host.Compute,
			LinkBytes: m.Link.Bandwidth, FlashBytes: m.Flash.Bandwidth, PeerBytes: m.Peer.Bandwidth,
		}}
	if d := m.Device; d.Count > 0 {
		t.rates.DeviceBytes = unit.BytesPerSecond(d.Count) * d.Bandwidth
		if s.Fidelity == scenario.Cycle {
			t.rates.DeviceBytes = unit.BytesPerSecond(d.Count) * d.DRAM.Peak()
		}
		macs := int64(d.Count) * int64(d.NDP.Arrays) * int64(d.NDP.Rows) * int64(d.NDP.Cols)
		t.rates.DeviceFLOPs = saturated(2*macs, int64(d.NDP.Clock))
	}
	return t
}

// saturated returns a·b, or the largest rate if that is larger.
func saturated(a, b int64) unit.FLOPsPerSecond {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi > 0 || lo > 1<<62 {
		return 1 << 62
	}
	return unit.FLOPsPerSecond(lo)
}

// layer adds one block of one pass; e is nil for a dense one.
func (t *tally) layer(index int, l *ledger, e *experts) {
	y := &t.report.Layers[index]
	y.Passes++
	y.Time += l.took.time
	least := t.rates.Time(l.bound)
	y.Bound += least
	y.LinkIn += l.took.carried[probe.LinkIn]
	y.LinkOut += l.took.carried[probe.LinkOut]
	for r := range probe.Resources {
		y.Busy[r] += l.took.busy[r]
		y.Critical[r] += l.took.critical[r]
	}
	if e != nil {
		t.experts(y, e)
	}
	t.whole(l, least)
}

func (t *tally) experts(y *report.Layer, e *experts) {
	for _, id := range e.order {
		y.Tokens[id] += int64(e.tokens[id])
		y.Active++
		if e.sites[id] == policy.Moved {
			y.Hot[id]++
			y.H++
			t.report.HotExperts++
		}
	}
}

// whole adds to the run's totals what took at least that long.
func (t *tally) whole(l *ledger, least unit.Time) {
	t.report.Latency += l.took.time
	t.report.Bound += least
	for r := range probe.Resources {
		x := &t.report.Resources[r]
		x.Busy += l.took.busy[r]
		x.Critical += l.took.critical[r]
		x.Bytes += l.took.carried[r]
	}
}

// pass adds one whole pass that took the given time and ended at now.
func (t *tally) pass(p pass, took, now unit.Time) {
	t.passes++
	t.report.Tokens += int64(p.route.Tokens)
	if t.partial {
		return // one layer gives no token
	}
	if p.route.Input {
		t.input = true
	} else if !(t.input && t.report.TTFT == 0) {
		t.steps = append(t.steps, took) // the step that gives the first token is TTFT's
	}
	if t.input && p.emits && t.report.TTFT == 0 {
		t.report.TTFT = now
		if p.route.Input && t.generate {
			t.report.Tokens += int64(p.span.Batch) // prefill's own
		}
	}
}

// span adds a span to the timeline while there is room, and to the hash.
func (t *tally) span(s probe.Span) {
	t.mix(uint64(s.Resource)<<8 | uint64(s.Work))
	t.mix(uint64(uint32(s.Pass))<<32 | uint64(uint32(s.Layer)))
	t.mix(uint64(uint32(s.Expert)))
	t.mix(uint64(s.Start))
	t.mix(uint64(s.End))
	y := &t.report.Timeline
	y.Total++
	if y.Total > MaxSpans {
		return
	}
	y.Resource = append(y.Resource, int(s.Resource))
	y.Work = append(y.Work, int(s.Work))
	y.Pass = append(y.Pass, s.Pass)
	y.Layer = append(y.Layer, s.Layer)
	y.Expert = append(y.Expert, s.Expert)
	y.Start = append(y.Start, s.Start)
	y.End = append(y.End, s.End)
}

// mix folds a word into the hash: FNV-1a over words, with the high half folded
// in so that every bit counts.
func (t *tally) mix(x uint64) {
	t.hash = (t.hash ^ x) * 1099511628211
	t.hash ^= t.hash >> 32
}

// newReport returns a report with everything that is known before a run.
func newReport(s scenario.Scenario, p plan, origin workload.Origin) *report.Report {
	r := &report.Report{
		Version: 1, Timeline: report.Timeline{}.Empty(), Title: s.Title, Model: s.Model.Name, Machine: s.Machine.Name,
		Strategy: string(s.Strategy.Name), Fidelity: string(s.Fidelity), Phase: string(s.Workload.Phase),
		Simulated: s.Strategy.NearData(),
		Routing:   origin,
	}
	for _, b := range s.Strategy.Badges() {
		r.Badges = append(r.Badges, report.Badge(b))
	}
	for i := range probe.Resources {
		r.Resources = append(r.Resources, report.Resource{Name: i.String()})
		if i == probe.NDP && s.Machine.Device.Count > 1 {
			r.Resources[i].Units = s.Machine.Device.Count
		}
		r.Timeline.Resources = append(r.Timeline.Resources, i.String())
	}
	for w := range probe.Works {
		r.Timeline.Works = append(r.Timeline.Works, w.String())
	}
	r.Layers = newLayers(s, p)
	return r
}
