// Package storetest is the contract of job.Store as tests: every sentence of its
// comments, for every store alike.
//
// A store joins in one line, and tells Hostile how to put bytes where a record should
// be. It leaves out what a store promises beyond the interface.
package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"monde/backend/job"
)

// Run holds a store to its contract. open returns an empty one, and closes it at the
// end of its test.
func Run(t *testing.T, open func(t *testing.T) job.Store) {
	for _, part := range []map[string]func(*testing.T, job.Store){
		jobs, pages, pieces, results, links, traces, trims, ends,
	} {
		for name, test := range part {
			t.Run(name, func(t *testing.T) { test(t, open(t)) })
		}
	}
	t.Run("behaves as a map would", func(t *testing.T) { model(t, open(t)) })
}

// began is when the jobs of these tests begin, each a second after the one before: before
// whatever a test keeps now.
var began = time.Date(2024, 11, 24, 12, 0, 0, 0, time.UTC)

// a returns a job; the nth is newer than those before.
func a(n int, set ...func(*job.Job)) job.Job {
	at := began.Add(time.Duration(n) * time.Second)
	j := job.Job{
		ID: job.NewID(at), Kind: job.Sweep, Client: "client", Asked: "asked", Engine: "1",
		Scenario: json.RawMessage(`{"model":"mixtral-8x7b"}`), Points: 1000, Size: 50, Created: at,
	}
	for _, f := range set {
		f(&j)
	}
	return j
}

// over makes a job one that ended seconds after it began.
func over(seconds int) func(*job.Job) {
	return func(j *job.Job) { j.Finished = j.Created.Add(time.Duration(seconds) * time.Second) }
}

// key gives a job an idempotency key.
func key(k string) func(*job.Job) { return func(j *job.Job) { j.Key = k } }

// of makes a job a client's.
func of(client string) func(*job.Job) { return func(j *job.Job) { j.Client = client } }

// content is the nth key of a result.
func content(n int) job.ContentKey { return sha256.Sum256(fmt.Append(nil, n)) }

// create keeps a job that must be new.
func create(t *testing.T, s job.Store, j job.Job) job.Job {
	t.Helper()
	kept, created, err := s.Create(t.Context(), j)
	if err != nil || !created {
		t.Fatalf("create %s: %t, %v", j.ID, created, err)
	}
	same(t, kept, j)
	return j
}

// add records a piece that must be new.
func add(t *testing.T, s job.Store, id string, p job.Piece) {
	t.Helper()
	if created, err := s.AddPiece(t.Context(), id, p); err != nil || !created {
		t.Fatalf("piece %d of %s: %t, %v", p.Number, id, created, err)
	}
}

// must fails on err.
func must[V any](t *testing.T) func(V, error) V {
	t.Helper()
	return func(v V, err error) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// same fails unless got is want.
func same(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %.2000v\nwant %.2000v", fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want))
	}
}

// ids are the names of jobs.
func ids(all []job.Job) []string {
	var names []string
	for _, j := range all {
		names = append(names, j.ID)
	}
	return names
}

// atOnce runs do n times, all at once.
func atOnce(n int, do func(i int)) {
	var begin, end sync.WaitGroup
	begin.Add(1)
	for i := range n {
		end.Go(func() { begin.Wait(); do(i) })
	}
	begin.Done()
	end.Wait()
}

// within is a context for what must be prompt.
func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}
