// Package sqlite keeps the record of jobs in one file, DIR/monde.db, for a server that
// is one process.
//
// It is SQLite with a write-ahead log: one connection writes, several read beside it,
// and what was answered to survives a crash of the process. It survives a loss of power
// too if Options.PowerLoss is set; otherwise the last moments before may be missing, but
// what is there is consistent. See https://www.sqlite.org/wal.html and
// https://www.sqlite.org/pragma.html#pragma_synchronous. It leaves out servers that
// share a record: package kv.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	_ "modernc.org/sqlite" // the driver

	"monde/backend/job"
)

// File is the name of the database in its directory.
const File = "monde.db"

const (
	readers   = 4               // connections that read at once
	patience  = 5 * time.Second // for a lock that another process holds
	logTarget = 64 << 20        // bytes to which the write-ahead log shrinks after a checkpoint
	logPages  = 4000            // after which it is written back: results lie at random, so waiting writes pages once
	cache     = 16 << 10        // KiB of pages that the writer keeps
)

// Options are what a Store may do otherwise than by default.
type Options struct {
	PowerLoss bool         // what was answered to survives it: a sync of the disk for every write
	Log       *slog.Logger // told of records that cannot be read; nil: nobody is
}

// Store is a job.Store in one file.
type Store struct {
	write *sql.DB // one connection, so that writers queue here and not for the file's lock
	read  *sql.DB
	log   *slog.Logger
	st    statements
}

var _ job.Store = (*Store)(nil)

// New opens the record in dir, and makes both if they are not there.
func New(ctx context.Context, dir string, opt Options) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data directory cannot be made: %w", err)
	}
	path := filepath.Join(dir, File)
	s := &Store{log: opt.Log}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	err := s.open(ctx, path, opt)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string, opt Options) (err error) {
	synchronous := "NORMAL"
	if opt.PowerLoss {
		synchronous = "FULL"
	}
	// auto_vacuum counts only before the first table is there, so it comes before WAL.
	s.write, err = connect(path, 1, "_txlock", "immediate", "_pragma", "auto_vacuum(INCREMENTAL)",
		"_pragma", "journal_mode(WAL)", "_pragma", "synchronous("+synchronous+")",
		"_pragma", fmt.Sprintf("journal_size_limit(%d)", logTarget), "_pragma", fmt.Sprintf("wal_autocheckpoint(%d)", logPages),
		"_pragma", fmt.Sprintf("cache_size(-%d)", cache), "_pragma", "temp_store(MEMORY)")
	if err != nil {
		return err
	}
	if err := writable(ctx, s.write, path); err != nil {
		return err
	}
	if err := migrate(ctx, s.write); err != nil {
		return err
	}
	if s.read, err = connect(path, readers, "_pragma", "query_only(1)"); err != nil {
		return err
	}
	if err := s.st.prepare(ctx, s.write, s.read); err != nil {
		return err
	}
	return s.dropOrphans(ctx, time.Now())
}

// connect opens path with parameters of the driver, names and values in turn.
func connect(path string, connections int, params ...string) (*sql.DB, error) {
	q := url.Values{}
	q.Add("_pragma", "busy_timeout("+strconv.FormatInt(patience.Milliseconds(), 10)+")")
	for i := 0; i < len(params); i += 2 {
		q.Add(params[i], params[i+1])
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	name := url.URL{Scheme: "file", Path: absolute, RawQuery: q.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// writable fails if the record cannot be written to, which SQLite would say only later.
func writable(ctx context.Context, db *sql.DB, path string) error {
	tx, err := db.BeginTx(ctx, nil) // takes the lock for writing
	if err == nil {
		return tx.Rollback()
	}
	// SQLite says that it cannot, the system says why.
	probe, why := os.CreateTemp(filepath.Dir(path), ".probe-*")
	if why != nil {
		return fmt.Errorf("the data directory cannot be written to: %w (%w)", why, err)
	}
	return errors.Join(err, probe.Close(), os.Remove(probe.Name()))
}

// Close ends the connections. Whatever is asked after it fails.
func (s *Store) Close() error {
	var all []error
	for _, db := range []*sql.DB{s.read, s.write} { // the last one writes the log back
		if db != nil {
			all = append(all, db.Close())
		}
	}
	return errors.Join(all...)
}

// inTx runs do in one transaction that writes.
func (s *Store) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return full(err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit there is nothing to undo
	if err := do(tx); err != nil {
		return full(err)
	}
	return full(tx.Commit())
}

// micros is how times are kept.
func micros(t time.Time) int64 { return t.UnixMicro() }
