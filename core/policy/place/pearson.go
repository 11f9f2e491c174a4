package place

import "math"

// pearson returns the correlation of two series of one length, -1 to 1; 0 where one of
// them does not change.
func pearson(x, y []float64) float64 {
	mx, my := mean(x), mean(y)
	var xy, xx, yy float64
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		xy += float64(dx * dy)
		xx += float64(dx * dx)
		yy += float64(dy * dy)
	}
	if xx <= 0 || yy <= 0 {
		return 0
	}
	return max(-1, min(1, xy/float64(math.Sqrt(xx)*math.Sqrt(yy))))
}

func mean(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(max(1, len(x)))
}
