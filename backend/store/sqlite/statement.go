package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// batch is how many results go in one statement. Fewer are filled up with the last one
// again, which changes nothing, so that one prepared statement does for any number.
const batch = 50

// statements are what hot paths run, prepared once a connection.
type statements struct {
	job, update, addPiece, remember, recall *sql.Stmt
}

func (st *statements) prepare(ctx context.Context, write, read *sql.DB) error {
	rows := strings.TrimSuffix(strings.Repeat("(?,?,?),", batch), ",")
	marks := strings.TrimSuffix(strings.Repeat("?,", batch), ",")
	for _, p := range []struct {
		to   **sql.Stmt
		db   *sql.DB
		text string
	}{
		{&st.job, read, `SELECT record, revision FROM jobs WHERE id = ?`},
		{&st.update, write, `UPDATE jobs SET record = ?, finished = ?, kind = ?, revision = revision + 1 WHERE id = ? AND revision = ?`},
		{&st.addPiece, write, `INSERT INTO pieces (job, number, points, bad, reused, data)
			SELECT id, ?, ?, ?, ?, ? FROM jobs WHERE id = ? ON CONFLICT DO NOTHING`},
		{&st.remember, write, `INSERT INTO results (key, at, data) VALUES ` + rows + ` ON CONFLICT DO NOTHING`},
		{&st.recall, read, `SELECT key, data FROM results WHERE key IN (` + marks + `)`},
	} {
		var err error
		if *p.to, err = p.db.PrepareContext(ctx, p.text); err != nil {
			return fmt.Errorf("%s: %w", p.text, err)
		}
	}
	return nil
}
