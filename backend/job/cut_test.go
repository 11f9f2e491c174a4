package job

import (
	"testing"

	"monde/core/scenario"
	"monde/core/sweep"
)

func TestWhatASweepCostsIsKnownBySegmentWhicheverAxisIsDear(t *testing.T) {
	batch := sweep.Axis{Path: "workload.batch", From: 1, To: 64, Steps: 64}
	seed := sweep.Axis{Path: "seed", From: 1, To: 50, Steps: 50}
	doc := scenario.Default().Full()
	slow, err := plan(doc, sweep.Spec{Method: sweep.Grid, Axes: []sweep.Axis{batch, seed}})
	if err != nil {
		t.Fatal(err)
	}
	fast, err := plan(doc, sweep.Spec{Method: sweep.Grid, Axes: []sweep.Axis{seed, batch}})
	if err != nil {
		t.Fatal(err)
	}
	if r := slow.profile[15] / slow.profile[0]; len(slow.profile) != segments || r < 5 {
		t.Errorf("the last of %d segments costs %.1f times the first, where the batch grows", len(slow.profile), r)
	}
	for i, c := range fast.profile {
		if c < fast.mean*0.6 || c > fast.mean*1.4 {
			t.Errorf("segment %d costs %.2f ms a point, all of them %.2f: each has every batch", i, c, fast.mean)
		}
	}
	if r := slow.mean / fast.mean; r < 0.9 || r > 1.1 {
		t.Errorf("%.2f and %.2f ms a point, of the same points", slow.mean, fast.mean)
	}
}

func TestPiecesAreShortHoweverDearTheirPoints(t *testing.T) {
	for _, c := range []struct{ mean, worst, want float64 }{{0.1, 0.1, 256}, {5, 5, 50}, {5, 500, 4}, {1000, 1000, 1}, {1, 60_000, 1}} {
		if got := pieceSize(c.mean, c.worst, maxPiece); got != int(c.want) {
			t.Errorf("%v ms, at worst %v: %d points, want %v", c.mean, c.worst, got, c.want)
		}
	}
}
