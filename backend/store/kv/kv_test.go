package kv_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"monde/backend/job"
	"monde/backend/store/kv"
	"monde/backend/store/record"
	"monde/backend/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve starts a server that listens to nobody but this process. room is how many bytes
// it stores; 0: any amount.
func serve(t testing.TB, dir string, room int64) (jetstream.JetStream, func()) {
	t.Helper()
	s, err := server.NewServer(&server.Options{
		DontListen: true, JetStream: true, StoreDir: dir, JetStreamMaxStore: room, NoSigs: true, NoLog: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(30 * time.Second) {
		t.Fatal("the server does not start")
	}
	conn, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(conn)
	if err != nil {
		t.Fatal(err)
	}
	return js, func() {
		conn.Close()
		s.Shutdown()
		s.WaitForShutdown()
	}
}

func started(t testing.TB, room int64) jetstream.JetStream {
	js, stop := serve(t, t.TempDir(), room)
	t.Cleanup(stop)
	return js
}

func open(t testing.TB, js jetstream.JetStream, opt kv.Options) *kv.Store {
	t.Helper()
	s, err := kv.New(t.Context(), js, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func example(n int) job.Job {
	at := time.Date(2026, 11, 24, 0, 0, n, 0, time.UTC)
	return job.Job{
		ID: job.NewID(at), Kind: job.Sweep, Client: "c", Key: "k", Scenario: json.RawMessage(`{"model":"mixtral-8x7b"}`),
		Points: 1_000_000, Size: 50, Created: at,
	}
}

// TestStore starts one server, and gives each test buckets of its own in it.
func TestStore(t *testing.T) {
	js, n := started(t, 0), 0
	storetest.Run(t, func(t *testing.T) job.Store {
		n++
		return open(t, js, kv.Options{Prefix: fmt.Sprint("test", n)})
	})
}

func TestARecordThatCannotBeReadHidesNoOther(t *testing.T) {
	js := started(t, 0)
	for _, bare := range []bool{false, true} {
		t.Run(fmt.Sprint("without headers: ", bare), func(t *testing.T) {
			s := open(t, js, kv.Options{Prefix: fmt.Sprint("bare-", bare)})
			storetest.Hostile(t, s, func(id string, raw []byte) {
				if err := s.Plant(t.Context(), id, raw, bare); err != nil {
					t.Fatal(err)
				}
			})
		})
	}
}

func TestWhatWasAnsweredIsThereAfterARestart(t *testing.T) {
	dir, j := t.TempDir(), example(1)
	js, stop := serve(t, dir, 0)
	s := open(t, js, kv.Options{})
	if _, _, err := s.Create(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddPiece(t.Context(), j.ID, job.Piece{Number: 3, Data: make([]byte, 1<<20)}); err != nil {
		t.Fatal(err)
	}
	stop()
	js, stop = serve(t, dir, 0)
	defer stop()
	s = open(t, js, kv.Options{})
	if got, err := s.Pieces(t.Context(), j.ID, 0, 9); err != nil || len(got) != 1 || len(got[0].Data) != 1<<20 {
		t.Errorf("%d pieces, %v", len(got), err)
	}
	if kept, created, err := s.Create(t.Context(), example(2)); err != nil || created || kept.ID != j.ID {
		t.Errorf("got %s, %t, %v", kept.ID, created, err)
	}
}

func TestAClaimWithoutItsJobIsFinishedByWhoeverComesNext(t *testing.T) {
	s, j := open(t, started(t, 0), kv.Options{}), example(1)
	raw, err := record.Encode(j)
	if err != nil {
		t.Fatal(err)
	}
	claim := fmt.Appendf(nil, `{"id":%q,"record":%s}`, j.ID, raw)
	if err := s.Claim(t.Context(), kv.KeyOf(j), claim); err != nil {
		t.Fatal(err)
	}
	kept, created, err := s.Create(t.Context(), example(2))
	if err != nil || created || kept.ID != j.ID {
		t.Fatalf("got %s, %t, %v", kept.ID, created, err)
	}
	if all, err := s.Jobs(t.Context(), job.Page{Limit: 9}); err != nil || len(all) != 1 {
		t.Errorf("%d jobs, %v", len(all), err)
	}
	if err := s.Forget(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Keys(t.Context()); err != nil || n != 0 {
		t.Errorf("%d keys are left of nothing, %v", n, err)
	}
}

func TestAClaimOfAForgottenJobIsTakenOver(t *testing.T) {
	s, j := open(t, started(t, 0), kv.Options{}), example(1)
	if err := s.Claim(t.Context(), kv.KeyOf(j), []byte(`{"id":"forgotten"}`)); err != nil {
		t.Fatal(err)
	}
	if kept, created, err := s.Create(t.Context(), j); err != nil || !created || kept.ID != j.ID {
		t.Fatalf("got %s, %t, %v", kept.ID, created, err)
	}
	if kept, created, err := s.Create(t.Context(), example(2)); err != nil || created || kept.ID != j.ID {
		t.Errorf("got %s, %t, %v", kept.ID, created, err)
	}
}

func TestAClaimThatCannotBeReadIsAnError(t *testing.T) {
	s, j := open(t, started(t, 0), kv.Options{}), example(1)
	if err := s.Claim(t.Context(), kv.KeyOf(j), []byte("\x00")); err != nil {
		t.Fatal(err)
	}
	if _, created, err := s.Create(t.Context(), j); err == nil || created || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("got %t, %v", created, err)
	}
}

func TestPartsThatNothingNamesAreForgotten(t *testing.T) {
	s, j, ctx := open(t, started(t, 0), kv.Options{}), example(1), t.Context()
	if _, _, err := s.Create(ctx, j); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AddPiece(ctx, j.ID, job.Piece{Data: make([]byte, 1<<20)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Remember(ctx, []job.Known{{Data: make([]byte, 1<<20)}}); err != nil {
		t.Fatal(err)
	}
	if err := s.Orphan(ctx); err != nil {
		t.Fatal(err)
	}
	parts := func(after time.Duration, l job.Limits, want int) {
		t.Helper()
		if _, err := s.Trim(ctx, l, time.Now().Add(after)); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Parts(ctx); err != nil || n != want {
			t.Errorf("%d parts, want %d; %v", n, want, err)
		}
	}
	parts(0, job.Limits{}, 5) // somebody may be writing the rest
	parts(3*time.Hour, job.Limits{}, 4)
	parts(3*time.Hour, job.Limits{Age: time.Hour}, 4) // of the result too, the next time
	parts(3*time.Hour, job.Limits{}, 2)
	if err := s.Forget(ctx, j.ID); err != nil {
		t.Fatal(err)
	}
	parts(0, job.Limits{}, 0)
}

func TestAFullServerLosesNothingThatItAccepted(t *testing.T) {
	s, j, ctx := open(t, started(t, 4<<20), kv.Options{}), example(1), t.Context()
	if _, _, err := s.Create(ctx, j); err != nil {
		t.Fatal(err)
	}
	var refused error
	accepted := 0
	for ; refused == nil && accepted < 100; accepted++ {
		_, refused = s.AddPiece(ctx, j.ID, job.Piece{Number: accepted, Rows: accepted, Data: make([]byte, 100_000)})
	}
	accepted--
	if !errors.Is(refused, job.ErrFull) || len(refused.Error()) <= len(job.ErrFull.Error()) {
		t.Fatalf("piece %d: %v", accepted, refused)
	}
	if _, err := s.AddPiece(ctx, j.ID, job.Piece{Number: 1000, Data: make([]byte, 1<<20)}); !errors.Is(err, job.ErrFull) {
		t.Errorf("a large piece: %v", err)
	}
	if n, err := s.Parts(ctx); err != nil || n != 0 {
		t.Errorf("%d parts are left of what was refused, %v", n, err)
	}
	if err := s.Remember(ctx, []job.Known{{Data: make([]byte, 200_000)}}); !errors.Is(err, job.ErrFull) {
		t.Errorf("result: %v", err)
	}
	if err := s.PutTrace(ctx, "t", strings.NewReader(strings.Repeat("x", 1<<20))); !errors.Is(err, job.ErrFull) {
		t.Errorf("trace: %v", err)
	}
	all, err := s.Pieces(ctx, j.ID, 0, 1000)
	if err != nil || len(all) != accepted {
		t.Fatalf("%d of %d pieces, %v", len(all), accepted, err)
	}
	if err := s.Forget(ctx, j.ID); err != nil { // which needs no room
		t.Fatal(err)
	}
	if _, created, err := s.Create(ctx, j); err != nil || !created {
		t.Errorf("with room again: %t, %v", created, err)
	}
}

func TestARecordThatNoMessageHoldsIsRefused(t *testing.T) {
	s, j := open(t, started(t, 0), kv.Options{}), example(1)
	j.Title = strings.Repeat("x", 1<<20)
	if _, _, err := s.Create(t.Context(), j); err == nil || !strings.Contains(err.Error(), "1040384") {
		t.Errorf("got %v, want an error with the limit", err)
	}
}

func TestBucketsOfAnotherLayoutAreRefused(t *testing.T) {
	js := started(t, 0)
	_, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "KV_monde_jobs", Subjects: []string{"$KV.monde_jobs.>"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kv.New(t.Context(), js, kv.Options{}); err == nil || !strings.Contains(err.Error(), "monde_jobs") {
		t.Errorf("got %v", err)
	}
}

func TestTwoServersOfOneClusterShareARecord(t *testing.T) {
	js := started(t, 0)
	a, b := open(t, js, kv.Options{}), open(t, js, kv.Options{})
	j := example(1)
	if _, _, err := a.Create(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	if kept, created, err := b.Create(t.Context(), example(2)); err != nil || created || kept.ID != j.ID {
		t.Errorf("got %s, %t, %v", kept.ID, created, err)
	}
}

func rows(n, from int) (all []job.Known, keys []job.ContentKey) {
	for i := range n {
		k := sha256.Sum256(fmt.Append(nil, from+i))
		all, keys = append(all, job.Known{Key: k, Data: make([]byte, 200)}), append(keys, k)
	}
	return all, keys
}

// BenchmarkPieceOf50 is what a worker's answer costs: a piece of 50 points, and their
// 50 results by content.
func BenchmarkPieceOf50(b *testing.B) {
	s, j, n := open(b, started(b, 0), kv.Options{}), example(1), 0
	if _, _, err := s.Create(context.Background(), j); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		all, _ := rows(50, 50*n)
		if _, err := s.AddPiece(b.Context(), j.ID, job.Piece{Number: n, Rows: 50, Data: make([]byte, 4000)}); err != nil {
			b.Fatal(err)
		}
		if err := s.Remember(b.Context(), all); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

func BenchmarkRecall50(b *testing.B) {
	s := open(b, started(b, 0), kv.Options{})
	all, _ := rows(20_000, 0)
	if err := s.Remember(b.Context(), all); err != nil {
		b.Fatal(err)
	}
	_, keys := rows(50, 7000)
	for b.Loop() {
		if known, err := s.Recall(b.Context(), keys); err != nil || len(known) != 50 {
			b.Fatal(len(known), err)
		}
	}
}

func BenchmarkTally(b *testing.B) {
	s, j := open(b, started(b, 0), kv.Options{}), example(1)
	if _, _, err := s.Create(b.Context(), j); err != nil {
		b.Fatal(err)
	}
	for n := range 5000 {
		if _, err := s.AddPiece(b.Context(), j.ID, job.Piece{Number: n, Rows: 50, Data: make([]byte, 4000)}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if all, err := s.Tally(b.Context(), j.ID); err != nil || len(all) != 5000 {
			b.Fatal(len(all), err)
		}
	}
}
