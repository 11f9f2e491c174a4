package httpapi

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
)

// simulateMuch has a report of a megabyte at once.
func simulateMuch(context.Context, scenario.Scenario, probe.Probe) (report.Report, error) {
	return report.Report{Digest: "d", Title: strings.Repeat("one megabyte ", 1<<20/13)}, nil
}

func unzip(t *testing.T, w *httptest.ResponseRecorder) []byte {
	t.Helper()
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAnswersOfTheAPIAreCompressedForWhoeverAcceptsIt(t *testing.T) {
	s := newSite(t, simulateMuch, page)
	id := start(t, s, "{}").ID
	await(t, s, id)
	check := func(path, accept, encoding string) {
		t.Helper()
		plain := s.fetch(path, nil)
		w := s.fetch(path, map[string]string{"Accept-Encoding": accept})
		h := w.Header()
		if w.Code != plain.Code || h.Get("Content-Encoding") != encoding || h.Get("Vary") != "Accept-Encoding" ||
			h.Get("Content-Type") != plain.Header().Get("Content-Type") {
			t.Errorf("%s for %q: %d, %v", path, accept, w.Code, h)
		}
		size, text := w.Body.Len(), w.Body.Bytes()
		if encoding == "gzip" {
			text = unzip(t, w)
		}
		if string(text) != plain.Body.String() || !json.Valid(text) {
			t.Errorf("%s for %q: %d bytes, plain %d", path, accept, len(text), plain.Body.Len())
		}
		if len(text) > 1<<14 && encoding == "gzip" && size > len(text)/3 {
			t.Errorf("%s: %d bytes of %d", path, size, len(text))
		}
	}
	for _, path := range []string{"/api/v1/catalog", "/api/v1/runs/" + id + "/report", "/api/v1/runs/none", "/openapi.json"} {
		check(path, "gzip, deflate, br", "gzip")
		check(path, "gzip;q=0, deflate", "")
		check(path, "deflate", "")
		check(path, "", "")
	}
}

func TestFilesAndStreamsAreLeftAsTheyAre(t *testing.T) {
	s := newSite(t, simulateNothing, page)
	accept := map[string]string{"Accept-Encoding": "gzip"}
	for path, want := range map[string]string{"/assets/main.js": "gzip", "/wasm_exec.js": "glue", "/assets/monde.wasm": "\x00asm"} {
		if w := s.fetch(path, accept); w.Body.String() != want {
			t.Errorf("%s: %q, want %q", path, w.Body, want)
		}
	}
	w := s.fetch(pathOf(start(t, s, "{}").ID)+"/stream", accept)
	if w.Code != http.StatusUpgradeRequired || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("a stream without an upgrade: %d, %v", w.Code, w.Header())
	}
}
