package kv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"

	"monde/backend/job"
)

// Headers of a key whose value is in parts, and of its parts.
const (
	upload    = "Monde-Upload" // <group>.<unique>: the parts are <upload>.<number>, from 0
	uploadLen = "Monde-Size"   // bytes of the whole value
	uploadFor = "Monde-For"    // of a part: the subject of the key
)

// orphaned is how long after its last part nobody goes on with an upload.
const orphaned = 2 * time.Hour

// keep creates a key, in parts if it must be; errTaken if it is there. group is what its
// parts are named by, so that they can be found by it.
func (s *Store) keep(ctx context.Context, b *bucket, key, group string, h nats.Header, data []byte) error {
	if len(data) <= s.cut {
		_, err := b.put(ctx, key, h, data, 0)
		return err
	}
	if _, err := b.get(ctx, key); !errors.Is(err, job.ErrUnknown) {
		return errors.Join(errTaken, err)
	}
	return s.keepParts(ctx, b, key, group, h, bytes.NewReader(data))
}

// keepParts creates a key whose value is what r holds.
func (s *Store) keepParts(ctx context.Context, b *bucket, key, group string, h nats.Header, r io.Reader) error {
	id := group + "." + nuid.Next()
	size, err := s.putParts(ctx, id, b.subject(key), r)
	if err == nil {
		if h == nil {
			h = nats.Header{}
		}
		h.Set(upload, id)
		h.Set(uploadLen, strconv.FormatInt(size, 10))
		_, err = b.put(ctx, key, h, nil, 0)
	} else {
		err = &undone{err}
	}
	// Where nobody knows whether the key was written its parts stay, and Trim looks.
	var u *undone
	if errors.As(err, &u) || errors.Is(err, errTaken) || errors.Is(err, job.ErrFull) {
		ctx, cancel := afterwards(ctx)
		defer cancel()
		_ = s.parts.purge(ctx, id+".>") // else they are orphans
	}
	return err
}

// undone is an error before the key was written.
type undone struct{ error }

// Unwrap returns the cause.
func (u *undone) Unwrap() error { return u.error }

// putParts writes what r holds, part by part.
func (s *Store) putParts(ctx context.Context, id, subject string, r io.Reader) (size int64, err error) {
	data := make([]byte, s.cut)
	for number := 0; ; number++ {
		n, err := io.ReadFull(r, data)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended {
			return 0, err
		}
		if n > 0 {
			h := nats.Header{uploadFor: {subject}}
			if _, err := s.parts.put(ctx, fmt.Sprintf("%s.%d", id, number), h, data[:n], 0); err != nil {
				return 0, err
			}
		}
		if size += int64(n); ended {
			return size, nil
		}
	}
}

// value returns what a key has, wherever it is.
func (s *Store) value(ctx context.Context, e entry) ([]byte, error) {
	if e.header.Get(upload) == "" {
		return e.data, nil
	}
	f, err := s.openParts(ctx, e)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(f)
}

// openParts reads a value that is in parts.
func (s *Store) openParts(ctx context.Context, e entry) (*file, error) {
	size, err := strconv.ParseInt(e.header.Get(uploadLen), 10, 64)
	if err != nil || size < 0 {
		return nil, fmt.Errorf("the size of %s cannot be read: %q", e.key, e.header.Get(uploadLen))
	}
	return &file{ctx: ctx, store: s, upload: e.header.Get(upload), left: size}, nil
}

// file reads a value part by part, so a slow reader holds nothing up. It keeps the
// context that it was opened with, as readers of request bodies do.
type file struct {
	ctx    context.Context
	store  *Store
	upload string
	number int
	left   int64  // bytes that have not been given out
	data   []byte // of the part that is being given out
}

// Read gives out what is left of a part, or the next one.
func (f *file) Read(p []byte) (int, error) {
	if f.left <= 0 {
		return 0, io.EOF
	}
	if len(f.data) == 0 {
		if err := f.store.enter(f.ctx); err != nil {
			return 0, err
		}
		e, err := f.store.parts.get(f.ctx, fmt.Sprintf("%s.%d", f.upload, f.number))
		if err == nil && len(e.data) == 0 {
			err = job.ErrUnknown
		}
		if err != nil {
			return 0, fmt.Errorf("part %d of %s: %w", f.number, f.upload, err)
		}
		f.data = e.data
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
