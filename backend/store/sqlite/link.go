package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"monde/backend/job"
)

// PutLink keeps doc under id.
func (s *Store) PutLink(ctx context.Context, id string, doc []byte) (created bool, err error) {
	r, err := s.write.ExecContext(ctx, `INSERT INTO links (id, doc) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, blob(doc))
	if err != nil {
		return false, fmt.Errorf("link %q: %w", id, full(err))
	}
	if n, err := r.RowsAffected(); err != nil || n == 1 {
		return n == 1, err
	}
	kept, err := s.Link(ctx, id)
	if err == nil && !bytes.Equal(kept, doc) {
		err = fmt.Errorf("link %q: %w", id, job.ErrTaken)
	}
	return false, err
}

// Link returns the document that id stands for.
func (s *Store) Link(ctx context.Context, id string) ([]byte, error) {
	var doc []byte
	err := s.read.QueryRowContext(ctx, `SELECT doc FROM links WHERE id = ?`, id).Scan(&doc)
	if errors.Is(err, sql.ErrNoRows) {
		err = job.ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("link %q: %w", id, err)
	}
	return doc, nil
}
