package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Snapshot copies the record in dir to a new file, as it is at one moment, also while a
// server writes to it. The copy is checked, and bears the name only once it is whole.
func Snapshot(ctx context.Context, dir, to string) error {
	from := filepath.Join(dir, File)
	if _, err := os.Stat(from); err != nil {
		return fmt.Errorf("there is no record to copy: %w", err)
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(fmt.Errorf("%s is there already", to), err)
	}
	part, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".part-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(part.Name()) }() // gone if it got its name
	defer func() { _ = part.Close() }()
	if err := copyTo(ctx, from, part.Name()); err != nil {
		return fmt.Errorf("%s: %w", from, full(err))
	}
	if err := check(ctx, part.Name()); err != nil {
		return fmt.Errorf("the copy of %s is not sound: %w", from, err)
	}
	if err := part.Sync(); err != nil {
		return err
	}
	return bestow(part.Name(), to)
}

// copyTo writes into an empty file.
func copyTo(ctx context.Context, from, to string) error {
	db, err := connect(from, 1, "mode", "rw")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if _, err := versionOf(ctx, db); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, to)
	return err
}

// check reads every page of a database that nobody else has.
func check(ctx context.Context, path string) error {
	db, err := connect(path, 1, "mode", "ro")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(ctx, `PRAGMA integrity_check`)
	if err != nil {
		return err
	}
	found, err := texts(rows)
	if err == nil && (len(found) != 1 || found[0] != "ok") {
		err = errors.New(strings.Join(found, "; "))
	}
	return err
}

func texts(rows *sql.Rows) ([]string, error) {
	defer func() { _ = rows.Close() }() // rows.Err has what matters
	var all []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// bestow gives a file its name unless somebody else has it. Where the file system has
// no links, a file that appears at this very moment would be lost.
func bestow(from, to string) error {
	err := os.Link(from, to)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already", to)
	}
	if err != nil {
		if err = os.Rename(from, to); err != nil {
			return err
		}
	}
	dir, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close()) // the name too survives a loss of power
}
