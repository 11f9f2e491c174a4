package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// What a document that starts something may take. Operations may allow less.
const (
	maxDocument    = 8 << 20
	documentWithin = 20 * time.Second
)

// documents reads the bodies of POST requests, which are JSON, before huma does: it takes
// a body that broke off for a fault of the server, and any type for JSON.
func documents(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		text, err := documentOf(w, r)
		if err != nil {
			w.Header().Set("Connection", "close") // the rest of the body is not read
			writeProblem(w, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(text))
		next.ServeHTTP(w, r)
	})
}

func documentOf(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := isJSON(r.Header); err != nil {
		return nil, err
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(documentWithin)) // the read tells
	defer control.SetReadDeadline(time.Time{})                  // or net/http would take the client for gone then
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDocument))
	var large *http.MaxBytesError
	var slow net.Error
	switch {
	case err == nil:
		return text, nil
	case errors.As(err, &large):
		return nil, huma.Error413RequestEntityTooLarge("the body is too large", ofBody("must be at most %d MiB", maxDocument>>20))
	case errors.As(err, &slow) && slow.Timeout():
		return nil, huma.Error408RequestTimeout("the body came too slowly", ofBody("must come within %v", documentWithin))
	default:
		return nil, huma.Error400BadRequest("the body broke off", ofBody("must be whole: %v", err))
	}
}

// isJSON refuses what says that it is something else. Saying nothing is fine.
func isJSON(h http.Header) error {
	if coding := h.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return notSupported("Content-Encoding", "must be absent here, got %.64q", coding)
	}
	kind := h.Get("Content-Type")
	if kind == "" {
		return nil
	}
	name, _, err := mime.ParseMediaType(kind)
	if err != nil || name != "application/json" && !(strings.HasPrefix(name, "application/") && strings.HasSuffix(name, "+json")) {
		return notSupported("Content-Type", "must be application/json, got %.64q", kind)
	}
	return nil
}

func notSupported(header, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	return huma.Error415UnsupportedMediaType("the "+header+" "+text, &huma.ErrorDetail{Location: header, Message: text})
}
