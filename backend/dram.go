package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"monde/backend/text"
	"monde/core/dram"
	"monde/core/dram/cmdtrace"
	"monde/core/fault"
)

type dramCommand struct {
	Config   string `help:"The memory, by name; --list lists them." placeholder:"NAME"`
	Trace    string `help:"Requests, one a line: arrive R|W channel rank bankgroup bank row col. Plain or gzip; - is standard input." placeholder:"FILE"`
	Stream   string `help:"Make the requests up instead: seq_bg, seq_row, rand, expert, ...; rand_open:P and seq_open:P arrive at P thousandths of the data bus." placeholder:"NAME"`
	Requests int    `help:"Requests of --stream for each channel." placeholder:"N" default:"100000"`
	Seed     uint64 `help:"Seed of what --stream draws." placeholder:"N" default:"1"`
	Window   int    `help:"Requests under way at most; 0 is no limit." placeholder:"N"`
	Commands bool   `help:"Print every command, as Ramulator or DRAMsim3 does; with several channels, a comment names the one that follows."`
	JSON     bool   `name:"json" help:"Print one JSON object."`
	List     bool   `help:"List the memories."`
}

// Run simulates one stream of requests, or lists the memories.
func (d *dramCommand) Run(ctx context.Context, c *console) error {
	if d.List {
		return d.list(c)
	}
	if err := d.check(); err != nil {
		return err
	}
	s, err := memory(d.Config)
	if err != nil {
		return err
	}
	reqs, err := d.requests(ctx, c, s)
	if err != nil {
		return err
	}
	return d.simulate(ctx, c, s, reqs)
}

func (d *dramCommand) check() error {
	switch {
	case d.Config == "":
		return mistake{errors.New("--config names the memory; monde dram --list lists them")}
	case d.Trace == "" && d.Stream == "":
		return mistake{errors.New("--trace or --stream says what the memory is asked for")}
	case d.Trace != "" && d.Stream != "":
		return mistake{errors.New("--trace and --stream exclude each other")}
	case d.Window < 0:
		return mistake{fmt.Errorf("--window must be at least 0, got %d", d.Window)}
	}
	return nil
}

// requests reads the trace, or makes the stream up.
func (d *dramCommand) requests(ctx context.Context, c *console, s dram.Spec) ([]dram.Request, error) {
	if d.Stream != "" {
		return dram.Pattern(d.Stream, s, d.Requests, d.Seed)
	}
	in, name := c.in, "standard input"
	if d.Trace != "-" {
		file, err := os.Open(d.Trace)
		if err != nil {
			return nil, mistake{err}
		}
		defer func() { _ = file.Close() }() // it was only read
		in, name = file, d.Trace
	}
	reqs, err := readTrace(s, patient{ctx, in})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, inFile(name, err)
	case len(reqs) == 0:
		return nil, fault.At(name, "holds no request")
	}
	return reqs, nil
}

// inFile says of err that it is in a file, rather than in what dram calls it.
func inFile(name string, err error) error {
	var all []error
	for _, f := range fault.Fields(err) {
		all = append(all, fault.At(name, "%s", f.Reason))
	}
	return errors.Join(all...)
}

// readTrace reads a trace for s, compressed by gzip or not.
func readTrace(s dram.Spec, r io.Reader) ([]dram.Request, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if magic, err := b.Peek(2); err != nil || !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return s.ReadTrace(b) // what is wrong, if anything, comes up there again
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, fault.At("trace", "%v", err)
	}
	return s.ReadTrace(z)
}

// patient reads until ctx ends.
type patient struct {
	ctx context.Context
	io.Reader
}

// Read implements io.Reader.
func (p patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.Reader.Read(b)
}

// simulate runs reqs and prints what was asked for.
func (d *dramCommand) simulate(ctx context.Context, c *console, s dram.Spec, reqs []dram.Request) error {
	out := bufio.NewWriterSize(c.out, 64<<10)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o := dram.Options{Window: d.Window}
	bar := newBar(c.err)
	if !d.Commands || !terminal(c.out) {
		o.Working = bar.part
	}
	w := &commandWriter{out: out, lines: cmdtrace.Of(s), quote: d.JSON, broken: cancel}
	if d.Commands {
		w.begin(s, len(reqs))
		o.Emit = w.command
	}
	start := time.Now()
	r, err := dram.Run(ctx, s, reqs, o)
	wall := time.Since(start)
	bar.clear()
	switch {
	case w.err != nil:
		return w.err // that is why the run ended
	case err != nil: // what was issued until then is printed
	case d.JSON:
		err = w.end(result(s, reqs, r, wall), d.Commands)
	case !d.Commands:
		err = text.WriteDRAM(out, text.DRAMRun{Spec: s, Requests: len(reqs), Result: r})
	}
	return errors.Join(err, out.Flush())
}

// list prints the memories. Those of Ramulator were also run as .probe, which
// counted refreshes and changed nothing.
func (d *dramCommand) list(c *console) error {
	all, probes := dram.Configs(), []dram.Spec{}
	for _, s := range all {
		if s.Controller.Kind == dram.Window {
			s.Source = "the same as " + s.Name
			s.Name += ".probe"
			probes = append(probes, s)
		}
	}
	if d.JSON {
		return json.NewEncoder(c.out).Encode(append(all, probes...))
	}
	return text.WriteDRAMs(c.out, all, probes)
}
