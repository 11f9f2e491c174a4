package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"monde/backend/client"
	"monde/core/wire"
)

// fullMode is a disk without room. It takes the right to mount one.
type fullMode struct {
	Points int           `default:"3000" help:"Points of the sweep in whose course the disk is filled."`
	Each   time.Duration `default:"3ms" help:"About how long each takes."`
	MiB    int           `default:"64" help:"Size of the disk."`
	Hold   time.Duration `default:"4s" help:"For how long it stays full."`
}

// A disk is a small one that is mounted for us.
type disk struct{ dir string }

// errNoDisk is a machine on which we may not mount.
var errNoDisk = errors.New("no disk may be mounted here")

// newDisk mounts one.
func newDisk(dir string, mib int) (disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return disk{}, err
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=0700", mib)); err != nil {
		return disk{}, fmt.Errorf("%w: %w", errNoDisk, err)
	}
	return disk{dir}, nil
}

// readOnly mounts it anew, for nobody to write to.
func (d disk) readOnly() error {
	return syscall.Mount("", d.dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, "")
}

func (d disk) close() { _ = syscall.Unmount(d.dir, syscall.MNT_DETACH) } // and it is gone

// fill writes a file until so many bytes are free.
func (d disk) fill(leave int64) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(d.dir, &s); err != nil {
		return err
	}
	n := int64(s.Bavail)*s.Bsize - leave
	if n <= 0 {
		return nil
	}
	file, err := os.Create(d.filler())
	if err != nil {
		return err
	}
	block := make([]byte, 1<<16)
	for ; n > 0 && err == nil; n -= int64(len(block)) {
		_, err = file.Write(block[:min(n, int64(len(block)))])
	}
	if errors.Is(err, syscall.ENOSPC) {
		err = nil // the server was faster
	}
	return errors.Join(err, file.Close())
}

// free takes the file away.
func (d disk) free() error { return os.Remove(d.filler()) }

func (d disk) filler() string { return filepath.Join(d.dir, "filler") }

func (m *fullMode) measure(ctx context.Context, b bench, t *table) error {
	t.Title = "disks without room"
	ctx, cancel := context.WithTimeoutCause(ctx, 5*time.Minute, errors.New("it takes too long"))
	defer cancel()
	l, err := newLoad(ctx, m.Points, m.Each, 1)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		name  string
		floor int64 // below which the server takes nothing
		leave int64
	}{
		{"less than the server keeps free", 16 << 20, 8 << 20},
		{"not a byte", 1, 0},
	} {
		err := m.filled(ctx, bench{bin: b.bin, dir: filepath.Join(b.dir, fmt.Sprint(c.leave)), log: b.log}, l, t, c.name, c.floor, c.leave)
		if errors.Is(err, errNoDisk) {
			t.add("skipped", "all", "", err.Error()+": it takes root")
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
	}
	return m.readOnly(ctx, b, t)
}

// filled fills the disk in the middle of a sweep, and makes room again.
func (m *fullMode) filled(ctx context.Context, b bench, l load, t *table, name string, floor, leave int64) error {
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return err
	}
	d, err := newDisk(filepath.Join(b.dir, "data"), m.MiB)
	if err != nil {
		return err
	}
	defer d.close()
	c, err := newCrew(b.bin, b.dir, "--workers", "1", "--min-free", fmt.Sprint(floor))
	if err != nil {
		return err
	}
	defer c.end()
	if err := c.start(ctx, 0); err != nil {
		return err
	}
	ask, err := client.New(c.api)
	if err != nil {
		return err
	}
	defer ask.Close()
	ask.Patience = time.Second
	f := &filling{mode: m, crew: c, disk: d, ask: ask, leave: leave}
	return f.measure(ctx, l, t, name)
}

// A filling is a sweep whose disk is filled.
type filling struct {
	mode  *fullMode
	crew  *crew
	disk  disk
	ask   *client.Client
	leave int64
	again bool // the server had to be started again
}

