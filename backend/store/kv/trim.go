package kv

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

// Trim forgets until the rest is within limits, and what crashes left.
func (s *Store) Trim(ctx context.Context, l job.Limits, now time.Time) (t job.Trimmed, err error) {
	if err := s.dropOrphans(ctx, now); err != nil {
		return t, err
	}
	r := &trimmer{s: s}
	if err := r.look(ctx); err != nil {
		return t, err
	}
	if l.Age > 0 {
		if err := r.age(ctx, now.Add(-l.Age)); err != nil {
			return r.t, err
		}
	}
	if l.Jobs > 0 {
		for len(r.jobs) > l.Jobs {
			if err := r.dropJob(ctx); err != nil {
				return r.t, err
			}
		}
	}
	if l.Bytes > 0 {
		return r.t, r.bytes(ctx, l.Bytes)
	}
	return r.t, nil
}

// trimmer knows what may be forgotten, the oldest first, and what was.
type trimmer struct {
	s            *Store
	jobs, traces []old
	t            job.Trimmed
}

type old struct {
	key    string
	upload string // of a trace
	at     time.Time
}

// look lists jobs that are over, and traces.
func (r *trimmer) look(ctx context.Context) error {
	over := map[string]time.Time{}
	err := r.s.jobs.scan(ctx, "*", func(e entry) {
		if us, err := strconv.ParseInt(e.header.Get(finished), 10, 64); err == nil {
			over[e.key] = time.UnixMicro(us)
		}
	})
	for id, at := range over {
		r.jobs = append(r.jobs, old{key: id, at: at})
	}
	errTraces := r.s.traces.scan(ctx, "*", func(e entry) {
		r.traces = append(r.traces, old{e.key, e.header.Get(upload), e.at})
	})
	for _, all := range [][]old{r.jobs, r.traces} {
		slices.SortFunc(all, func(a, b old) int {
			return cmp.Or(a.at.Compare(b.at), strings.Compare(a.key, b.key))
		})
	}
	return errors.Join(err, errTraces)
}

func (r *trimmer) dropJob(ctx context.Context) error {
	if err := r.s.Forget(ctx, r.jobs[0].key); err != nil {
		return err
	}
	r.jobs, r.t.Jobs = r.jobs[1:], r.t.Jobs+1
	return nil
}

func (r *trimmer) dropTrace(ctx context.Context) error {
	o := r.traces[0]
	if err := r.s.traces.purge(ctx, o.key); err != nil {
		return err
	}
	if o.upload != "" {
		if err := r.s.parts.purge(ctx, o.upload+".>"); err != nil {
			return err
		}
	}
	r.traces, r.t.Traces = r.traces[1:], r.t.Traces+1
	return nil
}

// dropResults forgets results before a sequence: they are in the order of their age.
func (r *trimmer) dropResults(ctx context.Context, seq uint64) error {
	stream := r.s.results.stream
	before, err := stream.Info(ctx)
	if err != nil || before.State.Msgs == 0 || seq <= before.State.FirstSeq {
		return err
	}
	if err := stream.Purge(ctx, jetstream.WithPurgeSequence(seq)); err != nil {
		return err
	}
	after, err := stream.Info(ctx)
	if err == nil && after.State.Msgs < before.State.Msgs { // about: others may add some
		r.t.Results += int(before.State.Msgs - after.State.Msgs)
	}
	return err
}

// age forgets what is older than at.
func (r *trimmer) age(ctx context.Context, at time.Time) error {
	for len(r.jobs) > 0 && r.jobs[0].at.Before(at) {
		if err := r.dropJob(ctx); err != nil {
			return err
		}
	}
	for len(r.traces) > 0 && r.traces[0].at.Before(at) {
		if err := r.dropTrace(ctx); err != nil {
			return err
		}
	}
	info, err := r.s.results.stream.Info(ctx)
	if err != nil {
		return err
	}
	seq, err := r.s.resultsSince(ctx, info.State.FirstSeq, info.State.LastSeq, at)
	if err != nil {
		return err
	}
	return r.dropResults(ctx, seq)
}

// bytes forgets the oldest of anything, until the rest is within limit.
func (r *trimmer) bytes(ctx context.Context, limit int64) error {
	for {
		size, err := r.s.Size(ctx)
		if err != nil || size <= limit {
			return err
		}
		info, err := r.s.results.stream.Info(ctx)
		if err != nil {
			return err
		}
		results := info.State
		next := func(all []old, than ...time.Time) bool {
			return len(all) > 0 && !slices.ContainsFunc(than, func(t time.Time) bool { return t.Before(all[0].at) })
		}
		var others []time.Time // the oldest of each other kind
		if results.Msgs > 0 {
			others = append(others, results.FirstTime)
		}
		switch {
		case next(r.jobs, append(others, times(r.traces)...)...):
			err = r.dropJob(ctx)
		case next(r.traces, others...):
			err = r.dropTrace(ctx)
		case results.Msgs > 0:
			err = r.someResults(ctx, results, size-limit)
		default:
			return nil // the rest is live jobs and links
		}
		if err != nil {
			return err
		}
	}
}

// times is when the first of these was made, if there is one.
func times(all []old) []time.Time {
	if len(all) == 0 {
		return nil
	}
	return []time.Time{all[0].at}
}

// someResults forgets as many results as take what is over, but none that is younger
// than the oldest of something else. One at least, so that there is an end.
func (r *trimmer) someResults(ctx context.Context, is jetstream.StreamState, over int64) error {
	each := max(is.Bytes/is.Msgs, 1)
	seq := is.FirstSeq + max(uint64(over)/each, 1)
	for _, at := range append(times(r.jobs), times(r.traces)...) {
		since, err := r.s.resultsSince(ctx, is.FirstSeq, is.LastSeq, at)
		if err != nil {
			return err
		}
		seq = max(min(seq, since), is.FirstSeq+1)
	}
	return r.dropResults(ctx, min(seq, is.LastSeq+1))
}

// resultsSince returns the first sequence from first to last of a result that is not
// older than at, or the one after last.
func (s *Store) resultsSince(ctx context.Context, first, last uint64, at time.Time) (uint64, error) {
	end := last + 1
	for first < end { // what is before first is older, what is from end on is not
		middle := first + (end-first)/2
		m, err := s.results.stream.GetMsg(ctx, middle, jetstream.WithGetMsgSubject(s.results.subject(">")))
		switch {
		case errors.Is(err, jetstream.ErrMsgNotFound):
			end = middle // there is none from here on
		case err != nil:
			return 0, err
		case m.Time.Before(at):
			first = m.Sequence + 1
		default:
			end = middle
		}
	}
	return first, nil
}
