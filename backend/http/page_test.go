package httpapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"monde/core/fault"
)

// partInput is an input as those of lists are.
type partInput struct {
	Paged
	Asked
	Once
	Kind string `query:"kind"`
}

type partReply struct {
	Lasting
	Link string `header:"Link"`
	Body struct {
		Before string `json:"before"`
		Limit  int    `json:"limit"`
		Key    string `json:"key"`
	}
}

// list is a server of one list, of which each part ends in "last".
func list(t testing.TB) http.Handler {
	t.Helper()
	r := chi.NewRouter()
	r.Use(named, compress)
	api := humachi.New(r, describe("v", quiet))
	huma.Register(api, huma.Operation{Method: "GET", Path: "/list", OperationID: "list"}, func(_ context.Context, in *partInput) (*partReply, error) {
		var out partReply
		var err error
		if out.Body.Before, err = in.before(); err != nil {
			return nil, problem(err)
		}
		if out.Body.Key, err = in.key(); err != nil {
			return nil, problem(err)
		}
		if out.Lasting, err = in.lasting("tag", forAll); err != nil {
			return nil, err
		}
		out.Body.Limit = in.size()
		out.Link = linkTo(in.after("/list", "last", url.Values{"kind": {in.Kind}}))
		return &out, nil
	})
	return r
}

func get(h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestAListGoesOnWhereItsLinkSays(t *testing.T) {
	h := list(t)
	type part struct {
		Before string
		Limit  int
	}
	first := get(h, "/list?kind=a+b")
	if got := into[part](t, first, http.StatusOK); got != (part{"", usualPage}) {
		t.Errorf("the first part is %+v", got)
	}
	link := first.Header().Get("Link")
	next, ok := strings.CutSuffix(strings.TrimPrefix(link, "<"), `>; rel="next"`)
	if !ok || !strings.Contains(next, "kind=a+b") || !strings.Contains(next, "limit=50") {
		t.Fatalf("Link is %s", link)
	}
	if got := into[part](t, get(h, next), http.StatusOK); got != (part{"last", usualPage}) {
		t.Errorf("the second part is %+v", got)
	}
	if got := into[part](t, get(h, "/list?limit=200"), http.StatusOK); got.Limit != maxPage {
		t.Errorf("got %+v", got)
	}
}

func TestMistakesOfParametersHaveTheirNames(t *testing.T) {
	h := list(t)
	check := func(field, path string, headers ...string) {
		t.Helper()
		p := expectProblem(t, get(h, path, headers...), http.StatusUnprocessableEntity)
		if len(p.Errors) != 1 || p.Errors[0].Location != field || p.Errors[0].Message == "" || p.Errors[0].Value != nil {
			t.Errorf("%s: %+v", path, p.Errors)
		}
	}
	check("limit", "/list?limit=0")
	check("limit", "/list?limit=201")
	check("limit", "/list?limit=many")
	check("cursor", "/list?cursor=%00")
	check("cursor", "/list?cursor=Li4vLi4")
	check("cursor", "/list?cursor="+strings.Repeat("A", 500))
	check("Idempotency-Key", "/list", "Idempotency-Key", "two words")
	check("Idempotency-Key", "/list", "Idempotency-Key", "caf\xc3\xa9")
	check("Idempotency-Key", "/list", "Idempotency-Key", strings.Repeat("k", 129))
	into[any](t, get(h, "/list", "Idempotency-Key", strings.Repeat("k", 128)), http.StatusOK)
}

func TestWhatNeverChangesIsNotSentTwice(t *testing.T) {
	h := list(t)
	plain := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !unchanged(w, r, "tag", forAll) {
			writeJSON(w, http.StatusOK, "long")
		}
	})
	for name, h := range map[string]http.Handler{"huma": h, "plain": compress(plain)} {
		seen := map[string]bool{}
		for _, coding := range []string{"br", "gzip", ""} {
			first := get(h, "/list", "Accept-Encoding", coding)
			tag := first.Header().Get("ETag")
			if first.Header().Get("Cache-Control") != forAll || seen[tag] || strings.HasPrefix(tag, "W/") {
				t.Errorf("%s, %q: %v", name, coding, first.Header())
			}
			seen[tag] = true
			second := get(h, "/list", "Accept-Encoding", coding, "If-None-Match", `"x", `+tag)
			if second.Code != http.StatusNotModified || second.Body.Len() > 0 || second.Header().Get("ETag") != tag ||
				second.Header().Get("Cache-Control") != forAll || second.Header().Get("Content-Encoding") != "" || second.Header().Get("Content-Type") != "" {
				t.Errorf("%s, %q again: %d, %q, %v", name, coding, second.Code, second.Body, second.Header())
			}
		}
		if w := get(h, "/list", "If-None-Match", `"ta", tag"x`); w.Code != http.StatusOK {
			t.Errorf("%s: another tag: %d", name, w.Code)
		}
	}
}

func FuzzCursor(f *testing.F) {
	for _, seed := range []string{"", "bGFzdA", "bGFzdA==", "\x00", "../..", "AAAA", strings.Repeat("Q", 128), "Jw"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, cursor string) {
		p := Paged{Cursor: cursor}
		id, err := p.before()
		switch {
		case err != nil:
			if f := fault.Fields(err); len(f) != 1 || f[0].Path != "cursor" {
				t.Errorf("%q: %v", cursor, err)
			}
		case cursor != "":
			next, bad := url.Parse(p.after("/list", id, nil))
			if bad != nil || !sane(id) || next.Query().Get("cursor") != cursor {
				t.Errorf("%q is %q, which is %v, %v", cursor, id, next, bad)
			}
		}
	})
}
