package job

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/bus"
	"monde/backend/metrics"
	"monde/core/wire"
)

// record keeps an outcome, and only then acknowledges it: what cannot be stored now
// stays in the queue and comes again.
func (l *lead) record(ctx context.Context, m jetstream.Msg) {
	var o outcome
	if err := json.Unmarshal(m.Data(), &o); err != nil {
		l.s.Log.Error("an outcome that cannot be read is left out", "subject", m.Subject(), "error", err)
		_ = m.Term()
		return
	}
	l.heard = time.Now()
	if l.recorded[o.Piece] {
		_ = m.Ack()
		return
	}
	if o.Failed != nil {
		l.failed = o.Failed
		_ = m.Ack()
		return
	}
	p, err := l.piece(o)
	if err != nil {
		l.s.Log.Error("an outcome is not what was asked for", "job", l.job.ID, "piece", o.Piece, "worker", o.Worker, "error", err)
		_ = m.Ack()
		_ = l.publish(ctx, o.Piece)
		return
	}
	if err := l.keep(ctx, o, p); err != nil {
		l.s.Log.Error("an outcome could not be recorded", "job", l.job.ID, "piece", o.Piece, "error", err)
		l.stuck[p.Number] = true
		_ = m.NakWithDelay(time.Second)
		return
	}
	_ = m.Ack()
	l.counted(p)
	l.measured(o, p)
	if l.job.Kind == Sweep {
		l.say(Event{Kind: wire.KindRows, Piece: p.Number})
	} else {
		l.job.Digest = o.Digest
	}
}

// piece returns an outcome as it is recorded.
func (l *lead) piece(o outcome) (Piece, error) {
	p := Piece{Number: o.Piece, Rows: 1, Reused: o.Reused, Data: o.Report}
	if o.Piece < 0 || o.Piece >= l.job.Pieces() {
		return p, errors.New("there is no such piece")
	}
	if l.job.Kind == Run {
		if len(o.Report) == 0 {
			return p, errors.New("it has no report")
		}
		return p, nil
	}
	from, to := l.job.Range(o.Piece)
	if len(o.Rows) != to-from || len(o.Keys) != len(o.Rows) {
		return p, errors.New("it has other points")
	}
	for i, row := range o.Rows {
		if row.Index != from+i {
			return p, errors.New("it has other points")
		}
		if row.Result == nil {
			p.Bad++
		}
	}
	p.Rows, p.Data = len(o.Rows), pack(encoded(o.Rows))
	return p, nil
}

// keep writes a piece, and by its content what may be asked for again.
func (l *lead) keep(ctx context.Context, o outcome, p Piece) error {
	if _, err := l.s.Store.AddPiece(ctx, l.job.ID, p); err != nil && !errors.Is(err, ErrUnknown) {
		return err
	}
	var all []Known
	for i, row := range o.Rows {
		if row.Result != nil && o.Keys[i] != (ContentKey{}) {
			all = append(all, Known{o.Keys[i], encoded(row.Result)})
		}
	}
	if o.Key != nil {
		all = append(all, Known{*o.Key, o.Report})
	}
	if err := l.s.Store.Remember(ctx, all); err != nil {
		l.s.Log.Warn("results are recorded, but not for others", "job", l.job.ID, "error", err)
	}
	return nil
}

// step notes how far a worker is.
func (l *lead) step(doc []byte) {
	var s step
	if json.Unmarshal(doc, &s) != nil {
		return
	}
	l.heard = time.Now()
	if f := l.out[s.Piece]; f != nil {
		f.at, f.done = time.Now(), s.Done
	}
	if s.Progress == nil || l.job.Kind != Run {
		return
	}
	l.part = s.Progress
	if s.Partial != nil {
		l.say(Event{Kind: wire.KindPartial, Partial: s.Partial})
	}
}

