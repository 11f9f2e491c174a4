package client

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"monde/core/fault"
)

// A Problem is a server's refusal (RFC 9457). The fields that it blames are those of
// package fault, so that whoever prints mistakes found here prints these as well.
type Problem struct {
	Status int
	Detail string
	Fields []fault.Field
	After  time.Duration // not to be asked again before; 0: the server does not say
}

// Error returns what the server said.
func (p *Problem) Error() string {
	text := p.Detail
	if text == "" {
		text = http.StatusText(p.Status)
	}
	for _, f := range p.Fields {
		text += "; " + f.Error()
	}
	return fmt.Sprintf("the server said %d: %s", p.Status, text)
}

// Unwrap returns the fields that are to blame, as fault.Fields looks for them.
func (p *Problem) Unwrap() []error {
	var all []error
	for i := range p.Fields {
		all = append(all, &p.Fields[i])
	}
	return all
}

// Mendable reports whether the caller is to blame, and not the server or its load.
func (p *Problem) Mendable() bool {
	return p.Status >= 400 && p.Status < 500 && p.Status != http.StatusTooManyRequests
}

// passing reports whether the same request may be answered otherwise in a while.
func (p *Problem) passing() bool {
	switch p.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// maxProblem is how much of a refusal is read.
const maxProblem = 1 << 20

// problemOf reads a refusal, of the server or of something before it.
func problemOf(res *http.Response) *Problem {
	p := &Problem{Status: res.StatusCode, After: afterOf(res.Header.Get("Retry-After"), time.Now())}
	text, err := io.ReadAll(io.LimitReader(res.Body, maxProblem))
	if kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type")); kind != "application/problem+json" || err != nil {
		p.Detail = line(text)
		return p
	}
	var doc struct {
		Detail string `json:"detail"`
		Errors []struct {
			Location string `json:"location"`
			Message  string `json:"message"`
		} `json:"errors"`
	}
	if json.Unmarshal(text, &doc) != nil {
		p.Detail = line(text)
		return p
	}
	p.Detail = doc.Detail
	for _, e := range doc.Errors {
		p.Fields = append(p.Fields, fault.Field{Path: e.Location, Reason: e.Message})
	}
	return p
}

// line returns the beginning of a text that is for people, if it is one.
func line(text []byte) string {
	first, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if strings.HasPrefix(first, "<") {
		return "" // some proxy's page
	}
	return fmt.Sprintf("%.200s", first)
}

// afterOf reads a Retry-After header: seconds, or a date.
func afterOf(text string, now time.Time) time.Duration {
	if n, err := strconv.ParseInt(text, 10, 32); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
