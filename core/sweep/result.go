package sweep

import (
	"strings"

	"monde/core/fault"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/unit"
)

// ResultOf returns what a sweep keeps of r.
func ResultOf(r report.Report) Result {
	y := Result{
		Digest: r.Digest, Latency: r.Latency, Bound: r.Bound,
		Tokens: r.Tokens, TokensPerSecond: r.TokensPerSecond, TTFT: r.TTFT,
		Energy: energy(r), Fits: true, HotExperts: r.HotExperts, Simulated: r.Simulated,
	}
	y.EnergyPerToken = float64(y.Energy) / float64(max(1, r.Tokens))
	if r.TPOT != nil {
		y.TPOTMean, y.TPOTP99 = r.TPOT.Mean, r.TPOT.P99
	}
	if r.Cache != nil {
		y.HitRate = r.Cache.HitRate
	}
	for _, p := range r.Memory {
		y.Fits = y.Fits && p.Fits
		if p.Name == "gpu" {
			y.GPUBytes = p.Used
		}
	}
	y.resources(r)
	return y
}

func (y *Result) resources(r report.Report) {
	var most unit.Time
	for _, x := range r.Resources {
		if y.Limit == "" || x.Critical > most {
			y.Limit, most = x.Name, x.Critical
		}
		switch x.Name {
		case probe.LinkIn.String():
			y.LinkIn = x.Bytes
		case probe.LinkOut.String():
			y.LinkOut = x.Bytes
		}
	}
	y.LimitShare = float64(most) / float64(max(1, r.Latency))
}

// energy sums all parts; what is beyond an int64 is the largest.
func energy(r report.Report) unit.Energy {
	var sum unit.Energy
	for _, e := range r.Energy {
		if sum += e.Energy; sum < 0 {
			return 1<<63 - 1
		}
	}
	return sum
}

// Reason returns err on one line, for a Row.
func Reason(err error) string {
	var all []string
	for _, f := range fault.Fields(err) {
		all = append(all, f.Error())
	}
	if len(all) == 0 {
		all = strings.Split(err.Error(), "\n")
	}
	return strings.Join(all, "; ")
}
