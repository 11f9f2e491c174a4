package httpapi

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"

	"monde/core/fault"
)

// How long a part of a list is.
const (
	usualPage = 50
	maxPage   = 200
)

// Paged is the part of an input that says which part of a list is wanted.
type Paged struct {
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"128" doc:"Of the part before: the answer's next path has it"`
}

// before returns the name of the last of the part before; empty: there is none.
func (p Paged) before() (string, error) {
	if p.Cursor == "" {
		return "", nil
	}
	id, err := base64.RawURLEncoding.Strict().DecodeString(p.Cursor)
	if err != nil || !sane(string(id)) || base64.RawURLEncoding.EncodeToString(id) != p.Cursor { // it skips line ends
		return "", fault.At("cursor", "must be one that this server gave out")
	}
	return string(id), nil
}

// size is how many are wanted.
func (p Paged) size() int {
	if p.Limit == 0 {
		return usualPage
	}
	return min(max(p.Limit, 1), maxPage)
}

// after returns the path of what follows last, with the filters of kept as they are.
func (p Paged) after(path, last string, kept url.Values) string {
	q := url.Values{}
	for name, values := range kept {
		q[name] = values
	}
	q.Set("cursor", base64.RawURLEncoding.EncodeToString([]byte(last)))
	q.Set("limit", strconv.Itoa(p.size()))
	return path + "?" + q.Encode()
}

// linkTo returns a Link header (RFC 8288) to the next part; nothing for none.
func linkTo(next string) string {
	if next == "" {
		return ""
	}
	return fmt.Sprintf(`<%s>; rel="next"`, next)
}

// Once is the part of an input that makes it safe to send a request again.
type Once struct {
	Key string `header:"Idempotency-Key" doc:"1 to 128 visible ASCII characters; the same key again is answered with what the first one started"`
}

// key returns the client's key; empty: none.
func (o Once) key() (string, error) {
	for _, c := range []byte(o.Key) {
		if c <= ' ' || c > '~' {
			return "", fault.At("Idempotency-Key", "must have visible ASCII characters only")
		}
	}
	return o.Key, fault.Unless(len(o.Key) <= 128, "Idempotency-Key", "must have at most 128 characters, got %d", len(o.Key))
}