// look is what is done a few times a second. It reports whether the job was ended elsewhere.
func (l *lead) look(ctx context.Context) (over bool) {
	now := time.Now()
	l.tell(now)
	for n, f := range l.out {
		if now.Sub(f.at) > staleFrom {
			f.at = now
			l.revive(ctx, n)
		}
	}
	if (len(l.out) > 0 || len(l.waiting) > 0) && now.Sub(l.heard) > quietFor {
		l.heard = now
		_ = l.count(ctx) // another service may record what comes for both; asked again when it stays quiet
	}
	if len(l.waiting) > 0 && now.Sub(l.began) > 2*heldFor {
		clear(l.waiting) // what does not come is given out
		l.next = 0
	}
	if now.Sub(l.saved) < saveEvery {
		return false
	}
	l.saved = now
	j, err := l.s.Store.Change(ctx, l.job.ID, func(j *Job) error {
		if !j.Over() {
			l.counters(j)
		}
		return nil
	})
	if err != nil {
		l.s.Log.Warn("the record lags behind", "job", l.job.ID, "error", err)
	}
	return errors.Is(err, ErrUnknown) || err == nil && j.Over()
}

// revive looks after a piece that was not heard of for long: it may have been recorded
// by another service, or its place in the queue may be lost.
func (l *lead) revive(ctx context.Context, n int) {
	if err := l.count(ctx); err == nil && !l.recorded[n] && !l.stuck[n] {
		_ = l.publish(ctx, n) // tried again when it is stale again
	}
}

func (l *lead) counters(j *Job) {
	j.Done, j.Bad, j.Reused, j.Bytes = l.sum.Rows, l.sum.Bad, l.sum.Reused, l.bytes
}

// tell says how far the job is.
func (l *lead) tell(now time.Time) {
	if l.job.State == wire.StateQueued {
		return
	}
	p := wire.Progress{}
	if l.job.Kind == Run {
		if l.part != nil {
			p = *l.part
		}
		if p.ClockedOf > 0 {
			l.pace = pace{} // the first layers clock by clock say nothing about the others, which know their experts
		}
		l.pace.note(now, float64(p.Done), 0)
		p.Remaining = l.pace.remaining(float64(p.Total)).Milliseconds()
	} else {
		done, worked, total := l.far()
		l.pace.note(now, worked, done)
		p.Done, p.Total, p.Rate = int64(done), int64(l.job.Points), l.pace.rate()
		p.Remaining = l.pace.remaining(total).Milliseconds()
	}
	p.Workers, _ = l.s.Crew()
	l.say(Event{Kind: wire.KindProgress, Progress: &p})
}

// far returns how many points are done and what they were estimated to cost, of all.
func (l *lead) far() (done int, worked, total float64) {
	done = l.sum.Rows
	for _, f := range l.out {
		done += f.done
	}
	for i, cost := range l.work.profile {
		share := float64(l.job.Points) / float64(len(l.work.profile))
		total += cost * share
		worked += cost * min(share, max(0, float64(done)-float64(i)*share)) // pieces go out in order
	}
	return done, worked, total
}

// conclude ends a job whose loop is over.
func (l *lead) conclude(ctx context.Context) (Job, error) {
	if l.failed != nil {
		state := wire.StateFailed
		if l.failed.Code == wire.CodeCancelled {
			state = wire.StateCancelled
		}
		return l.s.end(ctx, l.job.ID, state, l.failed, "")
	}
	job, err := l.s.Store.Job(ctx, l.job.ID)
	if err == nil && job.Over() {
		return l.s.recount(ctx, job) // pieces may have come since it was ended
	}
	if err != nil || len(l.recorded) < l.job.Pieces() {
		return job, err
	}
	if l.job.Kind == Run && l.job.Digest == "" { // it was recorded by another service
		if l.job.Digest, err = l.digest(ctx); err != nil {
			return job, err
		}
	}
	return l.s.Store.Change(ctx, l.job.ID, func(j *Job) error {
		if !j.Over() {
			l.counters(j)
			j.State, j.Digest, j.Finished = wire.StateDone, l.job.Digest, time.Now().UTC()
		}
		return nil
	})
}

func (l *lead) digest(ctx context.Context) (string, error) {
	pieces, err := l.s.Store.Pieces(ctx, l.job.ID, 0, 1)
	if err != nil || len(pieces) == 0 {
		return "", err
	}
	rep, err := pieces[0].Report()
	if err != nil {
		return "", err
	}
	return rep.Digest, nil
}

