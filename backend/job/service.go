package job

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/bus"
	"monde/backend/metrics"
)

// Config is what a Service works with.
type Config struct {
	Bus     *bus.Bus
	Store   Store
	Engine  string       // version of the simulator that jobs are for
	Room    func() error // says why nothing more can be stored, as ErrFull; nil: never asked
	Limits  Admission
	Keep    Limits           // what is forgotten
	Piece   int              // points of a piece at most; 0 is 256
	Metrics *metrics.Metrics // nil counts nothing
	Log     *slog.Logger
}

// A Service takes jobs, and leads them: it gives their pieces out and records what comes
// back. Any number may run on one cluster; each job is led by one of them at a time, and
// by another when that one is gone.
type Service struct {
	Config
	schedule *schedule
	admit    sync.Mutex // one is admitted after the other
	leads    sync.WaitGroup

	mu    sync.Mutex
	ended []ending // jobs whose events are still there, the oldest first
}

// An ending is a job that is over.
type ending struct {
	id string
	at time.Time
}

// keepEnded is for how long the events of a job that is over stay, for those who watch it
// now; later ones are told from the record.
const keepEnded = 5 * time.Minute

// How jobs are looked after, beside leading them.
const (
	reconcileEvery = 15 * time.Second
	trimEvery      = 10 * time.Minute

	leaders = "leaders" // the consumer of tickets
)

// New returns a service that leads nothing until Run.
func New(c Config) *Service {
	if c.Piece == 0 {
		c.Piece = maxPiece
	}
	if c.Room == nil {
		c.Room = func() error { return nil }
	}
	return &Service{Config: c, schedule: newSchedule()}
}

// Run leads jobs until ctx ends; then those that go on are handed back.
func (s *Service) Run(ctx context.Context) error {
	if err := s.run(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

func (s *Service) run(ctx context.Context) error {
	if err := s.Bus.Prepare(ctx); err != nil {
		return err
	}
	if s.Bus.Own() { // nobody else leads, so what was held before a crash need not be waited for
		_ = s.Bus.JS.DeleteConsumer(ctx, bus.Tickets, leaders)
	}
	consumer, err := s.Bus.JS.CreateOrUpdateConsumer(ctx, bus.Tickets, jetstream.ConsumerConfig{
		Durable: leaders, AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, MaxAckPending: 100_000,
	})
	if err != nil {
		return err
	}
	stop, err := s.subscribe(ctx)
	if err != nil {
		return err
	}
	defer stop()
	var beside sync.WaitGroup
	beside.Go(func() { s.every(ctx, reconcileEvery, s.reconcile) })
	beside.Go(func() { s.every(ctx, trimEvery, s.trim) })
	s.take(ctx, consumer)
	s.leads.Wait()
	beside.Wait()
	return nil
}

// take leads every job whose ticket comes.
func (s *Service) take(ctx context.Context, consumer jetstream.Consumer) {
	for ctx.Err() == nil {
		m, err := consumer.Next(jetstream.FetchMaxWait(asks))
		switch {
		case err == nil:
			s.leads.Go(func() { s.lead(ctx, m) })
		case ctx.Err() == nil && !errors.Is(err, nats.ErrTimeout):
			s.Log.Warn("no tickets can be had", "error", err)
			pause(ctx, 500*time.Millisecond)
		}
	}
}

// subscribe listens to workers, and answers what they ask of the record.
func (s *Service) subscribe(ctx context.Context) (stop func(), err error) {
	beats, err := s.Bus.Conn.Subscribe(beatSubject, func(m *nats.Msg) {
		if b, ok := readBeat(m.Data, s.Engine); ok {
			s.schedule.heard(b)
			workers, _ := s.schedule.crew()
			s.Metrics.Workers(workers)
			s.Metrics.QueueDepth(s.schedule.depth())
		}
	})
	if err != nil {
		return nil, err
	}
	asked, err := s.Bus.Conn.QueueSubscribe(recallSubject, "record", func(m *nats.Msg) {
		known, err := s.Store.Recall(ctx, split(m.Data))
		if err != nil {
			s.Log.Warn("known results could not be read", "error", err)
		}
		_ = m.Respond(recalled(known)) // who does not hear computes again
	})
	if err != nil {
		return nil, errors.Join(err, beats.Unsubscribe())
	}
	return func() { _, _ = beats.Unsubscribe(), asked.Unsubscribe() }, nil
}

func (s *Service) every(ctx context.Context, d time.Duration, do func(context.Context)) {
	for do(ctx); pause(ctx, d); do(ctx) {
	}
}

// reconcile makes a ticket for every live job that has none: one that was recorded when
// its server died, or that came with a backup.
func (s *Service) reconcile(ctx context.Context) {
	s.hush(ctx, time.Now())
	page := Page{Live: true, Limit: 200}
	for {
		jobs, err := s.Store.Jobs(ctx, page)
		if err != nil {
			if ctx.Err() == nil {
				s.Log.Error("live jobs could not be listed", "error", err)
			}
			return
		}
		for _, j := range jobs {
			if err := s.ticket(ctx, j.ID); err != nil && ctx.Err() == nil {
				s.Log.Warn("a job waits for the queue", "job", j.ID, "error", err)
			}
		}
		if len(jobs) < page.Limit {
			return
		}
		page.Before = jobs[len(jobs)-1].ID
	}
}

// hush takes away the events of jobs that have been over for a while: each subject takes
// memory for as long as it has a message.
func (s *Service) hush(ctx context.Context, now time.Time) {
	for {
		s.mu.Lock()
		if len(s.ended) == 0 || now.Sub(s.ended[0].at) < keepEnded {
			s.mu.Unlock()
			return
		}
		id := s.ended[0].id
		s.ended = s.ended[1:]
		s.mu.Unlock()
		stream, err := s.Bus.JS.Stream(ctx, bus.Events)
		if err == nil {
			err = stream.Purge(ctx, jetstream.WithPurgeSubject(EventSubject(id, "*")))
		}
		if err != nil && ctx.Err() == nil {
			s.Log.Warn("events stay for a day", "job", id, "error", err)
		}
	}
}

// ticket asks for a job to be led; nothing changes where it is already.
func (s *Service) ticket(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := s.Bus.JS.Publish(ctx, ticketSubject(id), nil)
	if err != nil && !taken(err) {
		return err
	}
	return nil
}

// trim forgets what is beyond the limits.
func (s *Service) trim(ctx context.Context) {
	t, err := s.Store.Trim(ctx, s.Keep, time.Now())
	switch {
	case err != nil && ctx.Err() == nil:
		s.Log.Error("old jobs could not be forgotten", "error", err)
	case t != Trimmed{}:
		s.Log.Info("forgotten", "jobs", t.Jobs, "results", t.Results, "traces", t.Traces)
	}
}

// Crew counts the workers that are there, and the pieces that they can do at once.
func (s *Service) Crew() (workers, slots int) { return s.schedule.crew() }

// Healthy says why no job can be taken or led now; nil if they can.
func (s *Service) Healthy() error { return errors.Join(s.Bus.Healthy(), s.Room()) }
