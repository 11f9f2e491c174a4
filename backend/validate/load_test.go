package validate

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestWhatTheProgramCarriesLoadsWithoutAProblemButOne(t *testing.T) {
	rows := embeddedResult(t).Rows
	if got, want := problems(rows), (map[string]int{"was not measured: it did not fit": 1}); !sameCounts(got, want) {
		t.Errorf("problems %v, want %v", got, want)
	}
	for _, r := range rows {
		if r.Problem == "" && !(r.Measured > 0 && r.Predicted > 0) {
			t.Errorf("%s line %d: measured %g, predicted %g", r.Set, r.Line, r.Measured, r.Predicted)
		}
	}
}

func TestEveryCellThatWasMeasuredIsARow(t *testing.T) {
	perLine := map[string]int{"h100/link": 3, "h100/ffn": 2, "h100/dense": 2, "h100/cpu": 1, "h100/graph_layers": 1, "h100/layers": 1, "gpu_moe/moe_kernels": 1}
	got := map[string]int{}
	for _, r := range carriedRows(t) {
		file, _, _ := strings.Cut(r.Set, " ") // one file may be several sets
		got[file]++
	}
	for _, f := range files() {
		table, err := read(Embedded(), f.name)
		if err != nil {
			t.Fatal(err)
		}
		n := perLine[f.name]
		if n == 0 {
			n = strings.Count(strings.Join(table.head, ","), "/")
			n -= strings.Count(strings.Join(table.head, ","), "/CPU") // where the experts live
		}
		if want := n * len(table.rows); got[f.name] != want {
			t.Errorf("%s: %d rows, want %d of %d lines", f.name, got[f.name], want, len(table.rows))
		}
	}
}

func TestFilesThatAreNotReadAreNamed(t *testing.T) {
	got, err := ignored(folder(map[string]string{"h100/link": "", "h100/fnn": "", "link": "", "deep/er/link": ""}))
	if want := []string{"link.csv", "h100/fnn.csv"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if got, _ := ignored(Embedded()); len(got) > 0 {
		t.Errorf("of what the program carries: %q", got)
	}
}

// A row that constants were fitted to must never count as held out, and the rule that
// says which are must not know how they came out.
func TestEverySetSaysHowManyOfItsRowsAreFittedTo(t *testing.T) {
	type split struct{ fitted, held int }
	want := map[string]split{
		"h100/link":                      {24, 15},
		"h100/link below 64 KiB":         {0, 12},
		"h100/ffn":                       {90, 92},
		"h100/dense":                     {36, 36},
		"h100/cpu":                       {48, 32},
		"h100/graph_layers":              {43, 103},
		"h100/layers":                    {141, 124},
		"gpu_moe/moe_kernels":            {623, 1150},
		"pregated/block_lats":            {48, 96},
		"pregated/ubench_b64_block_lats": {6, 9},
		"pregated/peak_mems":             {12, 24},
		"pregated/throughputs":           {0, 120},
	}
	got := map[string]split{}
	for _, r := range carriedRows(t) {
		s := got[r.Set]
		if r.Fitted {
			s.fitted++
		} else {
			s.held++
		}
		got[r.Set] = s
	}
	if len(got) != len(want) {
		t.Errorf("%d sets, want %d", len(got), len(want))
	}
	for set, w := range want {
		if got[set] != w {
			t.Errorf("%s: %+v, want %+v", set, got[set], w)
		}
	}
}

func TestNoMeasurementIsBothFittedToAndHeldOut(t *testing.T) {
	seen := map[measurement]Row{}
	for _, r := range carriedRows(t) {
		before, twice := seen[r.measurement()]
		if twice {
			t.Errorf("%s: line %d says what line %d says", r.Set, r.Line, before.Line)
		}
		seen[r.measurement()] = r
	}
}

func TestTheSplitDoesNotLookAtWhatWasMeasured(t *testing.T) {
	for _, f := range files() {
		if f.fitted == nil {
			continue
		}
		table, err := read(Embedded(), f.name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range table.rows {
			l := table.line(i)
			before := f.fitted(i, l)
			l.cells = slices.Clone(l.cells)
			for j, head := range table.head {
				if strings.HasSuffix(head, "_us") || strings.HasSuffix(head, "_ms") || strings.Contains(head, "/") {
					l.cells[j] = "7"
				}
			}
			if f.fitted(i, l) != before {
				t.Fatalf("%s line %d: another measurement is %t to the fit", f.name, l.at, !before)
			}
		}
	}
}

func TestARowOfOnesOwnThatTheProgramCarriesIsTheSameRow(t *testing.T) {
	own := map[string]string{}
	for _, f := range files() {
		own[f.name] = few(t, f.name, 1)
	}
	rows := load(t, own)
	if err := predict(t.Context(), rows, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	carried := map[string]Row{}
	key := func(r Row) string {
		return fmt.Sprint(r.Set, "|", r.Line, "|", r.Model, "|", r.Strategy, "|", r.Machine, "|", r.Case)
	}
	for _, r := range embeddedResult(t).Rows {
		carried[key(r)] = r
	}
	for _, r := range rows {
		c, ok := carried[key(r)]
		if !ok || r.Predicted != c.Predicted || r.Measured != c.Measured || r.Error != c.Error || r.Fitted != c.Fitted || r.Scenario != c.Scenario {
			t.Errorf("%+v,\nthe program carries %+v", r, c)
		}
	}
}

func TestAFittedRowIsKnownAgainAmongOtherColumns(t *testing.T) {
	fitted := func(text string) (n int) {
		for _, r := range load(t, map[string]string{"h100/link": text}) {
			if r.Fitted {
				n++
			}
		}
		return n
	}
	lines := mapped(t, "h100/link", func(lines []string) []string {
		for i := range lines {
			lines[i] += ",mine"
		}
		slices.Reverse(lines)
		return lines
	})
	head, body, _ := strings.Cut(lines, "\n")
	if got, want := fitted(head+",note\n"+body), fitted(carried(t, "h100/link")); got != want || want != 24 {
		t.Errorf("%d rows are known to be fitted, want %d", got, want)
	}
}

func TestRowsInAnotherOrderGiveTheSameSummaries(t *testing.T) {
	own := func(change func([]string) []string) fs.FS {
		all := map[string]string{}
		for _, name := range []string{"h100/ffn", "h100/cpu", "h100/link", "h100/layers"} {
			all[name] = mapped(t, name, change)
		}
		return folder(all)
	}
	a, err := Run(t.Context(), own(func(lines []string) []string { return lines }), func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Run(t.Context(), own(func(lines []string) []string { slices.Reverse(lines); return lines }), func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(a.Sets, b.Sets) {
		t.Errorf("forwards  %+v\nbackwards %+v", a.Sets, b.Sets)
	}
}
