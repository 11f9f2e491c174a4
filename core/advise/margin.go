package advise

import (
	"math"
	"slices"

	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/trust"
)

// A margin is how far a run's time may be off.
//
// Every resource that the latency waits for counts with the ninth decile of the errors
// of the parts that use it, the largest of them, and with its share of the latency;
// these add up, for nothing says that they cancel. The ninth decile and not the median:
// nine of ten measurements were closer, so that few claims are wrong.
type margin struct {
	share   float64
	unknown []string // parts that no measurement is about
	outside bool
}

// uses lists the resources that a part of package trust is about. A part that is not
// here counts for all of them.
var uses = map[string][]probe.Resource{
	"the transfer":           {probe.LinkIn},
	"attention":              {probe.GPU},
	"experts on the GPU":     {probe.GPU},
	"moving weights":         {probe.LinkIn},
	"experts on the CPU":     {probe.CPU, probe.LinkOut},
	"experts near the data":  {probe.NDP, probe.LinkOut},
	"reads from flash":       {probe.Flash},
	"exchanges between GPUs": {probe.LinkIn, probe.LinkOut},
}

func marginOf(s scenario.Scenario, r report.Report) margin {
	var m margin
	var worst [probe.Resources]float64
	most := 0.0
	for _, e := range trust.Of(s, r.Provenance) {
		if e.Set == "" {
			m.unknown = append(m.unknown, e.Name)
			continue
		}
		m.outside = m.outside || len(e.Outside) > 0
		most = max(most, e.P90)
		for i := range worst {
			if on, ok := uses[e.Name]; !ok || slices.Contains(on, probe.Resource(i)) {
				worst[i] = max(worst[i], e.P90)
			}
		}
	}
	for i, x := range r.Resources {
		if worst[i] == 0 {
			worst[i] = most // waited for beside what a part is named for: kernels that the CPU launches
		}
		if i != int(probe.NDP) && r.Latency > 0 {
			m.share += float64(worst[i] * float64(x.Critical) / float64(r.Latency))
		}
	}
	return m
}

// apart reports whether two rows can be told apart: whether their difference is larger
// than both errors together, which are taken to be independent.
func apart(a, b report.Candidate, o report.Objective) bool {
	x, y := value(a, o), value(b, o)
	return math.Abs(x-y) > math.Sqrt(float64(x*a.Error*x*a.Error)+float64(y*b.Error*y*b.Error))
}

// known reports whether all of a row's error is.
func known(y report.Candidate) bool { return len(y.Unknown) == 0 }
