// Command monde simulates where the experts of a Mixture-of-Experts model live:
// one scenario at a time, or as a server with a page.
//
// It exits with 0, with 2 if the caller has something to mend (every mistake is
// a line on standard error), with 130 if it was interrupted, and with 1 if the
// fault is ours.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"monde/core"
	"monde/core/fault"
)

// commands are the program's, as kong reads them.
type commands struct {
	Run       runCommand       `cmd:"" help:"Simulate one scenario and print its report."`
	Advise    adviseCommand    `cmd:"" help:"Say which strategy suits a model, a machine and a workload, and why."`
	Inverse   inverseCommand   `cmd:"" help:"Find the least of a quantity that reaches a goal."`
	Sweep     sweepCommand     `cmd:"" help:"Simulate many scenarios that differ in some fields, and write a row for each."`
	Scenarios scenariosCommand `cmd:"" help:"List the scenarios to start from, or print one."`
	DRAM      dramCommand      `cmd:"" name:"dram" help:"Simulate one memory, command by command, for a trace of requests."`
	Device    deviceCommand    `cmd:"" help:"Look at one expert on the memory device: clock by clock, from the host, and number by number."`
	Replay    replayCommand    `cmd:"" help:"Play a trace of routing through expert caches and predictors, and print hit rates."`
	Finetune  finetuneCommand  `cmd:"" help:"Say what one step of fine-tuning takes whose adapters lie in host memory (MEFT)."`
	Memread   memreadCommand   `cmd:"" help:"Say what decoding takes that reads a store of facts (MemLLM)."`
	Validate  validateCommand  `cmd:"" help:"Compare predictions with measurements, row by row."`
	Fit       fitCommand       `cmd:"" help:"Fit the constants of the GPU to the measurements."`
	Serve     serveCommand     `cmd:"" help:"Serve the page and its API, with queue and record."`
	Worker    workerCommand    `cmd:"" help:"Join a server's or a cluster's queue, and work."`
	Backup    backupCommand    `cmd:"" help:"Copy the record of a server, while it runs, to one file."`

	Version kong.VersionFlag `help:"Print the engine's version."`
}

// A console is what commands read and write.
type console struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	c := &console{os.Stdin, os.Stdout, os.Stderr}
	code := tell(c.err, run(ctx, c, os.Args[1:]))
	stop()
	os.Exit(code)
}

// run does what args ask for.
func run(ctx context.Context, c *console, args []string) error {
	parser, err := kong.New(&commands{},
		kong.Name("monde"),
		kong.Description("Simulates expert placement of Mixture-of-Experts models."),
		kong.Writers(c.out, c.err),
		kong.Vars{"version": core.Engine},
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(c),
	)
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return mistake{err}
	}
	return command.Run()
}

// A mistake is an error that the caller can mend, but that no field of a
// scenario is to blame for.
type mistake struct{ error }

// Unwrap returns the cause.
func (m mistake) Unwrap() error { return m.error }

// Exit codes.
const (
	ours        = 1
	callers     = 2
	interrupted = 130 // as shells have it: 128 + SIGINT
)

// tell writes what err means, and returns the exit code: this is the table of
// the command line.
func tell(w io.Writer, err error) int {
	var m mistake
	say := func(err error) { _, _ = fmt.Fprintln(w, err) } // there is nowhere else to say it
	switch {
	case err == nil:
		return 0
	case fault.Is(err):
		for _, f := range fault.Fields(err) {
			say(&f)
		}
		return callers
	case errors.As(err, &m):
		say(fmt.Errorf("monde: %w", err))
		return callers
	case errors.Is(err, context.Canceled):
		say(errors.New("monde: interrupted"))
		return interrupted
	default:
		say(fmt.Errorf("monde: %w", err))
		return ours
	}
}
