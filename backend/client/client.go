// Package client talks to a monde server.
//
// It follows the API's OpenAPI document (/openapi.json of a server). Whatever may be
// asked again without doing anything twice is asked again: while the server cannot be
// reached, leaves, or is busy. It leaves out lists, and what only a browser asks for.
package client

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Usual patience.
const (
	patience  = time.Minute     // for a server that answered before, or is busy
	stranger  = 5 * time.Second // for one that never answered: its address may be wrong
	answering = time.Minute     // for one answer; the server gives up earlier
)

// A Client asks one server. Everything may be called by many at once.
type Client struct {
	Patience time.Duration // for how long a request is tried again
	Plain    bool          // streams come without compression
	Header   http.Header   // of every request

	base    *url.URL
	http    *http.Client
	reached atomic.Bool // the server answered once
}

// New returns a client of the server at an address like "http://localhost:8080".
func New(address string) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("the address of a server is like http://localhost:8080, got %.200q", address)
	}
	u.Path, u.RawQuery, u.Fragment = strings.TrimRight(u.Path, "/"), "", ""
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return &Client{Patience: patience, base: u, http: &http.Client{Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConnsPerHost: 16, IdleConnTimeout: 30 * time.Second, ForceAttemptHTTP2: true,
	}}}, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Reached reports whether the server ever answered.
func (c *Client) Reached() bool { return c.reached.Load() }

// at returns the address of a path that the server has, which may have a query.
func (c *Client) at(path string) (string, error) {
	if !strings.HasPrefix(path, "/") {
		return "", errors.New("no path of a server: " + path)
	}
	return c.base.String() + path, nil // as it is escaped
}
