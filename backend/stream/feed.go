package stream

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/bus"
	"monde/backend/job"
	"monde/core/sweep"
	"monde/core/wire"
)

// A feed fills the log of one job with its events.
type feed struct {
	log      Log
	watchers int
	idle     int // how often the last watcher has left
	timer    *time.Timer
	stop     func()
}

// Numbers of messages are those of the events, times steps, so that rows which an event
// was lost for have numbers of their own before the next.
const steps = 256

// quiet is for how long a job that is over may say nothing before its end is taken from
// the record.
const quiet = 2 * time.Second

// forgotten is how long the queue keeps the place of a feed that is gone: three goroutines
// and its books. The library's usual is 5 minutes.
const forgotten = 10 * time.Second

// open begins to follow a job.
func (h *Hub) open(id string) *feed {
	f := &feed{}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { h.follow(ctx, id, &f.log) })
	f.stop = func() { cancel(); running.Wait() }
	return f
}

// follow fills a log until the job's end, or until ctx ends.
func (h *Hub) follow(ctx context.Context, id string, l *Log) {
	for ctx.Err() == nil {
		t := &telling{h: h, id: id, log: l, shown: map[int]bool{}}
		err := t.events(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		h.log.Warn("a stream of events broke off", "job", id, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// A telling is one reading of a job's events from the first. Of those that the log has
// already, it takes nothing.
type telling struct {
	h     *Hub
	id    string
	log   *Log
	shown map[int]bool // pieces whose rows were told
	ended bool
}

// events reads events until the end; nil then.
func (t *telling) events(ctx context.Context) error {
	consumer, err := t.h.js.OrderedConsumer(ctx, bus.Events, jetstream.OrderedConsumerConfig{
		FilterSubjects: []string{job.EventSubject(t.id, "*")}, DeliverPolicy: jetstream.DeliverAllPolicy,
		InactiveThreshold: forgotten,
	})
	if err != nil {
		return err
	}
	came := make(chan jetstream.Msg, 64)
	flow, err := consumer.Consume(func(m jetstream.Msg) {
		select {
		case came <- m:
		case <-ctx.Done():
		}
	})
	if err != nil {
		return err
	}
	defer flow.Stop()
	silence := time.NewTicker(quiet)
	defer silence.Stop()
	closed := flow.Closed() // once: each call leaves a goroutine
	for !t.ended {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-closed:
			return jetstream.ErrMsgIteratorClosed
		case m := <-came:
			silence.Reset(quiet)
			if err := t.event(ctx, m); err != nil {
				return err
			}
		case <-silence.C:
			if err := t.recorded(ctx); err != nil {
				return err
			}
		}
	}
	if info := consumer.CachedInfo(); info != nil {
		_ = t.h.js.DeleteConsumer(ctx, bus.Events, info.Name) // what fails is forgotten a little later
	}
	return nil
}

// event adds one event to the log.
func (t *telling) event(ctx context.Context, m jetstream.Msg) error {
	meta, err := m.Metadata()
	if err != nil {
		return err
	}
	var e job.Event
	if err := json.Unmarshal(m.Data(), &e); err != nil {
		t.h.log.Error("an event cannot be read", "job", t.id, "error", err)
		return nil
	}
	return t.tell(ctx, e, int64(meta.Sequence.Stream)*steps+steps-1)
}

// tell adds what e stands for to the log.
func (t *telling) tell(ctx context.Context, e job.Event, seq int64) error {
	m := wire.Message{Kind: e.Kind, Seq: seq, At: e.At, Progress: e.Progress, Partial: e.Partial}
	switch e.Kind {
	case wire.KindRows:
		rows, err := t.rows(ctx, e.Piece, 1)
		if err != nil || len(rows) == 0 {
			return err
		}
		m.Rows = &wire.Rows{List: rows}
	case wire.KindReport, wire.KindSwept, wire.KindFailed:
		if err := t.missing(ctx, seq-steps+1); err != nil {
			return err
		}
		if err := t.final(ctx, &m); err != nil {
			return err
		}
	case wire.KindEnd:
		t.ended = true
	}
	t.log.append(m)
	return nil
}

// final fills in a job's result.
func (t *telling) final(ctx context.Context, m *wire.Message) error {
	j, err := t.h.record.Job(ctx, t.id)
	if err != nil {
		return err
	}
	switch m.Kind {
	case wire.KindFailed:
		m.Failed = j.Failed
	case wire.KindSwept:
		s := j.SweepState()
		m.Swept = &s
	case wire.KindReport:
		pieces, err := t.h.record.Pieces(ctx, t.id, 0, 1)
		if err == nil && len(pieces) == 0 {
			err = job.ErrUnknown
		}
		if err != nil {
			return err
		}
		if m.Report, err = pieces[0].Report(); err == nil {
			m.Report.Title = j.Title // who ran it first may have called it something else
		}
		return err
	}
	return nil
}

// rows returns the rows of some pieces, which count as told.
func (t *telling) rows(ctx context.Context, from, n int) ([]sweep.Row, error) {
	if j, err := t.h.record.Job(ctx, t.id); err != nil || j.Points > t.h.limits.Rows {
		return nil, err
	}
	pieces, err := t.h.record.Pieces(ctx, t.id, from, n)
	if err != nil {
		return nil, err
	}
	var all []sweep.Row
	for _, p := range pieces {
		if p.Number >= from+n || t.shown[p.Number] {
			continue
		}
		rows, err := p.Unpack()
		if err != nil {
			return nil, err
		}
		t.shown[p.Number] = true
		all = append(all, rows...)
	}
	return all, nil
}

// missing tells the rows that no event was about, under numbers from seq on.
func (t *telling) missing(ctx context.Context, seq int64) error {
	j, err := t.h.record.Job(ctx, t.id)
	if err != nil || j.Kind != job.Sweep || j.Points > t.h.limits.Rows {
		return err
	}
	tally, err := t.h.record.Tally(ctx, t.id)
	if err != nil {
		return err
	}
	var all []sweep.Row
	for _, p := range tally {
		if t.shown[p.Number] {
			continue
		}
		rows, err := t.rows(ctx, p.Number, 1)
		if err != nil {
			return err
		}
		all = append(all, rows...)
	}
	for ; len(all) > 0; seq++ {
		n := min(len(all), max(256, t.h.limits.Rows/(steps-2)+1))
		t.log.append(wire.Message{Kind: wire.KindRows, Seq: seq, Rows: &wire.Rows{List: all[:n]}})
		all = all[n:]
	}
	return nil
}

// recorded takes the end of a job that is over from the record: its events are gone, or
// were lost. The numbers are higher than any that a watcher may have seen.
func (t *telling) recorded(ctx context.Context) error {
	j, err := t.h.record.Job(ctx, t.id)
	if err != nil || !j.Over() || time.Since(j.Finished) < quiet {
		return err
	}
	stream, err := t.h.js.Stream(ctx, bus.Events)
	if err != nil {
		return err
	}
	info, err := stream.Info(ctx)
	if err != nil {
		return err
	}
	seq := int64(info.State.LastSeq + 1)
	for i, kind := range []wire.Kind{j.Final(), wire.KindEnd} {
		if err := t.tell(ctx, job.Event{Kind: kind, At: j.Finished.UnixMilli()}, (seq+int64(i))*steps+steps-1); err != nil {
			return err
		}
	}
	return nil
}
