package bus

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Streams, by what they hold. A subject of the first three holds one message at most
// and takes no second one, so that what is published again by somebody who does not know
// changes nothing.
const (
	Tickets  = "MONDE_TICKETS"  // a job that somebody must lead
	Work     = "MONDE_WORK"     // a piece that somebody must do
	Outcomes = "MONDE_OUTCOMES" // of a piece, until it is recorded
	Events   = "MONDE_EVENTS"   // what a job has to say
)

// keepEvents bounds what is kept of jobs that go on, or whose server did not clear them
// away. Nothing hangs on it: rows and results are in the record.
const keepEvents = 24 * time.Hour

// keepWork is for how long what nobody wants any more lies about: pieces that somebody
// still waits for are published again.
const keepWork = 24 * time.Hour

// Prepare declares the streams. It may be called by many at once.
func (b *Bus) Prepare(ctx context.Context) error {
	for _, s := range []struct {
		name, subjects string
		queue          bool
	}{
		{Tickets, "monde.ticket.*", true},
		{Work, "monde.work.>", true},
		{Outcomes, "monde.outcome.>", true},
		{Events, "monde.event.>", false},
	} {
		c := jetstream.StreamConfig{
			Name: s.name, Subjects: []string{s.subjects}, Storage: jetstream.FileStorage, Replicas: b.replicas,
			Compression: jetstream.S2Compression, Duplicates: 2 * time.Minute,
		}
		if s.queue {
			c.Retention = jetstream.WorkQueuePolicy
			if s.name != Tickets {
				c.MaxAge = keepWork
			}
			c.MaxMsgsPerSubject, c.Discard, c.DiscardNewPerSubject = 1, jetstream.DiscardNew, true
		} else {
			c.MaxAge, c.AllowDirect, c.AllowRollup = keepEvents, true, true
		}
		if _, err := b.JS.CreateOrUpdateStream(ctx, c); err != nil {
			return fmt.Errorf("declaring the stream %s: %w", s.name, err)
		}
	}
	return nil
}
