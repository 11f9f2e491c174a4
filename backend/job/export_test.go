package job

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/bus"
)

// LeadToo leads a job although somebody else does.
func LeadToo(s *Service, id string) error { return s.conduct(context.Background(), id) }

// Lose empties the queue, as a disk that was replaced does.
func Lose(ctx context.Context, s *Service) error {
	for _, name := range []string{bus.Tickets, bus.Work, bus.Outcomes, bus.Events} {
		st, err := s.Bus.JS.Stream(ctx, name)
		if err == nil {
			err = st.Purge(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Spoil takes a piece and hands it back, as workers do that end.
func Spoil(ctx context.Context, b *bus.Bus, engine string) error {
	c, err := b.JS.CreateOrUpdateConsumer(ctx, bus.Work, workers(engine))
	if err != nil {
		return err
	}
	m, err := c.Next(jetstream.FetchContext(ctx))
	if err != nil {
		return err
	}
	return m.Nak()
}

// Left counts the pieces of a job in the queue.
func Left(ctx context.Context, b *bus.Bus, id string) (uint64, error) {
	st, err := b.JS.Stream(ctx, bus.Work)
	if err != nil {
		return 0, err
	}
	info, err := st.Info(ctx, jetstream.WithSubjectFilter("monde.work.*."+id+".*"))
	if err != nil {
		return 0, err
	}
	return uint64(len(info.State.Subjects)), nil
}

// Hush takes the events of jobs away that were over before a time.
func Hush(s *Service, now time.Time) { s.hush(context.Background(), now) }

// Words counts the subjects with events.
func Words(ctx context.Context, s *Service) (int, error) {
	st, err := s.Bus.JS.Stream(ctx, bus.Events)
	if err != nil {
		return 0, err
	}
	info, err := st.Info(ctx, jetstream.WithSubjectFilter("monde.event.>"))
	if err != nil {
		return 0, err
	}
	return len(info.State.Subjects), nil
}
