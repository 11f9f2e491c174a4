package text

import (
	"fmt"
	"math"
	"strconv"

	"monde/core/unit"
)

// A scale is a unit and its multiples, smallest first, each a factor above the
// one before.
type scale struct {
	factor float64
	names  []string
}

var (
	times    = scale{1000, []string{"ps", "ns", "µs", "ms", "s"}}
	data     = scale{1000, []string{"B", "kB", "MB", "GB", "TB", "PB"}}
	energies = scale{1000, []string{"pJ", "nJ", "µJ", "mJ", "J", "kJ", "MJ"}}
)

// write returns v with three digits or more, in the largest multiple that keeps
// it at one or above.
func (s scale) write(v float64) string {
	i := 0
	// 999.5 would be written as 1000: it belongs to the next multiple.
	for math.Abs(v) >= s.factor-0.5 && i < len(s.names)-1 {
		v /= s.factor
		i++
	}
	return digits(v, i > 0) + " " + s.names[i]
}

// digits returns v with three digits; a whole number has no decimals.
func digits(v float64, fraction bool) string {
	switch a := math.Abs(v); {
	case !fraction || a >= 99.95:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case a >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	default:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
}

func duration(t unit.Time) string { return times.write(float64(t)) }

func amount(b unit.Bytes) string { return data.write(float64(b)) }

func energy(e unit.Energy) string { return energies.write(float64(e)) }

// share returns part/whole in percent; empty if there is no whole.
func share(part, whole unit.Time) string {
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f %%", 100*float64(part)/float64(whole))
}

// count returns n with its thousands set apart.
func count(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
