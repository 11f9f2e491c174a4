package job

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"monde/core/fault"
	"monde/core/scenario"
	"monde/core/sweep"
	"monde/core/system"
	"monde/core/wire"
	"monde/core/workload"
)

// Admission is what a server takes. Costs are estimated, on one core.
type Admission struct {
	RunCost    time.Duration // of one run, or of one point
	JobCost    time.Duration // of one sweep
	Points     int           // of one sweep
	Jobs       int           // live ones, of one client
	ClientCost time.Duration // of a client's live jobs together
	AllJobs    int           // live ones, of everybody
	AllCost    time.Duration // of everybody's live jobs together
}

// spare is what of a message is left for what is around a job.
const spare = 64 << 10

// DefaultAdmission suits a server that anybody may use.
func DefaultAdmission() Admission {
	return Admission{
		RunCost: 5 * time.Minute, JobCost: 2 * time.Hour, Points: 20_000,
		Jobs: 8, ClientCost: 4 * time.Hour, AllJobs: 256, AllCost: 24 * time.Hour,
	}
}

// Why a job is not taken, beside mistakes of its document.
var (
	ErrTooLarge = errors.New("it is larger than this server takes")
	ErrReused   = errors.New("the idempotency key stands for another request")
)

// Busy says that a job may be taken later.
type Busy struct {
	Reason string
	After  time.Duration // at the earliest, about
}

// Error implements error.
func (b *Busy) Error() string { return b.Reason }

// Request is who asks for a job, and how.
type Request struct {
	Client string
	Key    string // the same request of a client is taken once; empty: every time
}

// StartRun takes a scenario. It returns the job that a client's key stands for, if there is one.
func (s *Service) StartRun(ctx context.Context, r Request, doc []byte) (Job, error) {
	sc, err := scenario.Decode(doc)
	if err != nil {
		return Job{}, err
	}
	j := s.job(r, Run, sc)
	j.Points, j.Size = 1, 1
	cost := system.Estimate(sc)
	j.Cost = int64(cost) + 1
	if err := s.affordable("", "this run", cost, s.Limits.RunCost); err != nil {
		return Job{}, err
	}
	if known, err := s.Store.Recall(ctx, []ContentKey{sweep.Key(sc, s.Engine, string(Run))}); err == nil && len(known) == 1 {
		return s.known(ctx, j, known)
	}
	return s.accept(ctx, j, sc)
}

// StartSweep takes a scenario and its points.
func (s *Service) StartSweep(ctx context.Context, r Request, ask wire.SweepAsk) (Job, error) {
	sc, err := scenario.Decode(ask.Scenario)
	if err != nil {
		return Job{}, fault.In("scenario", err)
	}
	j := s.job(r, Sweep, sc)
	j.Sweep = &ask.Sweep
	w, err := plan(j.Scenario, ask.Sweep)
	if err != nil {
		return Job{}, fault.In("sweep", err)
	}
	j.Points = w.plan.Len()
	if j.Points > s.Limits.Points {
		return Job{}, tooLarge("sweep", "must have at most %d points on this server, has %d; monde sweep takes %d on a machine of your own", s.Limits.Points, j.Points, sweep.MaxPoints)
	}
	j.Size, j.Cost = pieceSize(w.mean, w.worst, s.Piece), int64(w.mean*float64(j.Points))+1
	err = errors.Join(
		s.affordable("sweep", "the longest point", w.worst, s.Limits.RunCost),
		s.affordable("sweep", "this sweep", float64(j.Cost), s.Limits.JobCost),
	)
	if err != nil {
		return Job{}, err
	}
	j.Asked = hash(j.Scenario, encoded(ask.Sweep))
	return s.accept(ctx, j, sc)
}

// job returns the record of a job that begins now.
func (s *Service) job(r Request, kind Kind, sc scenario.Scenario) Job {
	now := time.Now().UTC()
	j := Job{
		ID: NewID(now), Kind: kind, Client: r.Client, Key: r.Key, Engine: s.Engine, Created: now, State: wire.StateQueued,
		Title: sc.Title, Model: sc.Model.Name, Machine: sc.Machine.Name, Strategy: string(sc.Strategy.Name), Scenario: sc.Full(),
	}
	j.Asked = hash(j.Scenario)
	return j
}

func hash(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write(p) // never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

func tooLarge(path, format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrTooLarge, fault.At(path, format, args...))
}

// affordable refuses what costs more than a limit.
func (s *Service) affordable(path, what string, ms float64, limit time.Duration) error {
	cost := time.Duration(ms * float64(time.Millisecond)).Round(time.Second)
	if cost <= limit {
		return nil
	}
	return tooLarge(path, "%s takes about %v of one core, and this server takes at most %v", what, cost, limit)
}

// accept records a job that may be taken, and asks for it to be led.
func (s *Service) accept(ctx context.Context, j Job, sc scenario.Scenario) (Job, error) {
	if err := s.Room(); err != nil {
		return Job{}, err
	}
	if size, most := len(encoded(j)), int(s.Bus.Conn.MaxPayload())-spare; size > most {
		return Job{}, tooLarge("", "must take at most %d bytes as a record of this server, takes %d: are there fewer values, or a range?", most, size)
	}
	if err := s.trace(ctx, sc); err != nil {
		return Job{}, err
	}
	kept, created, err := s.create(ctx, j, true)
	if err != nil || !created {
		return kept, err
	}
	if err := s.ticket(ctx, kept.ID); err != nil {
		s.Log.Warn("a job waits for the queue", "job", kept.ID, "error", err) // reconcile asks again
	}
	return kept, nil
}

