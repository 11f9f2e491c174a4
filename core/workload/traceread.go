package workload

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"io"
	"monde/core/internal/sha256"

	"monde/core/fault"
)

// ReadTrace reads a trace: CSV (a header with request, step, layer, e0, e1, ...,
// and optionally phase), JSON Lines (request, step, layer, experts, and
// optionally phase), or the packed form of PackTrace; plain or gzip. Phase
// "decode" marks decoding steps, any other tokens of an input pass. Other
// columns and keys, gate weights among them, are skipped.
//
// It reads as a stream and refuses what is too large or not a trace; the error
// is a *fault.Field whose reason names the line.
func ReadTrace(name string, r io.Reader) (*Trace, error) {
	sum := sha256.New()
	raw := bufio.NewReader(io.TeeReader(r, sum))
	t, err := readTrace(raw)
	if err != nil {
		return nil, err
	}
	// A reader that knew its end may have left some of the file.
	if _, err := io.Copy(io.Discard, raw); err != nil {
		return nil, refuse(1, "the file cannot be read: %v", err)
	}
	t.Name, t.SHA256 = name, hex.EncodeToString(sum.Sum(nil))
	return t, nil
}

func readTrace(raw *bufio.Reader) (*Trace, error) {
	plain, err := inflate(raw)
	if err != nil {
		return nil, refuse(1, "not a gzip file: %v", err)
	}
	body := bufio.NewReaderSize(&limited{plain, maxTraceBytes}, 1<<16)
	head, err := body.Peek(len(packedMagic))
	if err != nil && err != io.EOF { // a short file has a short head
		return nil, refuse(1, "the file cannot be read: %v", err)
	}
	switch {
	case string(head) == packedMagic:
		return unpackTrace(body)
	case len(bytes.TrimSpace(head)) > 0 && bytes.TrimSpace(head)[0] == '{':
		return readJSON(newLines(body))
	default:
		return readCSV(newLines(body))
	}
}

// inflate returns raw, decompressed if it begins as gzip does.
func inflate(raw *bufio.Reader) (io.Reader, error) {
	magic, _ := raw.Peek(2)
	if string(magic) != "\x1f\x8b" {
		return raw, nil
	}
	z, err := gzip.NewReader(raw)
	if err != nil {
		return nil, err
	}
	return reading(z.Read), nil
}

// reading is a reader's Read alone. A *gzip.Reader in an interface would keep what
// formats its header's time: 25 kB more of what a browser loads first.
type reading func(p []byte) (int, error)

// Read implements io.Reader.
func (r reading) Read(p []byte) (int, error) { return r(p) }

func refuse(line int, format string, args ...any) error {
	return fault.At("", "line %d: "+format, append([]any{line}, args...)...)
}

// limited fails, instead of ending, where a reader goes on after its limit.
type limited struct {
	r    io.Reader
	left int
}

// Read implements io.Reader.
func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errTooLong
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// lines numbers the lines of a file, and skips the empty ones.
type lines struct {
	scan *bufio.Scanner
	n    int // of the current line, from 1
}

func newLines(r io.Reader) *lines {
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 1<<16), maxLine)
	return &lines{scan: s}
}

// next returns the next line, valid until the call after; ok is false at the end
// of the file.
func (l *lines) next() (line []byte, ok bool, err error) {
	// After a failed read Scan still returns what came before it, cut short.
	for l.scan.Scan() && l.scan.Err() == nil {
		l.n++
		line := l.scan.Bytes()
		if l.n == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, true, nil
		}
	}
	if err := l.scan.Err(); err != nil {
		return nil, false, refuse(l.n+1, "%s", reason(err))
	}
	return nil, false, nil
}

func reason(err error) string {
	if err == bufio.ErrTooLong {
		return "longer than 1,000,000 bytes"
	}
	return err.Error()
}

// build returns the trace of the lines that are left, each of which parse reads.
func (l *lines) build(parse func(text []byte) (entry, error)) (*Trace, error) {
	b := newBuilder()
	for {
		text, ok, err := l.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			return b.finish(l.n)
		}
		e, err := parse(text)
		if err != nil {
			return nil, err
		}
		if err := b.add(l.n, e); err != nil {
			return nil, err
		}
	}
}
