package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"monde/backend/job"
)

// sweepSize is how much is forgotten in one transaction, so that others can write in between.
const sweepSize = 256

// Size returns the bytes of pages in use; those that were freed are used again.
func (s *Store) Size(ctx context.Context) (int64, error) {
	var pages, free, size int64
	err := s.read.QueryRowContext(ctx, `SELECT page_count, freelist_count, page_size
		FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).Scan(&pages, &free, &size)
	return (pages - free) * size, err
}

// Trim forgets until the rest is within limits, and gives the room back to the disk.
func (s *Store) Trim(ctx context.Context, l job.Limits, now time.Time) (t job.Trimmed, err error) {
	if err := s.dropOrphans(ctx, now); err != nil {
		return t, err
	}
	if l.Age > 0 {
		if err := s.trimAge(ctx, micros(now.Add(-l.Age)), &t); err != nil {
			return t, err
		}
	}
	if l.Jobs > 0 {
		if err := s.trimJobs(ctx, l.Jobs, &t); err != nil {
			return t, err
		}
	}
	if l.Bytes > 0 {
		if err := s.trimBytes(ctx, l.Bytes, &t); err != nil {
			return t, err
		}
	}
	return t, s.shrink(ctx)
}

// old is something that may be forgotten.
type old struct {
	what  string
	name  string // of a job or a trace
	row   int64  // of a result or an upload
	at    int64
	bytes int64 // at least
}

const (
	jobsOver = `SELECT 'job' AS what, id AS name, 0 AS row, finished AS at FROM jobs WHERE finished IS NOT NULL`
	// What each kind takes is counted only for what the inner query picks.
	oldest = `SELECT what, name, row, at, CASE what
			WHEN 'job' THEN (SELECT coalesce(sum(length(data)), 0) FROM pieces WHERE job = name) + (SELECT length(record) FROM jobs WHERE id = name)
			WHEN 'result' THEN (SELECT length(data) FROM results WHERE rowid = row)
			ELSE (SELECT size FROM traces WHERE upload = row) END
		FROM (SELECT * FROM (` + jobsOver + `
			UNION ALL SELECT 'result', '', rowid, at FROM results
			UNION ALL SELECT 'trace', sha256, upload, at FROM traces) ORDER BY at LIMIT ?)`
	oldestJobs = `SELECT what, name, row, at, 0 FROM (` + jobsOver + `) ORDER BY at, name LIMIT ?`
)

func (s *Store) oldest(ctx context.Context, query string, limit int) ([]old, error) {
	rows, err := s.read.QueryContext(ctx, query, limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has what matters
	var all []old
	for rows.Next() {
		var o old
		if err := rows.Scan(&o.what, &o.name, &o.row, &o.at, &o.bytes); err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, rows.Err()
}

func (s *Store) trimAge(ctx context.Context, before int64, t *job.Trimmed) error {
	for {
		all, err := s.oldest(ctx, oldest, sweepSize)
		if err != nil {
			return err
		}
		n := 0
		for n < len(all) && all[n].at < before {
			n++
		}
		if err := s.drop(ctx, all[:n], t); err != nil || n < sweepSize {
			return err
		}
	}
}

func (s *Store) trimJobs(ctx context.Context, keep int, t *job.Trimmed) error {
	for {
		var over int
		if err := s.read.QueryRowContext(ctx, `SELECT count(*) FROM jobs WHERE finished IS NOT NULL`).Scan(&over); err != nil || over <= keep {
			return err
		}
		all, err := s.oldest(ctx, oldestJobs, min(over-keep, sweepSize))
		if err != nil {
			return err
		}
		if err := s.drop(ctx, all, t); err != nil {
			return err
		}
	}
}

// trimBytes forgets what is surely needed, looks again, and so on.
func (s *Store) trimBytes(ctx context.Context, limit int64, t *job.Trimmed) error {
	for {
		size, err := s.Size(ctx)
		if err != nil || size <= limit {
			return err
		}
		all, err := s.oldest(ctx, oldest, sweepSize)
		if err != nil || len(all) == 0 {
			return err // the rest is live jobs and links
		}
		n := 0
		for over := size - limit; n < len(all) && over > 0; n++ {
			over -= max(all[n].bytes, 1)
		}
		if err := s.drop(ctx, all[:n], t); err != nil {
			return err
		}
	}
}

// drop forgets all of these, or none.
func (s *Store) drop(ctx context.Context, all []old, t *job.Trimmed) error {
	if len(all) == 0 {
		return nil
	}
	var done job.Trimmed
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		for _, o := range all {
			if err := dropOne(ctx, tx, o, &done); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		t.Jobs, t.Results, t.Traces = t.Jobs+done.Jobs, t.Results+done.Results, t.Traces+done.Traces
	}
	return err
}

func dropOne(ctx context.Context, tx *sql.Tx, o old, t *job.Trimmed) error {
	switch o.what {
	case "job":
		was, err := forget(ctx, tx, o.name)
		if was {
			t.Jobs++
		}
		return err
	case "result":
		t.Results++
		_, err := tx.ExecContext(ctx, `DELETE FROM results WHERE rowid = ? AND at = ?`, o.row, o.at)
		return err
	default:
		t.Traces++
		if _, err := tx.ExecContext(ctx, `DELETE FROM traces WHERE upload = ?`, o.row); err != nil {
			return err
		}
		return dropUpload(ctx, tx, o.row)
	}
}

// shrink gives free pages back, some at a time.
func (s *Store) shrink(ctx context.Context) error {
	for {
		var free int
		if err := s.write.QueryRowContext(ctx, `PRAGMA freelist_count`).Scan(&free); err != nil || free == 0 {
			return err
		}
		// A row for each page that went, so all must be read for all to go.
		rows, err := s.write.QueryContext(ctx, `PRAGMA incremental_vacuum(4096)`)
		if err != nil {
			return full(err)
		}
		for rows.Next() {
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return full(err)
		}
		var left int
		if err := s.write.QueryRowContext(ctx, `PRAGMA freelist_count`).Scan(&left); err != nil || left >= free {
			return err
		}
	}
}
