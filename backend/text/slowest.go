package text

import (
	"cmp"
	"slices"

	"monde/core/report"
)

// slowest returns the n layers that took longest, in the order of execution.
func slowest(layers []report.Layer, n int) []report.Layer {
	at := make([]int, len(layers))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(a, b int) int { return cmp.Compare(layers[b].Time, layers[a].Time) })
	at = at[:min(n, len(at))]
	slices.Sort(at)
	var list []report.Layer
	for _, i := range at {
		list = append(list, layers[i])
	}
	return list
}
