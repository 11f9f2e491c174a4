package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"monde/backend/job"
)

var trims = map[string]func(*testing.T, job.Store){
	"no limits forget nothing":              unlimited,
	"what is old is forgotten":              byAge,
	"of jobs that are over the newest stay": byCount,
	"what is too much is forgotten":         byBytes,
	"many results are forgotten":            manyResults,
	"what goes on stays, whatever it takes": liveStays,
	"the size follows what is kept":         size,
}

func trim(t *testing.T, s job.Store, l job.Limits, now time.Time) job.Trimmed {
	t.Helper()
	return must[job.Trimmed](t)(s.Trim(t.Context(), l, now))
}

func left(t *testing.T, s job.Store) []string {
	t.Helper()
	return ids(must[[]job.Job](t)(s.Jobs(t.Context(), job.Page{Limit: 1000})))
}

// furnish keeps one of each thing beside jobs.
func furnish(t *testing.T, s job.Store) {
	t.Helper()
	must[bool](t)(s.PutLink(t.Context(), "link", []byte("doc")))
	if err := errors.Join(
		s.Remember(t.Context(), []job.Known{{Key: content(1), Data: []byte("one")}}),
		s.PutTrace(t.Context(), "trace", bytes.NewReader(make([]byte, 300<<10))),
	); err != nil {
		t.Fatal(err)
	}
}

func unlimited(t *testing.T, s job.Store) {
	j := create(t, s, a(1, over(1)))
	furnish(t, s)
	same(t, trim(t, s, job.Limits{}, began.AddDate(100, 0, 0)), job.Trimmed{})
	same(t, left(t, s), []string{j.ID})
	same(t, len(must[map[job.ContentKey][]byte](t)(s.Recall(t.Context(), []job.ContentKey{content(1)}))), 1)
	same(t, len(readTrace(t, s, "trace")), 300<<10)
}

