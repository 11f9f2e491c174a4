package httpapi

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"monde/core/wire"
	"monde/core/workload"
)

func (s site) put(body io.Reader, coding string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("PUT", "/api/v1/traces?name=x", body)
	r.Header.Set("Content-Encoding", coding)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func zip(t *testing.T, text string) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return &b
}

func TestTheServerTakesWhatTheReaderTakesAndSaysHowMuch(t *testing.T) {
	limit := fmt.Sprintf("%d MiB", maxTraceFile>>20)
	_, err := workload.ReadTrace("x", io.MultiReader(strings.NewReader("request,step,layer,e0\n"), spaces{}))
	if err == nil || !strings.Contains(err.Error(), limit) {
		t.Errorf("the reader says %v, the server's limit is %s", err, limit)
	}
	s := newSite(t, simulateNothing, nil)
	r := httptest.NewRequest("PUT", "/api/v1/traces?name=x", strings.NewReader(csv))
	r.ContentLength = maxTraceFile + 1
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	p := expectProblem(t, w, http.StatusRequestEntityTooLarge)
	if e := p.Errors[0]; e.Location != "body" || !strings.Contains(e.Message, limit) || !strings.Contains(p.Detail, limit) {
		t.Errorf("got %+v, %+v", p, e)
	}
}

// spaces is an endless file of short lines that hold nothing.
type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	p[len(p)-1] = '\n'
	return len(p), nil
}

func TestABodyIsReadUpToItsLimit(t *testing.T) {
	b := &body{r: spaces{}, most: 1 << 16}
	_, err := workload.ReadTrace("x", io.MultiReader(strings.NewReader("request,step,layer,e0\n"), b))
	if err == nil || b.reason(err) != errTooLarge || b.got > 1<<17 {
		t.Errorf("got %v after %d bytes", b.reason(err), b.got)
	}
}

func TestACompressedBodyIsTheFileInside(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	plain := into[wire.Trace](t, s.put(strings.NewReader(csv), ""), http.StatusOK)
	inside := into[wire.Trace](t, s.put(zip(t, csv), "gzip"), http.StatusOK)
	file := into[wire.Trace](t, s.put(zip(t, csv), ""), http.StatusOK)
	if inside.SHA256 != plain.SHA256 || file.SHA256 == plain.SHA256 || file.Tokens != plain.Tokens {
		t.Errorf("plain %+v, compressed %+v, a gzip file %+v", plain, inside, file)
	}
	if p := expectProblem(t, s.put(strings.NewReader(csv), "gzip"), http.StatusUnprocessableEntity); p.Errors[0].Location != "body" {
		t.Errorf("what is no gzip: %+v", p.Errors[0])
	}
	expectProblem(t, s.put(zip(t, csv[:40]+"\x00"), "gzip"), http.StatusUnprocessableEntity)
	expectProblem(t, s.put(strings.NewReader(csv), "br"), http.StatusUnsupportedMediaType)
}

func TestASlowUploadHoldsNobodyUpAndManyAreTurnedAway(t *testing.T) {
	s := newSite(t, simulateNothing, nil)
	s.server.patience = 100 * time.Millisecond
	slow := make([]*io.PipeWriter, maxUploads)
	ended := make(chan int, maxUploads)
	for i := range slow {
		into[wire.Trace](t, s.put(strings.NewReader(csv), ""), http.StatusOK)
		r, w := io.Pipe()
		slow[i] = w
		go func() { ended <- s.put(r, "").Code }()
		for len(s.server.uploads) != i+1 {
			time.Sleep(time.Millisecond)
		}
	}
	began := time.Now()
	w := s.put(strings.NewReader(csv), "")
	expectProblem(t, w, http.StatusTooManyRequests)
	if w.Header().Get("Retry-After") == "" || time.Since(began) < s.server.patience {
		t.Errorf("turned away after %v: %v", time.Since(began), w.Header())
	}
	_, _ = io.WriteString(slow[0], csv)
	_ = slow[0].Close()
	for len(s.server.uploads) == maxUploads { // until it has left
		time.Sleep(time.Millisecond)
	}
	into[wire.Trace](t, s.put(strings.NewReader(csv), ""), http.StatusOK)
	for _, w := range slow[1:] {
		_ = w.CloseWithError(os.ErrDeadlineExceeded)
	}
	counts := map[int]int{}
	for range slow {
		counts[<-ended]++
	}
	if counts[http.StatusOK] != 1 || counts[http.StatusRequestTimeout] != maxUploads-1 {
		t.Errorf("the slow ones were answered %v", counts)
	}
}

func TestWhoIsRefusedMaySendOnAndHearsWhy(t *testing.T) {
	server := httptest.NewServer(newSite(t, simulateNothing, nil))
	defer server.Close()
	defer http.DefaultClient.CloseIdleConnections()
	long := io.LimitReader(spaces{}, 32<<20)
	r, err := http.NewRequestWithContext(t.Context(), "PUT", server.URL+"/api/v1/traces", io.MultiReader(strings.NewReader("no trace\n"), long))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if n, _ := long.(*io.LimitedReader).Read(make([]byte, 1)); n != 0 || res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("status %d before the whole body was taken", res.StatusCode)
	}
}

func TestWhoWaitsForAPlaceMayLeave(t *testing.T) {
	u := make(uploads, 1)
	leave, err := u.enter(t.Context(), time.Second)
	if err != nil {
		t.Fatal(err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := u.enter(gone, time.Second); err != errUploading {
		t.Errorf("got %v", err)
	}
	leave()
	if _, err := u.enter(t.Context(), time.Second); err != nil {
		t.Error(err)
	}
}

func TestTheDeadlineOfABodyMovesWithItsBytes(t *testing.T) {
	var deadline time.Time
	began := time.Unix(0, 0)
	b := &body{r: spaces{}, most: 1 << 30, began: began, pace: func(d time.Time) { deadline = d }}
	for i := range 3 {
		if _, err := b.Read(make([]byte, 2*slowestBody)); err != nil {
			t.Fatal(err)
		}
		if got, want := deadline.Sub(began), bodyGrace+time.Duration(2*i)*time.Second; got != want {
			t.Errorf("read %d ends after %v, want %v", i, got, want)
		}
	}
}
