package replace_test

import (
	"slices"

	"monde/core/policy/replace"
	"monde/core/rng"
)

// reused returns the uses of n gates, of which a layer's hot experts take most.
func reused(n, experts, k int) [][]replace.Use {
	r := rng.Stream(1, "bench")
	all := make([][]replace.Use, n)
	for i := range all {
		var ids []int32
		for len(ids) < k {
			id := int32(float64(experts) * r.Float64() * r.Float64() * r.Float64())
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		for _, id := range ids {
			all[i] = append(all[i], replace.Use{Expert: id, Tokens: 1, Score: 1 / float64(k)})
		}
	}
	return all
}
