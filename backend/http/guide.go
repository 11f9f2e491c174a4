package httpapi

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
)

//go:embed guide/docs.html guide/docs.css
var guideFiles embed.FS

var guidePage = template.Must(template.ParseFS(guideFiles, "guide/docs.html"))

// A guide is the page that tells people about the API: what the OpenAPI document says,
// after a few examples. It has no script, and loads nothing from elsewhere.
type guide struct {
	page func() ([]byte, error)
}

func newGuide(doc *huma.OpenAPI) guide {
	return guide{sync.OnceValues(func() ([]byte, error) {
		var b bytes.Buffer
		err := guidePage.Execute(&b, viewOf(doc))
		return b.Bytes(), err
	})}
}

func (g guide) routes(r chi.Router) {
	r.Get("/docs", func(w http.ResponseWriter, r *http.Request) {
		page, err := g.page()
		if err != nil {
			writeProblem(w, problem(err))
			return
		}
		serveText(w, r, "text/html; charset=utf-8", page)
	})
	r.Get("/docs/docs.css", func(w http.ResponseWriter, r *http.Request) {
		sheet, err := guideFiles.ReadFile("guide/docs.css")
		if err != nil {
			writeProblem(w, problem(err))
			return
		}
		serveText(w, r, "text/css; charset=utf-8", sheet)
	})
}

// serveText answers with a text that changes with the program only.
func serveText(w http.ResponseWriter, r *http.Request, kind string, text []byte) {
	sum := sha256.Sum256(text)
	if unchanged(w, r, hex.EncodeToString(sum[:8]), "no-cache") {
		return
	}
	w.Header().Set("Content-Type", kind)
	_, _ = w.Write(text) // a client that left does not matter
}
