package advise

import (
	"monde/core/internal/order"
	"monde/core/report"
)

// value returns what a row is ranked by; less is better.
func value(y report.Candidate, o report.Objective) float64 {
	switch o {
	case report.MostThroughput:
		return 1 / max(y.TokensPerSecond, 1e-12)
	case report.LeastEnergy:
		return float64(y.EnergyPerToken)
	default:
		return float64(y.Latency)
	}
}

// better orders rows: by value, then by room, then by name.
func better(a, b report.Candidate, o report.Objective) bool {
	if x, y := value(a, o), value(b, o); x != y {
		return x < y
	}
	if a.GPUMemory != b.GPUMemory {
		return a.GPUMemory < b.GPUMemory
	}
	return a.Title < b.Title
}

// rank sorts rows, groups those that cannot be told apart, and marks the front.
func rank(rows []report.Candidate, o report.Objective) {
	order.By(rows, func(a, b report.Candidate) bool { return better(a, b, o) })
	first, head, group := -1, -1, 0
	for i := range rows {
		y := &rows[i]
		y.Front = onFront(rows, i)
		if !known(*y) {
			continue
		}
		if first < 0 {
			first = i
		}
		if head < 0 || apart(rows[head], *y, o) {
			head = i
			group++
		}
		y.Group, y.Tied = group, i == first || !apart(rows[first], *y, o)
	}
}

// onFront reports whether no other row is as good as rows[i] at everything, and better
// at something.
func onFront(rows []report.Candidate, i int) bool {
	for j := range rows {
		if j != i && dominates(rows[j], rows[i]) {
			return false
		}
	}
	return true
}

func dominates(a, b report.Candidate) bool {
	x, y := goals(a), goals(b)
	less := false
	for i := range x {
		if x[i] > y[i] {
			return false
		}
		less = less || x[i] < y[i]
	}
	return less
}

// goals are what the front is of; less is better.
func goals(y report.Candidate) [4]float64 {
	return [4]float64{float64(y.Latency), -y.TokensPerSecond, float64(y.EnergyPerToken), float64(y.GPUMemory)}
}

// baseline returns which row is what people run: GPU+PM, overlapped. -1: none.
func baseline(rows []report.Candidate) int {
	for i, y := range rows {
		if y.Title == usualTitle {
			return i
		}
	}
	return -1
}
