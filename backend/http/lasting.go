package httpapi

import (
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Cache policies of what never changes once it is there.
const (
	forAll  = "public, max-age=31536000, immutable"
	forSelf = "private, max-age=31536000, immutable" // only whoever asked may keep it
)

// Asked is the part of an input that says what the client has.
type Asked struct {
	IfNoneMatch string `header:"If-None-Match" doc:"ETags of what the client has"`
}

// Lasting is the part of an output that never changes.
type Lasting struct {
	ETag  string `header:"ETag" doc:"Of exactly this answer"`
	Cache string `header:"Cache-Control" doc:"It never changes"`
}

// lasting returns the headers of an answer that never changes, which tag names; or, if
// the client has it, a 304 in place of an answer.
func (a Asked) lasting(tag, cache string) (Lasting, error) {
	l := Lasting{`"` + tag + `"`, cache}
	had := fresh(a.IfNoneMatch, tag)
	if had == "" {
		return l, nil
	}
	return l, huma.ErrorWithHeaders(huma.Status304NotModified(), http.Header{"Etag": {had}, "Cache-Control": {cache}})
}

// unchanged is lasting for a plain handler: it sets the headers, and has answered if it
// returns true.
func unchanged(w http.ResponseWriter, r *http.Request, tag, cache string) bool {
	l, err := Asked{r.Header.Get("If-None-Match")}.lasting(tag, cache)
	w.Header().Set("ETag", l.ETag)
	w.Header().Set("Cache-Control", l.Cache)
	if err == nil {
		return false
	}
	w.Header().Set("ETag", fresh(r.Header.Get("If-None-Match"), tag))
	w.WriteHeader(http.StatusNotModified)
	return true
}

// fresh returns the ETag of an If-None-Match header that stands for tag in any coding, or
// nothing.
func fresh(header, tag string) string {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimSpace(part)
		if part == "*" {
			return `"` + tag + `"`
		}
		name := strings.Trim(strings.TrimPrefix(part, "W/"), `"`)
		for _, c := range codings {
			name = strings.TrimSuffix(name, "-"+c.name)
		}
		if name == tag {
			return part
		}
	}
	return ""
}
