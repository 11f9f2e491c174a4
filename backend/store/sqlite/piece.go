package sqlite

import (
	"context"
	"fmt"

	"monde/backend/job"
)

// AddPiece records a piece once.
func (s *Store) AddPiece(ctx context.Context, id string, p job.Piece) (created bool, err error) {
	if p.Number < 0 {
		return false, fmt.Errorf("job %s: there is no piece %d", id, p.Number)
	}
	r, err := s.st.addPiece.ExecContext(ctx, p.Number, p.Rows, p.Bad, p.Reused, blob(p.Data), id)
	if err != nil {
		return false, fmt.Errorf("piece %d of job %s: %w", p.Number, id, full(err))
	}
	if n, err := r.RowsAffected(); err != nil || n == 1 {
		return n == 1, err
	}
	_, _, err = s.record(ctx, id) // either the piece was there, or the job is not
	return false, err
}

// blob is data that is never null.
func blob(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// Pieces returns pieces by their number, from one on.
func (s *Store) Pieces(ctx context.Context, id string, from, limit int) ([]job.Piece, error) {
	return s.pieces(ctx, `SELECT number, points, bad, reused, data FROM pieces
		WHERE job = ? AND number >= ? ORDER BY number LIMIT ?`, id, from, max(limit, 0))
}

// Tally returns every piece without its data.
func (s *Store) Tally(ctx context.Context, id string) ([]job.Piece, error) {
	return s.pieces(ctx, `SELECT number, points, bad, reused, NULL FROM pieces WHERE job = ? ORDER BY number`, id)
}

func (s *Store) pieces(ctx context.Context, query string, args ...any) ([]job.Piece, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err has what matters
	var all []job.Piece
	for rows.Next() {
		var p job.Piece
		if err := rows.Scan(&p.Number, &p.Rows, &p.Bad, &p.Reused, &p.Data); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, rows.Err()
}
