package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"monde/backend/job"
)

// Remember keeps results; one that is known already stays as it is.
func (s *Store) Remember(ctx context.Context, all []job.Known) error {
	if len(all) == 0 {
		return nil
	}
	at := micros(time.Now())
	return s.inTx(ctx, func(tx *sql.Tx) error {
		insert := tx.StmtContext(ctx, s.st.remember)
		args := make([]any, 0, 3*batch)
		for some := range slices.Chunk(all, batch) {
			args = args[:0]
			for i := range batch {
				k := &some[min(i, len(some)-1)]
				args = append(args, k.Key[:], at, blob(k.Data))
			}
			if _, err := insert.ExecContext(ctx, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Recall returns those of keys that are known.
func (s *Store) Recall(ctx context.Context, keys []job.ContentKey) (map[job.ContentKey][]byte, error) {
	known := make(map[job.ContentKey][]byte, len(keys))
	for some := range slices.Chunk(keys, batch) {
		args := make([]any, batch)
		for i := range args {
			args[i] = some[min(i, len(some)-1)][:]
		}
		if err := s.recall(ctx, args, known); err != nil {
			return nil, err
		}
	}
	return known, nil
}

func (s *Store) recall(ctx context.Context, keys []any, to map[job.ContentKey][]byte) error {
	rows, err := s.st.recall.QueryContext(ctx, keys...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // rows.Err has what matters
	for rows.Next() {
		var key sql.RawBytes
		var data []byte
		if err := rows.Scan(&key, &data); err != nil {
			return err
		}
		if len(key) == len(job.ContentKey{}) {
			to[job.ContentKey(key)] = data
		}
	}
	return rows.Err()
}
