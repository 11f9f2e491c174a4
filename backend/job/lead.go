package job

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/bus"
	"monde/core/fault"
	"monde/core/wire"
)

// How a job is led.
const (
	tellEvery = 400 * time.Millisecond  // a word about progress
	saveEvery = 3 * time.Second         // the counters of its record
	staleFrom = 4 * time.Second         // a piece that was not heard of for so long is looked after
	elsewhere = time.Hour               // a job for another engine waits for so long for a server that has it
	quietFor  = 1500 * time.Millisecond // without a word of any worker, the record is read
	heldFor   = 3 * time.Second         // an outcome that was not recorded by then is delivered again
)

// A lead gives the pieces of one job out, and records their outcomes. All of it but the
// channels belongs to one goroutine.
type lead struct {
	s    *Service
	job  Job
	work work

	recorded map[int]bool // pieces
	waiting  map[int]bool // pieces whose outcomes were in the queue when l began
	stuck    map[int]bool // pieces whose outcomes cannot be recorded now
	out      map[int]*flight
	next     int // the first piece that was never given out
	turn     *turn
	pace     pace
	part     *wire.Progress // how far a run is
	saved    time.Time
	began    time.Time
	heard    time.Time    // when a worker last said something
	failed   *wire.Failed // of a run
	sum      Piece        // of what is recorded
	bytes    int64

	outcomes chan jetstream.Msg
	steps    chan *nats.Msg
	cancel   chan *nats.Msg
}

// A flight is a piece that is given out.
type flight struct {
	at   time.Time
	done int // points, as its worker says
}

// lead takes the ticket m: it leads the job until that is over, or ctx ends.
func (s *Service) lead(ctx context.Context, m jetstream.Msg) {
	id := lastOf(m.Subject())
	held, release := context.WithCancel(ctx)
	var holding sync.WaitGroup
	holding.Go(func() {
		for pause(held, heldEvery) {
			_ = m.InProgress() // without it another service leads too, which does no harm
		}
	})
	err := s.conduct(ctx, id)
	release()
	holding.Wait()
	switch {
	case err == nil, errors.Is(err, ErrUnknown):
		_ = m.Ack()
	case ctx.Err() != nil:
		_ = m.Nak() // at once, to another one
	default:
		s.Log.Error("a job waits", "job", id, "error", err)
		_ = m.NakWithDelay(2 * time.Second)
	}
}

// conduct leads a job to its end, and tells of it.
func (s *Service) conduct(ctx context.Context, id string) error {
	job, err := s.Store.Job(ctx, id)
	if err != nil {
		return err
	}
	if !job.Over() && job.Engine != s.Engine {
		if !s.Bus.Own() && time.Since(job.Created) < elsewhere {
			return errors.New("it is for engine " + job.Engine)
		}
		job, err = s.end(ctx, id, wire.StateFailed, &wire.Failed{Code: wire.CodeCancelled, Fields: []fault.Field{},
			Reason: "the server was updated from engine " + job.Engine + " to " + s.Engine + ": start it again"}, "")
	}
	if err == nil && !job.Over() {
		job, err = s.perform(ctx, job)
	}
	if err != nil {
		return err
	}
	return s.farewell(ctx, job)
}

// perform leads a job that is not over, until it is.
func (s *Service) perform(ctx context.Context, job Job) (Job, error) {
	l := &lead{s: s, job: job, recorded: map[int]bool{}, waiting: map[int]bool{}, stuck: map[int]bool{}, began: time.Now(), heard: time.Now(), out: map[int]*flight{},
		outcomes: make(chan jetstream.Msg, 256), steps: make(chan *nats.Msg, 256), cancel: make(chan *nats.Msg, 1)}
	var err error
	if l.work, err = prepare(job); err != nil {
		return s.end(ctx, job.ID, wire.StateFailed, Describe(err), "")
	}
	if err := l.count(ctx); err != nil {
		return job, err
	}
	stop, err := l.listen(ctx)
	if err != nil {
		return job, err
	}
	defer stop()
	if job, err = s.Store.Job(ctx, job.ID); err != nil || job.Over() { // cancelled before anybody listened
		return job, err
	}
	defer l.letGo()
	if err := l.loop(ctx); err != nil {
		return job, err
	}
	return l.conclude(ctx)
}

// count reads which pieces are recorded.
func (l *lead) count(ctx context.Context) error {
	all, err := l.s.Store.Tally(ctx, l.job.ID)
	if err != nil {
		return err
	}
	for _, p := range all {
		l.counted(p)
	}
	return nil
}

// counted adds a recorded piece to the sum, once.
func (l *lead) counted(p Piece) {
	if l.recorded[p.Number] {
		return
	}
	l.recorded[p.Number] = true
	delete(l.waiting, p.Number)
	delete(l.stuck, p.Number)
	l.sum.Rows, l.sum.Bad, l.sum.Reused = l.sum.Rows+p.Rows, l.sum.Bad+p.Bad, l.sum.Reused+p.Reused
	l.bytes += int64(len(p.Data))
	if _, ok := l.out[p.Number]; ok {
		delete(l.out, p.Number)
		l.s.schedule.release()
	}
}

