package httpapi

import (
	"bufio"
	"net"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// worded makes problems of the errors that libraries answer with as a line of text.
func worded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &caught{ResponseWriter: w}
		next.ServeHTTP(c, r)
		if c.status != 0 {
			writeProblem(w, huma.NewError(c.status, strings.TrimSpace(c.text.String())))
		}
	})
}

// caught holds an error that is text back.
type caught struct {
	http.ResponseWriter
	status int // 0: this is none
	text   strings.Builder
}

// WriteHeader implements http.ResponseWriter.
func (c *caught) WriteHeader(status int) {
	if status >= http.StatusBadRequest && strings.HasPrefix(c.Header().Get("Content-Type"), "text/plain") {
		c.status = status
		return
	}
	c.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (c *caught) Write(p []byte) (int, error) {
	if c.status != 0 {
		return c.text.Write(p)
	}
	return c.ResponseWriter.Write(p)
}

// Hijack implements http.Hijacker, for WebSockets.
func (c *caught) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(c.ResponseWriter).Hijack()
}

// Unwrap is for http.ResponseController.
func (c *caught) Unwrap() http.ResponseWriter { return c.ResponseWriter }
