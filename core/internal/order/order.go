// Package order sorts with one copy of the algorithm for every type. The generic sorts
// of package slices are compiled anew for each, which would add 30 kB to what a browser
// loads first.
package order

import "sort"

// By sorts s. less must tell any two elements apart, or leave those that it does not
// equal in all that matters: their order is not kept.
func By[T any](s []T, less func(a, b T) bool) {
	sort.Sort(&by{
		len(s),
		func(i, j int) bool { return less(s[i], s[j]) },
		func(i, j int) { s[i], s[j] = s[j], s[i] },
	})
}

type by struct {
	n    int
	less func(i, j int) bool
	swap func(i, j int)
}

func (b *by) Len() int           { return b.n }
func (b *by) Less(i, j int) bool { return b.less(i, j) }
func (b *by) Swap(i, j int)      { b.swap(i, j) }

// Keys returns the keys of m in order.
func Keys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	By(keys, func(a, b string) bool { return a < b })
	return keys
}
