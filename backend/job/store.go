package job

import (
	"context"
	"errors"
	"io"
	"time"
)

// What stores answer with, beside what the disk or the network says.
var (
	ErrUnknown = errors.New("there is no such thing; it may have been forgotten")
	ErrFull    = errors.New("the server has no room to store more; nothing that it accepted is lost")
)

// Store is the record of everything. Every method may be called at once by many; what
// it has answered to survives a crash of the process. An error that errors.Is ErrFull
// (no space, a read-only directory) means that nothing was changed.
type Store interface {
	Jobs
	Pieces
	Results
	Links
	Traces
	Keeper
}

// Jobs are the records of jobs.
type Jobs interface {
	// Create adds j. If j.Key is set and j.Client has a job with that key, it returns
	// that job instead, and false.
	Create(ctx context.Context, j Job) (kept Job, created bool, err error)
	// Job returns one; ErrUnknown.
	Job(ctx context.Context, id string) (Job, error)
	// Change replaces a job by what change makes of it, and by nothing if change fails.
	// change may run more than once; it must not touch ID, Client, Key or Created.
	Change(ctx context.Context, id string, change func(*Job) error) (Job, error)
	// Jobs lists jobs, newest first.
	Jobs(ctx context.Context, p Page) ([]Job, error)
	// Forget removes a job and its pieces; one that is unknown already is fine.
	Forget(ctx context.Context, id string) error
}

// Page is a part of a list of jobs.
type Page struct {
	Kind   Kind   // empty: any
	Client string // empty: any
	Live   bool   // only those that are not over
	Before string // the ID of the last job of the page before; empty: from the newest
	Limit  int    // how many at most, at least 1
}

// Piece is a part of a job that is done.
type Piece struct {
	Number int // from 0
	Rows   int // points in it
	Bad    int // of those, without a result
	Reused int // of those, known before
	Data   []byte
}

// Pieces are the results of jobs, by piece.
type Pieces interface {
	// AddPiece records a piece once: of two with one number the first stays, and the
	// second is answered with false. ErrUnknown if there is no such job.
	AddPiece(ctx context.Context, job string, p Piece) (created bool, err error)
	// Pieces returns pieces by their number, from one on.
	Pieces(ctx context.Context, job string, from, limit int) ([]Piece, error)
	// Tally returns every recorded piece of a job without its Data, by number.
	Tally(ctx context.Context, job string) ([]Piece, error)
}

// ContentKey names a result by what it is the result of: the SHA-256 of a canonical
// scenario, the engine's version, and the kind of result.
type ContentKey [32]byte

// Known is a result that is known by its content.
type Known struct {
	Key  ContentKey
	Data []byte
}

// Results are those of any job, by content: a cache whose entries may vanish.
type Results interface {
	// Remember keeps results; one that is known already stays as it is.
	Remember(ctx context.Context, all []Known) error
	// Recall returns those of keys that are known.
	Recall(ctx context.Context, keys []ContentKey) (map[ContentKey][]byte, error)
}

// Links are scenarios by short names. A link never changes.
type Links interface {
	// PutLink keeps doc under id, and says whether it is new. ErrTaken if id stands for
	// another document.
	PutLink(ctx context.Context, id string, doc []byte) (created bool, err error)
	// Link returns the document; ErrUnknown.
	Link(ctx context.Context, id string) ([]byte, error)
}

// ErrTaken is a name that stands for something else.
var ErrTaken = errors.New("the name stands for something else")

// Traces are files of routing that users attached, by their SHA-256.
type Traces interface {
	// PutTrace keeps what r holds, at most once; a read that fails keeps nothing.
	PutTrace(ctx context.Context, sha256 string, r io.Reader) error
	// Trace returns the file; ErrUnknown.
	Trace(ctx context.Context, sha256 string) (io.ReadCloser, error)
}

// Keeper bounds what is kept.
type Keeper interface {
	// Trim forgets jobs that are over, results and traces, the oldest first, until the rest
	// is within limits. Links stay.
	Trim(ctx context.Context, l Limits, now time.Time) (Trimmed, error)
	// Size returns about how many bytes are kept.
	Size(ctx context.Context) (int64, error)
	Close() error
}

// Limits are how much is kept; zero of a field: any amount.
type Limits struct {
	Age   time.Duration // of jobs that are over, of results and of traces
	Jobs  int           // that are over
	Bytes int64         // of everything, about
}

// Trimmed counts what was forgotten.
type Trimmed struct {
	Jobs, Results, Traces int
}
