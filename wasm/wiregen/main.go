// Command wiregen writes the TypeScript types of every message of core/wire, so
// that the page and the simulator cannot disagree about a field.
//
// Shapes come from reflection, constants and comments from the Go source. It
// leaves out decoding: the page trusts what the engine sends.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

// roots are the types that the page sends or receives; what they hold follows.
var roots = []reflect.Type{
	reflect.TypeFor[wire.Message](),
	reflect.TypeFor[wire.Request](),
	reflect.TypeFor[wire.Reply](),
	reflect.TypeFor[wire.RunState](),
	reflect.TypeFor[wire.SweepAsk](),
	reflect.TypeFor[wire.RowsPage](),
	reflect.TypeFor[wire.SweepList](),
	reflect.TypeFor[report.Report](),
	reflect.TypeFor[scenario.Scenario](),
}

func main() {
	out := flag.String("o", "web/src/wire.gen.ts", "file to write, relative to the module's root")
	check := flag.Bool("check", false, "write nothing, and fail if the file differs")
	flag.Parse()
	if err := run(*out, *check); err != nil {
		fmt.Fprintln(os.Stderr, "wiregen:", err)
		os.Exit(1)
	}
}

func run(out string, check bool) error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	text, err := Generate(root)
	if err != nil {
		return err
	}
	if !filepath.IsAbs(out) {
		out = filepath.Join(root, out)
	}
	if !check {
		return os.WriteFile(out, text, 0o644)
	}
	have, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, text) {
		return fmt.Errorf("%s is not what core/wire says: run go run ./wasm/wiregen", out)
	}
	return nil
}

// moduleRoot returns the nearest directory upwards that holds go.mod: the source
// of every package of the module is found from there.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("no go.mod above the working directory")
		}
		dir = up
	}
}
