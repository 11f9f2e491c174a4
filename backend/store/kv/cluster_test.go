package kv_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/bus"
	"monde/backend/job"
	"monde/backend/store/kv"
)

func example(n int) job.Job {
	at := time.Date(2026, 11, 24, 0, 0, n, 0, time.UTC)
	return job.Job{
		ID: job.NewID(at), Kind: job.Sweep, Client: "c", Scenario: json.RawMessage(`{"model":"mixtral-8x7b"}`),
		Points: 1_000_000, Size: 50, Created: at,
	}
}

func create(t testing.TB, s *kv.Store, j job.Job) job.Job {
	t.Helper()
	if _, created, err := s.Create(t.Context(), j); err != nil || !created {
		t.Fatal(created, err)
	}
	return j
}

// eventually waits until it is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for range 1000 {
		if so() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("never: " + what)
}

func list(t *testing.T, s *kv.Store, p job.Page) (ids []string) {
	t.Helper()
	p.Limit = 100
	all, err := s.Jobs(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range all {
		ids = append(ids, j.ID)
	}
	return ids
}

func TestServersOfOneClusterShareTheRecord(t *testing.T) {
	b := engine(t)
	one, two := open(t, b), open(t, b)
	j := create(t, one, example(1))
	// By its name at once, in lists a moment later.
	if got, err := two.Job(t.Context(), j.ID); err != nil || got.ID != j.ID {
		t.Fatal(got, err)
	}
	later := create(t, two, example(2))
	eventually(t, "both are listed by both", func() bool {
		return len(list(t, one, job.Page{})) == 2 && len(list(t, two, job.Page{})) == 2
	})
	if created, err := two.AddPiece(t.Context(), j.ID, job.Piece{Number: 3, Rows: 4, Data: []byte("a")}); err != nil || !created {
		t.Fatal(created, err)
	}
	if created, err := one.AddPiece(t.Context(), j.ID, job.Piece{Number: 3}); err != nil || created {
		t.Fatal(created, err)
	}
	for _, s := range []*kv.Store{one, two} {
		if all, err := s.Pieces(t.Context(), j.ID, 0, 9); err != nil || len(all) != 1 || all[0].Rows != 4 {
			t.Fatal(all, err)
		}
	}
	end := func(j *job.Job) error { j.Finished = j.Created.Add(1); return nil }
	if _, err := two.Change(t.Context(), j.ID, end); err != nil {
		t.Fatal(err)
	}
	eventually(t, "one knows that it is over", func() bool { return len(list(t, one, job.Page{Live: true})) == 1 })
	if err := two.Forget(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	eventually(t, "one knows that it is gone", func() bool { return fmt.Sprint(list(t, one, job.Page{})) == fmt.Sprint([]string{later.ID}) })
	if _, err := one.AddPiece(t.Context(), j.ID, job.Piece{Number: 4}); !errors.Is(err, job.ErrUnknown) {
		t.Errorf("a piece of a job that another server forgot: %v", err)
	}
}

func TestAServerThatStartsKnowsWhatWasThere(t *testing.T) {
	b := engine(t)
	one := open(t, b)
	var want []string
	for _, n := range []int{4, 1, 3, 2} {
		want = append(want, create(t, one, example(n)).ID)
	}
	if err := one.Forget(t.Context(), want[3]); err != nil {
		t.Fatal(err)
	}
	if got := list(t, open(t, b), job.Page{}); fmt.Sprint(got) != fmt.Sprint([]string{want[0], want[2], want[1]}) {
		t.Errorf("got %v of %v", got, want)
	}
}

func TestAKeyWhoseJobWasNeverMadeIsTakenOver(t *testing.T) {
	b := engine(t)
	s := open(t, b)
	j := example(1)
	j.Key = "k"
	create(t, s, j)
	jobs, err := b.JS.Stream(t.Context(), "KV_"+kv.Jobs)
	if err != nil {
		t.Fatal(err)
	}
	if err := jobs.Purge(t.Context()); err != nil { // as if the server had died between the two
		t.Fatal(err)
	}
	again := example(2)
	again.Key = "k"
	kept, created, err := open(t, b).Create(t.Context(), again)
	if err != nil || !created || kept.ID != again.ID {
		t.Errorf("got %s, %t, %v", kept.ID, created, err)
	}
}

// bound sets how much a bucket may hold.
func bound(t *testing.T, b *bus.Bus, bucket string, limit int64) {
	t.Helper()
	s, err := b.JS.Stream(t.Context(), "KV_"+bucket)
	if err != nil {
		t.Fatal(err)
	}
	c := s.CachedInfo().Config
	c.MaxBytes = limit
	if _, err := b.JS.UpdateStream(t.Context(), c); err != nil {
		t.Fatal(err)
	}
}

func TestAFullBucketLosesNothingThatItAccepted(t *testing.T) {
	b := engine(t)
	s := open(t, b)
	j := create(t, s, example(1))
	bound(t, b, kv.Pieces, 3<<20)
	s = open(t, b) // which leaves the bound as it is
	accepted := 0
	for size := 16 << 10; ; accepted++ {
		_, err := s.AddPiece(t.Context(), j.ID, job.Piece{Number: accepted, Rows: accepted, Data: make([]byte, size)})
		if errors.Is(err, job.ErrFull) {
			if !strings.Contains(err.Error(), "maximum bytes") {
				t.Errorf("%v: it does not say what the cluster said", err)
			}
			break
		}
		if err != nil || accepted > 1000 {
			t.Fatal(accepted, err)
		}
	}
	if _, err := s.AddPiece(t.Context(), j.ID, job.Piece{Number: accepted, Data: make([]byte, 1<<20)}); !errors.Is(err, job.ErrFull) {
		t.Errorf("one that is cut: %v", err)
	}
	all, err := s.Pieces(t.Context(), j.ID, 0, 1000)
	if err != nil || len(all) != accepted || accepted == 0 {
		t.Fatalf("%d of %d pieces, %v", len(all), accepted, err)
	}
	bound(t, b, kv.Pieces, -1)
	if created, err := s.AddPiece(t.Context(), j.ID, job.Piece{Number: accepted, Data: make([]byte, 1<<20)}); err != nil || !created {
		t.Errorf("with room again: %t, %v", created, err)
	}
}

func TestAJobThatFindsNoRoomLeavesItsKeyFree(t *testing.T) {
	b := engine(t)
	s := open(t, b)
	bound(t, b, kv.Jobs, 100)
	j := example(1)
	j.Key = "k"
	if _, created, err := s.Create(t.Context(), j); !errors.Is(err, job.ErrFull) || created {
		t.Fatal(created, err)
	}
	bound(t, b, kv.Jobs, -1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second) // not after the key is thought abandoned
	defer cancel()
	if _, created, err := s.Create(ctx, j); err != nil || !created {
		t.Error(created, err)
	}
}

// subjects returns how many messages a bucket has under a pattern of keys.
func subjects(t *testing.T, b *bus.Bus, bucket, pattern string) int {
	t.Helper()
	s, err := b.JS.Stream(t.Context(), "KV_"+bucket)
	if err != nil {
		t.Fatal(err)
	}
	info, err := s.Info(t.Context(), jetstream.WithSubjectFilter("$KV."+bucket+"."+pattern))
	if err != nil {
		t.Fatal(err)
	}
	return len(info.State.Subjects)
}

func TestTrimClearsWhatACrashLeft(t *testing.T) {
	b := engine(t)
	s := open(t, b)
	trace := bytes.Repeat([]byte("trace"), 300_000)
	if err := s.PutTrace(t.Context(), "whole", bytes.NewReader(trace)); err != nil {
		t.Fatal(err)
	}
	for n := range 3 {
		if _, err := b.JS.Publish(t.Context(), fmt.Sprintf("$KV.%s.habcd.UPLOAD.%d", kv.Traces, n), trace[:1000]); err != nil {
			t.Fatal(err)
		}
	}
	check := func(now time.Time, parts, all int) {
		t.Helper()
		if _, err := s.Trim(t.Context(), job.Limits{}, now); err != nil {
			t.Fatal(err)
		}
		if got := subjects(t, b, kv.Traces, "habcd.>"); got != parts {
			t.Errorf("%d parts are left, want %d", got, parts)
		}
		if got := subjects(t, b, kv.Traces, ">"); got != all {
			t.Errorf("%d messages are left, want %d", got, all)
		}
	}
	check(time.Now(), 3, 7) // the upload may go on
	check(time.Now().Add(3*time.Hour), 0, 4)
}

func TestAResultThatLostAPartCanBeKeptAgain(t *testing.T) {
	b := engine(t)
	s := open(t, b)
	known := job.Known{Data: make([]byte, 1<<20)}
	if err := s.Remember(t.Context(), []job.Known{known}); err != nil {
		t.Fatal(err)
	}
	results, err := b.JS.Stream(t.Context(), "KV_"+kv.Results)
	if err != nil {
		t.Fatal(err)
	}
	if err := results.Purge(t.Context(), jetstream.WithPurgeSequence(2)); err != nil {
		t.Fatal(err)
	}
	keys := []job.ContentKey{known.Key}
	if got, err := s.Recall(t.Context(), keys); err != nil || len(got) != 0 {
		t.Fatal(len(got), err)
	}
	if err := s.Remember(t.Context(), []job.Known{known}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Recall(t.Context(), keys); err != nil || len(got[known.Key]) != 1<<20 {
		t.Fatal(len(got), err)
	}
}