// known records a run whose report is known.
func (s *Service) known(ctx context.Context, j Job, all map[ContentKey][]byte) (Job, error) {
	var p Piece
	for _, data := range all {
		p = Piece{Rows: 1, Reused: 1, Data: data}
	}
	rep, err := p.Report()
	if err != nil {
		return Job{}, err
	}
	kept, created, err := s.create(ctx, j, false)
	if err != nil || !created {
		return kept, err
	}
	if _, err := s.Store.AddPiece(ctx, kept.ID, p); err != nil {
		return Job{}, err
	}
	kept, err = s.Store.Change(ctx, kept.ID, func(j *Job) error {
		j.State, j.Digest, j.Started, j.Finished = wire.StateDone, rep.Digest, j.Created, time.Now().UTC()
		j.Done, j.Reused, j.Bytes = 1, 1, int64(len(p.Data))
		return nil
	})
	if err != nil {
		return kept, err
	}
	if err := s.farewell(ctx, kept); err != nil {
		s.Log.Warn("watchers hear of the end from the record", "job", kept.ID, "error", err)
	}
	return kept, nil
}

// create records j, if there is room for it among the live jobs.
func (s *Service) create(ctx context.Context, j Job, works bool) (Job, bool, error) {
	s.admit.Lock()
	defer s.admit.Unlock()
	if works {
		if full := s.fits(ctx, j); full != nil {
			kept, ok, err := s.before(ctx, j)
			if ok || err != nil {
				return kept, false, err
			}
			return Job{}, false, full
		}
	}
	kept, created, err := s.Store.Create(ctx, j)
	if err == nil && !created && kept.Asked != j.Asked {
		return Job{}, false, ErrReused
	}
	if err == nil && created {
		s.Metrics.Job(string(j.Kind), string(wire.StateQueued))
		s.Log.Info("job taken", string(j.Kind), j.ID, "client", j.Client, "points", j.Points, "cost_ms", j.Cost)
	}
	return kept, created, err
}

// before returns the job that j's key stands for already: it needs no room. It is only
// asked where there is none.
func (s *Service) before(ctx context.Context, j Job) (Job, bool, error) {
	if j.Key == "" {
		return Job{}, false, nil
	}
	for page := (Page{Client: j.Client, Limit: 100}); ; {
		jobs, err := s.Store.Jobs(ctx, page)
		if err != nil {
			return Job{}, false, err
		}
		for _, o := range jobs {
			switch {
			case o.Key != j.Key:
			case o.Asked != j.Asked:
				return Job{}, false, ErrReused
			default:
				return o, true, nil
			}
		}
		if len(jobs) < page.Limit {
			return Job{}, false, nil
		}
		page.Before = jobs[len(jobs)-1].ID
	}
}

// fits says whether j has room among the live jobs, of its client and of all.
func (s *Service) fits(ctx context.Context, j Job) error {
	live, err := s.Store.Jobs(ctx, Page{Live: true, Limit: s.Limits.AllJobs + 1})
	if err != nil {
		return err
	}
	var jobs int
	var own, all time.Duration
	for _, o := range live {
		cost := o.left()
		all += cost
		if o.Client == j.Client {
			jobs, own = jobs+1, own+cost
		}
	}
	cost := time.Duration(j.Cost) * time.Millisecond
	_, slots := s.Crew()
	busy := func(after time.Duration, format string, args ...any) error {
		wait := after / time.Duration(max(1, slots))
		return &Busy{fmt.Sprintf(format, args...), min(max(wait, time.Second), 10*time.Minute)}
	}
	l := s.Limits
	switch {
	case jobs >= l.Jobs:
		return busy(own/time.Duration(jobs), "%d of your jobs go on already, as many as a client may have: wait for one, or cancel one", jobs)
	case own+cost > l.ClientCost:
		return busy(own+cost-l.ClientCost, "your jobs would take %v of one core together, and a client may have %v", (own + cost).Round(time.Second), l.ClientCost)
	case len(live) >= l.AllJobs:
		return busy(all/time.Duration(len(live)), "the server has %d jobs, as many as it takes", len(live))
	case all+cost > l.AllCost:
		return busy(all+cost-l.AllCost, "the server has %v of work, and takes %v", all.Round(time.Second), l.AllCost)
	}
	return nil
}

// left estimates what of a job is to be done.
func (j Job) left() time.Duration {
	return time.Duration(float64(j.Cost)*float64(j.Points-j.Done)/float64(max(1, j.Points))) * time.Millisecond
}

// trace makes sure that workers find the trace that a scenario names.
func (s *Service) trace(ctx context.Context, sc scenario.Scenario) error {
	if sc.Workload.Routing.Source != workload.File {
		return nil
	}
	err := publishTrace(ctx, s.Bus, s.Store, sc.Workload.Routing.SHA256)
	if errors.Is(err, ErrUnknown) {
		return fault.At("workload.routing.sha256", "no trace with this digest is attached: PUT it to /api/v1/traces first")
	}
	return err
}

// Cancel ends a job; one that is over stays as it is.
func (s *Service) Cancel(ctx context.Context, id string) (Job, error) {
	j, err := s.Store.Job(ctx, id)
	if err == nil && !j.Over() {
		j, err = s.end(ctx, id, wire.StateCancelled, Describe(errCancelled), "")
	}
	if err == nil && j.State == wire.StateCancelled { // again, too: who has not heard hears now
		s.stop(id)
	}
	return j, err
}

// stop tells lead and workers that a job is over. Who does not hear it finds out later.
func (s *Service) stop(id string) {
	if err := s.Bus.Conn.Publish(cancelSubject(id), nil); err != nil {
		s.Log.Warn("a cancelled job may go on for a while", "job", id, "error", err)
	}
}
