package stream

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"sync"

	"monde/core/wire"
)

// An Entry is one message as it is sent. Every watcher shares its bytes.
type Entry struct {
	Seq  int64
	Kind wire.Kind
	At   int64 // Unix time in ms, when it was said; 0: not known
	JSON []byte
}

// A Log holds what one job has said. It only grows, except that a progress
// message takes the place of the one before it: whoever reads late or slowly
// sees the latest, and memory does not grow with the length of a job.
//
// Readers pull at their own pace and the writer never waits for them.
type Log struct {
	mu       sync.Mutex
	entries  []Entry
	last     int64 // sequence number of the newest message
	progress int   // index of the progress message, if hasOne
	hasOne   bool
	ended    bool
	more     chan struct{} // closed by the next append; nil if nobody waits
}

// append adds m, whose sequence number must be higher than those before it. After an
// end message nothing is added any more.
func (l *Log) append(m wire.Message) {
	m.V = wire.Version
	data, err := json.Marshal(m)
	if err != nil {
		panic("stream: bug: " + err.Error())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || m.Seq <= l.last {
		return
	}
	l.last = m.Seq
	if m.Kind == wire.KindProgress {
		l.coalesce()
	}
	l.entries = append(l.entries, Entry{m.Seq, m.Kind, m.At, data})
	l.ended = m.Kind == wire.KindEnd
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
}

// coalesce makes room for a progress message at the end.
func (l *Log) coalesce() {
	if l.hasOne {
		l.entries = slices.Delete(l.entries, l.progress, l.progress+1)
	}
	l.progress, l.hasOne = len(l.entries), true
}

// Next returns what came after message number seq, and waits if that is nothing
// yet. It returns io.EOF after the end message, or the cause of ctx.
func (l *Log) Next(ctx context.Context, seq int64) ([]Entry, error) {
	for {
		entries, ended, more := l.after(seq)
		switch {
		case len(entries) > 0:
			return entries, nil
		case ended:
			return nil, io.EOF
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

func (l *Log) after(seq int64) (entries []Entry, ended bool, more <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, _ := slices.BinarySearchFunc(l.entries, seq+1, func(e Entry, want int64) int { return int(e.Seq - want) })
	if i < len(l.entries) {
		return slices.Clone(l.entries[i:]), l.ended, nil
	}
	if l.more == nil {
		l.more = make(chan struct{})
	}
	return nil, l.ended, l.more
}

// Last returns the sequence number of the newest message, 0 if there is none, and
// whether it was the end.
func (l *Log) Last() (seq int64, ended bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last, l.ended
}
