package strictjson_test

import (
	"testing"

	"monde/core/fault"
	"monde/core/internal/strictjson"
)

type part struct {
	Rate  int64   `json:"rate"`
	Share float64 `json:"share"`
}

type whole struct {
	Name  string  `json:"name"`
	On    bool    `json:"on"`
	Seed  uint64  `json:"seed"`
	Part  part    `json:"part"`
	Rows  [][]int `json:"rows"`
	Other int     `json:"-"`
}

func overlay(t *testing.T, dst *whole, doc string) error {
	t.Helper()
	tree, err := strictjson.Parse([]byte(doc))
	if err != nil {
		return err
	}
	return strictjson.Overlay(dst, tree)
}

func TestWhatTheDocumentDoesNotNameStays(t *testing.T) {
	v := whole{Name: "a", Part: part{1, 0.5}, Rows: [][]int{{1}}}
	if err := overlay(t, &v, `{"part":{"rate":24e9},"rows":[[1,2],[]]}`); err != nil {
		t.Fatal(err)
	}
	if v.Name != "a" || v.Part != (part{24e9, 0.5}) || len(v.Rows) != 2 || v.Rows[0][1] != 2 {
		t.Errorf("got %+v", v)
	}
}

func TestEveryMistakeIsReportedWithItsPath(t *testing.T) {
	var v whole
	err := overlay(t, &v, `{"nome":1,"on":"yes","seed":-1,"part":{"rate":1.5,"share":{},"x":1},"rows":[[0],[1,"b"]]}`)
	want := []string{"nome", "on", "part.rate", "part.share", "part.x", "rows[1][1]", "seed"}
	fields := fault.Fields(err)
	for i, f := range fields {
		if i >= len(want) || f.Path != want[i] {
			t.Fatalf("fault %d is %q; all: %v", i, f.Path, err)
		}
	}
	if len(fields) != len(want) {
		t.Errorf("%d faults, want %d: %v", len(fields), len(want), err)
	}
}

func TestADocumentThatIsNotOneValueIsRefused(t *testing.T) {
	for _, doc := range []string{"", "{", "{} {}", "nul", "[1,2"} {
		if err := overlay(t, new(whole), doc); !fault.Is(err) {
			t.Errorf("%q: %v, want a fault", doc, err)
		}
	}
}
