package ndp_test

import (
	_ "embed"
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"monde/core/ndp"
	"monde/core/unit"
)

// SCALE-Sim v3 at 1d62b68, the rows of its "CALC" bandwidth mode.
//
//go:embed testdata/scalesim.csv
var scalesim string

var dataflows = []ndp.Dataflow{ndp.OS, ndp.WS, ndp.IS}

// SCALE-Sim reports the number of the last cycle, counted from zero.
func TestCyclesAreThoseOfSCALESim(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(scalesim)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, row := range rows[1:] {
		var n [6]int
		for i := range n {
			if n[i], err = strconv.Atoi(row[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		for _, d := range dataflows {
			if d.String() != row[0] {
				continue
			}
			seen[row[0]]++
			if got := d.Cycles(n[0], n[1], ndp.Shape{M: n[2], K: n[3], N: n[4]}); got-1 != unit.Cycles(n[5]) {
				t.Errorf("%v: %d cycles less one, want %d", row, got, n[5])
			}
		}
	}
	if seen["os"] != 60 || seen["ws"] != 60 || seen["is"] != 60 {
		t.Errorf("compared %v rows, want 60 of each dataflow", seen)
	}
}

func TestCyclesOfUnevenShapesAreThoseWorkedOutByHand(t *testing.T) {
	uneven := ndp.Shape{M: 5, K: 3, N: 7}
	for _, tt := range []struct {
		flow       ndp.Dataflow
		rows, cols int
		shape      ndp.Shape
		want       unit.Cycles
		why        string
	}{
		{ndp.OS, 4, 4, uneven, 36, "2·2 folds of 4+4+3-2"},
		{ndp.WS, 4, 4, uneven, 30, "1·2 folds of 8+4+5-2"},
		{ndp.IS, 4, 4, uneven, 34, "1·2 folds of 8+4+7-2"},
		{ndp.OS, 2, 8, uneven, 33, "3·1 folds of 2+8+3-2"},
		{ndp.OS, 1, 1, ndp.Shape{M: 1, K: 1, N: 1}, 1, "one multiply-add"},
		{ndp.WS, 1, 1, ndp.Shape{M: 1, K: 1, N: 1}, 2, "a weight loaded, one multiply-add"},
	} {
		if got := tt.flow.Cycles(tt.rows, tt.cols, tt.shape); got != tt.want {
			t.Errorf("%v on %d×%d, %v: %d cycles, want %d: %s", tt.flow, tt.rows, tt.cols, tt.shape, got, tt.want, tt.why)
		}
	}
}
