// Package socket is the WebSocket (RFC 6455), at either end.
//
// The project's WebSocket library is imported here and nowhere else outside tests, so
// that its successor, github.com/coder/websocket, is one line away. It leaves out what is
// sent: packages stream and client.
package socket

//lint:file-ignore SA1019 nhooyr.io/websocket is the project's choice; it is deprecated only because it moved.

import (
	"context"
	"net/http"

	"nhooyr.io/websocket"
)

// A Conn is an open WebSocket. One may read and one may write at the same time.
type Conn struct{ c *websocket.Conn }

// compressed is for what is worth it, a report first of all. No window outlives a
// message: one that did would cost every watcher 1.2 MB for as long as it stays,
// and the messages before a report are too small to gain by it.
const compressed = websocket.CompressionNoContextTakeover

// Accept makes a request a WebSocket, if it is of the same origin; it has answered if
// not. Its client may send messages of so many bytes.
func Accept(w http.ResponseWriter, req *http.Request, readLimit int64) (*Conn, error) {
	conn, err := websocket.Accept(w, req, &websocket.AcceptOptions{
		CompressionMode:      compressed,
		CompressionThreshold: 1 << 10, // bytes; in fewer, deflate finds little
	})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(readLimit)
	return &Conn{conn}, nil
}

// How is how a client connects.
type How struct {
	HTTP      *http.Client // nil: http.DefaultClient; its Timeout must be 0
	Header    http.Header
	Plain     bool  // without compression
	ReadLimit int64 // bytes of a message
}

// Dial connects to an address of scheme http, https, ws or wss. If a server answers with
// something else, res is that answer, with the beginning of its body.
func Dial(ctx context.Context, url string, how How) (c *Conn, res *http.Response, err error) {
	mode := compressed
	if how.Plain {
		mode = websocket.CompressionDisabled
	}
	conn, res, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		HTTPClient: how.HTTP, HTTPHeader: how.Header, CompressionMode: mode,
	})
	if err != nil {
		return nil, res, err
	}
	conn.SetReadLimit(how.ReadLimit)
	return &Conn{conn}, res, nil
}

// Read returns the next message.
func (c *Conn) Read(ctx context.Context) ([]byte, error) {
	_, text, err := c.c.Read(ctx)
	return text, err
}

// Listen returns when the other end closes, or says anything at all. The library's
// CloseRead does the same, but takes 15 s to refuse a client that speaks: its
// Close waits for the goroutine that called it.
func (c *Conn) Listen(ctx context.Context) { _, _, _ = c.c.Reader(ctx) }

// Write sends a message.
func (c *Conn) Write(ctx context.Context, text []byte) error {
	return c.c.Write(ctx, websocket.MessageText, text)
}

// Ping waits for the other end to answer, which takes somebody who reads here.
func (c *Conn) Ping(ctx context.Context) error { return c.c.Ping(ctx) }

// Close says goodbye and waits for an answer. It is the client who begins: a close that
// the server begins reaches Chromium as 1006.
func (c *Conn) Close() error { return c.c.Close(websocket.StatusNormalClosure, "") }

// Drop ends the connection without a word, if it is still there.
func (c *Conn) Drop() { _ = c.c.CloseNow() }
