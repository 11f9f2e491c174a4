package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
)

// migrations are applied in the order of their names. One that was released never
// changes: the next one does.
//
//go:embed migration/*.sql
var migrations embed.FS

// application marks a database as ours.
const application = 0x4d6f4e44

// migrate brings a database to this program's version, one committed step at a time.
func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return err
	}
	for {
		done, err := step(ctx, db, steps)
		if err != nil || done {
			return err
		}
	}
}

// step applies the next migration, and reports whether there was none. The version is
// read under the lock, because another process may be at it too.
func step(ctx context.Context, db *sql.DB, steps []string) (done bool, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }()
	version, err := versionOf(ctx, tx)
	switch {
	case err != nil:
		return false, err
	case version > len(steps):
		return false, fmt.Errorf("it is of version %d, and this program knows up to %d: a newer monde wrote it", version, len(steps))
	case version == len(steps):
		return true, nil
	}
	text, err := migrations.ReadFile(steps[version])
	if err != nil {
		return false, err
	}
	if _, err := tx.ExecContext(ctx, string(text)); err != nil {
		return false, fmt.Errorf("%s: %w", steps[version], err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version+1)); err != nil {
		return false, err
	}
	return false, tx.Commit()
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// versionOf returns how many migrations a database has had, and refuses one that is not ours.
func versionOf(ctx context.Context, db querier) (int, error) {
	var version, id, tables int
	for query, to := range map[string]*int{
		"PRAGMA user_version":                &version,
		"PRAGMA application_id":              &id,
		"SELECT count(*) FROM sqlite_schema": &tables,
	} {
		if err := db.QueryRowContext(ctx, query).Scan(to); err != nil {
			return 0, err
		}
	}
	if id != application && (version != 0 || tables != 0) {
		return 0, fmt.Errorf("it is a database of some other program")
	}
	return version, nil
}
