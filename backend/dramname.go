package main

import (
	"cmp"
	"slices"
	"strings"

	"monde/core/dram"
	"monde/core/fault"
)

// memory returns the memory of that name, or of the file of that name, or says which
// names are close to it.
func memory(name string) (dram.Spec, error) {
	for _, ext := range [...]string{".json", ".ini"} {
		name = strings.TrimSuffix(name, ext)
	}
	s, err := dram.Named(name)
	if err == nil {
		return s, nil
	}
	near := closeTo(name)
	if len(near) == 0 {
		return s, err
	}
	return s, fault.At("config", "there is no memory called %q; did you mean %s? monde dram --list lists them all",
		name, strings.Join(near, ", "))
}

// closeTo returns up to three memories whose names begin with name, or else are a few
// letters from it; capitals do not matter.
func closeTo(name string) []string {
	name = strings.ToLower(name)
	var begin, near []string
	for _, s := range dram.Configs() {
		switch {
		case name != "" && strings.HasPrefix(s.Name, name):
			begin = append(begin, s.Name)
		case distance(s.Name, name) <= max(2, len(name)/3):
			near = append(near, s.Name)
		}
	}
	nearest := func(a, b string) int { return cmp.Compare(distance(a, name), distance(b, name)) }
	slices.SortStableFunc(begin, nearest)
	slices.SortStableFunc(near, nearest)
	all := append(begin, near...)
	return all[:min(3, len(all))]
}

// distance returns how many letters have to be put in, left out or changed to
// turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			changed := before
			if a[i] != b[j] {
				changed++
			}
			before = row[j+1]
			row[j+1] = min(row[j]+1, before+1, changed)
		}
	}
	return row[len(b)]
}
