package advise

import (
	"fmt"
	"math"

	"monde/core/report"
	"monde/core/unit"
)

// scaled writes v with three digits and the prefix that keeps it below a thousand.
func scaled(v, step float64, names []string) string {
	i := 0
	for math.Abs(v) >= 999.5 && i < len(names)-1 {
		v /= step
		i++
	}
	if math.Abs(v) >= 99.95 {
		return fmt.Sprintf("%.0f %s", v, names[i])
	}
	return fmt.Sprintf("%.3g %s", v, names[i])
}

func span(t unit.Time) string {
	return scaled(float64(t), 1000, []string{"ps", "ns", "µs", "ms", "s"})
}

func amount(b unit.Bytes) string {
	return scaled(float64(b), 1000, []string{"B", "kB", "MB", "GB", "TB"})
}

func joules(e unit.Energy) string {
	return scaled(float64(e), 1000, []string{"pJ", "nJ", "µJ", "mJ", "J", "kJ"})
}

// percent writes a share: 4 %, 0.3 %.
func percent(x float64) string {
	if x < 0.0995 {
		return fmt.Sprintf("%.2g %%", 100*x)
	}
	return fmt.Sprintf("%.0f %%", 100*x)
}

// figure writes what o is about.
func figure(y report.Candidate, o report.Objective) string {
	switch o {
	case report.MostThroughput:
		return fmt.Sprintf("%.4g tokens/s", y.TokensPerSecond)
	case report.LeastEnergy:
		return joules(y.EnergyPerToken) + " a token"
	default:
		return span(y.Latency)
	}
}

// waited are the resources in words, in the order of probe.Resource.
var waited = [...]string{"the GPU", "the link to the GPU", "the link from the GPU", "the NDP core", "the CPU", "flash"}
