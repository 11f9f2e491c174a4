package memread_test

import (
	"testing"

	"monde/core/fault"
	"monde/core/memread"
	"monde/core/unit"
)

// 21 M names of Wikipedia in 768 values of 32 bits.
func TestTheStoreIsVectorsTimesDimTimesBytes(t *testing.T) {
	s := memread.Default()
	if got, want := s.Store(), unit.Bytes(21_000_000*768*4); got != want {
		t.Errorf("the store takes %d B, want %d", got, want)
	}
	s.Value = 2
	if got := float64(s.Store()) / 1e9; got < 32.2 || got > 32.3 {
		t.Errorf("in 16 bits it takes %.2f GB", got)
	}
}

func TestAReadIsCallLookupResultsAndWhatFollows(t *testing.T) {
	s := memread.Spec{Probability: 0.5, Call: 3, Result: 4, Searches: 2, Vectors: 1, Dim: 1, Value: 1,
		Visited: 10, Access: 20, Compute: 5, Embed: 1000}
	r, err := memread.Decode(s, memread.Base{Token: 100, Input: 7, Context: 50, Prefix: 20})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []unit.Time{300, 2 * (1000 + 10*25), 28, 7 * (50 - 20 - 7)} {
		if r.Parts[i].Time != want {
			t.Errorf("%s takes %d ps, want %d", r.Parts[i].Name, r.Parts[i].Time, want)
		}
	}
	if want := unit.Time(100 + (300+2500+28+161)/2); r.Token != want || r.Slower != float64(want)/100 {
		t.Errorf("a token takes %d ps, %v times one without reads; want %d", r.Token, r.Slower, want)
	}
}

func TestEveryMistakeOfAReaderIsNamed(t *testing.T) {
	_, err := memread.Decode(memread.Spec{Probability: 2, Call: -1, Result: -1, Searches: -1, Vectors: -1, Visited: -1, Access: -1, Embed: -1, Compute: -1},
		memread.Base{Input: -1, Context: -1, Prefix: 1})
	var paths string
	for _, f := range fault.Fields(err) {
		paths += f.Path + " "
	}
	const want = "probability call_tokens result_tokens searches vectors dim value_bytes visited access_ps embed_ps compute_ps token_ps input_ps context unaffected "
	if paths != want {
		t.Errorf("faults at %q, want %q", paths, want)
	}
}

func FuzzReadsNeverMakeDecodingFaster(f *testing.F) {
	f.Add(0.02, 24, 32, 2, 200, int64(250_000), 2048, 0)
	f.Add(1.0, 1<<16, 1<<16, 1<<10, 1<<20, int64(unit.Second), 1<<21, 1<<21)
	f.Fuzz(func(t *testing.T, p float64, call, result, searches, visited int, token int64, context, prefix int) {
		s := memread.Default()
		s.Probability, s.Call, s.Result, s.Searches, s.Visited = p, call, result, searches, visited
		r, err := memread.Decode(s, memread.Base{Token: unit.Time(token), Input: unit.Time(token) / 10, Context: context, Prefix: prefix})
		if err != nil {
			if !fault.Is(err) {
				t.Errorf("%v names no field", err)
			}
			return
		}
		if r.Read < 0 || r.Token < r.Base.Token || r.Slower < 1 {
			t.Errorf("%+v", r)
		}
	})
}
