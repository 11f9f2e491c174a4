package stream

//lint:file-ignore SA1019 See backend/stream/socket.go.

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"nhooyr.io/websocket"

	"monde/backend/job"
	"monde/backend/job/jobtest"
	"monde/core/sweep"
	"monde/core/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A site is a server with watchers.
type site struct {
	*jobtest.Rig
	*Hub
	url string // of the stream of a job, behind whose name ?from may stand
}

// newSite starts one on a directory. Nothing works yet.
func newSite(t *testing.T, dir string, change func(*Limits)) site {
	t.Helper()
	rig := jobtest.New(t, dir, nil)
	rig.Lead()
	limits := DefaultLimits()
	if change != nil {
		change(&limits)
	}
	h := New(rig.Bus.JS, rig.Store, limits, nil, jobtest.Quiet())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var seq int64
		if from := r.URL.Query().Get("from"); from != "" {
			seq, _ = json.Number(from).Int64()
		}
		switch err := h.Watch(w, r, "client", strings.TrimPrefix(r.URL.Path, "/"), seq); {
		case errors.Is(err, job.ErrUnknown):
			http.Error(w, err.Error(), http.StatusNotFound)
		case err != nil:
			http.Error(w, err.Error(), http.StatusConflict)
		}
	}))
	t.Cleanup(func() { closeSoon(h); server.Close() })
	return site{rig, h, "ws" + strings.TrimPrefix(server.URL, "http") + "/"}
}

func closeSoon(h *Hub) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	h.Close(ctx)
}

// startRun starts a run of a seed.
func (s site) startRun(t *testing.T, seed string) job.Job {
	t.Helper()
	j, err := s.StartRun(t.Context(), job.Request{Client: "a"}, []byte(`{"seed":`+seed+`}`))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// startSweep starts a sweep over so many seeds.
func (s site) startSweep(t *testing.T, n int) job.Job {
	t.Helper()
	j, err := s.StartSweep(t.Context(), job.Request{Client: "a"}, wire.SweepAsk{Scenario: []byte(`{"fidelity":"analytic"}`), Sweep: sweep.Spec{
		Method: sweep.Grid, Axes: []sweep.Axis{{Path: "seed", From: 1, To: float64(n), Steps: n}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), url, nil)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

// read returns messages up to the first that enough is true of.
func read(t *testing.T, conn *websocket.Conn, enough func(wire.Message) bool) (raw [][]byte, all []wire.Message) {
	t.Helper()
	for {
		_, text, err := conn.Read(t.Context())
		if err != nil {
			t.Fatalf("after %d messages: %v", len(all), err)
		}
		var m wire.Message
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		raw, all = append(raw, text), append(all, m)
		if enough(m) {
			return raw, all
		}
	}
}

// whole returns every message of a stream, and closes it as clients do.
func whole(t *testing.T, url string) []wire.Message {
	t.Helper()
	conn := dial(t, url)
	_, all := read(t, conn, isEnd)
	if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Error(err)
	}
	return all
}

func isEnd(m wire.Message) bool { return m.Kind == wire.KindEnd }

func kinds(messages []wire.Message) (names []wire.Kind) {
	for _, m := range messages {
		names = append(names, m.Kind)
	}
	return names
}

// indexes counts how often each point is among the rows of messages.
func indexes(messages []wire.Message) map[int]int {
	all := map[int]int{}
	for _, m := range messages {
		if m.Rows != nil {
			for _, row := range m.Rows.List {
				all[row.Index]++
			}
		}
	}
	return all
}
