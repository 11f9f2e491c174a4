package httpapi

import (
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// types are the kinds of file that the page is made of. The system's own table
// differs from one machine to the next.
var types = map[string]string{
	".css":         "text/css; charset=utf-8",
	".csv":         "text/csv; charset=utf-8",
	".gz":          "application/gzip",
	".html":        "text/html; charset=utf-8",
	".ico":         "image/x-icon",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".map":         "application/json",
	".png":         "image/png",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
}

// encodings are the compressed siblings that a build may leave beside a file,
// smallest first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// files serves the files of a tree. It never leaves the tree: fs.FS knows no
// path that does.
func files(tree fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if name == "" {
			name = "index.html"
		}
		if tree == nil || strings.HasPrefix(name, "api/") || !serveFile(w, r, tree, name) {
			writeProblem(w, huma.Error404NotFound("there is nothing here"))
		}
	})
}

// serveFile answers with a file; false if there is none of that name.
func serveFile(w http.ResponseWriter, r *http.Request, tree fs.FS, name string) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return false
	}
	plain, err := open(tree, name)
	if err != nil {
		return false
	}
	defer plain.Close()
	h := w.Header()
	h.Set("Content-Type", typeOf(name))
	h.Set("Cache-Control", cacheOf(name, r.URL.Query().Get("h")))
	h.Add("Vary", "Accept-Encoding")
	for _, e := range encodings {
		if !accepts(r.Header.Get("Accept-Encoding"), e.name) {
			continue
		}
		if small, err := open(tree, name+e.suffix); err == nil {
			defer small.Close()
			h.Set("Content-Encoding", e.name)
			small.serve(w, r, e.name)
			return true
		}
	}
	plain.serve(w, r, "")
	return true
}

// A file is one that can be served: it is regular, and can seek.
type file struct {
	fs.File
	info fs.FileInfo
	body io.ReadSeeker
}

func open(tree fs.FS, name string) (*file, error) {
	f, err := tree.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	body, seeks := f.(io.ReadSeeker)
	if err != nil || !info.Mode().IsRegular() || !seeks {
		_ = f.Close() // it was only read
		return nil, fs.ErrNotExist
	}
	return &file{f, info, body}, nil
}

func (f *file) serve(w http.ResponseWriter, r *http.Request, encoding string) {
	w.Header().Set("ETag", fmt.Sprintf(`"%x-%x%s"`, f.info.ModTime().UnixNano(), f.info.Size(), encoding))
	http.ServeContent(w, r, "", f.info.ModTime(), f.body)
}

func typeOf(name string) string {
	if t, ok := types[path.Ext(name)]; ok {
		return t
	}
	return "application/octet-stream"
}

// cacheOf lets a file be kept for good whose address holds its hash, in its name
// or, for those whose names are fixed, in ?h; any other is asked for every time,
// which its ETag makes cheap. The page itself is never kept, whatever asks.
func cacheOf(name, hash string) string {
	if strings.HasPrefix(name, "assets/") || hash != "" && path.Ext(name) != ".html" {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

// accepts reports whether an Accept-Encoding header allows an encoding.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q = strings.ReplaceAll(q, " ", "")
		return strings.Trim(strings.TrimPrefix(q, "q="), "0.") != "" || q == ""
	}
	return false
}
