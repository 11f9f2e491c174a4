package storetest

import (
	"errors"
	"sync/atomic"
	"testing"

	"monde/backend/job"
	"monde/core/sweep"
	"monde/core/wire"
)

var jobs = map[string]func(*testing.T, job.Store){
	"a job is kept as it is":                     keeps,
	"an unknown job is ErrUnknown":               unknown,
	"a job is created once":                      once,
	"a key stands for its client's first job":    keyed,
	"of many with one key, at once, one is kept": race,
	"changes lose nothing of each other":         counts,
	"a change that fails changes nothing":        fails,
	"a change keeps who a job is":                keepsIdentity,
	"what is forgotten is gone with its pieces":  forgets,
	"a forgotten job's key is free":              frees,
}

func keeps(t *testing.T, s job.Store) {
	j := a(1, over(2), func(j *job.Job) {
		j.Sweep = &sweep.Spec{Method: sweep.Random, Axes: []sweep.Axis{{Path: "workload.batch", From: 1, To: 8}}, Points: 9, Seed: 1 << 52}
		j.Failed = &wire.Failed{Code: wire.CodeInternal, Reason: "<é> & \u2028"}
		j.Started, j.Done, j.Bad, j.Reused, j.Bytes, j.Digest = j.Created.Add(1), 3, 2, 1, 1<<40, "d"
		j.Title, j.Model, j.Machine, j.Strategy, j.Cost = "a title", "a model", "a machine", "a strategy", 1<<40
	})
	create(t, s, j)
	same(t, must[job.Job](t)(s.Job(t.Context(), j.ID)), j)
}

func unknown(t *testing.T, s job.Store) {
	for _, id := range []string{"", "none", "*", ">", "a.b", "a b", "../x", "'; --", "\x00"} {
		if _, err := s.Job(t.Context(), id); !errors.Is(err, job.ErrUnknown) {
			t.Errorf("job %q: %v", id, err)
		}
		if _, err := s.Change(t.Context(), id, func(*job.Job) error { return nil }); !errors.Is(err, job.ErrUnknown) {
			t.Errorf("change of %q: %v", id, err)
		}
		if _, err := s.AddPiece(t.Context(), id, job.Piece{}); !errors.Is(err, job.ErrUnknown) {
			t.Errorf("piece of %q: %v", id, err)
		}
		if err := s.Forget(t.Context(), id); err != nil {
			t.Errorf("forget %q: %v", id, err)
		}
		same(t, len(must[[]job.Piece](t)(s.Pieces(t.Context(), id, 0, 9))), 0)
		same(t, len(must[[]job.Piece](t)(s.Tally(t.Context(), id))), 0)
	}
}

func once(t *testing.T, s job.Store) {
	j := create(t, s, a(1))
	again := j
	again.Title = "another"
	if _, created, err := s.Create(t.Context(), again); err == nil || created {
		t.Errorf("a second job of one ID: %t, %v", created, err)
	}
	same(t, must[job.Job](t)(s.Job(t.Context(), j.ID)), j)
}

func keyed(t *testing.T, s job.Store) {
	first := create(t, s, a(1, key("k")))
	kept, created, err := s.Create(t.Context(), a(2, key("k")))
	if err != nil || created {
		t.Fatalf("a second job of one key: %t, %v", created, err)
	}
	same(t, kept, first)
	// Neither another client nor a separator in a name makes one key of two.
	create(t, s, a(3, key("k"), of("other")))
	create(t, s, a(4, key("b c"), of("a")))
	create(t, s, a(5, key("c"), of("a b")))
	create(t, s, a(6))
	create(t, s, a(7)) // no key is not a key
	done, err := s.Change(t.Context(), first.ID, func(j *job.Job) error { over(1)(j); return nil })
	if err != nil {
		t.Fatal(err)
	}
	kept, created, err = s.Create(t.Context(), a(8, key("k")))
	if err != nil || created {
		t.Fatalf("once the first is over: %t, %v", created, err)
	}
	same(t, kept, done)
}

func race(t *testing.T, s job.Store) {
	const many = 32
	var created atomic.Int32
	var kept [many]string
	atOnce(many, func(i int) {
		j, fresh, err := s.Create(t.Context(), a(i, key("k")))
		if err != nil {
			t.Error(err)
		}
		if fresh {
			created.Add(1)
		}
		kept[i] = j.ID
	})
	same(t, created.Load(), int32(1))
	for i := range kept {
		same(t, kept[i], kept[0])
	}
	same(t, ids(must[[]job.Job](t)(s.Jobs(t.Context(), job.Page{Limit: 2 * many}))), []string{kept[0]})
}

func counts(t *testing.T, s job.Store) {
	const many, each = 16, 4
	j := create(t, s, a(1))
	atOnce(many, func(int) {
		for range each {
			if _, err := s.Change(t.Context(), j.ID, func(j *job.Job) error { j.Done++; return nil }); err != nil {
				t.Error(err)
			}
		}
	})
	same(t, must[job.Job](t)(s.Job(t.Context(), j.ID)).Done, many*each)
}

func fails(t *testing.T, s job.Store) {
	j, boom := create(t, s, a(1)), errors.New("boom")
	_, err := s.Change(t.Context(), j.ID, func(j *job.Job) error { j.Done = 9; return boom })
	if !errors.Is(err, boom) {
		t.Errorf("got %v, want what the change said", err)
	}
	same(t, must[job.Job](t)(s.Job(t.Context(), j.ID)), j)
	changed := must[job.Job](t)(s.Change(t.Context(), j.ID, func(j *job.Job) error { j.Done = 7; return nil }))
	same(t, changed.Done, 7)
	same(t, must[job.Job](t)(s.Job(t.Context(), j.ID)), changed)
}

func keepsIdentity(t *testing.T, s job.Store) {
	j := create(t, s, a(1, key("k")))
	for _, touch := range []func(*job.Job){
		func(j *job.Job) { j.ID = "x" }, key("l"), of("other"), func(j *job.Job) { j.Created = began },
	} {
		if _, err := s.Change(t.Context(), j.ID, func(j *job.Job) error { touch(j); return nil }); err == nil {
			t.Error("a change touched what never changes")
		}
	}
	same(t, must[job.Job](t)(s.Job(t.Context(), j.ID)), j)
}

func forgets(t *testing.T, s job.Store) {
	j, other := create(t, s, a(1)), create(t, s, a(2))
	add(t, s, j.ID, job.Piece{Number: 3, Rows: 1, Data: []byte("a")})
	add(t, s, j.ID, job.Piece{Number: 4, Rows: 1, Data: make([]byte, 2<<20)})
	add(t, s, other.ID, job.Piece{Number: 3, Rows: 1, Data: []byte("b")})
	for range 2 {
		if err := s.Forget(t.Context(), j.ID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Job(t.Context(), j.ID); !errors.Is(err, job.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	if _, err := s.AddPiece(t.Context(), j.ID, job.Piece{Number: 5}); !errors.Is(err, job.ErrUnknown) {
		t.Errorf("a piece of a forgotten job: %v", err)
	}
	create(t, s, j) // nothing of the old one comes back
	same(t, len(must[[]job.Piece](t)(s.Tally(t.Context(), j.ID))), 0)
	same(t, len(must[[]job.Piece](t)(s.Tally(t.Context(), other.ID))), 1)
}

func frees(t *testing.T, s job.Store) {
	first := create(t, s, a(1, key("k")))
	if err := s.Forget(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	create(t, s, a(2, key("k")))
}
