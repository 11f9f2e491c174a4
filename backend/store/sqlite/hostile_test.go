package sqlite_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"monde/backend/job"
	"monde/backend/store/sqlite"
	"monde/backend/store/storetest"
)

func TestARecordThatCannotBeReadHidesNoOther(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	storetest.Hostile(t, s, func(id string, raw []byte) {
		if err := s.Exec(t.Context(), `UPDATE jobs SET record = ? WHERE id = ?`, raw, id); err != nil {
			t.Fatal(err)
		}
	})
}

// fill adds pieces until there is no room, and returns how many were accepted.
func fill(t *testing.T, s *sqlite.Store, id string) (accepted int) {
	t.Helper()
	for n := range 1000 {
		created, err := s.AddPiece(t.Context(), id, job.Piece{Number: n, Rows: n, Data: make([]byte, 16<<10)})
		switch {
		case errors.Is(err, job.ErrFull):
			if !strings.Contains(err.Error(), "full") || len(err.Error()) <= len(job.ErrFull.Error()) {
				t.Errorf("%v: it does not say what SQLite said", err)
			}
			return accepted
		case err != nil || !created:
			t.Fatalf("piece %d: %t, %v", n, created, err)
		}
		accepted++
	}
	t.Fatal("there is no end to the room")
	return 0
}

// survives checks that a full store has what it accepted, says no to everything else,
// and goes on when there is room again.
func survives(t *testing.T, s *sqlite.Store, accepted int, j job.Job, makeRoom func()) {
	t.Helper()
	all, err := s.Pieces(t.Context(), j.ID, 0, 1000)
	if err != nil || len(all) != accepted {
		t.Fatalf("%d of %d pieces, %v", len(all), accepted, err)
	}
	for n, p := range all {
		if p.Number != n || p.Rows != n || len(p.Data) != 16<<10 {
			t.Errorf("piece %d is not what it was", n)
		}
	}
	known, keys := rows(500, 0)
	if err := s.Remember(t.Context(), known); !errors.Is(err, job.ErrFull) {
		t.Errorf("results: %v", err)
	}
	if got, err := s.Recall(t.Context(), keys); err != nil || len(got) != 0 {
		t.Errorf("half of what was refused is there: %d, %v", len(got), err)
	}
	if err := s.PutTrace(t.Context(), "t", strings.NewReader(strings.Repeat("x", 4<<20))); !errors.Is(err, job.ErrFull) {
		t.Errorf("trace: %v", err)
	}
	makeRoom()
	if created, err := s.AddPiece(t.Context(), j.ID, job.Piece{Number: accepted, Data: make([]byte, 16<<10)}); err != nil || !created {
		t.Errorf("with room again: %t, %v", created, err)
	}
	if err := s.Remember(t.Context(), known[:50]); err != nil {
		t.Errorf("with room again: %v", err)
	}
}

func start(t *testing.T, s *sqlite.Store) job.Job {
	t.Helper()
	j := example(1)
	if _, _, err := s.Create(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	return j
}

func TestAFullDatabaseLosesNothingThatItAccepted(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	j := start(t, s)
	if err := s.Exec(t.Context(), `PRAGMA max_page_count = 200`); err != nil {
		t.Fatal(err)
	}
	survives(t, s, fill(t, s, j.ID), j, func() {
		if err := s.Exec(t.Context(), `PRAGMA max_page_count = 4294967294`); err != nil {
			t.Fatal(err)
		}
	})
}

// mount mounts a small file system, or skips the test where that is not allowed.
func mount(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("no file system can be mounted here: %s", out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %s", out)
		}
	})
	return dir
}

func TestAFullDiskLosesNothingThatWasAccepted(t *testing.T) {
	dir := mount(t)
	s := open(t, dir, sqlite.Options{})
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 512<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	j := start(t, s)
	survives(t, s, fill(t, s, j.ID), j, func() {
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	})
}

func TestAFullDiskCanBeTrimmed(t *testing.T) {
	dir := mount(t)
	s := open(t, dir, sqlite.Options{})
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 512<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	j := start(t, s)
	fill(t, s, j.ID)
	if err := os.Remove(ballast); err != nil { // without any room even a deletion has nowhere to be written
		t.Fatal(err)
	}
	if _, err := s.Change(t.Context(), j.ID, func(j *job.Job) error { j.Finished = j.Created; return nil }); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Trim(t.Context(), job.Limits{Bytes: 200 << 10}, time.Now()); err != nil || got.Jobs != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestADirectoryThatCannotBeWrittenToIsRefused(t *testing.T) {
	dir := mount(t)
	s := open(t, dir, sqlite.Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-o", "remount,ro", dir).CombinedOutput(); err != nil {
		t.Skipf("it cannot be mounted again: %s", out)
	}
	check := func(dir string) {
		t.Helper()
		_, err := sqlite.New(t.Context(), dir, sqlite.Options{})
		if err == nil || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), "read-only") {
			t.Errorf("got %v, want an error that names %s and says why", err, dir)
		}
	}
	check(dir)
	if err := exec.Command("mount", "-o", "remount,rw", dir).Run(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, sqlite.File)); err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("mount", "-o", "remount,ro", dir).Run(); err != nil {
		t.Fatal(err)
	}
	check(dir)
	check(filepath.Join(dir, "sub"))
}

func TestAPathThatIsNoDirectoryIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.New(t.Context(), file, sqlite.Options{}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v", err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, sqlite.File), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.New(t.Context(), dir, sqlite.Options{}); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
}

func TestADatabaseThatIsDamagedIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, sqlite.File), []byte(strings.Repeat("not a database", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.New(t.Context(), dir, sqlite.Options{}); err == nil || !strings.Contains(err.Error(), "not a database") {
		t.Errorf("got %v", err)
	}
}

func TestPartsThatACrashLeftAreForgotten(t *testing.T) {
	s := open(t, t.TempDir(), sqlite.Options{})
	if err := s.PutTrace(t.Context(), "kept", strings.NewReader("kept")); err != nil {
		t.Fatal(err)
	}
	empty, err := s.Size(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(t.Context(), `INSERT INTO uploads (id, at) VALUES (99, ?)`, time.Now().UnixMicro()); err != nil {
		t.Fatal(err)
	}
	if err := s.Exec(t.Context(), `INSERT INTO parts VALUES (99, 0, zeroblob(1000000))`); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		left  bool // somebody may still be writing the rest
	}{{0, true}, {3 * time.Hour, false}} {
		if _, err := s.Trim(t.Context(), job.Limits{}, time.Now().Add(c.after)); err != nil {
			t.Fatal(err)
		}
		if size, err := s.Size(t.Context()); err != nil || size > empty+500_000 != c.left {
			t.Errorf("%v later: %d bytes, %d without the parts, %v", c.after, size, empty, err)
		}
	}
	if r, err := s.Trace(t.Context(), "kept"); err != nil || r.Close() != nil {
		t.Errorf("the trace that is named is gone: %v", err)
	}
}
