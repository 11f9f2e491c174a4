package stream

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"monde/backend/socket"
	"monde/core/wire"
)

// How a socket is kept. A reader's policy is: every watcher pulls from the run's
// log at its own pace, and nothing is buffered for it. One that falls behind
// misses progress that newer progress replaced, and nothing else. One that does
// not take a single message within writeWithin is dropped, and may come back
// with the last sequence number that it saw.
const (
	pingEvery   = 20 * time.Second
	pongWithin  = 10 * time.Second
	writeWithin = 30 * time.Second
	closeWithin = 5 * time.Second // for the client to close, after end
	readLimit   = 512             // clients have nothing to say
)

// socket makes the request a WebSocket and serves it until the client is gone.
func (h *Hub) socket(ctx context.Context, w http.ResponseWriter, req *http.Request, l *Log, seq int64) {
	conn, err := socket.Accept(w, req, readLimit)
	if err != nil {
		return // Accept has answered
	}
	ctx, cancel := context.WithCancel(ctx)
	var beside sync.WaitGroup
	beside.Go(func() { defer cancel(); conn.Listen(ctx) })
	beside.Go(func() { defer cancel(); keepAlive(ctx, conn) })
	switch err := h.send(ctx, conn, l, seq); {
	case err == nil:
		await(ctx, closeWithin)
	case errors.Is(err, errSlow):
		h.metrics.DroppedSlow()
	}
	cancel()
	conn.Drop()
	beside.Wait()
}

// send writes messages until the last one, or until the server leaves; nil then.
func (h *Hub) send(ctx context.Context, conn *socket.Conn, l *Log, seq int64) error {
	here, leave := context.WithCancelCause(ctx)
	defer leave(nil)
	stop := context.AfterFunc(h.crowd.leaving, func() { leave(ErrLeaving) })
	defer stop()
	began := time.Now().UnixMilli()
	for {
		entries, err := l.Next(here, seq)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, ErrLeaving) && ctx.Err() == nil:
			return write(ctx, conn, moved(seq))
		case err != nil:
			return err
		}
		for _, e := range entries {
			if err := write(ctx, conn, e.JSON); err != nil {
				return err
			}
			seq = e.Seq
			if e.At > began {
				h.metrics.MessageDelay(time.Since(time.UnixMilli(e.At)))
			}
		}
	}
}

// moved returns the message that sends a watcher elsewhere.
func moved(seq int64) []byte {
	doc, err := json.Marshal(wire.Message{V: wire.Version, Seq: seq, Kind: wire.KindMoved, At: time.Now().UnixMilli()})
	if err != nil {
		panic("stream: bug: " + err.Error())
	}
	return doc
}

// errSlow is a client that does not take a message in time.
var errSlow = errors.New("the client does not read")

func write(ctx context.Context, conn *socket.Conn, text []byte) error {
	within, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	err := conn.Write(within, text)
	if err != nil && within.Err() != nil && ctx.Err() == nil {
		return errSlow
	}
	return err
}

// keepAlive returns when ctx ends, or when the client has vanished without a
// word.
func keepAlive(ctx context.Context, conn *socket.Conn) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		wait, cancel := context.WithTimeout(ctx, pongWithin)
		err := conn.Ping(wait)
		cancel()
		if err != nil {
			return
		}
	}
}

func await(ctx context.Context, longest time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(longest):
	}
}
