package memory_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"monde/core/device/memory"
)

// Whatever the layout, a store is an array of bytes.
func TestAStoreReadsWhatWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := memory.NewMap(layout().Draw(t, "layout"))
		s := memory.NewStore(m)
		model := make([]byte, m.Whole().Size)
		for range rapid.IntRange(1, 10).Draw(t, "writes") {
			a := rapid.IntRange(0, len(model)).Draw(t, "address")
			data := rapid.SliceOfN(rapid.Byte(), 0, min(200, len(model)-a)).Draw(t, "data")
			copy(model[a:], data)
			if err := s.Write(memory.Address(a), data); err != nil {
				t.Fatal(err)
			}
		}
		got := bytes.Repeat([]byte{0xff}, len(model))
		if err := s.Read(0, got); err != nil || !bytes.Equal(got, model) {
			t.Fatalf("the store is not the array that was written: %v", err)
		}
	})
}

func TestAStoreRefusesWhatIsOutside(t *testing.T) {
	m := memory.NewMap(memory.Layout{Geometry: lpddr5, Weights: memory.SeqBG})
	s, end := memory.NewStore(m), m.Whole().End()
	if err := s.Write(end-1, make([]byte, 2)); err == nil {
		t.Error("a write over the end is taken")
	}
	if err := s.Read(end+1, nil); err == nil {
		t.Error("a read behind the end is taken")
	}
	if err := s.Write(end-2, []byte{1, 2}); err != nil {
		t.Error(err)
	}
}

func TestExpertsAreSpreadOverDevices(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		experts, devices := rapid.IntRange(1, 100).Draw(t, "experts"), rapid.IntRange(1, 9).Draw(t, "devices")
		for _, p := range []memory.Placement{memory.RoundRobin(experts, devices), memory.Blocks(experts, devices)} {
			if err := p.Validate(devices); err != nil || len(p) != experts {
				t.Fatal(err)
			}
			least, most, all := experts, 0, 0
			for d := range devices {
				n := len(p.On(nil, int32(d)))
				least, most, all = min(least, n), max(most, n), all+n
			}
			if most-least > 1 || all != experts {
				t.Fatalf("%d experts on %d devices: %d to %d on each, %d in all", experts, devices, least, most, all)
			}
		}
	})
	if err := (memory.Placement{0, 2}).Validate(2); err == nil || err.Error() != "[1]: must be on device 0 to 1, got 2" {
		t.Errorf("a placement on a device that is not there: %v", err)
	}
}