func (f *filling) measure(ctx context.Context, l load, t *table, name string) error {
	state, err := f.ask.StartSweep(ctx, l.ask)
	if err != nil {
		return err
	}
	if err := f.until(ctx, state.ID, func(s wire.SweepState) bool { return s.Done > f.mode.Points/10 }); err != nil {
		return err
	}
	if err := f.disk.fill(f.leave); err != nil {
		return err
	}
	if err := sleep(ctx, f.mode.Hold); err != nil {
		return err
	}
	_, refused := f.ask.StartRun(ctx, []byte(`{"seed":4711}`))
	var p *client.Problem
	clear := errors.As(refused, &p) && p.Status == 507
	t.add(name+": new work", "refused", "", fmt.Sprint(refused))
	t.need(clear, "%s: new work is answered with %v, want a problem of status 507", name, refused)
	freed := time.Now()
	if err := f.recover(ctx, state.ID); err != nil {
		return err
	}
	t.add(name+": room again until the sweep is done", time.Since(freed), "", restarted(f.again))
	return f.whole(ctx, state.ID, t, name)
}

func restarted(again bool) string {
	if again {
		return "the server was not ready, and was started again"
	}
	return "the server went on by itself"
}

// recover makes room, and waits for the sweep. A server that is not ready then is started
// again, as whoever supervises it would.
func (f *filling) recover(ctx context.Context, id string) error {
	if err := f.disk.free(); err != nil {
		return err
	}
	over := func(s wire.SweepState) bool { return s.Finished != "" }
	if err := sleep(ctx, time.Second); err != nil { // it has looked
		return err
	}
	if ok(ctx, f.crew.api+"/readyz") {
		return f.until(ctx, id, over)
	}
	f.again = true
	f.crew.server.kill()
	if err := f.crew.server.start(); err != nil {
		return err
	}
	if err := f.crew.ready(ctx, time.Minute); err != nil {
		return err
	}
	return f.until(ctx, id, over)
}

// until waits until a sweep is as it must be.
func (f *filling) until(ctx context.Context, id string, is func(wire.SweepState) bool) error {
	for {
		s, err := f.ask.Sweep(ctx, id)
		switch {
		case err == nil && is(s):
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		if err := sleep(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}

// whole looks for rows that were lost.
func (f *filling) whole(ctx context.Context, id string, t *table, name string) error {
	rows := 0
	for page, err := range f.ask.Rows(ctx, id, 0) {
		if err != nil {
			return err
		}
		for _, row := range page {
			if row.Index == rows && row.Result != nil {
				rows++
			}
		}
	}
	t.add(name+": rows", rows, "", fmt.Sprintf("of %d", f.mode.Points))
	t.need(rows == f.mode.Points, "%s: %d of %d rows are there", name, rows, f.mode.Points)
	return nil
}

// readOnly starts a server on a disk that nobody may write to.
func (m *fullMode) readOnly(ctx context.Context, b bench, t *table) error {
	dir := filepath.Join(b.dir, "readonly")
	d, err := newDisk(filepath.Join(dir, "data"), m.MiB)
	if err != nil {
		return err
	}
	defer d.close()
	if err := d.readOnly(); err != nil {
		return err
	}
	c, err := newCrew(b.bin, dir, "--workers", "0")
	if err != nil {
		return err
	}
	defer c.end()
	if err := c.server.start(); err != nil {
		return err
	}
	select {
	case <-c.server.done:
	case <-time.After(30 * time.Second):
		t.need(false, "a server on a read-only disk goes on")
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	said, err := os.ReadFile(c.server.log)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	last := lines[len(lines)-1]
	t.add("read-only: the server", "ends", "", last)
	t.need(c.server.cmd.ProcessState.ExitCode() == 2 && strings.HasPrefix(last, "monde: "), "read-only: it exits with %d and %q", c.server.cmd.ProcessState.ExitCode(), last)
	return nil
}
