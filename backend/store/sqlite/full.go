package sqlite

import (
	"errors"
	"fmt"
	"syscall"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"monde/backend/job"
)

// noRoom are SQLite's words for a disk that is full or cannot be written to.
// See https://www.sqlite.org/rescode.html.
var noRoom = map[int]bool{
	lib.SQLITE_FULL:           true,
	lib.SQLITE_READONLY:       true,
	lib.SQLITE_CANTOPEN:       true, // its write-ahead log could not be made
	lib.SQLITE_IOERR_WRITE:    true,
	lib.SQLITE_IOERR_FSYNC:    true,
	lib.SQLITE_IOERR_TRUNCATE: true,
	lib.SQLITE_IOERR_SHMSIZE:  true, // nor its index
	lib.SQLITE_IOERR_SHMOPEN:  true,
}

// full makes an ErrFull of what says that there is no room, and keeps what it said.
func full(err error) error {
	if err == nil || errors.Is(err, job.ErrFull) {
		return err
	}
	var e *driver.Error
	if errors.As(err, &e) && (noRoom[e.Code()] || noRoom[e.Code()&0xff]) || errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w: %w", job.ErrFull, err)
	}
	return err
}
