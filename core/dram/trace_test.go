package dram_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"monde/core/dram"
	"monde/core/fault"
)

func TestATraceHasARequestALine(t *testing.T) {
	got, err := dram.ReadTrace(strings.NewReader("# arrive kind ch ra bg ba row col\n\n0 R 0 0 1 2 3 4\r\n  7\tw 1 0 0 0 65535 63  \n7 r 0 0 0 0 0 0"))
	want := []dram.Request{
		{Place: dram.Place{Group: 1, Bank: 2, Row: 3, Col: 4}},
		{Arrive: 7, Channel: 1, Write: true, Place: dram.Place{Row: 65535, Col: 63}},
		{Arrive: 7},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestEveryMistakeInATraceNamesItsLine(t *testing.T) {
	for _, bad := range []string{
		"x", "0", "0 Q 0 0 0 0 0 0", "0 R 0 0 0 0 0", "0 R 0 0 0 0 0 0 0", "-1 R 0 0 0 0 0 0", "0 R 0 0 0 0 0 -1", "0.5 R 0 0 0 0 0 0",
		"0 R 0 0 0 0 0 0x1", "0 RW 0 0 0 0 0 0", "1000000000000000 R 0 0 0 0 0 0", "0 R 0 0 0 0 1073741825 0", "0,R,0,0,0,0,0,0",
		"0 R 0 0 0 0 0 0 # a remark", "\x00", "0 R 0 0 0 0 0 " + strings.Repeat("9", 2<<20),
	} {
		_, err := dram.ReadTrace(strings.NewReader("0 R 0 0 0 0 0 0\n# a comment\n" + bad + "\n0 R 0 0 0 0 0 0\n"))
		if err == nil || !fault.Is(err) || !strings.Contains(err.Error(), "line 3") {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}

func TestAMistakeInATraceNamesTheNumber(t *testing.T) {
	s := named(t, "r2_lp5_6400")
	check := func(line, want string) {
		t.Helper()
		_, err := s.ReadTrace(strings.NewReader("0 R 0 0 0 0 0 0\n" + line))
		if err == nil || err.Error() != "trace: line 2: "+want {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
	check("1000000000000000 R 0 0 0 0 0 0", "arrive has more than 15 digits")
	check("0 R 0 0 0 0 0 0000000000000000", "col has more than 15 digits")
	check("0 R 0 0 0 0 000000000000000x 0", "must be: arrive R|W channel rank bankgroup bank row col")
	check("0 R 0 0 0 0 1073741825 0", "row is over 2^30: 1073741825")
	check("0 R 1 0 0 0 0 0", "channel must be 0: the memory has one; got 1")
	check("0 R 0 0 0 0 65536 0", "row must be 0 to 65535 in this memory, got 65536")
	check("838860800000 R 0 0 0 0 0 0", "arrive must be below 838860800000 in this memory, got 838860800000: the refreshes until then are simulated one by one")
	if reqs, err := s.ReadTrace(strings.NewReader("838860799999 W 0 0 3 3 65535 63")); err != nil || len(reqs) != 1 {
		t.Errorf("got %v, %v", reqs, err)
	}
}

func TestAReaderThatFailsIsReported(t *testing.T) {
	broken := errors.New("the disk is gone")
	_, err := dram.ReadTrace(io.MultiReader(strings.NewReader("0 R 0 0 0 0 0 0\n"), failing{broken}))
	if err == nil || !strings.Contains(err.Error(), broken.Error()) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

var lineNumber = regexp.MustCompile(`line (\d+)`)

func FuzzReadTraceReadsWhatWasWrittenOrNamesALine(f *testing.F) {
	for _, seed := range []string{
		"", "\n", "#", "0 R 0 0 0 0 0 0", "1 W 0 0 3 3 65535 63\n2 R 0 1 0 0 0 0\n", "0 R 0 0 0 0 0\n", "\t0  R 0 0 0 0 0 0 \r\n#\n",
		"999999999999999 R 1 1 1 1 1 1", "0 R 99999999999 0 0 0 0 0", "0 R 0 0 0 0 0 0\n\x1f\x8b", "00 r 00 0 0 0 0 0",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		reqs, err := dram.ReadTrace(strings.NewReader(string(doc)))
		lines := strings.Count(string(doc), "\n") + 1
		if err != nil {
			m := lineNumber.FindStringSubmatch(err.Error())
			if m == nil || !fault.Is(err) {
				t.Fatalf("%v names no line", err)
			}
			if n, err := strconv.Atoi(m[1]); err != nil || n < 1 || n > lines {
				t.Fatalf("line %s of %d", m[1], lines)
			}
			return
		}
		var out strings.Builder
		for _, r := range reqs {
			kind := "R"
			if r.Write {
				kind = "W"
			}
			fmt.Fprintln(&out, r.Arrive, kind, r.Channel, r.Rank, r.Group, r.Bank, r.Row, r.Col)
		}
		again, err := dram.ReadTrace(strings.NewReader(out.String()))
		if err != nil || len(again) != len(reqs) || len(reqs) > lines || len(reqs) > 0 && !reflect.DeepEqual(again, reqs) {
			t.Fatalf("%d requests became %d: %v", len(reqs), len(again), err)
		}
	})
}