func byAge(t *testing.T, s job.Store) {
	now := time.Now()
	ended := func(ago time.Duration) func(*job.Job) { return func(j *job.Job) { j.Finished = now.Add(-ago) } }
	live := create(t, s, a(1))
	create(t, s, a(2, ended(49*time.Hour)))
	young := create(t, s, a(3, ended(time.Hour)))
	furnish(t, s)
	same(t, trim(t, s, job.Limits{Age: 24 * time.Hour}, now), job.Trimmed{Jobs: 1})
	same(t, left(t, s), []string{young.ID, live.ID})
	same(t, trim(t, s, job.Limits{Age: 24 * time.Hour}, now.Add(48*time.Hour)), job.Trimmed{Jobs: 1, Results: 1, Traces: 1})
	same(t, left(t, s), []string{live.ID})
	same(t, len(must[map[job.ContentKey][]byte](t)(s.Recall(t.Context(), []job.ContentKey{content(1)}))), 0)
	if _, err := s.Trace(t.Context(), "trace"); !errors.Is(err, job.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	same(t, string(must[[]byte](t)(s.Link(t.Context(), "link"))), "doc")
	furnish(t, s) // what was forgotten can be kept again
	same(t, len(readTrace(t, s, "trace")), 300<<10)
}

func byCount(t *testing.T, s job.Store) {
	var all []job.Job
	for n, end := range []int{9, 1, 8, 2, 7} { // the oldest is the one that ended first, not that began first
		all = append(all, create(t, s, a(n, over(100*end))))
	}
	live := create(t, s, a(9))
	add(t, s, all[1].ID, job.Piece{Number: 1, Data: []byte("a")})
	furnish(t, s)
	same(t, trim(t, s, job.Limits{Jobs: 3}, time.Now()), job.Trimmed{Jobs: 2})
	same(t, left(t, s), []string{live.ID, all[4].ID, all[2].ID, all[0].ID})
	same(t, len(must[[]job.Piece](t)(s.Tally(t.Context(), all[1].ID))), 0)
	same(t, trim(t, s, job.Limits{Jobs: 3}, time.Now()), job.Trimmed{})
}

// byBytes: jobs of half a megabyte each, and a limit that has room for some of them.
func byBytes(t *testing.T, s job.Store) {
	furnish(t, s) // at the time of the test, after every job ended
	empty := must[int64](t)(s.Size(t.Context()))
	var all []job.Job
	for n := range 8 {
		j := create(t, s, a(n, over(1)))
		add(t, s, j.ID, job.Piece{Data: bytes.Repeat([]byte{byte(n)}, 512<<10)})
		all = append(all, j)
	}
	limit := empty + 5*(512<<10) + 256<<10
	got := trim(t, s, job.Limits{Bytes: limit}, time.Now())
	if size := must[int64](t)(s.Size(t.Context())); size > limit {
		t.Errorf("%d bytes are left, %d are allowed", size, limit)
	}
	if got.Jobs < 3 || got.Jobs > 4 || got.Results != 0 || got.Traces != 0 {
		t.Errorf("forgot %+v of eight jobs where five have room", got)
	}
	want := ids(all[got.Jobs:])
	for i := range len(want) / 2 {
		want[i], want[len(want)-1-i] = want[len(want)-1-i], want[i]
	}
	same(t, left(t, s), want)
}

func manyResults(t *testing.T, s job.Store) {
	const many = 1500
	for round := range 3 {
		var all []job.Known
		for n := range many / 3 {
			all = append(all, job.Known{Key: content(n + many/3*round), Data: make([]byte, 1000)})
		}
		if err := s.Remember(t.Context(), all); err != nil {
			t.Fatal(err)
		}
	}
	before := must[int64](t)(s.Size(t.Context()))
	got := trim(t, s, job.Limits{Bytes: before * 2 / 3}, time.Now())
	if got.Results < many/4 || got.Results > many/2 {
		t.Errorf("forgot %+v to keep two thirds of %d", got, many)
	}
	known := must[map[job.ContentKey][]byte](t)(s.Recall(t.Context(), []job.ContentKey{content(0), content(many - 1)}))
	if known[content(0)] != nil || known[content(many-1)] == nil {
		t.Error("not the oldest were forgotten")
	}
	same(t, trim(t, s, job.Limits{Age: time.Minute}, time.Now().Add(time.Hour)).Results, many-got.Results)
}

func liveStays(t *testing.T, s job.Store) {
	j := create(t, s, a(1))
	done := create(t, s, a(2, over(1)))
	add(t, s, j.ID, job.Piece{Data: make([]byte, 100<<10)})
	furnish(t, s)
	got := trim(t, s, job.Limits{Age: 1, Jobs: 1, Bytes: 1}, time.Now().AddDate(1, 0, 0))
	same(t, got, job.Trimmed{Jobs: 1, Results: 1, Traces: 1})
	same(t, left(t, s), []string{j.ID})
	if _, err := s.Job(t.Context(), done.ID); !errors.Is(err, job.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	same(t, len(must[[]job.Piece](t)(s.Pieces(t.Context(), j.ID, 0, 1))[0].Data), 100<<10)
	same(t, string(must[[]byte](t)(s.Link(t.Context(), "link"))), "doc")
}

func size(t *testing.T, s job.Store) {
	j := create(t, s, a(1))
	before := must[int64](t)(s.Size(t.Context()))
	add(t, s, j.ID, job.Piece{Data: make([]byte, 3<<20)})
	full := must[int64](t)(s.Size(t.Context()))
	if full < before+3<<20 || full > before+4<<20 {
		t.Errorf("3 MiB more: %d, then %d", before, full)
	}
	if err := s.Forget(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	if after := must[int64](t)(s.Size(t.Context())); after > before+256<<10 {
		t.Errorf("3 MiB fewer: %d, then %d", full, after)
	}
}

var ends = map[string]func(*testing.T, job.Store){
	"who does not wait gets an answer at once": cancelled,
	"a closed store fails":                     closed,
}

// everything calls each method once.
func everything(ctx context.Context, s job.Store, id string) map[string]error {
	all := map[string]error{}
	_, _, all["Create"] = s.Create(ctx, a(9))
	_, all["Job"] = s.Job(ctx, id)
	_, all["Change"] = s.Change(ctx, id, func(j *job.Job) error { j.Done++; return nil })
	_, all["Jobs"] = s.Jobs(ctx, job.Page{Limit: 1})
	all["Forget"] = s.Forget(ctx, id)
	_, all["AddPiece"] = s.AddPiece(ctx, id, job.Piece{})
	_, all["Pieces"] = s.Pieces(ctx, id, 0, 1)
	_, all["Tally"] = s.Tally(ctx, id)
	all["Remember"] = s.Remember(ctx, []job.Known{{}})
	_, all["Recall"] = s.Recall(ctx, []job.ContentKey{{}})
	_, all["PutLink"] = s.PutLink(ctx, "id", nil)
	_, all["Link"] = s.Link(ctx, "id")
	all["PutTrace"] = s.PutTrace(ctx, "sha", bytes.NewReader([]byte("a")))
	_, all["Trace"] = s.Trace(ctx, "sha")
	_, all["Trim"] = s.Trim(ctx, job.Limits{Age: 1}, time.Now())
	_, all["Size"] = s.Size(ctx)
	return all
}

func cancelled(t *testing.T, s job.Store) {
	j := create(t, s, a(1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	begin := time.Now()
	for name, err := range everything(ctx, s, j.ID) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
	same(t, must[job.Job](t)(s.Job(within(t, time.Minute), j.ID)), j) // and nothing is stuck
}

func closed(t *testing.T, s job.Store) {
	j := create(t, s, a(1))
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, err := range everything(within(t, time.Minute), s, j.ID) {
		if err == nil || errors.Is(err, job.ErrUnknown) {
			t.Errorf("%s: got %v", name, fmt.Sprint(err))
		}
	}
}
