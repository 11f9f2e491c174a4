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
	if b.w == nil || p.Total == 0 {
		return
	}
	now := time.Now()
	if now.Before(b.next) {
		return
	}
	b.next, b.shown = now.Add(gap), true
	_, _ = fmt.Fprintf(b.w, "\r%3d %%  %d of %d layers, %.4g s simulated\x1b[K", 100*p.Done/p.Total, p.Done, p.Total, p.Now.Seconds())
}

// clear leaves the line as it was.
func (b *bar) clear() {
	if b.shown {
		_, _ = fmt.Fprint(b.w, "\r\x1b[K")
	}
}
