package system

import (
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"monde/core/unit"
)

func TestQuantilesAreGonumsEmpiricalOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.SliceOfN(rapid.IntRange(0, 50), 1, 300).Draw(t, "times")
		slices.Sort(whole)
		times, floats := make([]unit.Time, len(whole)), make([]float64, len(whole))
		for i, x := range whole {
			times[i], floats[i] = unit.Time(x), float64(x)
		}
		for _, percent := range []int{1, 25, 50, 99, 100} {
			want := stat.Quantile(float64(percent)/100, stat.Empirical, floats, nil)
			if got := quantile(times, percent); float64(got) != want {
				t.Fatalf("%d %% of %v is %d, gonum says %g", percent, whole, got, want)
			}
		}
	})
}
