package httpapi

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"monde/core/fault"
)

// What an upload may take. Its body is read as a stream and never held; what is
// read of it is, within core/workload's own limits (0.4 GB for a file of 250 MiB),
// so only a few are read at once.
const (
	maxTraceFile = 256 << 20 // bytes, as sent and decoded: no less than workload.ReadTrace takes
	maxUploads   = 4
	waitUpload   = 10 * time.Second // for one of them to end
	slowestBody  = 128 << 10        // bytes a second; who is slower would hold others up
	bodyGrace    = 30 * time.Second // for the first of them
	answerWithin = time.Minute      // after the last of them
	lingerWithin = 10 * time.Second // for the rest of a body that is refused
)

// uploads counts those that are being read.
type uploads chan struct{}

// enter waits for a place for as long as patience lasts, which leave gives back, or returns errUploading.
func (u uploads) enter(ctx context.Context, patience time.Duration) (leave func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case u <- struct{}{}:
		return func() { <-u }, nil
	case <-ctx.Done():
		return nil, errUploading
	}
}

// A body is read up to its limit and at a pace. It remembers why it broke off,
// which its reader may not tell.
type body struct {
	r     io.Reader
	most  int64 // bytes
	got   int64
	began time.Time
	pace  func(time.Time) // moves the deadline of the next read; nil has none
	err   error           // errTooLarge, errSlow
}

// bodyOf returns the body of an upload, decoded.
func bodyOf(w http.ResponseWriter, req *http.Request) (*body, error) {
	if req.ContentLength > maxTraceFile {
		return nil, errTooLarge
	}
	control := http.NewResponseController(w)
	sent := &body{r: req.Body, most: maxTraceFile, began: time.Now(), pace: func(t time.Time) {
		_ = control.SetReadDeadline(t) // a connection that is gone tells the read
		_ = control.SetWriteDeadline(t.Add(answerWithin))
	}}
	switch coding := strings.ToLower(req.Header.Get("Content-Encoding")); coding {
	case "", "identity":
		return sent, nil
	case "gzip":
		z, err := gzip.NewReader(sent)
		if err != nil {
			return nil, sent.reason(fault.At("body", "is not gzip, as its Content-Encoding says: %v", err))
		}
		return &body{r: z, most: maxTraceFile}, nil // and the limit of what was sent shines through
	default:
		return nil, fmt.Errorf("%w, got %.32q", errCoding, coding)
	}
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if b.pace != nil {
		b.pace(b.began.Add(bodyGrace + time.Duration(b.got)*time.Second/slowestBody))
	}
	n, err := b.r.Read(p)
	b.got += int64(n)
	switch {
	case b.got > b.most, errors.Is(err, errTooLarge):
		b.err = errTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, errSlow):
		b.err = errSlow
	default:
		return n, err
	}
	return 0, b.err
}

// reason returns why the body broke off, or err if it did not.
func (b *body) reason(err error) error {
	if b.err != nil {
		return b.err
	}
	return err
}

// linger reads on, for a while and without a place, where a body was refused: a
// browser that is cut off while it sends reports no answer but a lost network.
func linger(w http.ResponseWriter, req *http.Request) {
	control := http.NewResponseController(w)
	until := time.Now().Add(lingerWithin)
	_ = control.SetReadDeadline(until) // as in bodyOf
	_ = control.SetWriteDeadline(until.Add(answerWithin))
	_, _ = io.CopyN(io.Discard, req.Body, 2*maxTraceFile)
}
