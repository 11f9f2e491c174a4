package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"monde/backend/job"
	"monde/backend/store/record"
)

// Create adds j, or returns the job that has its key.
func (s *Store) Create(ctx context.Context, j job.Job) (kept job.Job, created bool, err error) {
	raw, err := record.Encode(j)
	if err != nil {
		return job.Job{}, false, err
	}
	key := sql.NullString{String: j.Key, Valid: j.Key != ""}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		kept, created = j, true
		if key.Valid {
			first, err := one(tx.QueryRowContext(ctx, `SELECT id, record FROM jobs WHERE client = ? AND key = ?`, j.Client, j.Key))
			if !errors.Is(err, job.ErrUnknown) {
				kept, created = first, false
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO jobs (id, client, key, kind, finished, record) VALUES (?, ?, ?, ?, ?, ?)`,
			j.ID, j.Client, key, j.Kind, finished(j), raw)
		return err
	})
	if err != nil {
		return job.Job{}, false, fmt.Errorf("job %s: %w", j.ID, err)
	}
	return kept, created, nil
}

// one reads a row of an ID and its record.
func one(row *sql.Row) (job.Job, error) {
	var id string
	var raw []byte
	if err := row.Scan(&id, &raw); errors.Is(err, sql.ErrNoRows) {
		return job.Job{}, job.ErrUnknown
	} else if err != nil {
		return job.Job{}, err
	}
	return record.Decode(id, raw)
}

func finished(j job.Job) sql.NullInt64 {
	return sql.NullInt64{Int64: micros(j.Finished), Valid: j.Over()}
}

// Job returns one.
func (s *Store) Job(ctx context.Context, id string) (job.Job, error) {
	raw, _, err := s.record(ctx, id)
	if err != nil {
		return job.Job{}, err
	}
	return record.Decode(id, raw)
}

func (s *Store) record(ctx context.Context, id string) (raw []byte, revision int64, err error) {
	err = s.st.job.QueryRowContext(ctx, id).Scan(&raw, &revision)
	if errors.Is(err, sql.ErrNoRows) {
		err = job.ErrUnknown
	}
	if err != nil {
		return nil, 0, fmt.Errorf("job %q: %w", id, err)
	}
	return raw, revision, nil
}

// Change replaces a job by what change makes of it. No lock is held while change runs:
// if somebody else was faster, it runs again on what that one left.
func (s *Store) Change(ctx context.Context, id string, change func(*job.Job) error) (job.Job, error) {
	for {
		raw, revision, err := s.record(ctx, id)
		if err != nil {
			return job.Job{}, err
		}
		j, err := record.Decode(id, raw)
		if err != nil {
			return job.Job{}, err
		}
		if j, err = record.Changed(j, change); err != nil {
			return job.Job{}, err
		}
		if done, err := s.replace(ctx, j, raw, revision); err != nil || done {
			return j, err
		}
	}
}

// replace writes j over revision, and reports whether that was still there.
func (s *Store) replace(ctx context.Context, j job.Job, was []byte, revision int64) (bool, error) {
	raw, err := record.Encode(j)
	if err != nil || bytes.Equal(raw, was) {
		return err == nil, err
	}
	r, err := s.st.update.ExecContext(ctx, raw, finished(j), j.Kind, j.ID, revision)
	if err != nil {
		return false, fmt.Errorf("job %s: %w", j.ID, full(err))
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// Forget removes a job and its pieces.
func (s *Store) Forget(ctx context.Context, id string) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := forget(ctx, tx, id)
		return err
	})
}

// forget reports whether there was such a job.
func forget(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	if _, err := tx.ExecContext(ctx, `DELETE FROM pieces WHERE job = ?`, id); err != nil {
		return false, err
	}
	r, err := tx.ExecContext(ctx, `DELETE FROM jobs WHERE id = ?`, id)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}
