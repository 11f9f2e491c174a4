package httpapi

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"monde/core/probe"
	"monde/core/report"
	"monde/core/scenario"
)

// simulateMuch has a report of a megabyte at once.
func simulateMuch(context.Context, scenario.Scenario, probe.Probe) (report.Report, error) {
	return report.Report{Digest: "d", Title: strings.Repeat("one megabyte ", 1<<20/13)}, nil
}

// decoded reads the body of an answer as its Content-Encoding says.
func decoded(t *testing.T, h http.Header, body io.Reader) []byte {
	t.Helper()
	switch coding := h.Get("Content-Encoding"); coding {
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		body = z
	case "br":
		body = brotli.NewReader(body)
	case "":
	default:
		t.Fatalf("coding %q", coding)
	}
	text, err := io.ReadAll(body)
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
		plain := s.fetch(path, map[string]string{requestID: "same"})
		w := s.fetch(path, map[string]string{"Accept-Encoding": accept, requestID: "same"})
		h := w.Header()
		if w.Code != plain.Code || h.Get("Content-Encoding") != encoding || h.Get("Vary") != "Accept-Encoding" ||
			h.Get("Content-Type") != plain.Header().Get("Content-Type") {
			t.Errorf("%s for %q: %d, %v", path, accept, w.Code, h)
		}
		size, text := w.Body.Len(), decoded(t, h, w.Body)
		if string(text) != plain.Body.String() || !json.Valid(text) {
			t.Errorf("%s for %q: %d bytes, plain %d", path, accept, len(text), plain.Body.Len())
		}
		if len(text) > 1<<14 && encoding != "" && size > len(text)/3 {
			t.Errorf("%s: %d bytes of %d", path, size, len(text))
		}
	}
	for _, path := range []string{"/api/v1/catalog", "/api/v1/runs/" + id + "/report", "/api/v1/runs/none", "/openapi.json"} {
		check(path, "gzip, deflate, br", "br")
		check(path, "gzip, br;q=0", "gzip")
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
	w := s.fetch(start(t, s, "{}").Stream, accept)
	if w.Code != http.StatusUpgradeRequired || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("a stream without an upgrade: %d, %v", w.Code, w.Header())
	}
}

func TestADownloadArrivesAsItIsFlushed(t *testing.T) {
	next := make(chan struct{})
	h := compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/x-ndjson")
		for range 3 {
			_, _ = io.WriteString(w, "a row\n")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			<-next
		}
	}))
	server := httptest.NewServer(h)
	defer server.Close()
	for _, coding := range []string{"gzip", "br", ""} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", coding)
		res, err := http.DefaultTransport.(*http.Transport).Clone().RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		var rows io.Reader = brotli.NewReader(res.Body)
		if coding != "br" {
			rows = res.Body
		}
		if coding == "gzip" {
			if rows, err = gzip.NewReader(res.Body); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			row := make([]byte, 6)
			if _, err := io.ReadFull(rows, row); err != nil || string(row) != "a row\n" {
				t.Fatalf("%q: %q, %v", coding, row, err)
			}
			next <- struct{}{}
		}
		if rest, err := io.ReadAll(rows); len(rest) != 0 || err != nil {
			t.Errorf("%q ends in %q, %v", coding, rest, err)
		}
		_ = res.Body.Close()
	}
}

func TestWhatHasNoBodyOrIsSmallAlreadyIsNotCompressed(t *testing.T) {
	check := func(kind string, status int, coding string) {
		t.Helper()
		h := compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.WriteHeader(status)
			if status == http.StatusOK {
				_, _ = io.WriteString(w, "body")
			}
		}))
		r, w := httptest.NewRequest("GET", "/", nil), httptest.NewRecorder()
		r.Header.Set("Accept-Encoding", "br")
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding"); got != coding || coding == "" && status != http.StatusOK && w.Body.Len() > 0 {
			t.Errorf("%s, %d: %q, %d bytes", kind, status, got, w.Body.Len())
		}
	}
	check("application/x-ndjson", 200, "br")
	check("text/csv; charset=utf-8", 200, "br")
	check("text/plain; version=0.0.4", 200, "br")
	check("application/vnd.apache.parquet", 200, "")
	check("application/octet-stream", 200, "")
	check("application/json", 204, "")
	check("application/json", 304, "")
}

func TestHalfAnAnswerDoesNotLookWhole(t *testing.T) {
	h := accessLog(quiet)(rescue(quiet)(compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, strings.Repeat("[", 1<<18))
		panic("half way")
	}))))
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, 0)
	server.Start()
	defer server.Close()
	for _, coding := range []string{"br", "gzip", "identity"} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", coding)
		client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := client.Do(r)
		if err != nil {
			continue // nothing was sent yet
		}
		if _, err := io.ReadAll(res.Body); err == nil {
			t.Errorf("%s: it ends as if all were well", coding)
		}
		_ = res.Body.Close()
	}
}
