package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"monde/backend/socket"
	"monde/core/wire"
)

// How a stream is followed.
const (
	maxMessage = 64 << 20         // bytes
	pingEvery  = 20 * time.Second // so that a server that vanished without a word is missed
	pongWithin = 10 * time.Second
	steady     = 5 * time.Second // a connection that held so long was a good one
)

// A Stream is what a job says, from a message on.
type Stream struct {
	Path string // as the job's state has it
	Seq  int64  // of the last message that was seen; 0: none
}

// Follow gives every message of a stream after s.Seq to take, up to the end message, and
// moves s on. It comes back to where it was whenever the connection is lost or the server
// leaves, until ctx ends, take fails or the server does not know the job. A server whose
// events were lost tells its rows again.
func (c *Client) Follow(ctx context.Context, s *Stream, take func(wire.Message) error) error {
	for try := 0; ; {
		began := time.Now()
		err := c.listen(ctx, s, take)
		var p *Problem
		var f final
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.As(err, &f):
			return f.error
		case errors.As(err, &p) && p.Status == http.StatusUnprocessableEntity && s.Seq > 0:
			s.Seq = 0 // the server began its numbers again
			continue
		case errors.As(err, &p) && p.Status < 500 && !p.passing():
			return err
		}
		wait := backoff(try)
		if p != nil {
			wait = max(wait, p.After)
		}
		if try++; errors.Is(err, errMoved) || time.Since(began) > steady {
			try, wait = 0, backoff(0)
		}
		if !pause(ctx, wait) {
			return context.Cause(ctx)
		}
	}
}

// errMoved is a server that leaves.
var errMoved = errors.New("the server leaves")

// listen follows a stream over one connection; nil at its end.
func (c *Client) listen(ctx context.Context, s *Stream, take func(wire.Message) error) error {
	conn, err := c.dial(ctx, s)
	if err != nil {
		return err
	}
	defer conn.Drop()
	here, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { defer cancel(); keepAlive(here, conn) })
	defer beside.Wait()
	defer cancel()
	for {
		text, err := conn.Read(here)
		if err != nil {
			return err
		}
		var m wire.Message
		switch err := json.Unmarshal(text, &m); {
		case err != nil:
			return fmt.Errorf("a message of the server cannot be read: %w", err)
		case m.V != wire.Version:
			return final{fmt.Errorf("the server's messages are of version %d, and this program knows %d", m.V, wire.Version)}
		case m.Kind == wire.KindMoved:
			return errMoved
		}
		if err := take(m); err != nil {
			return final{err}
		}
		if s.Seq = m.Seq; m.Kind == wire.KindEnd {
			_ = conn.Close() // all that there is was said
			return nil
		}
	}
}

// dial connects to a stream; a refusal is a Problem.
func (c *Client) dial(ctx context.Context, s *Stream) (*socket.Conn, error) {
	url, err := c.at(s.Path + "?from=" + strconv.FormatInt(s.Seq, 10))
	if err != nil {
		return nil, final{err}
	}
	ctx, cancel := context.WithTimeout(ctx, answering)
	defer cancel()
	conn, res, err := socket.Dial(ctx, url, socket.How{HTTP: c.http, Header: c.Header, Plain: c.Plain, ReadLimit: maxMessage})
	if err != nil && res != nil {
		defer res.Body.Close()
		return nil, problemOf(res)
	}
	return conn, err
}

// keepAlive returns when ctx ends, or when the server has vanished without a word.
func keepAlive(ctx context.Context, conn *socket.Conn) {
	for pause(ctx, pingEvery) {
		within, cancel := context.WithTimeout(ctx, pongWithin)
		err := conn.Ping(within)
		cancel()
		if err != nil {
			return
		}
	}
}
