package sqlite_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"monde/backend/job"
	"monde/backend/store/sqlite"
	"monde/backend/store/storetest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victim); dir != "" {
		beVictim(dir)
	}
	goleak.VerifyTestMain(m)
}

func open(t testing.TB, dir string, opt sqlite.Options) *sqlite.Store {
	t.Helper()
	s, err := sqlite.New(t.Context(), dir, opt)
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
	storetest.Run(t, func(t *testing.T) job.Store { return open(t, t.TempDir(), sqlite.Options{}) })
}
