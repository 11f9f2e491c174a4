package sqlite_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"monde/backend/job"
	"monde/backend/store/sqlite"
)

// raw runs statements on the file of a directory, as some other program would.
func raw(t *testing.T, dir string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlite.File))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestADatabaseOfVersion1GoesOn(t *testing.T) {
	dir := t.TempDir()
	first, err := os.ReadFile("migration/0001_jobs.sql")
	if err != nil {
		t.Fatal(err)
	}
	// The record is written out, as the first release wrote it.
	raw(t, dir, string(first), `PRAGMA user_version = 1`,
		`INSERT INTO jobs (id, client, key, kind, record) VALUES ('019a', 'c', 'k', 'run',
			'{"v":1,"id":"019a","kind":"run","client":"c","key":"k","asked":"","engine":"1","cost_ms":3,"title":"","model":"","machine":"","strategy":"",
			"scenario":{},"points":1,"size":1,"state":"waiting","done":0,"bad":0,"reused":0,"bytes":0,"created":"2026-11-24T00:00:00Z"}')`,
		`INSERT INTO pieces VALUES ('019a', 0, 1, 0, 0, 'data')`,
		`INSERT INTO links VALUES ('l', 'doc')`)
	for range 2 { // the second time there is nothing to do
		s := open(t, dir, sqlite.Options{})
		if j, err := s.Job(t.Context(), "019a"); err != nil || j.Cost != 3 {
			t.Errorf("got %+v, %v", j, err)
		}
		if all, err := s.Pieces(t.Context(), "019a", 0, 9); err != nil || len(all) != 1 || string(all[0].Data) != "data" {
			t.Errorf("got %+v, %v", all, err)
		}
		if err := s.PutTrace(t.Context(), "new in version 2", strings.NewReader("trace")); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestADatabaseThatThisProgramDoesNotKnowIsRefused(t *testing.T) {
	check := func(dir, want string) {
		t.Helper()
		_, err := sqlite.New(t.Context(), dir, sqlite.Options{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), dir) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	newer := t.TempDir()
	if err := open(t, newer, sqlite.Options{}).Close(); err != nil {
		t.Fatal(err)
	}
	raw(t, newer, `PRAGMA user_version = 99`)
	check(newer, "version 99")
	foreign := t.TempDir()
	raw(t, foreign, `CREATE TABLE jobs (x)`)
	check(foreign, "some other program")
}

func TestSeveralMayOpenANewRecordAtOnce(t *testing.T) {
	dir, done := t.TempDir(), make(chan error)
	const many = 4
	for range many {
		go func() {
			s, err := sqlite.New(context.Background(), dir, sqlite.Options{})
			if err == nil {
				_, _, err = s.Create(context.Background(), example(1))
			}
			if s != nil {
				_ = s.Close()
			}
			done <- err
		}()
	}
	for range many {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	all, err := open(t, dir, sqlite.Options{}).Jobs(t.Context(), job.Page{Limit: 9})
	if err != nil || len(all) != many {
		t.Errorf("%d jobs of %d, %v", len(all), many, err)
	}
}
