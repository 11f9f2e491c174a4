package job

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/bus"
)

// How work is held. A worker that dies is missed after ackWait, and somebody else gets
// its piece; while it lives it says so every heldEvery.
const (
	ackWait   = 5 * time.Second
	heldEvery = ackWait / 4
	asks      = 500 * time.Millisecond // one request for work stands for so long: none is taken back, for its answer may be under way
	beatEvery = time.Second
	lostAfter = 4 * beatEvery   // a worker that was not heard for so long is gone
	maxTries  = 4               // deliveries of a piece; each but the last took a worker with it
	finish    = 2 * time.Second // that a piece may still take when its worker is told to leave
)

// A Worker does pieces of any job.
type Worker struct {
	Bus   *bus.Bus
	Sim   Simulator
	Slots int           // pieces at once
	Limit time.Duration // of one run, or of one point
	Log   *slog.Logger

	name    string
	busy    atomic.Int32
	cancels canceller
	traces  traceCache
}

// Run works until ctx ends. Then pieces that are not done within a moment are handed
// back, for others to begin again.
func (w *Worker) Run(ctx context.Context) error {
	if err := w.run(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

func (w *Worker) run(ctx context.Context) error {
	w.traces.limit = maxTraceMemory
	w.name = strings.ToLower(rand.Text()[:10])
	consumer, err := w.join(ctx)
	if err != nil {
		return err
	}
	cancelled, err := w.Bus.Conn.Subscribe(cancelSubject("*"), func(m *nats.Msg) { w.cancels.cancel(lastOf(m.Subject)) })
	if err != nil {
		return err
	}
	defer func() { _ = cancelled.Unsubscribe() }()
	var all sync.WaitGroup
	all.Go(func() { w.beat(ctx) })
	for range w.Slots {
		all.Go(func() { w.work(ctx, consumer) })
	}
	all.Wait()
	return nil
}

// join returns what pieces come from. A worker may be there before the first server, which
// declares the streams.
func (w *Worker) join(ctx context.Context) (jetstream.Consumer, error) {
	for told := false; ; told = true {
		c, err := w.Bus.JS.CreateOrUpdateConsumer(ctx, bus.Work, workers(w.Sim.Engine))
		if !errors.Is(err, jetstream.ErrStreamNotFound) {
			return c, err
		}
		if !told {
			w.Log.Info("waiting for a server")
		}
		if !pause(ctx, time.Second) {
			return nil, ctx.Err()
		}
	}
}

// workers returns the consumer that all workers of an engine share.
func workers(engine string) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable: "workers-" + token(engine), FilterSubject: "monde.work." + token(engine) + ".>",
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: ackWait, MaxAckPending: 100_000,
	}
}

// beat says that the worker is there, until it leaves.
func (w *Worker) beat(ctx context.Context) {
	say := func(left bool) {
		_ = w.Bus.Conn.Publish(beatSubject, encoded(beat{w.name, w.Slots, int(w.busy.Load()), w.Sim.Engine, left})) // the next one makes up for it
	}
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for say(false); ; say(false) {
		select {
		case <-ctx.Done():
			say(true)
			return
		case <-tick.C:
		}
	}
}

// work takes one piece after the other.
func (w *Worker) work(ctx context.Context, consumer jetstream.Consumer) {
	for ctx.Err() == nil {
		m, err := consumer.Next(jetstream.FetchMaxWait(asks))
		switch {
		case err == nil:
			w.piece(ctx, m)
		case ctx.Err() == nil && !errors.Is(err, nats.ErrTimeout):
			w.Log.Warn("no work can be had", "error", err)
			pause(ctx, 500*time.Millisecond)
			if again, err := w.join(ctx); err == nil { // the queue may be another one, made again from the record
				consumer = again
			}
		}
	}
}

// piece does what m asks for, and acknowledges it once the outcome is safe.
func (w *Worker) piece(ctx context.Context, m jetstream.Msg) {
	w.busy.Add(1)
	defer w.busy.Add(-1)
	var t task
	if err := json.Unmarshal(m.Data(), &t); err != nil {
		w.Log.Error("a piece that cannot be read is left out", "subject", m.Subject(), "error", err)
		_ = m.Term()
		return
	}
	longer, done := lingering(ctx, finish)
	defer done()
	within, release := w.cancels.begin(longer, t.Job)
	defer release()
	stop := w.hold(within, m)
	o, err := w.do(within, t, tries(m))
	stop()
	switch {
	case err == nil:
		w.deliver(m, o)
	case errors.Is(context.Cause(within), errCancelled):
		_ = m.Term()
	case isAway(err):
		pause(ctx, time.Second)
		w.handBack(m)
	default: // the worker leaves
		w.handBack(m)
	}
}

// handBack puts a piece into the queue again as if it had never been given out: what counts
// as a try is a worker that was lost. If it gets lost in between, its lead publishes it.
func (w *Worker) handBack(m jetstream.Msg) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := m.DoubleAck(ctx); err != nil {
		_ = m.Nak()
		return
	}
	if _, err := w.Bus.JS.Publish(ctx, m.Subject(), m.Data()); err != nil {
		w.Log.Warn("a piece was not handed back: its lead will miss it", "subject", m.Subject(), "error", err)
	}
}

// hold says that m is being worked on, until stopped.
func (w *Worker) hold(ctx context.Context, m jetstream.Msg) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var gone sync.WaitGroup
	gone.Go(func() {
		for pause(ctx, heldEvery) {
			_ = m.InProgress() // if it does not arrive, somebody else begins; both may finish
		}
	})
	return func() { cancel(); gone.Wait() }
}

// deliver publishes an outcome, for as long as it takes.
func (w *Worker) deliver(m jetstream.Msg, o outcome) {
	doc := encoded(o)
	for attempt := range 20 {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		_, err := w.Bus.JS.Publish(ctx, outcomeSubject(o.Job, o.Piece), doc)
		cancel()
		if err == nil || taken(err) {
			_ = m.Ack() // lost, it is done again, and recorded once
			return
		}
		w.Log.Warn("an outcome could not be delivered", "job", o.Job, "piece", o.Piece, "attempt", attempt, "error", err)
		time.Sleep(250 * time.Millisecond)
		_ = m.InProgress()
	}
	_ = m.Nak()
}

// tries returns how often m was delivered.
func tries(m jetstream.Msg) int {
	if meta, err := m.Metadata(); err == nil {
		return int(meta.NumDelivered)
	}
	return 1
}

// taken reports whether a publish was refused because its subject has a message.
func taken(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && strings.Contains(api.Description, "maximum messages per subject")
}

// lastOf returns the last word of a subject.
func lastOf(subject string) string { return subject[strings.LastIndexByte(subject, '.')+1:] }

// pause waits; false once ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// lingering returns a context that ends a while after ctx does, or when done.
func lingering(ctx context.Context, d time.Duration) (late context.Context, done func()) {
	late, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		pause(late, d)
		cancel(context.Cause(ctx))
	})
	return late, func() { stop(); cancel(nil) }
}
