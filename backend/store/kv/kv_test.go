package kv_test

import (
	"log/slog"
	"testing"

	"go.uber.org/goleak"

	"monde/backend/bus"
	"monde/backend/job"
	"monde/backend/store/kv"
	"monde/backend/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// engine is a cluster of one, without ports.
func engine(t testing.TB) *bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func open(t testing.TB, b *bus.Bus) *kv.Store {
	t.Helper()
	s, err := kv.New(t.Context(), b.JS, kv.Options{})
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

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T) job.Store { return open(t, engine(t)) })
}

func TestARecordThatCannotBeReadHidesNoOther(t *testing.T) {
	b := engine(t)
	s := open(t, b)
	storetest.Hostile(t, s, func(id string, raw []byte) {
		jobs, err := b.JS.KeyValue(t.Context(), kv.Jobs)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := jobs.Put(t.Context(), id, raw); err != nil {
			t.Fatal(err)
		}
	})
}
