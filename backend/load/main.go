// Command load measures a monde server: what it loses when its processes are killed
// (nothing), how many watchers it bears, how fast it is, whether it stays as it is for
// long, and what it does with a full disk.
//
// It starts servers and workers itself, each time with a directory of its own, on this
// machine. Every mode prints a table, and exits with 1 if what must hold does not. It
// leaves out clusters of several machines, and clients that mean harm.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are the modes.
type commands struct {
	Monde string `default:"bin/monde" help:"The program to measure." placeholder:"FILE"`
	JSON  bool   `name:"json" help:"Print JSON."`
	Keep  bool   `help:"Leave data and logs."`

	Kill       killMode       `cmd:"" help:"Kill workers and the server in the middle of a sweep, and look for what was lost."`
	Watch      watchMode      `cmd:"" help:"Let many watch few jobs, some slowly and some with gaps."`
	Throughput throughputMode `cmd:"" help:"Hold sweeps on workers to what the core itself takes."`
	Soak       soakMode       `cmd:"" help:"Ask for this and that for long, and look whether the server stays as it is."`
	Full       fullMode       `cmd:"" help:"Fill the server's disk in the middle of a sweep, and make its directory read-only."`
}

// A bench is what a mode works with.
type bench struct {
	bin string
	dir string // its own; data and logs
	log io.Writer
}

// A mode measures something.
type mode interface {
	measure(ctx context.Context, b bench, t *table) error
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Stdout, os.Stderr, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// errWrong is a table with a line about what does not hold.
var errWrong = errors.New("it is not as it must be")

// run does what args ask for.
func run(ctx context.Context, out, log io.Writer, args []string) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("load"), kong.Description("Measures a monde server."), kong.Writers(out, log))
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return c.measure(ctx, command.Selected().Target.Addr().Interface().(mode), out, log)
}

// measure runs a mode in a directory of its own.
func (c *commands) measure(ctx context.Context, m mode, out, log io.Writer) (err error) {
	bin, err := filepath.Abs(c.Monde)
	if err != nil {
		return err
	}
	if _, err := os.Stat(bin); err != nil {
		return fmt.Errorf("there is no program to measure: go build -o %s ./backend (%w)", c.Monde, err)
	}
	dir, err := os.MkdirTemp("", "load-")
	if err != nil {
		return err
	}
	t := &table{}
	err = m.measure(ctx, bench{bin: bin, dir: dir, log: log}, t)
	if c.Keep || err != nil || len(t.Wrong) > 0 {
		_, _ = fmt.Fprintln(log, "data and logs are in", dir)
	} else {
		err = os.RemoveAll(dir)
	}
	if len(t.Lines) > 0 {
		err = errors.Join(err, t.write(out, c.JSON))
	}
	if len(t.Wrong) > 0 {
		err = errors.Join(err, errWrong)
	}
	return err
}

// ok reports whether an address answers with 200.
func ok(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	return res.Body.Close() == nil && res.StatusCode == http.StatusOK
}
