package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"monde/core/fault"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"monde": main})
}

// TestScripts runs the program as a shell does. A script's name is what it shows.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup:               hasAddress,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await":  answers,
			"code":   exitsWith,
			"fill":   fills,
			"json":   isJSON,
			"record": hasRecord,
		},
		Condition: func(name string) (bool, error) {
			if name != "slow" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return slow, nil
		},
	})
}

func TestTheExitCodeSaysWhoseMistakeItWas(t *testing.T) {
	check := func(err error, code int, text string) {
		t.Helper()
		var out strings.Builder
		if got := tell(&out, err); got != code || out.String() != text {
			t.Errorf("%v: code %d, want %d; said %q", err, got, code, &out)
		}
	}
	check(nil, 0, "")
	check(errors.Join(fault.At("a.b", "one"), fault.At("", "two")), 2, "a.b: one\ntwo\n")
	check(mistake{errors.New("no such file")}, 2, "monde: no such file\n")
	check(fmt.Errorf("run: %w", context.Canceled), 130, "monde: interrupted\n")
	check(errors.New("disk full"), 1, "monde: disk full\n")
}
