package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			println(err.Error())
			code = 1
		}
	}
	os.Exit(code)
}

// built is the program to measure, built once.
var built struct {
	once sync.Once
	dir  string
	err  error
}

// program builds it.
func monde(t *testing.T) string {
	t.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "monde-"); built.err == nil {
			out, err := exec.Command("go", "build", "-o", filepath.Join(built.dir, "monde"), "monde/backend").CombinedOutput()
			if built.err = err; err != nil {
				t.Logf("%s", out)
			}
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return filepath.Join(built.dir, "monde")
}

// holds runs a mode in a small size, and looks for lines in its table.
func holds(t *testing.T, args string, lines ...string) {
	t.Helper()
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var out, log strings.Builder
	err := run(ctx, &out, &log, append([]string{"--monde", monde(t)}, strings.Fields(args)...))
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, &out, &log)
	}
	for _, line := range lines {
		if !strings.Contains(out.String(), line) {
			t.Errorf("no %q in\n%s", line, &out)
		}
	}
}

func TestNothingIsLostToKills(t *testing.T) {
	holds(t, "kill --points 600 --each 3ms --server 1 --worker 1", "kills of the server", "rows lost")
}

func TestAFewWatch(t *testing.T) {
	holds(t, "watch --watchers 20 --minutes 0.05 --job 500ms --slow 10 --drop 10 --nap 50ms", "delay of slow ones, p99")
}

func TestASweepIsHeldToTheCore(t *testing.T) {
	holds(t, "--json throughput --points 200 --each 2ms --workers 1", `"1 workers, over the core"`)
}

func TestVisitorsGetTheAnswersThatTheyMust(t *testing.T) {
	holds(t, "soak --minutes 0.05 --every 500ms --visitors 3", "by status: map[")
}

func TestAFullDiskLosesNothing(t *testing.T) {
	holds(t, "full --points 400 --each 2ms --hold 1s", "disks without room")
}

func TestWhatDoesNotHoldIsAnError(t *testing.T) {
	tab := &table{Title: "t"}
	tab.add("a", 1.5, "s")
	tab.need(false, "%d rows are lost", 3)
	var out strings.Builder
	if err := tab.write(&out, false); err != nil || !strings.Contains(out.String(), "WRONG: 3 rows are lost") {
		t.Errorf("%v: %s", err, &out)
	}
}