// listen opens the channels of l.
func (l *lead) listen(ctx context.Context) (stop func(), err error) {
	b, id := l.s.Bus, l.job.ID
	if b.Own() { // whoever led before is gone, and what it held need not be waited for
		_ = b.JS.DeleteConsumer(ctx, bus.Outcomes, "job-"+id)
	}
	consumer, err := b.JS.CreateOrUpdateConsumer(ctx, bus.Outcomes, jetstream.ConsumerConfig{
		Durable: "job-" + id, FilterSubject: "monde.outcome." + id + ".*", InactiveThreshold: time.Hour,
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: heldFor, MaxAckPending: 1000,
	})
	if err != nil {
		return nil, err
	}
	if err := l.foresee(ctx); err != nil {
		return nil, err
	}
	here, leave := context.WithCancel(ctx)
	flow, err := consumer.Consume(func(m jetstream.Msg) {
		select {
		case l.outcomes <- m:
		case <-here.Done():
			_ = m.Nak() // for whoever leads next
		}
	}, jetstream.PullMaxMessages(64))
	if err != nil {
		leave()
		return nil, err
	}
	steps, err := b.Conn.ChanSubscribe(stepSubject(id), l.steps)
	cancel, err2 := b.Conn.ChanSubscribe(cancelSubject(id), l.cancel)
	stop = func() {
		leave()
		l.giveBack(flow)
		for _, sub := range []*nats.Subscription{steps, cancel} {
			if sub != nil {
				_ = sub.Unsubscribe()
			}
		}
	}
	if err = errors.Join(err, err2); err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}

// foresee notes which outcomes are in the queue already, so that their pieces are not done
// again.
func (l *lead) foresee(ctx context.Context) error {
	stream, err := l.s.Bus.JS.Stream(ctx, bus.Outcomes)
	if err != nil {
		return err
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter("monde.outcome."+l.job.ID+".*"))
	if err != nil {
		return err
	}
	for subject := range info.State.Subjects {
		if n, err := strconv.Atoi(lastOf(subject)); err == nil {
			l.waiting[n] = true
		}
	}
	return nil
}

// giveBack ends the flow of outcomes, and lets those that are not recorded come again.
func (l *lead) giveBack(flow jetstream.ConsumeContext) {
	flow.Drain()
	ended := time.After(time.Second) // the queue may be away
	for {
		select {
		case m := <-l.outcomes:
			_ = m.Nak()
		case <-flow.Closed():
			return
		case <-ended:
			flow.Stop()
			return
		}
	}
}

// loop goes on until every piece is recorded, the job was cancelled, or a run failed.
func (l *lead) loop(ctx context.Context) error {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for len(l.recorded) < l.job.Pieces() && l.failed == nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.granted():
			l.turn = nil
			l.give(ctx)
		case m := <-l.outcomes:
			l.record(ctx, m)
		case m := <-l.steps:
			l.step(m.Data)
		case <-l.cancel:
			return nil
		case <-tick.C:
			if over := l.look(ctx); over {
				return nil
			}
		}
	}
	return nil
}

// granted returns what tells that a piece may be given out; nil if there is none to give.
func (l *lead) granted() <-chan struct{} {
	if l.turn == nil {
		if l.skip(); l.next >= l.job.Pieces() || l.s.Room() != nil {
			return nil
		}
		l.turn = l.s.schedule.want(l.job.Client)
	}
	return l.turn.granted
}

// skip goes past pieces that are recorded, given out, or about to be recorded.
func (l *lead) skip() {
	for l.next < l.job.Pieces() && (l.recorded[l.next] || l.waiting[l.next] || l.out[l.next] != nil) {
		l.next++
	}
}

// give gives the next piece out. The turn counts until it is recorded.
func (l *lead) give(ctx context.Context) {
	l.skip()
	if l.next >= l.job.Pieces() {
		l.s.schedule.release()
		return
	}
	n := l.next
	if err := l.publish(ctx, n); err != nil {
		l.s.Log.Warn("a piece could not be given out", "job", l.job.ID, "piece", n, "error", err)
		l.s.schedule.release()
		pause(ctx, 250*time.Millisecond)
		return
	}
	l.out[n] = &flight{at: time.Now()}
	l.next++
	if l.job.State == wire.StateQueued {
		l.begin(ctx)
	}
}

// begin records that the job runs.
func (l *lead) begin(ctx context.Context) {
	l.job.State, l.job.Started = wire.StateRunning, time.Now().UTC()
	_, err := l.s.Store.Change(ctx, l.job.ID, func(j *Job) error {
		if j.State == wire.StateQueued {
			j.State, j.Started = l.job.State, l.job.Started
		}
		return nil
	})
	if err != nil {
		l.s.Log.Warn("the record lags behind", "job", l.job.ID, "error", err)
	}
}

// publish puts piece n in the queue; nothing changes where it is there already.
func (l *lead) publish(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := l.s.Bus.JS.Publish(ctx, workSubject(l.job.Engine, l.job.ID, n), encoded(l.work.task(l.job, n)))
	if err != nil && !taken(err) {
		return err
	}
	return nil
}

// letGo gives back what l holds of the schedule.
func (l *lead) letGo() {
	if l.turn != nil {
		l.s.schedule.drop(l.turn)
	}
	for range l.out {
		l.s.schedule.release()
	}
}
