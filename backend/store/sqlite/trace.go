package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"time"

	"monde/backend/job"
)

const (
	part     = 256 << 10        // bytes of a row of a trace
	orphaned = 2 * time.Hour    // after its last part, nobody goes on with an upload
	rescue   = 10 * time.Second // for what must be undone after the caller has left
)

// PutTrace keeps what r holds. Each part is a transaction of its own, because r may be
// a slow network and others write meanwhile; the last one makes the whole visible.
func (s *Store) PutTrace(ctx context.Context, sha256 string, r io.Reader) error {
	if _, _, err := s.trace(ctx, sha256); !errors.Is(err, job.ErrUnknown) {
		return err
	}
	upload, size, err := s.upload(ctx, r)
	if err == nil {
		err = s.inTx(ctx, func(tx *sql.Tx) error { return name(ctx, tx, sha256, upload, size) })
	}
	if err != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), rescue)
		defer cancel()
		// If that fails too, the parts are orphans, which Trim finds.
		_ = s.inTx(late, func(tx *sql.Tx) error { return dropUpload(late, tx, upload) })
		return fmt.Errorf("trace %q: %w", sha256, err)
	}
	return nil
}

// upload writes r part by part.
func (s *Store) upload(ctx context.Context, r io.Reader) (upload, size int64, err error) {
	made, err := s.write.ExecContext(ctx, `INSERT INTO uploads (at) VALUES (?)`, micros(time.Now()))
	if err != nil {
		return 0, 0, full(err)
	}
	if upload, err = made.LastInsertId(); err != nil {
		return 0, 0, err
	}
	data := make([]byte, part)
	for number := 0; ; number++ {
		n, err := io.ReadFull(r, data)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return upload, 0, err
		}
		if n > 0 {
			if err := s.putPart(ctx, upload, number, data[:n]); err != nil {
				return upload, 0, err
			}
		}
		if size += int64(n); ended {
			return upload, size, nil
		}
	}
}

func (s *Store) putPart(ctx context.Context, upload int64, number int, data []byte) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		r, err := tx.ExecContext(ctx, `UPDATE uploads SET at = ? WHERE id = ?`, micros(time.Now()), upload)
		if err != nil {
			return err
		}
		if n, err := r.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, errors.New("the upload paused for too long and was given up"))
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO parts (upload, number, data) VALUES (?, ?, ?)`, upload, number, data)
		return err
	})
}

// name makes an upload the trace, unless another one was faster.
func name(ctx context.Context, tx *sql.Tx, sha256 string, upload, size int64) error {
	r, err := tx.ExecContext(ctx, `INSERT INTO traces (sha256, upload, size, at)
		SELECT ?, id, ?, ? FROM uploads WHERE id = ? ON CONFLICT (sha256) DO NOTHING`, sha256, size, micros(time.Now()), upload)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return dropUpload(ctx, tx, upload)
}

func dropUpload(ctx context.Context, tx *sql.Tx, upload int64) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM parts WHERE upload = ?`, upload); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM uploads WHERE id = ?`, upload)
	return err
}

// dropOrphans removes uploads that a crash left.
func (s *Store) dropOrphans(ctx context.Context, now time.Time) error {
	const orphans = `SELECT id FROM uploads WHERE at < ? AND id NOT IN (SELECT upload FROM traces)`
	before := micros(now.Add(-orphaned))
	return s.inTx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM parts WHERE upload IN (`+orphans+`)`, before); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM uploads WHERE id IN (`+orphans+`)`, before)
		return err
	})
}

func (s *Store) trace(ctx context.Context, sha256 string) (upload, size int64, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT upload, size FROM traces WHERE sha256 = ?`, sha256).Scan(&upload, &size)
	if errors.Is(err, sql.ErrNoRows) {
		err = job.ErrUnknown
	}
	if err != nil {
		return 0, 0, fmt.Errorf("trace %q: %w", sha256, err)
	}
	return upload, size, nil
}

// Trace returns the file. It is read part by part, so a slow reader holds nothing up; if
// the trace is forgotten meanwhile, reading fails.
func (s *Store) Trace(ctx context.Context, sha256 string) (io.ReadCloser, error) {
	upload, size, err := s.trace(ctx, sha256)
	if err != nil {
		return nil, err
	}
	return &file{ctx: ctx, store: s, upload: upload, left: size}, nil
}

// file reads a trace. It keeps the context that it was opened with, as readers of
// request bodies do.
type file struct {
	ctx    context.Context
	store  *Store
	upload int64
	number int
	left   int64  // bytes that have not been given out
	data   []byte // of the part that is being given out
}

// Read gives out what is left of a part, or the next one.
func (f *file) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, io.EOF
	}
	if len(f.data) == 0 {
		err := f.store.read.QueryRowContext(f.ctx, `SELECT data FROM parts WHERE upload = ? AND number = ?`,
			f.upload, f.number).Scan(&f.data)
		if errors.Is(err, sql.ErrNoRows) {
			err = fmt.Errorf("the trace ends early: %w", job.ErrUnknown)
		}
		if err != nil {
			return 0, err
		}
		f.number++
	}
	n := copy(p, f.data)
	f.data, f.left = f.data[n:], f.left-int64(n)
	return n, nil
}

// Close is fine at any time.
func (f *file) Close() error {
	f.left, f.data = 0, nil
	return nil
}
