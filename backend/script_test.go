package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"monde/backend/job"
	"monde/backend/store/sqlite"
)

// exitsWith is the script command "code N PROGRAM ARGS...": the program must
// exit with N. Its output is what "stdout" and "stderr" look at.
func exitsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N program args...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// isJSON is the script command "json FILE KEY...": the file, or stdout, must be
// one JSON object that has every key.
func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: json file key...")
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &object); err != nil {
		ts.Fatalf("%s: %v", args[0], err)
	}
	for _, key := range args[1:] {
		if object[key] == nil {
			ts.Fatalf("%s has no %q", args[0], key)
		}
	}
}

// fills is the script command "fill FILE": it waits until a program that runs in
// the background has written something to the file.
func fills(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: fill file")
	}
	for range 2000 {
		if info, err := os.Stat(ts.MkAbs(args[0])); err == nil && info.Size() > 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	ts.Fatalf("%s stays empty", args[0])
}

// hasRecord is the script command "record DIR": a record with one job, which stays open
// until the script ends.
func hasRecord(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: record dir")
	}
	s, err := sqlite.New(context.Background(), ts.MkAbs(args[0]), sqlite.Options{})
	ts.Check(err)
	ts.Defer(func() { ts.Check(s.Close()) })
	_, _, err = s.Create(context.Background(), job.Job{ID: "a", Kind: job.Run, Points: 1, Size: 1, Created: time.Now()})
	ts.Check(err)
}
