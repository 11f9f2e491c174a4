package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"monde/core/probe"
)

const (
	quiet = 300 * time.Millisecond // a run that is over by then shows no progress
	gap   = 100 * time.Millisecond
)

// A bar shows how far a run has come, on one line of a terminal.
type bar struct {
	w     io.Writer // nil if it is no terminal
	next  time.Time
	shown bool
	left  time.Duration // as a server foretells it; 0: unknown
}

func newBar(w io.Writer) *bar {
	if !terminal(w) {
		return &bar{}
	}
	return &bar{w: w, next: time.Now().Add(quiet)}
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

func (b *bar) show(p probe.Progress) {
	if p.ClockedOf > 0 {
		b.draw(p.Done, p.Total, "layers; of this one, %d of %d experts clock by clock", p.Clocked, p.ClockedOf)
		return
	}
	left := ""
	if b.left > 0 {
		left = fmt.Sprintf(", %v left", b.left.Round(time.Second))
	}
	b.draw(p.Done, p.Total, "layers, %.4g s simulated%s", p.Now.Seconds(), left)
}

// steps shows how many steps of a near-data core were simulated.
func (b *bar) steps(done, of int64) { b.draw(done, of, "steps of the core") }

// runs shows how many runs of a search are done.
func (b *bar) runs(done, of int) { b.draw(int64(done), int64(of), "runs") }

// points shows how many points of a sweep are done, and how long the others will take if
// they are as those were, unless a server knows better.
func (b *bar) points(done, of int, took time.Duration) {
	if done == 0 {
		b.draw(0, int64(of), "points")
		return
	}
	left := b.left
	if left == 0 {
		left = time.Duration(float64(took) * float64(of-done) / float64(done))
	}
	b.draw(int64(done), int64(of), "points, %v left", left.Round(time.Second))
}

// part shows how many requests of a memory were sent.
func (b *bar) part(done, of int) { b.draw(int64(done), int64(of), "requests") }

func (b *bar) draw(done, of int64, format string, args ...any) {
	if b.w == nil || of == 0 {
		return
	}
	now := time.Now()
	if now.Before(b.next) {
		return
	}
	b.next, b.shown = now.Add(gap), true
	_, _ = fmt.Fprintf(b.w, "\r%3d %%  %d of %d %s\x1b[K", 100*done/of, done, of, fmt.Sprintf(format, args...))
}

// clear leaves the line as it was.
func (b *bar) clear() {
	if b.shown {
		_, _ = fmt.Fprint(b.w, "\r\x1b[K")
	}
}
