package stream

import (
	"time"

	"monde/core/probe"
	"monde/core/wire"
)

// A recorder thins out what a run says while it goes on: a simulator reports
// every layer, a person needs twenty updates a second at most.
type recorder struct {
	log      *Log
	progress throttle
	partial  throttle
}

func newRecorder(l *Log, limits Limits) *recorder {
	return &recorder{log: l, progress: throttle{gap: limits.Progress}, partial: throttle{gap: limits.Partial}}
}

func (c *recorder) probe() probe.Probe { return probe.Probe{Progress: c.record} }

func (c *recorder) record(q probe.Progress) {
	now := time.Now()
	if c.progress.due(now) {
		c.log.append(wire.Message{Kind: wire.KindProgress, Progress: &wire.Progress{
			Done: q.Done, Total: q.Total, Now: q.Now,
		}})
	}
	if q.Done > 0 && c.partial.due(now) {
		c.log.append(wire.Message{Kind: wire.KindPartial, Partial: &wire.Partial{
			Latency: q.Now, Passes: q.Passes, Tokens: q.Tokens,
		}})
	}
}

// A throttle lets something through at most once a gap.
type throttle struct {
	gap  time.Duration
	next time.Time
}

func (t *throttle) due(now time.Time) bool {
	if now.Before(t.next) {
		return false
	}
	t.next = now.Add(t.gap)
	return true
}
