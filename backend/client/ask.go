package client

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	randv2 "math/rand/v2"
	"net"
	"net/http"
	"time"
)

// A request may be sent any number of times.
type request struct {
	method, path string
	header       http.Header
	body         func() (io.Reader, error) // from its beginning; nil: none
	slow         bool                      // an answer may take as long as its body is read or sent
}

// asking returns a request with a document. A POST gets a key, by which the server knows
// that it is the same one again when its first answer was lost.
func asking(method, path string, doc []byte) request {
	r := request{method: method, path: path, header: http.Header{"Accept": {"application/json, application/problem+json"}}}
	if doc != nil {
		r.header.Set("Content-Type", "application/json")
		r.body = func() (io.Reader, error) { return bytes.NewReader(doc), nil }
	}
	if method == http.MethodPost {
		r.header.Set("Idempotency-Key", rand.Text())
	}
	return r
}

// get returns what a request is answered with.
func get[T any](ctx context.Context, c *Client, r request) (v T, err error) {
	err = c.ask(ctx, r, func(body io.Reader) error {
		v = *new(T) // of an answer that broke off, nothing stays
		return json.NewDecoder(body).Decode(&v)
	})
	return v, err
}

// ask sends r until it is answered, and gives the answer to read. It does so again where
// that may help, for as long as c has patience.
func (c *Client) ask(ctx context.Context, r request, read func(io.Reader) error) error {
	began := time.Now()
	for try := 0; ; try++ {
		err := c.once(ctx, r, read)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		wait, again := c.again(err, try)
		if !again || time.Since(began)+wait > c.patience() {
			return err
		}
		if !pause(ctx, wait) {
			return context.Cause(ctx)
		}
	}
}

// patience is for how long something is tried again.
func (c *Client) patience() time.Duration {
	if !c.reached.Load() {
		return min(stranger, c.Patience)
	}
	return c.Patience
}

// A final error is one that trying again does not mend.
type final struct{ error }

// Unwrap returns the cause.
func (f final) Unwrap() error { return f.error }

// once sends r once.
func (c *Client) once(ctx context.Context, r request, read func(io.Reader) error) error {
	if !r.slow {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, answering)
		defer cancel()
	}
	req, err := c.request(ctx, r)
	if err != nil {
		return final{err}
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	c.reached.Store(true)
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return problemOf(res)
	}
	if err := read(res.Body); err != nil {
		return fmt.Errorf("an answer of the server broke off: %w", err)
	}
	return nil
}

func (c *Client) request(ctx context.Context, r request) (*http.Request, error) {
	url, err := c.at(r.path)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if r.body != nil {
		if body, err = r.body(); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.method, url, body)
	if err != nil {
		return nil, err
	}
	for _, header := range []http.Header{c.Header, r.header} {
		for name, values := range header {
			req.Header[name] = values
		}
	}
	return req, nil
}

// again says whether what failed with err may be tried again, and after how long.
func (c *Client) again(err error, try int) (wait time.Duration, ok bool) {
	var p *Problem
	var f final
	var name *net.DNSError
	switch {
	case errors.As(err, &p):
		return max(p.After, backoff(try)), p.passing()
	case errors.As(err, &f), errors.As(err, &name) && name.IsNotFound && !c.reached.Load():
		return 0, false
	default:
		return backoff(try), true
	}
}

const (
	firstWait = 200 * time.Millisecond
	longest   = 5 * time.Second
)

// backoff returns how long to wait before trying again: longer each time, and not as long
// as others, who lost the same server at the same moment.
func backoff(try int) time.Duration {
	wait := min(longest, firstWait<<min(try, 10))
	return wait/2 + randv2.N(wait/2)
}

// pause waits; false once ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