// recount makes the counters of a job that is over those of its pieces.
func (s *Service) recount(ctx context.Context, j Job) (Job, error) {
	all, err := s.Store.Tally(ctx, j.ID)
	if err != nil {
		return j, err
	}
	return s.Store.Change(ctx, j.ID, func(j *Job) error {
		j.Done, j.Bad, j.Reused = 0, 0, 0
		for _, p := range all {
			j.Done, j.Bad, j.Reused = j.Done+p.Rows, j.Bad+p.Bad, j.Reused+p.Reused
		}
		return nil
	})
}

// end records the end of a job that has none yet; the first end stands.
func (s *Service) end(ctx context.Context, id string, state wire.State, why *wire.Failed, digest string) (Job, error) {
	var tally Piece
	if all, err := s.Store.Tally(ctx, id); err == nil {
		for _, p := range all {
			tally.Rows, tally.Bad, tally.Reused = tally.Rows+p.Rows, tally.Bad+p.Bad, tally.Reused+p.Reused
		}
	}
	return s.Store.Change(ctx, id, func(j *Job) error {
		if !j.Over() {
			j.State, j.Failed, j.Digest, j.Finished = state, why, digest, time.Now().UTC()
			j.Done, j.Bad, j.Reused = tally.Rows, tally.Bad, tally.Reused
		}
		return nil
	})
}

// farewell tells watchers of the end, and takes what is left out of the queue.
func (s *Service) farewell(ctx context.Context, j Job) error {
	if !j.Over() {
		return errors.New("it is not over")
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, kind := range []wire.Kind{j.Final(), wire.KindEnd} {
		_, err := s.Bus.JS.Publish(ctx, EventSubject(j.ID, string(kind)), encoded(Event{Kind: kind, At: time.Now().UnixMilli()}), jetstream.WithMsgID(j.ID+"."+string(kind)))
		if err != nil {
			return err
		}
	}
	if j.State == wire.StateCancelled {
		s.stop(j.ID)
	}
	s.mu.Lock()
	s.ended = append(s.ended, ending{j.ID, time.Now()})
	s.mu.Unlock()
	s.Metrics.Job(string(j.Kind), string(j.State))
	s.Log.Info("job over", string(j.Kind), j.ID, "state", j.State, "done", j.Done, "bad", j.Bad, "reused", j.Reused, "ms", j.Finished.Sub(j.Created).Milliseconds())
	return s.clear(ctx, j)
}

// clear takes a job out of the queue.
func (s *Service) clear(ctx context.Context, j Job) error {
	for stream, subject := range map[string]string{
		bus.Work: "monde.work." + token(j.Engine) + "." + j.ID + ".*", bus.Outcomes: "monde.outcome." + j.ID + ".*",
	} {
		st, err := s.Bus.JS.Stream(ctx, stream)
		if err != nil {
			return err
		}
		if err := st.Purge(ctx, jetstream.WithPurgeSubject(subject)); err != nil {
			return err
		}
	}
	err := s.Bus.JS.DeleteConsumer(ctx, bus.Outcomes, "job-"+j.ID)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil
	}
	return err
}

// say publishes an event. One that is lost costs watchers a word about progress: rows
// and ends are in the record, and told again with the end.
func (l *lead) say(e Event) {
	e.At = time.Now().UnixMilli()
	m := nats.NewMsg(EventSubject(l.job.ID, string(e.Kind)))
	m.Data = encoded(e)
	if e.Kind == wire.KindProgress {
		m.Header.Set(jetstream.MsgRollup, jetstream.MsgRollupSubject) // older progress goes
	}
	if _, err := l.s.Bus.JS.PublishMsgAsync(m); err != nil {
		l.s.Log.Warn("watchers miss a word", "job", l.job.ID, "kind", e.Kind, "error", err)
	}
}

// measured counts a recorded piece.
func (l *lead) measured(o outcome, p Piece) {
	m := l.s.Metrics
	m.Piece(time.Duration(o.Millis) * time.Millisecond)
	m.Points(metrics.OK, p.Rows-p.Bad-p.Reused)
	m.Points(metrics.Failed, p.Bad)
	m.Points(metrics.Reused, p.Reused)
}
