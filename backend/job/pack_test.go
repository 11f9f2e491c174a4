package job

import (
	"testing"

	"monde/core/sweep"
)

func TestWhatIsPackedIsUnpacked(t *testing.T) {
	rows := []sweep.Row{{Index: 3, Values: []sweep.Value{sweep.Number(4), sweep.Name("MD+LB")}, Result: &sweep.Result{Digest: "d", Latency: 7}}}
	got, err := Piece{Data: pack(encoded(rows))}.Unpack()
	if err != nil || len(got) != 1 || got[0].Index != 3 || got[0].Result.Latency != 7 || got[0].Values[1] != rows[0].Values[1] {
		t.Errorf("%+v, %v", got, err)
	}
}

func FuzzStoredResultsNeverPanic(f *testing.F) {
	f.Add(pack([]byte(`[{"index":1}]`)))
	f.Add(pack([]byte(`{"digest":"d"}`)))
	f.Add([]byte("\x28\xb5\x2f\xfd"))
	f.Add(recalled(map[ContentKey][]byte{{1}: []byte("x")}))
	f.Fuzz(func(_ *testing.T, data []byte) {
		p := Piece{Data: data}
		_, _ = p.Unpack()
		_, _ = p.Report()
		_ = readRecalled(data)
		_ = split(data)
	})
}

func FuzzRecalledResultsSurviveTheWire(f *testing.F) {
	f.Add([]byte("key"), []byte("value"))
	f.Fuzz(func(t *testing.T, key, value []byte) {
		var k ContentKey
		copy(k[:], key)
		got := readRecalled(recalled(map[ContentKey][]byte{k: value, {0xff}: nil}))
		if string(got[k]) != string(value) && k != (ContentKey{0xff}) {
			t.Errorf("%q became %q", value, got[k])
		}
	})
}
