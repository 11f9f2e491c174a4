package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"monde/backend/client"
	"monde/core/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve returns a client of a server that does what f does.
func serve(t *testing.T, f http.HandlerFunc) *client.Client {
	t.Helper()
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	return dial(t, s.URL)
}

func dial(t *testing.T, url string) *client.Client {
	t.Helper()
	c, err := client.New(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// drop breaks a connection off without an answer.
func drop(t *testing.T, w http.ResponseWriter) {
	t.Helper()
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_ = conn.Close()
}

func refuse(w http.ResponseWriter, status int, after, body string) {
	w.Header().Set("Content-Type", "application/problem+json")
	if after != "" {
		w.Header().Set("Retry-After", after)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func TestALostAnswerStartsNothingTwice(t *testing.T) {
	started := map[string]int{}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		if started[key]++; started[key] == 1 {
			drop(t, w) // after the job was taken
			return
		}
		_, _ = io.WriteString(w, `{"id":"a"}`)
	})
	for range 2 {
		s, err := c.StartRun(t.Context(), []byte(`{}`))
		if err != nil || s.ID != "a" {
			t.Errorf("%+v, %v", s, err)
		}
	}
	if len(started) != 2 || started[""] != 0 {
		t.Errorf("two runs came with the keys %v", started)
	}
	for key, times := range started {
		if times != 2 {
			t.Errorf("%s came %d times", key, times)
		}
	}
}

func TestABusyServerIsAskedAgainWhenItSays(t *testing.T) {
	var came []time.Time
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if came = append(came, time.Now()); len(came) == 1 {
			refuse(w, http.StatusTooManyRequests, "1", `{"detail":"busy"}`)
			return
		}
		_, _ = io.WriteString(w, `{"id":"a"}`)
	})
	if _, err := c.StartRun(t.Context(), []byte(`{}`)); err != nil || len(came) != 2 {
		t.Fatalf("asked %d times: %v", len(came), err)
	}
	if wait := came[1].Sub(came[0]); wait < time.Second {
		t.Errorf("it came back after %v", wait)
	}
}

func TestAServerThatIsBusyForLongIsNotWaitedFor(t *testing.T) {
	times := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		times++
		refuse(w, http.StatusTooManyRequests, "600", `{"detail":"256 jobs, as many as it takes"}`)
	})
	_, err := c.StartRun(t.Context(), []byte(`{}`))
	var p *client.Problem
	if !errors.As(err, &p) || p.After != 10*time.Minute || p.Mendable() || times != 1 {
		t.Errorf("asked %d times: %v", times, err)
	}
}

func TestARefusalNamesItsFields(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusUnprocessableEntity, "", `{"detail":"the request has mistakes","errors":[
			{"location":"workload.batch","message":"must be 1 to 65536, got 0"},{"location":"","message":"and more"}]}`)
	})
	_, err := c.StartRun(t.Context(), []byte(`{}`))
	got := fmt.Sprint(fault.Fields(err))
	if want := "[{workload.batch must be 1 to 65536, got 0} { and more}]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	var p *client.Problem
	if !errors.As(err, &p) || !p.Mendable() {
		t.Errorf("%v", err)
	}
}

func TestWhatIsNoProblemIsStillUnderstood(t *testing.T) {
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "<html>a proxy's page", http.StatusNotFound)
	})
	_, err := c.Run(t.Context(), "a")
	if !client.IsUnknown(err) || strings.Contains(err.Error(), "html") {
		t.Errorf("%v", err)
	}
}

func TestAServerThatIsNotThereYetIsWaitedFor(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	_ = l.Close()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id":"a"}`) }))
	t.Cleanup(s.Close)
	time.AfterFunc(300*time.Millisecond, func() {
		if s.Listener, err = net.Listen("tcp", at); err == nil {
			s.Start()
		}
	})
	c := dial(t, "http://"+at)
	if _, err := c.Run(t.Context(), "a"); err != nil || !c.Reached() {
		t.Error(err)
	}
}

func TestAServerThatIsNowhereIsGivenUp(t *testing.T) {
	c := dial(t, "http://127.0.0.1:1")
	c.Patience = 500 * time.Millisecond
	began := time.Now()
	if _, err := c.Run(t.Context(), "a"); err == nil || c.Reached() || time.Since(began) > 5*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Run(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestAnAddressMustBeOne(t *testing.T) {
	for _, bad := range []string{"", "localhost:8080", "ftp://localhost", "http://", "http://[::1"} {
		if _, err := client.New(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	c := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprintf(w, `{"id":%q}`, r.URL.EscapedPath()) })
	if s, err := c.Run(t.Context(), "a/../b"); err != nil || s.ID != "/api/v1/runs/a%2F..%2Fb" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestATraceIsSentAgainFromItsBeginning(t *testing.T) {
	var got []string
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		if got = append(got, string(text)); len(got) == 1 {
			drop(t, w)
			return
		}
		_, _ = fmt.Fprintf(w, `{"name":%q}`, r.FormValue("name"))
	})
	tr, err := c.PutTrace(t.Context(), "a b.csv", strings.NewReader("all of it"))
	if err != nil || tr.Name != "a b.csv" || len(got) != 2 || got[1] != "all of it" {
		t.Errorf("%+v, %q, %v", tr, got, err)
	}
}

func TestHalfADownloadIsAnError(t *testing.T) {
	times := 0
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		times++
		_, _ = io.WriteString(w, "index,seed\n0,1\n")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	var b bytes.Buffer
	if err := c.Results(t.Context(), "a", "csv", &b); err == nil || times != 1 {
		t.Errorf("after %d times %q is taken for the whole", times, &b)
	}
}
