package cmdtrace_test

import (
	"fmt"
	"testing"

	"monde/core/dram"
	"monde/core/dram/cmdtrace"
)

// lines writes one command of each form that s has.
func lines(t *testing.T, config string, commands ...dram.Command) string {
	t.Helper()
	s, err := dram.Named(config)
	if err != nil {
		t.Fatal(err)
	}
	l := cmdtrace.Of(s)
	out := []byte(l.Header())
	for _, c := range commands {
		out = l.Append(out, c)
	}
	return string(out)
}

var (
	burst = dram.Place{Rank: 0, Group: 1, Bank: 2, Row: 300, Col: 17}
	rank  = dram.Place{Rank: 0, Group: -1, Bank: -1, Row: -1, Col: -1}
	bank  = dram.Place{Rank: 0, Group: 3, Bank: 1, Row: -1, Col: -1}
)

func TestLinesAreThoseOfTheReferences(t *testing.T) {
	check := func(config, want string, commands ...dram.Command) {
		t.Helper()
		if got := lines(t, config, commands...); got != want {
			t.Errorf("%s: got\n%swant\n%s", config, got, want)
		}
	}
	check("r2_lp5_6400_refpb", "# clk cmd ra bg ba row col\n1 ACT1 0 1 2 300 272\n2 ACT2 0 1 2 300 272\n9 CAS_WR 0 1 2 300 272\n"+
		"10 WR 0 1 2 300 272\n391 PREpb 0 3 1 -1 -1\n",
		dram.Command{Clock: 1, Op: dram.ACT, Place: burst}, dram.Command{Clock: 2, Op: dram.ACT2, Place: burst},
		dram.Command{Clock: 9, Op: dram.CASWR, Place: burst}, dram.Command{Clock: 10, Op: dram.WR, Place: burst},
		dram.Command{Clock: 391, Op: dram.PRE, Place: bank})
	check("r2_ddr4_3200", "# clk cmd ra bg ba row col\n1 ACT 0 1 2 300 136\n9 PREab 0 -1 -1 -1 -1\n12480 REFab 0 -1 -1 -1 -1\n",
		dram.Command{Clock: 1, Op: dram.ACT, Place: burst}, dram.Command{Clock: 9, Op: dram.PREab, Place: rank}, dram.Command{Clock: 12480, Op: dram.REFab, Place: rank})
	check("d3_lp5eq_6400_refpb", "# clk cmd ch ra bg ba row col\n1 activate 0 0 1 2 0x12c 0x11\n3 read 0 0 1 2 0x12c 0x11\n4 write 0 0 1 2 0x12c 0x11\n"+
		"9 precharge -1 0 3 1 -0x1 -0x1\n9 refresh -1 0 -1 -1 -0x1 -0x1\n9 refresh_bank -1 0 3 1 -0x1 -0x1\n",
		dram.Command{Clock: 1, Op: dram.ACT, Place: burst}, dram.Command{Clock: 3, Op: dram.RD, Place: burst}, dram.Command{Clock: 4, Op: dram.WR, Place: burst},
		dram.Command{Clock: 9, Op: dram.PRE, Place: bank}, dram.Command{Clock: 9, Op: dram.REFab, Place: rank}, dram.Command{Clock: 9, Op: dram.REFpb, Place: bank})
}

// Ramulator's lines have no channel: a comment names it whenever it changes.
func TestACommentNamesTheChannelOfTheLinesThatFollow(t *testing.T) {
	var commands []dram.Command
	for i, channel := range []int32{0, 0, 5, 0} {
		commands = append(commands, dram.Command{Clock: int64(i), Channel: channel, Op: dram.RD})
	}
	want := "# clk cmd ra bg ba row col\n# channel 0\n0 RD 0 0 0 0 0\n1 RD 0 0 0 0 0\n# channel 5\n2 RD 0 0 0 0 0\n# channel 0\n3 RD 0 0 0 0 0\n"
	if got := lines(t, "r2_lp5_6400_8ch", commands...); got != want {
		t.Errorf("got\n%s", got)
	}
	if got := lines(t, "d3_lp5eq_6400_8ch", commands[2]); got != "# clk cmd ch ra bg ba row col\n2 read 5 0 0 0 0x0 0x0\n" {
		t.Errorf("got\n%s", got)
	}
}

func ExampleLines_Append() {
	s, _ := dram.Named("r2_lp5_6400")
	l := cmdtrace.Of(s)
	fmt.Print(string(l.Append(nil, dram.Command{Clock: 17, Op: dram.RD, Place: dram.Place{Row: 10, Col: 1}})))
	// Output: 17 RD 0 0 0 10 16
}
