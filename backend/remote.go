package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"monde/backend/client"
	"monde/core/fault"
	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
	"monde/core/wire"
)

// A remote is a server that runs what the command line asks for.
type remote struct{ *client.Client }

// leaveWithin is how long a cancel may take, after an interrupt.
const leaveWithin = 10 * time.Second

// dial returns the server at an address; nothing is sent yet.
func dial(address string) (remote, error) {
	c, err := client.New(address)
	if err != nil {
		return remote{}, mistake{err}
	}
	return remote{c}, nil
}

// theirs makes what a server refuses a mistake of the caller's, where it is one; so is that
// nobody ever answered.
func (r remote) theirs(err error) error {
	var p *client.Problem
	switch {
	case err == nil, fault.Is(err), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &p) && p.Mendable(), !r.Reached():
		return mistake{err}
	}
	return err
}

// run simulates s, and shows how far it is. An interrupt cancels it there, too.
func (r remote) run(ctx context.Context, s scenario.Scenario, b *bar) (report.Report, error) {
	state, err := r.StartRun(ctx, s.Full())
	if err != nil {
		return report.Report{}, r.theirs(err)
	}
	var rep *report.Report
	var failed *wire.Failed
	err = r.Follow(ctx, &client.Stream{Path: state.Stream}, func(m wire.Message) error {
		switch {
		case m.Progress != nil:
			b.left = time.Duration(m.Progress.Remaining) * time.Millisecond
			b.show(progressOf(*m.Progress))
		case m.Report != nil:
			rep = m.Report
		case m.Failed != nil:
			failed = m.Failed
		}
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return report.Report{}, errors.Join(ctx.Err(), r.leave(ctx, func(late context.Context) error {
			_, err := r.CancelRun(late, state.ID)
			return err
		}))
	case err != nil:
		return report.Report{}, r.theirs(err)
	case failed != nil:
		return report.Report{}, failure(failed)
	case rep == nil:
		return report.Report{}, errors.New("the server's stream ended without a report")
	}
	return withNotes(s, *rep), nil
}

// leave does something once more after ctx has ended.
func (r remote) leave(ctx context.Context, do func(context.Context) error) error {
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveWithin)
	defer cancel()
	return do(late)
}

// failure returns why a job has no result, as an error of this program.
func failure(f *wire.Failed) error {
	var all []error
	for i := range f.Fields {
		all = append(all, &f.Fields[i])
	}
	switch {
	case len(all) > 0:
		return errors.Join(all...)
	case f.Code == wire.CodeInternal:
		return errors.New("on the server: " + f.Reason)
	}
	return mistake{errors.New("on the server: " + f.Reason)}
}

func progressOf(p wire.Progress) probe.Progress {
	return probe.Progress{Done: p.Done, Total: p.Total, Now: p.Now, Clocked: p.Clocked, ClockedOf: p.ClockedOf}
}

// withNotes adds what reading a config.json here had to assume, which no scenario carries
// to a server.
func withNotes(s scenario.Scenario, rep report.Report) report.Report {
	var notes []report.Warning
	for _, note := range s.Notes {
		notes = append(notes, report.Warning{Path: "model", Text: "config.json: " + note + "."})
	}
	rep.Warnings = append(notes, rep.Warnings...)
	return rep
}

// attach sends a trace, so that scenarios may name it.
func (r remote) attach(ctx context.Context, name string) (err error) {
	file, err := os.Open(name)
	if err != nil {
		return mistake{err}
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = r.PutTrace(ctx, filepath.Base(name), file)
	return r.theirs(err)
}
