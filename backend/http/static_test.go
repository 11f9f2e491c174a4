package httpapi

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"
)

var page = fstest.MapFS{
	"index.html":         {Data: []byte("<html>"), ModTime: time.Unix(1, 0)},
	"monde.wasm":         {Data: []byte("\x00asm")},
	"monde.wasm.br":      {Data: []byte("brotli")},
	"wasm_exec.js":       {Data: []byte("glue")},
	"assets/main.js":     {Data: []byte("plain")},
	"assets/main.js.br":  {Data: []byte("brotli")},
	"assets/main.js.gz":  {Data: []byte("gzip")},
	"assets/monde.wasm":  {Data: []byte("\x00asm")},
	"assets/only.css":    {Data: []byte("css")},
	"assets/only.css.gz": {Data: []byte("css gzip")},
}

func (s site) fetch(path string, headers map[string]string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", path, nil)
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestTheSmallestEncodingThatIsAcceptedIsServed(t *testing.T) {
	s := newSite(t, simulateNothing, page)
	check := func(path, accept, body, encoding string) {
		t.Helper()
		w := s.fetch(path, map[string]string{"Accept-Encoding": accept})
		if w.Body.String() != body || w.Header().Get("Content-Encoding") != encoding || w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s for %q: %q, %v", path, accept, w.Body, w.Header())
		}
	}
	check("/assets/main.js", "gzip, deflate, br", "brotli", "br")
	check("/assets/main.js", "gzip", "gzip", "gzip")
	check("/assets/main.js", "br;q=0, gzip;q=0.5", "gzip", "gzip")
	check("/assets/main.js", "br; q=0.0, gzip;q=0", "plain", "")
	check("/assets/main.js", "", "plain", "")
	check("/assets/only.css", "br, gzip", "css gzip", "gzip")
}

func TestFilesHaveTheirTypeAndCachePolicy(t *testing.T) {
	s := newSite(t, simulateNothing, page)
	check := func(path, kind, cache string) {
		t.Helper()
		w := s.fetch(path, map[string]string{"Accept-Encoding": "br"})
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || w.Header().Get("Cache-Control") != cache {
			t.Errorf("%s: %d, %v", path, w.Code, w.Header())
		}
	}
	const forever = "public, max-age=31536000, immutable"
	check("/", "text/html; charset=utf-8", "no-cache")
	check("/index.html", "text/html; charset=utf-8", "no-cache")
	check("/assets/main.js", "text/javascript; charset=utf-8", forever)
	check("/assets/monde.wasm", "application/wasm", forever)
	check("/monde.wasm", "application/wasm", "no-cache")
	check("/monde.wasm?h=", "application/wasm", "no-cache")
	check("/monde.wasm?h=dbfce90cdc4d", "application/wasm", forever)
	check("/wasm_exec.js?h=0c949f4996f9", "text/javascript; charset=utf-8", forever)
	check("/?h=1", "text/html; charset=utf-8", "no-cache")
	check("/index.html?h=1", "text/html; charset=utf-8", "no-cache")
}

func TestAFileThatTheBrowserHasIsNotSentAgain(t *testing.T) {
	s := newSite(t, simulateNothing, page)
	tag := s.fetch("/", nil).Header().Get("ETag")
	if w := s.fetch("/", map[string]string{"If-None-Match": tag}); tag == "" || w.Code != http.StatusNotModified {
		t.Errorf("ETag %s: status %d", tag, w.Code)
	}
	br := s.fetch("/assets/main.js", map[string]string{"Accept-Encoding": "br"}).Header().Get("ETag")
	gz := s.fetch("/assets/main.js", map[string]string{"Accept-Encoding": "gzip"}).Header().Get("ETag")
	if br == gz {
		t.Error("two encodings have one ETag")
	}
}

func TestNoPathLeadsOutOfTheDirectory(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("secret", "secret")
	if err := os.Mkdir(filepath.Join(dir, "site"), 0o700); err != nil {
		t.Fatal(err)
	}
	write("site/index.html", "page")
	if err := os.Symlink(filepath.Join(dir, "secret"), filepath.Join(dir, "site/link")); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(filepath.Join(dir, "site"))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	s := newSite(t, simulateNothing, root.FS())
	for _, path := range []string{"/../secret", "/%2e%2e/secret", "/..%2fsecret", "/link", "/./../../etc/passwd", "/a\x00b"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = path
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusNotFound {
			t.Errorf("%q: status %d: %s", path, w.Code, w.Body)
		}
	}
	if w := s.fetch("/", nil); w.Body.String() != "page" {
		t.Errorf("the page itself: %s", w.Body)
	}
}

func TestEveryAnswerIsolatesThePage(t *testing.T) {
	s := newSite(t, simulateNothing, page)
	for _, path := range []string{"/", "/healthz", "/readyz", "/api/v1/catalog", "/nothing", "/openapi.json"} {
		h := s.fetch(path, nil).Header()
		for name, want := range map[string]string{
			"Content-Security-Policy":      policy,
			"X-Content-Type-Options":       "nosniff",
			"Cross-Origin-Opener-Policy":   "same-origin",
			"Cross-Origin-Embedder-Policy": "require-corp",
			"Referrer-Policy":              "no-referrer",
		} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
	}
}
