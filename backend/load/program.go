package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// A program is one process of monde, which may be killed and started again.
type program struct {
	bin  string
	args []string
	env  []string // beside ours
	log  string   // file to which it writes
	cmd  *exec.Cmd
	done chan struct{} // closed once it has ended
}

// start starts it.
func (p *program) start() error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the child has its own
	p.cmd = exec.Command(p.bin, p.args...)
	p.cmd.Env = append(os.Environ(), p.env...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	if err := p.cmd.Start(); err != nil {
		return err
	}
	p.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) { _ = cmd.Wait(); close(done) }(p.cmd, p.done)
	return nil
}

// kill ends it at once, as kill -9 does.
func (p *program) kill() {
	if p.cmd != nil {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.done
	}
}

// stop asks it to end, and kills it if it does not.
func (p *program) stop(within time.Duration) error {
	if p.cmd == nil {
		return nil
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.done:
	case <-time.After(within):
		p.kill()
		return fmt.Errorf("process %d does not end", p.cmd.Process.Pid)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("process %d ended with code %d: see %s", p.cmd.Process.Pid, code, p.log)
	}
	return nil
}

// pid returns its process's number; 0 if there is none.
func (p *program) pid() int {
	if p.cmd == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// alive reports whether it runs.
func (p *program) alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// freePorts returns ports that nobody listens on now.
func freePorts(n int) ([]int, error) {
	var ports []int
	var open []net.Listener
	var errs []error
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			errs = append(errs, err)
			continue
		}
		open, ports = append(open, l), append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	for _, l := range open {
		errs = append(errs, l.Close())
	}
	return ports, errors.Join(errs...)
}

// A crew is a server and its workers, in a directory.
type crew struct {
	bin     string
	dir     string // data is below
	server  program
	workers []*program
	api     string // address
	queue   string
	ops     string
}

// newCrew prepares a server; options are added to its command line.
func newCrew(bin, dir string, options ...string) (*crew, error) {
	ports, err := freePorts(3)
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return nil, err
	}
	at := func(i int) string { return fmt.Sprintf("127.0.0.1:%d", ports[i]) }
	c := &crew{bin: bin, dir: dir, api: "http://" + at(0), queue: "nats://" + at(1), ops: at(2)}
	c.server = program{bin: bin, log: filepath.Join(dir, "server.log"), args: append([]string{
		"serve", "--addr", at(0), "--listen", at(1), "--ops-addr", at(2), "--data", filepath.Join(dir, "data"),
		"--max-starts", "0", "--max-points", "1000000", "--max-client-jobs", "1000", "--max-jobs", "1000",
	}, options...)}
	return c, nil
}

// start starts server and workers, and waits until jobs are taken.
func (c *crew) start(ctx context.Context, workers int) error {
	if err := c.server.start(); err != nil {
		return err
	}
	if err := c.ready(ctx, 30*time.Second); err != nil {
		return err
	}
	for range workers {
		if err := c.hire(); err != nil {
			return err
		}
	}
	return nil
}

// hire starts one more worker.
func (c *crew) hire() error {
	w := &program{bin: c.bin, args: []string{"worker", "--nats-url", c.queue, "--workers", "1"}, log: filepath.Join(c.dir, "worker.log")}
	c.workers = append(c.workers, w)
	return w.start()
}

// end kills whatever runs.
func (c *crew) end() {
	for _, w := range c.workers {
		w.kill()
	}
	c.server.kill()
}

// ready waits until the server takes jobs.
func (c *crew) ready(ctx context.Context, within time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	for {
		if ok(ctx, c.api+"/readyz") {
			return nil
		}
		if !c.server.alive() {
			return fmt.Errorf("the server ended: see %s", c.server.log)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the server is not ready after %v: see %s", within, c.server.log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
