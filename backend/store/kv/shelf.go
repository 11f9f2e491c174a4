package kv

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"monde/backend/job"
)

// A shelf keeps data by key, each once. What is longer than a message is cut: its parts
// come first, each under a key of its own below the entry's, and the entry that names
// them last, so that it is there whole or not at all.
type shelf struct {
	js     jetstream.JetStream
	stream jetstream.Stream
	prefix string // of subjects
	part   int    // bytes of a message at most
}

// Headers of an entry.
const (
	noteHeader  = "Monde-Note"    // what its owner says about it
	partsHeader = "Monde-Parts"   // if it is cut: the name of its upload, parts and bytes
	sizeHeader  = "Nats-Msg-Size" // the cluster's, where the data is not asked for
)

// An item is an entry of a shelf.
type item struct {
	key    string
	note   string
	seq    uint64
	at     time.Time
	upload string // empty: it is not cut
	parts  int
	bytes  int64
	data   []byte // unless it is cut, or only its headers were asked for
}

// errTorn is an entry without its parts.
var errTorn = errors.New("a part of it is not there")

// partKey is where part n of an upload lies.
func partKey(key, upload string, n int) string { return key + "." + upload + "." + strconv.Itoa(n) }

// put keeps data under key, unless something is there.
func (s *shelf) put(ctx context.Context, key, note string, data []byte) (created bool, err error) {
	if len(data) > s.part {
		return s.fill(ctx, key, note, bytes.NewReader(data))
	}
	return s.enter(ctx, key, note, "", data)
}

// fill keeps what r holds under key, in parts.
func (s *shelf) fill(ctx context.Context, key, note string, r io.Reader) (created bool, err error) {
	upload := rand.Text()
	n, size, err := s.upload(ctx, key, upload, r)
	gone := err != nil
	if err == nil {
		created, err = s.enter(ctx, key, note, fmt.Sprint(upload, " ", n, " ", size), nil)
		gone = err == nil && !created || refused(err) // and not if nobody knows
	}
	if gone {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), rescue)
		defer cancel()
		err = errors.Join(err, s.purge(late, key+"."+upload+".>"))
	}
	return created, err
}

// upload writes r part by part.
func (s *shelf) upload(ctx context.Context, key, upload string, r io.Reader) (n int, size int64, err error) {
	data := make([]byte, s.part)
	for ; ; n++ {
		got, err := io.ReadFull(r, data)
		ended := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !ended || got == 0 {
			return n, size, unless(ended, err)
		}
		if _, err := s.js.Publish(ctx, s.prefix+partKey(key, upload, n), data[:got]); err != nil {
			return n, size, full(err)
		}
		if size += int64(got); ended {
			return n + 1, size, nil
		}
	}
}

func unless(ok bool, err error) error {
	if ok {
		return nil
	}
	return err
}

// enter writes an entry, unless one is there.
func (s *shelf) enter(ctx context.Context, key, note, parts string, data []byte) (created bool, err error) {
	m := &nats.Msg{Subject: s.prefix + key, Header: nats.Header{}, Data: data}
	if note != "" {
		m.Header.Set(noteHeader, note)
	}
	if parts != "" {
		m.Header.Set(partsHeader, parts)
	}
	_, err = s.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(0))
	if outrun(err) {
		return false, nil
	}
	return err == nil, full(err)
}

// get returns an entry; ErrUnknown.
func (s *shelf) get(ctx context.Context, key string) (item, error) {
	m, err := s.stream.GetLastMsgForSubject(ctx, s.prefix+key)
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return item{}, job.ErrUnknown
	}
	if err != nil {
		return item{}, err
	}
	return s.item(m.Subject, m.Header, m.Sequence, m.Time, m.Data)
}

// sure returns an entry that is known to be there, of which a copy of the shelf may not
// know yet; ErrUnknown if it went meanwhile.
func (s *shelf) sure(ctx context.Context, key string) (item, error) {
	for end := time.Now().Add(lag); ; {
		it, err := s.get(ctx, key)
		if !errors.Is(err, job.ErrUnknown) || time.Now().After(end) {
			return it, err
		}
		if err := pause(ctx, moment); err != nil {
			return item{}, err
		}
	}
}

func (s *shelf) item(subject string, h nats.Header, seq uint64, at time.Time, data []byte) (item, error) {
	it := item{
		key: strings.TrimPrefix(subject, s.prefix), note: h.Get(noteHeader),
		seq: seq, at: at, data: data, bytes: int64(len(data)),
	}
	if n, err := strconv.ParseInt(h.Get(sizeHeader), 10, 64); err == nil {
		it.bytes = n // of data that was not asked for
	}
	if parts := h.Get(partsHeader); parts != "" {
		if _, err := fmt.Sscan(parts, &it.upload, &it.parts, &it.bytes); err != nil {
			return item{}, fmt.Errorf("%s: its header %s is %q", subject, partsHeader, parts)
		}
	}
	return it, nil
}

// load returns the part n of an entry that is cut.
func (s *shelf) load(ctx context.Context, it item, n int) ([]byte, error) {
	for end := time.Now().Add(lag); ; {
		m, err := s.stream.GetLastMsgForSubject(ctx, s.prefix+partKey(it.key, it.upload, n))
		if err == nil {
			return m.Data, nil
		}
		if !errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil, err
		}
		if time.Now().After(end) || time.Since(it.at) > 2*lag { // no copy is as late as that
			return nil, errTorn
		}
		if err := pause(ctx, moment); err != nil {
			return nil, err
		}
	}
}

// whole returns the data of an entry.
func (s *shelf) whole(ctx context.Context, it item) ([]byte, error) {
	if it.upload == "" {
		return it.data, nil
	}
	var all []byte
	for n := range it.parts {
		data, err := s.load(ctx, it, n)
		if err != nil {
			return nil, err
		}
		all = append(all, data...)
	}
	return all, nil
}

// purge removes what is under a pattern of keys.
func (s *shelf) purge(ctx context.Context, pattern string) error {
	return s.stream.Purge(ctx, jetstream.WithPurgeSubject(s.prefix+pattern))
}

// remove removes an entry, and no later one of its key.
func (s *shelf) remove(ctx context.Context, it item) error {
	err := s.stream.Purge(ctx, jetstream.WithPurgeSubject(s.prefix+it.key), jetstream.WithPurgeSequence(it.seq+1))
	if err == nil && it.upload != "" {
		err = s.purge(ctx, it.key+"."+it.upload+".>")
	}
	return err
}
