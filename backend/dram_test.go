package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"monde/core/fault"
)

// output runs the program here, and returns what it prints.
func output(t *testing.T, args ...string) string {
	t.Helper()
	var out, problems strings.Builder
	if err := run(t.Context(), &console{strings.NewReader(""), &out, &problems}, args); err != nil {
		t.Fatalf("%v: %v %s", args, err, &problems)
	}
	return out.String()
}

// uncommented returns text without its lines that start with #.
func uncommented(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			out.WriteString(line)
		}
	}
	return out.String()
}

func TestCommandsArePrintedAsTheReferencesPrintThem(t *testing.T) {
	for _, golden := range [][2]string{{"r2_lp5_6400_refpb", "expert"}, {"r2_lp5x_8533", "pingpong"}} {
		config, stream := golden[0], golden[1]
		packed, err := os.ReadFile(filepath.Join("../core/dram/testdata", config+"."+stream+".gz"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		want, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		got := output(t, "dram", "--config", config, "--stream", stream, "--requests", "5000", "--commands")
		if !strings.HasPrefix(got, "# config="+config+" n=5000 ") || uncommented(got) != string(want) {
			t.Errorf("%s, %s: %.300s", config, stream, got)
		}
		var object struct{ Commands []string }
		doc := output(t, "dram", "--config", config+".probe", "--stream", stream, "--requests", "5000", "--commands", "--json")
		if err := json.Unmarshal([]byte(doc), &object); err != nil || strings.Join(object.Commands, "\n")+"\n" != string(want) {
			t.Errorf("%s, %s, as JSON: %v %.300s", config, stream, err, doc)
		}
	}
}

func TestAnInterruptEndsASimulationAndTheReadingOfATrace(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, args := range [][]string{
		{"dram", "--config", "r2_lp5_6400", "--stream", "conf_bank", "--requests", "200000"},
		{"dram", "--config", "r2_lp5_6400", "--trace", "-"},
	} {
		c := &console{strings.NewReader("0 R 0 0 0 0 0 0\n"), io.Discard, io.Discard}
		if err := run(ctx, c, args); !errors.Is(err, context.Canceled) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// A full disk ends the simulation, and is what is reported.
func TestAWriterThatFailsEndsTheSimulation(t *testing.T) {
	full := errors.New("the disk is full")
	c := &console{strings.NewReader(""), failingWriter{full}, io.Discard}
	err := run(t.Context(), c, []string{"dram", "--config", "r2_lp5_6400", "--stream", "seq_bg", "--requests", "1000000", "--commands"})
	if !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

func TestACompressedTraceThatEndsTooSoonIsTheCallersMistake(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for range 1000 {
		if _, err := z.Write([]byte("0 R 0 0 0 0 0 0\n")); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{3, 12, packed.Len() - 9} {
		c := &console{bytes.NewReader(packed.Bytes()[:n]), io.Discard, io.Discard}
		err := run(t.Context(), c, []string{"dram", "--config", "r2_lp5_6400", "--trace", "-"})
		if !fault.Is(err) || !strings.HasPrefix(err.Error(), "standard input: ") {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

func TestNamesThatAreCloseAreSuggested(t *testing.T) {
	check := func(name, said string) {
		t.Helper()
		_, err := memory(name)
		if err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("%q: %v, want %q", name, err, said)
		}
	}
	check("r2_lp5_640", "did you mean r2_lp5_6400")
	check("d3_lp5_6400", "d3_lp5eq_6400")
	check("ddr4_3200", "r2_ddr4_3200")
	check("R2_LP5_6400", "did you mean r2_lp5_6400,")
	check("R2_DDR5", "did you mean r2_ddr5_4800?")
	check("lpddr5", "did you mean lpddr5_6400, lpddr5x_7500, lpddr5x_8533?")
	for _, file := range []string{"r2_lp5_6400.json", "d3_hbm2.ini", "r2_lp5_6400.probe"} {
		if _, err := memory(file); err != nil {
			t.Error(err)
		}
	}
	check("", "there is no memory")
	check("something else entirely", "`monde dram --list`")
	if distance("kitten", "sitting") != 3 || distance("", "abc") != 3 || distance("abc", "abc") != 0 {
		t.Error("the distance of names is wrong")
	}
}
