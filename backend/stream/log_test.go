package stream

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"monde/core/report"
	"monde/core/wire"
)

func progress(done int64) wire.Message {
	return wire.Message{Kind: wire.KindProgress, Progress: &wire.Progress{Done: done}}
}

func partial() wire.Message {
	return wire.Message{Kind: wire.KindPartial, Partial: &wire.Partial{}}
}

// say appends m under the next number.
func say(l *Log, m wire.Message) {
	m.Seq, _ = l.Last()
	m.Seq++
	l.append(m)
}

// seqs returns the sequence numbers that l holds after seq.
func seqs(t *testing.T, l *Log, seq int64) (got []int64) {
	t.Helper()
	entries, err := l.Next(t.Context(), seq)
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	for _, e := range entries {
		got = append(got, e.Seq)
	}
	return got
}

func TestNewerProgressReplacesOlderAndNothingElse(t *testing.T) {
	var l Log
	for _, m := range []wire.Message{
		progress(1), partial(), progress(2), progress(3), partial(),
		{Kind: wire.KindReport, Report: &report.Report{}}, {Kind: wire.KindEnd},
	} {
		say(&l, m)
	}
	if got, want := seqs(t, &l, 0), []int64{2, 4, 5, 6, 7}; !slices.Equal(got, want) {
		t.Errorf("the log holds %d, want %d", got, want)
	}
}

func TestAReaderGetsWhatCameAfterTheNumberItSaw(t *testing.T) {
	var l Log
	say(&l, partial())
	say(&l, progress(1))
	say(&l, partial())
	say(&l, wire.Message{Kind: wire.KindEnd})
	check := func(seq int64, want ...int64) {
		t.Helper()
		if got := seqs(t, &l, seq); !slices.Equal(got, want) {
			t.Errorf("after %d: %d, want %d", seq, got, want)
		}
	}
	check(0, 1, 2, 3, 4)
	check(2, 3, 4)
	check(4)
	check(9)
	check(1<<62, []int64(nil)...)
}

func TestNothingFollowsTheEnd(t *testing.T) {
	var l Log
	say(&l, wire.Message{Kind: wire.KindEnd})
	say(&l, progress(1))
	if last, _ := l.Last(); last != 1 {
		t.Errorf("the last message is number %d, want 1", last)
	}
}

func TestAReaderThatWaitsCanLeave(t *testing.T) {
	var l Log
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("gone")
	cancel(gone)
	if _, err := l.Next(ctx, 0); err != gone {
		t.Errorf("got %v, want the cause", err)
	}
}
