package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"monde/backend/job"
	"monde/backend/store/sqlite"
)

// victim, if set, is the directory that this process writes to until it is killed.
const victim = "MONDE_TEST_VICTIM"

// beVictim adds pieces, and prints the number of each once it is recorded.
func beVictim(dir string) {
	ctx := context.Background()
	s, err := sqlite.New(ctx, dir, sqlite.Options{})
	if err != nil {
		panic(err)
	}
	j := example(1)
	if _, _, err := s.Create(ctx, j); err != nil {
		panic(err)
	}
	for n := 0; ; n++ {
		if _, err := s.AddPiece(ctx, j.ID, job.Piece{Number: n, Rows: n, Data: make([]byte, 5000)}); err != nil {
			panic(err)
		}
		fmt.Println(n)
	}
}

// killed runs a victim, and kills it when it has recorded that many pieces.
func killed(t *testing.T, dir string, pieces int, meanwhile func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victim+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range pieces {
		if !lines.Scan() {
			t.Fatal("it ended by itself")
		}
	}
	meanwhile()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
}

func TestWhatWasAnsweredSurvivesAKill(t *testing.T) {
	dir := t.TempDir()
	killed(t, dir, 300, func() {})
	s := open(t, dir, sqlite.Options{})
	all, err := s.Jobs(t.Context(), job.Page{Limit: 1})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	tally, err := s.Tally(t.Context(), all[0].ID)
	if err != nil || len(tally) < 300 {
		t.Fatalf("%d of 300 pieces, %v", len(tally), err)
	}
	for n, p := range tally {
		if p.Number != n || p.Rows != n {
			t.Errorf("piece %d is %+v", n, p)
		}
	}
}

func TestASnapshotIsConsistentWhileAnotherProcessWrites(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "dir", sqlite.File)
	if err := os.Mkdir(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	killed(t, dir, 200, func() {
		if err := sqlite.Snapshot(t.Context(), dir, to); err != nil {
			t.Error(err)
		}
	})
	s := open(t, filepath.Dir(to), sqlite.Options{}) // which is all there is to a restore
	all, err := s.Jobs(t.Context(), job.Page{Limit: 1})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	pieces, err := s.Pieces(t.Context(), all[0].ID, 0, 1<<20)
	if err != nil || len(pieces) < 200 {
		t.Fatalf("%d of 200 pieces, %v", len(pieces), err)
	}
	for n, p := range pieces {
		if p.Number != n || p.Rows != n || len(p.Data) != 5000 {
			t.Errorf("piece %d is number %d, with %d bytes", n, p.Number, len(p.Data))
		}
	}
}

func TestASnapshotOverwritesNothing(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), "out.db")
	refused := func(want string) {
		t.Helper()
		if err := sqlite.Snapshot(t.Context(), dir, to); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	refused("no record")
	start(t, open(t, dir, sqlite.Options{}))
	if err := os.WriteFile(to, nil, 0o600); err != nil { // even an empty one
		t.Fatal(err)
	}
	refused("is there already")
	to = filepath.Join(to, "sub")
	refused("not a directory")
	to = filepath.Join(t.TempDir(), "none", "out.db")
	refused("no such")
	raw(t, dir, `PRAGMA application_id = 1`)
	to = filepath.Join(t.TempDir(), "out.db")
	refused("some other program")
	left, err := os.ReadDir(filepath.Dir(to))
	if err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestASnapshotOfACrashedServerHasItsLastWords(t *testing.T) {
	dir, to := t.TempDir(), filepath.Join(t.TempDir(), sqlite.File)
	killed(t, dir, 50, func() {})
	if err := sqlite.Snapshot(t.Context(), dir, to); err != nil {
		t.Fatal(err)
	}
	s := open(t, filepath.Dir(to), sqlite.Options{})
	all, err := s.Jobs(t.Context(), job.Page{Limit: 1})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	if tally, err := s.Tally(t.Context(), all[0].ID); err != nil || len(tally) < 50 {
		t.Errorf("%d of 50 pieces, %v", len(tally), err)
	}
}
